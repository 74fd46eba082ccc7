"""The authority's duties: what is owed, how late it is by every count, and the pages on which it is
compared.
"""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import DateTimeField, Max, Value
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Membership, Province, User
from agencies.roles import Role
from appeals.drafting import actions as drafting
from appeals.hearing import decision
from cycles.calendar import TEHRAN, Phase, days_late
from cycles.models import Entry, Participation, Window
from cycles.workflow import Refused, Workflow
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
from festival.results import actions as results
from indicators.models import IndicatorSet, Kind
from indicators.sets import approval
from submissions.models import Submission
from submissions.release import actions as release
from submissions.signing import actions as signing
from tests.factories import EPOCH, PASSWORD, YEAR, build, make_agency
from tests.festival.conftest import approved_report, decree, delivered_report

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
URL, FILE = "/en/duties/", "/en/duties.csv"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def counted(at, code, **asked):
    """What is counted of one duty in the only year; None where nothing is owed."""
    return next((c for c in summary(DutyFilter(**asked), at) if c.duty.code == code), None)


def numbers(at, code, **asked):
    c = counted(at, code, **asked)
    return (c.in_time, c.late, c.overdue, c.waiting, c.worst)


def enter(client, clock, world, name, at=None):
    clock(at or world.at)
    client.force_login(world.people[name])


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
        distance: numbers(closes + distance, DutyCode.COMMUNICATE_SCORES)[2:]
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

    c = counted(closes + timedelta(days=30), DutyCode.COMMUNICATE_INDICATORS)

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

    assert numbers(world.closes(Phase.APPROVAL), DutyCode.COMMUNICATE_INDICATORS) == (0, 0, 1, 0, 1)


@pytest.mark.parametrize(
    "state, waits",
    (("draft", 0), ("proposed", 1), ("returned", 0), ("approved", 1), ("rejected", 0)),
)
def test_a_set_waits_for_the_authority_while_it_is_proposed_or_approved(db, state, waits):
    world = build("communicated")
    IndicatorSet.objects.filter(pk=world.specific.pk).update(state=state, communicated_at=None)

    assert numbers(world.at, DutyCode.COMMUNICATE_INDICATORS) == (1, 0, 0, waits, 0)


def test_a_planned_year_owes_nothing(db):
    world = build("planned")

    assert summary(DutyFilter(), world.at + timedelta(days=9999)) == []
    assert finding([], world.at) == "No duty has fallen due yet"


def test_appeals_are_due_by_the_agencys_own_days_and_done_with_the_last_decision(db):
    world = build("heard")
    closes = world.closes(Phase.APPEAL_REVIEW, world.power)
    assert closes != world.closes(Phase.APPEAL_REVIEW)
    at = closes + timedelta(days=1, hours=1)

    before = numbers(at, DutyCode.DECIDE_APPEALS)
    decision.decide(world.appeal, "dismiss", reason="کافی نیست", by=world.reviewer, at=at)

    assert before == (0, 0, 1, 0, 2)
    assert numbers(at, DutyCode.DECIDE_APPEALS) == (0, 1, 0, 0, 2)
    assert Entry.objects.get(act="dismiss").days_late == 2


def test_a_withdrawn_appeal_owes_no_decision(db):
    world = build("filed")

    drafting.withdraw(world.appeal, by=world.head, at=world.at)

    assert counted(world.at, DutyCode.DECIDE_APPEALS) is None


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


def test_the_report_is_approved_with_its_second_language_and_delivered_with_its_second_addressee(
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
                counted(final.at, c).is_done
                for c in (DutyCode.APPROVE_REPORT, DutyCode.DELIVER_REPORT)
            ]
        )

    assert seen == [[False, False], [True, False], [True, False], [True, True]]
    assert counted(final.at, DutyCode.APPROVE_REPORT).last_at == final.at - timedelta(hours=2)
    assert counted(final.at, DutyCode.DELIVER_REPORT).last_at == final.at


def test_results_are_published_from_their_moment_on_whether_or_not_the_scheduler_ran(scheduled):
    moment = scheduled.edition.publish_at

    assert [numbers(at, DutyCode.PUBLISH)[0] for at in (moment - MICROSECOND, moment)] == [0, 1]


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
    assert numbers(world.at, DutyCode.COMMUNICATE_SCORES)[3] == 2
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


