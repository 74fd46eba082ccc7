"""Score reports as tests read them."""

from django.urls import reverse
from django.utils import translation

from submissions.release import actions as release
from submissions.release import score_report
from tests.submissions.marked_agencies import another


def url(name, world, language="en"):
    with translation.override(language):
        return reverse(f"submissions:{name}", args=[world.submission.pk])


def read(world):
    return score_report.read(world.fresh(world.submission))


def communicate(world, submissions):
    return release.communicate(submissions, by=world.administrator, at=world.at)


def peers_of(world, *shares):
    """So many more agencies of the power ministry's group with communicated scores."""
    return communicate(world, [another(world, f"P{n}", share) for n, share in enumerate(shares)])
