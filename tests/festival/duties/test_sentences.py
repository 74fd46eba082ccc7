"""Duties in sentences."""

import pytest
from django.utils import translation

from cycles.calendar import Phase
from festival.duties.catalogue import DutyCode
from festival.duties.queries import (
    DutyFilter,
    summary,
)
from festival.duties.sentences import finding, sentence
from indicators.models import IndicatorSet
from indicators.sets import approval
from submissions.release import actions as release
from submissions.signing import actions as signing
from tests.factories import build
from tests.festival.duties.counts import DAY, count_of

pytestmark = pytest.mark.usefixtures("english")


def test_the_title_says_the_worst_of_the_newest_year_that_has_something_late(db):
    world = build("marked")
    closes = world.closes(Phase.SCORING)
    IndicatorSet.objects.update(communicated_at=world.closes(Phase.APPROVAL) + 264 * DAY)
    signing.lapse(world.cycle, at=world.at)
    release.communicate([world.submission], by=world.administrator, at=closes - DAY)

    said = finding(summary(DutyFilter(), closes), closes)
    later = finding(summary(DutyFilter(), closes + 400 * DAY), closes + 400 * DAY)

    assert said == "Indicators of 1405 were communicated 265 days late; all else in time"
    assert later == (
        "The report on 1405 is not approved, 339 days after its date; "
        "results of 1405 are not published, 309 days after their date; 2 more duties are late"
    )


def test_the_title_of_a_punctual_year_says_so(db):
    world = build("communicated")

    assert (
        finding(summary(DutyFilter(), world.at), world.at)
        == "Every duty of 1405 that has fallen due was done in time"
    )


@pytest.mark.parametrize("days, said", ((1, "1 day late"), (2, "2 days late")))
def test_a_single_day_is_said_as_one(db, days, said):
    world = build("approved")
    closes = world.closes(Phase.APPROVAL)
    late = closes + (days - 1) * DAY

    approval.communicate([world.general, world.specific], by=world.administrator, at=late)

    assert sentence(count_of(late, DutyCode.COMMUNICATE_INDICATORS)).endswith(said)


def test_sentences_are_written_in_persian_digits_for_persian_readers(db):
    world = build("assigned")
    at = world.closes(Phase.SCORING) + 11 * DAY

    with translation.override("fa"):
        said = sentence(count_of(at, DutyCode.COMMUNICATE_SCORES))

    assert "۱۴۰۵" in said
    assert "۱۲" in said