# -- What it says


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

    assert sentence(counted(late, DutyCode.COMMUNICATE_INDICATORS)).endswith(said)


def test_sentences_are_written_in_persian_digits_for_persian_readers(db):
    world = build("assigned")
    at = world.closes(Phase.SCORING) + 11 * DAY

    with translation.override("fa"):
        said = sentence(counted(at, DutyCode.COMMUNICATE_SCORES))

    assert "۱۴۰۵" in said
    assert "۱۲" in said


# -- Recording a delivery


def test_a_delivery_needs_both_languages_its_letter_and_happens_once_to_each(final):
    def deliver(to="president", letter="82/1"):
        return report.deliver(
            final.edition, addressee=to, letter=letter, by=final.administrator, at=final.at
        )

    approved_report(final, "fa")
    with pytest.raises(Refused, match="approved in both languages"):
        deliver()
    english = approved_report(final, "en")
    for wrong in ({"letter": ""}, {"to": "the press"}):
        with pytest.raises(Refused, match="names its addressee and the number of its letter"):
            deliver(**wrong)
    deliver()
    with pytest.raises(Refused, match="recorded already: The President"):
        deliver()

    [entry] = Entry.objects.filter(act="deliver_report")
    assert (entry.params["addressee"], entry.params["letter"]) == ("president", "82/1")
    assert entry.params["reports"]["en"] == english.sha256


def test_a_late_delivery_is_recorded_with_its_days_even_after_publication(scheduled):
    approved_report(scheduled, "fa")
    approved_report(scheduled, "en")
    results.publish_due(at=scheduled.edition.publish_at)
    at = scheduled.closes(Phase.FINAL) + timedelta(days=40)

    for addressee in ("president", "parliament"):
        report.deliver(
            scheduled.edition, addressee=addressee, letter="1", by=scheduled.administrator, at=at
        )

    assert Entry.objects.filter(act="deliver_report", days_late=41).count() == 2
    assert numbers(at, DutyCode.DELIVER_REPORT) == (0, 1, 0, 0, 41)


def test_the_secretariat_records_a_delivery_on_a_page_with_the_password(final, client, clock):
    manage, url = (f"/en/festival/manage/{YEAR}/{tail}" for tail in ("", "deliver/"))
    enter(client, clock, final, "administrator")
    assert url not in client.get(manage).content.decode()
    for language in Language.values:
        approved_report(final, language)

    offered = client.get(manage).content.decode()
    wrong = client.post(
        url, {"addressee": "president", "letter_number": "82/7", "password": "guessed"}
    )
    client.post(url, {"addressee": "president", "letter_number": "۸۲/۷", "password": PASSWORD})
    again = client.post(
        url, {"addressee": "president", "letter_number": "82/8", "password": PASSWORD}
    )

    assert url in offered
    assert "82/7" in wrong.content.decode()
    assert "recorded already" in again.content.decode()
    page = client.get(manage).content.decode()
    assert "The President, letter 82/7" in page
    client.post(url, {"addressee": "parliament", "letter_number": "82/8", "password": PASSWORD})
    assert url not in client.get(manage).content.decode()


# -- The page


def test_the_page_is_for_administrators_and_auditors(db, client, clock):
    world = build("filed")
    at = world.closes(Phase.FINAL) + DAY

    answers = {}
    for name in ("administrator", "auditor", "provincial_administrator", "head", "reviewer"):
        enter(client, clock, world, name, at)
        answers[name] = client.get(URL).status_code

    assert answers == dict.fromkeys(
        ("administrator", "auditor", "provincial_administrator"), 200
    ) | {
        "head": 404,
        "reviewer": 404,
    }


def test_the_page_tells_the_finding_draws_each_duty_and_links_to_what_lies_behind(
    db, client, clock
):
    world = build("filed")
    at = world.closes(Phase.FINAL) + DAY
    enter(client, clock, world, "administrator", at)

    page = client.get(URL).content.decode()

    assert 'id="finding">Appeals of 1405 are not decided,' in page
    assert page.count('class="bar-overdue"') == 3
    assert "?duty=decide_appeals&amp;year=1405#each" in page
    assert "2 days overdue" in page  # the report's
    assert "style=" not in page


