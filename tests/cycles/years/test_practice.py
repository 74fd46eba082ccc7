"""The practice cycle: everything may be tried at any time, nobody is told, nothing counts and
nothing is published.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import PRACTICE, Cycle, Delivery, Participation
from cycles.workflow import Refused
from cycles.years import actions as years
from festival.duties import timeline
from festival.duties.queries import DutyFilter, summary
from festival.results import actions as results
from indicators.drafting import actions as drafting
from indicators.drafting import contents
from indicators.models import IndicatorSet, Kind
from indicators.sets import approval
from indicators.working_groups import actions as working_groups
from submissions import tasks
from submissions.answers import actions as answers
from submissions.models import Submission
from submissions.signing import actions as signing
from tests.factories import build

pytestmark = pytest.mark.django_db

YEARS = timedelta(days=4 * 365)


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


@pytest.fixture
def w():
    """Everybody has an account, and the practice cycle stands open."""
    world = build("people")
    world.cycle = years.open_practice(by=world.administrator, at=world.at)
    return world


def specific(w, at):
    drafted = drafting.draft_set(
        cycle=w.cycle, kind=Kind.SPECIFIC, agency=w.power, by=w.staff, at=at
    )
    words = {"title_fa": "س", "title_en": "", "unit_fa": "نفر"}
    fields = words | {"points": Decimal(1000), "method": "survey", "params": {}}
    drafting.save_measure(drafted, fields=fields, by=w.staff, at=at)
    return drafted


def test_every_phase_is_open_at_once_and_for_years_and_a_set_goes_all_the_way(w):
    at = w.at + YEARS

    proposed = approval.move(specific(w, at), "propose", by=w.head, at=at)
    for voter in (w.member, w.budget):
        working_groups.vote(proposed, choice="approve", reason="", by=voter, at=at)
    approved = approval.move(proposed, "approve", by=w.chair, at=at)
    approval.communicate([approved], by=w.administrator, at=at)
    [begun] = answers.begin(
        Participation.objects.filter(cycle=w.cycle, agency=w.power), by=w.staff, at=at
    )
    answers.save_answer(begun.answers.get(), value=Decimal(70), note="", by=w.staff, at=at)
    signed = signing.move(begun, "submit", by=w.head, at=at)

    assert signed.state == "submitted"
    assert str(w.cycle) == "Practice cycle"


def test_nobody_is_told_of_what_is_tried(w):
    approval.move(specific(w, w.at), "propose", by=w.head, at=w.at)

    assert not Delivery.objects.exists()


def test_nothing_of_it_is_frozen_late_or_on_the_public_timeline(w):
    with pytest.raises(Refused, match="has no dates"):
        results.finalise(w.cycle, by=w.administrator, at=w.at + YEARS)

    assert list(timeline.opened_years()) == []
    assert summary(DutyFilter(), w.at + 10 * YEARS) == []


def test_the_calendar_s_jobs_leave_it_alone(w):
    specific(w, w.at)
    IndicatorSet.objects.update(state="communicated")
    answers.begin(Participation.objects.filter(cycle=w.cycle, agency=w.power), by=w.staff, at=w.at)

    tasks.begin_due()
    tasks.lapse_overdue()

    assert [s.state for s in Submission.objects.all()] == ["draft"]


def test_roles_hold_in_it_as_anywhere_and_it_is_opened_once_by_the_administrator(w):
    with pytest.raises(Refused, match="is for"):
        approval.move(specific(w, w.at), "propose", by=w.staff, at=w.at)
    with pytest.raises(Refused, match="open already"):
        years.open_practice(by=w.administrator, at=w.at)
    Cycle.objects.filter(year=PRACTICE).update(year=1300)
    with pytest.raises(Refused, match="is for"):
        years.open_practice(by=w.provincial_administrator, at=w.at)


def test_a_real_set_is_copied_into_it_and_its_own_sets_are_never_last_year_s():
    w = build("communicated")
    practice = years.open_practice(by=w.administrator, at=w.at)

    copy = contents.copy_set(w.specific, practice, by=w.staff, at=w.at)

    assert copy.cycle == practice
    assert IndicatorSet.objects.before(copy).first() == w.specific
    IndicatorSet.objects.filter(pk=copy.pk).update(state="communicated")
    assert IndicatorSet.objects.before(w.specific).first() is None
    assert Phase.FESTIVAL not in set(practice.windows.values_list("phase", flat=True))
