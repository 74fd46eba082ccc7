"""A dossier tells the way from the value to the total, and the agreed half of it only to whoever
may read it.
"""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Measure
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, NodeScore
from submissions.scoring import totals
from submissions.scoring.explanation import steps
from tests.factories import build

pytestmark = pytest.mark.django_db


def line(world, code="G1-1"):
    rows = Answer.objects.with_submission()
    return rows.get(submission=world.submission, measure__code=code)


def text_of(client, answer, language="en"):
    return client.get(f"/{language}/submissions/lines/{answer.pk}/").content.decode()


def test_the_steps_end_in_the_totals_that_were_computed():
    world = build("scored")
    answer = line(world)
    run = totals.compute([world.submission], why="test", by=None, at=world.at)

    found = steps(answer, with_agreed=True)

    stored = NodeScore.objects.filter(run=run)
    axis, kind, whole = (step.agreed.node for step in found[2:])
    assert axis.points == stored.get(axis=answer.measure.indicator.axis).points
    assert kind.points == stored.get(kind="general", axis=None).points
    assert whole.points == stored.get(kind="").points
    assert found[0].own.node.points == answer.self_points


def test_spreading_within_an_axis_is_told_in_words_and_numbers(visit):
    world = build("scored")
    answer = line(world)
    other = Answer.objects.filter(
        submission=world.submission, measure__indicator__axis__code="G1"
    ).exclude(pk=answer.pk)
    other = other.select_related("measure").first()
    for one, state, points in (
        (answer, LineState.SCORED, Decimal(10)),
        (other, LineState.NOT_APPLICABLE, None),
    ):
        totals.put([(one, state, points, "")], basis="correction", by=None, at=world.at)

    axis = steps(answer, with_agreed=True)[2].agreed
    page = text_of(visit(world, world.head), answer)

    assert axis.node.points > 10
    assert "are spread within the axis: " in page
    assert f"{other.measure.points.normalize():f} points do not apply" in page


@pytest.mark.parametrize(
    ("stage", "name", "is_told"),
    [
        ("marked", "head", False),
        ("marked", "assessor", False),
        ("marked", "administrator", True),
        ("scored", "head", True),
        ("scored", "assessor", False),
        ("scored", "reviewer", True),
    ],
)
def test_the_agreed_half_is_told_only_to_whoever_may_read_the_scores(visit, stage, name, is_told):
    world = build(stage)
    answer = line(world)
    totals.put(
        [(answer, LineState.SCORED, Decimal("12.34"), "")], basis="correction", by=None, at=world.at
    )

    page = text_of(visit(world, getattr(world, name)), answer)

    assert "From value to total" in page
    assert ("12.34" in page) is is_told
    assert (">Agreed<" in page) is is_told


def test_a_line_in_its_trial_year_says_that_it_does_not_count(visit):
    world = build("scored")
    Measure.objects.filter(code="G1-1").update(is_pilot=True)
    answer = line(world)

    found = steps(answer, with_agreed=True)

    assert found[0].own.node.points == answer.self_points
    assert found[-1].own.node.ceiling == sum(
        a.measure.points
        for a in world.submission.answers.select_related("measure")
        if a.pk != answer.pk
    )
    assert "not counted above" in text_of(visit(world, world.head), answer)


def test_the_steps_take_the_same_queries_for_any_number_of_lines():
    world = build("scored")
    answer = line(world)

    counts = []
    for size in (0, 3, 30):
        for _number in range(size):
            m = Measure.objects.create(
                indicator=answer.measure.indicator, code=f"X{size}{_number}", title_fa="سنجه", points=1, unit_fa="درصد",
                method="survey",
            )  # fmt: skip
            Answer.objects.create(submission=world.submission, measure=m, value=50)
        with CaptureQueriesContext(connection) as caught:
            steps(answer, with_agreed=True)
        counts.append(len(caught))

    assert counts == [2, 2, 2]
