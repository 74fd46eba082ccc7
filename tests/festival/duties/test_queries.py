"""Duties as they are counted: days late, what is owed, and whose duties they are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import DateTimeField, Max, Value
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Province
from appeals.drafting import actions as drafting
from appeals.hearing import decision
from cycles.calendar import TEHRAN, Phase, days_late
from cycles.models import Entry, Participation, Window
from cycles.workflow import Workflow
from cycles.years.actions import open_cycle, plan_cycle
from festival.duties.catalogue import DUTIES, DutyCode
from festival.duties.queries import (
    DaysLate,
    DutyFilter,
    Timeliness,
    duty_occurrences,
    reach_of,
    summary,
)
from festival.duties.sentences import finding, sentence
from festival.models import Language
from festival.report import actions as report
from indicators.models import IndicatorSet, Kind
from indicators.sets import approval
from submissions.models import Submission
from tests.factories import EPOCH, build
from tests.festival.conftest import approved_report, decree, delivered_report
from tests.festival.duties.counts import DAY, MICROSECOND, count_of, numbers_of

pytestmark = pytest.mark.usefixtures("english")


# -- Days late

moments = st.datetimes(
    min_value=EPOCH.replace(year=2019, tzinfo=None), max_value=EPOCH.replace(year=2040, tzinfo=None)
)
near = st.builds(
    lambda days, hours, micro: timedelta(days=days, hours=hours, microseconds=micro),
    st.integers(-3, 900), st.sampled_from((0, 0, 1, 23)), st.integers(-2, 2),
)  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(closing=moments, distance=near)
def test_the_database_counts_the_days_exactly_as_the_calendar_does(db, closing, distance):
    Province.objects.get_or_create(code="IR-00")
    closes_at = closing.replace(tzinfo=TEHRAN)
    at = closes_at.astimezone(EPOCH.tzinfo) + distance
    sides = (Value(moment, DateTimeField()) for moment in (at, closes_at))

    [counted] = Province.objects.annotate(late=DaysLate(*sides)).values_list("late", flat=True)

    assert counted == days_late(closes_at, at)


def test_the_stroke_of_the_closing_begins_the_first_day_and_each_24_hours_the_next(db):
    world = build("assigned")
    closes = world.closes(Phase.SCORING)

    seen = {
        distance: numbers_of(closes + distance, DutyCode.COMMUNICATE_SCORES)[2:]
        for distance in (-MICROSECOND, timedelta(), DAY - MICROSECOND, DAY)
    }

    assert list(seen.values()) == [(0, 1, 0), (1, 0, 1), (1, 0, 1), (1, 0, 2)]


def test_every_late_act_is_as_late_in_the_table_as_in_the_record(db):
    world = build("approved")
    closes = world.closes(Phase.APPROVAL)
    approval.communicate([world.general], by=world.administrator, at=closes - timedelta(hours=1))
    approval.communicate(
        [world.specific], by=world.administrator, at=closes + timedelta(days=3, hours=1)
    )

    c = count_of(closes + timedelta(days=30), DutyCode.COMMUNICATE_INDICATORS)

    assert (c.in_time, c.late, c.still, c.worst, c.median) == (1, 1, 0, 4, 4)
    assert (c.first_at, c.last_at) == (
        closes - timedelta(hours=1),
        closes + timedelta(days=3, hours=1),
    )
    recorded = Entry.objects.filter(workflow=c.duty.workflow, act__in=c.duty.acts)
    assert recorded.aggregate(Max("days_late"))["days_late__max"] == c.worst
    assert sentence(c) == "Indicators of 1405 were communicated 4 days late (1 of 2)"


# -- What is owed


def test_a_year_without_a_general_set_is_overdue_and_drafts_of_agencies_are_not(db):
    world = build("drafted")
    IndicatorSet.objects.filter(kind=Kind.GENERAL).delete()

    assert numbers_of(world.closes(Phase.APPROVAL), DutyCode.COMMUNICATE_INDICATORS) == (
        0,
        0,
        1,
        0,
        1,
    )


@pytest.mark.parametrize(
    "state, waits",
    (("draft", 0), ("proposed", 1), ("returned", 0), ("approved", 1), ("rejected", 0)),
)
def test_a_set_waits_for_the_authority_while_it_is_proposed_or_approved(db, state, waits):
    world = build("communicated")
    IndicatorSet.objects.filter(pk=world.specific.pk).update(state=state, communicated_at=None)

    assert numbers_of(world.at, DutyCode.COMMUNICATE_INDICATORS) == (1, 0, 0, waits, 0)


def test_a_planned_year_owes_nothing(db):
    world = build("planned")

    assert summary(DutyFilter(), world.at + timedelta(days=9999)) == []
    assert finding([], world.at) == "No duty has fallen due yet"


def test_appeals_are_due_by_the_agencys_own_days_and_done_with_the_last_decision(db):
    world = build("heard")
    closes = world.closes(Phase.APPEAL_REVIEW, world.power)
    assert closes != world.closes(Phase.APPEAL_REVIEW)
    at = closes + timedelta(days=1, hours=1)

    before = numbers_of(at, DutyCode.DECIDE_APPEALS)
    decision.decide(world.appeal, "dismiss", reason="کافی نیست", by=world.reviewer, at=at)

    assert before == (0, 0, 1, 0, 2)
    assert numbers_of(at, DutyCode.DECIDE_APPEALS) == (0, 1, 0, 0, 2)
    assert Entry.objects.get(act="dismiss").days_late == 2


def test_a_withdrawn_appeal_owes_no_decision(db):
    world = build("filed")

    drafting.withdraw(world.appeal, by=world.head, at=world.at)

    assert count_of(world.at, DutyCode.DECIDE_APPEALS) is None


@pytest.mark.parametrize("scope", ("agency", "group", "all", "another"))
def test_a_decree_that_moves_appeals_moves_their_review_by_as_much(db, scope):
    world = build("drafted_appeal")
    power, health = (Participation.objects.get(agency=a) for a in (world.power, world.health))
    given = {
        "agency": {"agency": world.power},
        "group": {"group": power.groups.get()},
        "all": {},
        "another": {"group": health.groups.get()},
    }[scope]
    opens, review = (
        world.opens(phase, world.power) for phase in (Phase.APPEAL, Phase.APPEAL_REVIEW)
    )
    if scope == "another":  # that group's agency has its own days too
        Window.objects.create(
            cycle=world.cycle, phase=Phase.APPEAL, agency=world.health, opens_at=opens, closes_at=review, binding="hard"
        )  # fmt: skip
    decree(world, Phase.APPEAL, review + 5 * DAY, **given)
    [world.appeal] = drafting.file([world.appeal], by=world.head, at=world.at)

    [row] = duty_occurrences(DutyFilter(duty=DutyCode.DECIDE_APPEALS), world.at)

    moved = timedelta() if scope == "another" else 5 * DAY
    assert row["statutory_at"] == world.closes(Phase.APPEAL_REVIEW, world.power)
    assert row["due_at"] == row["statutory_at"] + moved
    in_force = Window.objects.concerning([world.appeal]).of(Phase.APPEAL_REVIEW, world.appeal)
    assert in_force.closes_at == row["due_at"]


def test_the_report_is_approved_with_both_languages_and_delivered_to_both_addressees(
    final,
):
    seen = []
    for step in ("fa", "en", "president", "parliament"):
        final.at += timedelta(hours=1)
        if step in Language.values:
            approved_report(final, step)
        else:
            report.deliver(
                final.edition, addressee=step, letter="82/1", by=final.administrator, at=final.at
            )
        seen.append(
            [
                count_of(final.at, c).is_done
                for c in (DutyCode.APPROVE_REPORT, DutyCode.DELIVER_REPORT)
            ]
        )

    assert seen == [[False, False], [True, False], [True, False], [True, True]]
    assert count_of(final.at, DutyCode.APPROVE_REPORT).last_at == final.at - timedelta(hours=2)
    assert count_of(final.at, DutyCode.DELIVER_REPORT).last_at == final.at


def test_results_are_published_from_their_moment_on_whether_or_not_the_scheduler_ran(scheduled):
    moment = scheduled.edition.publish_at

    assert [numbers_of(at, DutyCode.PUBLISH)[0] for at in (moment - MICROSECOND, moment)] == [0, 1]


def test_each_duty_names_acts_that_the_workflows_know(db):
    for duty in DUTIES.values():
        assert set(duty.acts) <= set(Workflow.registry[duty.workflow].moves)
        assert {Workflow.registry[duty.workflow][act].phase for act in duty.acts} == {duty.phase}


# -- Whose duties


def test_a_province_counts_its_own_agencies_and_no_duty_of_the_whole_country(db):
    world = build("assigned")
    Submission.objects.filter(agency=world.unit).update(
        state="submitted", submitted_at=world.at, submitted_by=world.unit_head
    )
    of_province = reach_of(world.provincial_administrator, world.at)

    rows = summary(DutyFilter(agencies=of_province), world.at)

    assert [(c.duty.code, c.total) for c in rows] == [(DutyCode.COMMUNICATE_SCORES, 1)]
    assert numbers_of(world.at, DutyCode.COMMUNICATE_SCORES)[3] == 2
    assert reach_of(world.auditor, world.at) is None


def test_what_is_asked_narrows_rows_and_counts_alike(db):
    world = build("filed")
    at = world.closes(Phase.FINAL)
    late = duty_occurrences(DutyFilter(timeliness=Timeliness.OVERDUE), at)

    assert {row["duty"] for row in late} == {"decide_appeals", "approve_report", "deliver_report"}
    assert (
        sum(c.total for c in summary(DutyFilter(timeliness=Timeliness.OVERDUE), at)) == late.count()
    )
    assert summary(DutyFilter(cycles=[]), at) == []
    assert (
        list(
            duty_occurrences(
                DutyFilter(duty="publish", agencies=reach_of(world.provincial_administrator, at)),
                at,
            )
        )
        == []
    )


def test_counting_takes_one_query_whatever_there_is_to_count(db):
    world = build("filed")
    for year in (1406, 1407):
        open_cycle(plan_cycle(year=year, preset="statutory_gregorian", by=world.administrator, at=EPOCH),
                   by=world.administrator, at=EPOCH)  # fmt: skip

    with CaptureQueriesContext(connection) as captured:
        rows = summary(DutyFilter(), world.at)

    assert len(captured) == 1
    assert [c.year for c in rows] == [1407] * 4 + [1406] * 4 + [1405] * 6


# -- The page


def test_a_year_whose_report_reached_both_leaves_nothing_overdue(final):
    delivered_report(final)

    late = summary(DutyFilter(timeliness=Timeliness.OVERDUE), final.closes(Phase.FINAL))

    assert late == []
