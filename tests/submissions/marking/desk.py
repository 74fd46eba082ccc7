"""An assessor with a desk, for tests."""

from django.urls import reverse
from django.utils import translation

from indicators.models import Measure
from submissions.models import Answer, Block
from tests.factories import build


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"submissions:{name}", args=args)


def block_of(world, axis="G1"):
    return Block.objects.get(submission=world.submission, axis__code=axis)


def line(world, code="G1-1"):
    return Answer.objects.select_related("measure").get(
        submission=world.submission, measure__code=code
    )


def assigned():
    """A desk with two lines in the first axis, beside the steward's, which is on none."""
    world = build("assigned")
    indicator = line(world).measure.indicator
    measure = Measure.objects.create(
        indicator=indicator,
        code="G1-3",
        title_fa="سنجه",
        points=300,
        unit_fa="درصد",
        method="survey",
    )
    Answer.objects.create(submission=world.submission, measure=measure, value=50)
    return world