def test_the_bars_begin_at_the_right_in_persian(db, client, clock):
    world = build("filed")
    enter(client, clock, world, "administrator", world.closes(Phase.FINAL) + 9 * DAY)

    english, persian = (
        client.get(f"/{language}/duties/").content.decode() for language in ("en", "fa")
    )

    assert 'class="bar-overdue" x="0.00%" width="100.00%"' in english
    assert 'class="bar-late" x="0.00%"' not in persian
    assert 'x1="100.00%" x2="100.00%"' in persian


def rows_of(client, **asked):
    text = client.get(FILE, asked).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_holds_what_is_shown_with_documented_columns(db, client, clock):
    world = build("filed")
    at = world.closes(Phase.FINAL)
    enter(client, clock, world, "auditor", at)

    [row] = rows_of(client, duty="decide_appeals")

    columns = "duty,year,code,name_en,name_fa,province_en,province_fa,statutory_at,due_at,done_at,days_late,state"
    assert ",".join(row) == columns
    closes = world.closes(Phase.APPEAL_REVIEW, world.power)
    assert (row["year"], row["code"], row["state"], row["done_at"]) == (
        "1405",
        "MOE",
        "overdue",
        "",
    )
    assert row["due_at"] == closes.astimezone(TEHRAN).isoformat()
    assert int(row["days_late"]) == days_late(closes, at)


@pytest.mark.parametrize(
    "asked, found",
    (
        ({}, 7),
        ({"year": YEAR, "state": "overdue"}, 3),
        ({"state": "in_time"}, 3),
        ({"agency": "نيرو"}, 3),
        ({"agency": "health"}, 0),
        ({"duty": "nonsense", "year": "soon"}, 7),
    ),
)
def test_the_list_is_narrowed_by_duty_year_state_and_agency(db, client, clock, asked, found):
    world = build("filed")
    enter(client, clock, world, "administrator", world.closes(Phase.FINAL))

    assert len(rows_of(client, **asked)) == found
    page = client.get(URL, asked).content.decode()
    assert ("No duty matches the filter" in page) == (found == 0)


def test_a_provincial_administrator_lists_the_provinces_agencies_only(db, client, clock):
    world = build("filed")
    Submission.objects.filter(agency=world.unit).update(
        state="marked", submitted_at=world.at, submitted_by=world.unit_head
    )
    enter(client, clock, world, "provincial_administrator", world.closes(Phase.FINAL))

    assert [(r["code"], r["duty"], r["province_en"]) for r in rows_of(client)] == [
        ("MOE-QZ", "communicate_scores", "Qazvin")
    ]
    assert "Only the agencies of your province" in client.get(URL).content.decode()


def test_the_page_takes_the_same_queries_for_any_number_of_rows_and_years(db, client, clock):
    world = build("filed")
    enter(client, clock, world, "administrator", world.closes(Phase.FINAL))
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, last):
            agency = make_agency(
                f"X{number}", f"سازمان {number}", f"Organization {number}", level="presidential_org"
            )
            IndicatorSet.objects.create(
                cycle=world.cycle, kind=Kind.SPECIFIC, agency=agency, state="approved"
            )
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        counts.append(len(captured))
    open_cycle(plan_cycle(year=1406, preset="statutory_gregorian", by=world.administrator, at=EPOCH),
               by=world.administrator, at=EPOCH)  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)

    assert {*counts, len(captured)} == {counts[0]}


def test_who_administers_a_province_and_audits_the_country_sees_the_country(db):
    world = build("open")
    Membership.objects.create(
        user=world.provincial_administrator, role=Role.AUDITOR, valid_from=EPOCH
    )

    assert reach_of(User.objects.get(username="provincial_administrator"), world.at) is None


def test_a_year_whose_report_reached_both_leaves_nothing_overdue(final):
    delivered_report(final)

    late = summary(DutyFilter(timeliness=Timeliness.OVERDUE), final.closes(Phase.FINAL))

    assert late == []
