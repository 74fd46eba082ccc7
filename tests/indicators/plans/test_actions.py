"""The annual plan and the reports of its quarters: what is taken, what is refused, and what is
written down.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Delivery, Entry, Participation, Window
from cycles.workflow import Refused
from indicators import tasks
from indicators.models import Figure, Indicator, Measure, MeasureTarget, Plan, QuarterReport, Sheet
from indicators.plans import actions as plans
from indicators.sets import targets as sets_targets
from indicators.workflow import PlanState, ReportState
from tests.factories import build, enter_figures, lay_plan, plan_of, report_of, report_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def communicated():
    w = build("communicated")
    w.at = opens(w, 1) + timedelta(hours=9)
    return w


def opens(w, quarter):
    return Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=quarter).opens_at


def closes(w, quarter):
    return Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=quarter).closes_at


def own(w):
    return list(Measure.objects.of(w.specific).order_by("pk"))


def general(w, code):
    return Measure.objects.of(w.general).get(code=code)


def targets(w):
    return {m.pk: dict.fromkeys((1, 2, 3, 4), m.target) for m in own(w)}


def figures(w, **fields):
    given = {"actual": Decimal(10), "explanation": "", "forecast": Decimal(20)} | fields
    return {m.pk: dict(given) for m in own(w)}


# --- The measures of a plan ---------------------------------------------------------------------


def test_a_plan_holds_what_is_asked_of_the_agency_own_first_and_nothing_of_stewards(communicated):
    sheet = Sheet(plan_of(communicated))

    assert [(p.measure.title, p.is_own) for p in sheet.planned] == [
        ("Non-revenue water", True),
        ("Outage minutes", True),
        ("Measure G1-1", False),
        ("Measure G2-1", False),
    ]


def test_a_unit_must_plan_the_measures_that_its_headquarters_has_given_down(communicated):
    w = communicated
    given = sets_targets.AgencyTarget(own(w)[0].pk, w.unit.pk, target=Decimal(18))
    sets_targets.set_targets(w.specific, [given], by=w.headquarters, at=w.at)

    [first, *rest] = Sheet(plan_of(w, w.unit)).planned

    assert (first.measure, first.is_own, first.target) == (own(w)[0], True, Decimal(18))
    assert not any(p.is_own for p in rest)


@pytest.mark.parametrize("more", (1, 20))
def test_a_sheet_takes_the_same_queries_for_any_number_of_measures(communicated, more):
    w = communicated
    indicator = Indicator.objects.filter(axis__set=w.specific).first()
    for number in range(more):
        titles = {
            "code": f"X{number}",
            "title_fa": "س",
            "unit_fa": "درصد",
            "points": 1,
            "method": "linear",
        }
        measure = Measure.objects.create(indicator=indicator, target=5, **titles)
        participation = Participation.objects.get(cycle=w.cycle, agency=w.power)
        MeasureTarget.objects.create(
            measure=measure, participation=participation, target=4, set_by=w.head, set_at=w.at
        )

    with CaptureQueriesContext(connection) as queries:
        sheet = Sheet(plan_of(w))
        assert len(sheet.lacks_of_plan) == 4 * (2 + more)

    assert len(queries) == 8


# --- The plan -----------------------------------------------------------------------------------


def test_staff_lay_the_plan_and_the_head_signs_it(communicated):
    w = communicated

    plan = plans.save_plan(plan_of(w), targets(w), by=w.staff, at=w.at)
    plan = plans.move_plan(plan, "sign", by=w.head, at=w.at)

    assert (plan.state, plan.signed_by, plan.signed_at) == (PlanState.SIGNED, w.head, w.at)
    assert Figure.objects.filter(plan=plan, target__isnull=False, updated_by=w.staff).count() == 8
    entry = Entry.objects.get(model="indicators.plan")
    assert (entry.act, entry.agency_code, len(entry.params["digest"])) == ("sign", "MOE", 64)


def test_general_measures_may_be_planned_and_need_not(communicated):
    w = communicated
    some = targets(w) | {general(w, "G1-1").pk: {4: Decimal(90)}}

    plan = plans.save_plan(plan_of(w), some, by=w.staff, at=w.at)

    assert plans.move_plan(plan, "sign", by=w.head, at=w.at).state == PlanState.SIGNED


def test_signing_names_the_first_targets_that_are_missing(communicated):
    w = communicated
    first, _second = own(w)
    plans.save_plan(plan_of(w), {first.pk: {1: Decimal(25)}}, by=w.staff, at=w.at)

    with pytest.raises(Refused) as refused:
        plans.move_plan(plan_of(w), "sign", by=w.head, at=w.at)

    assert str(refused.value) == (
        "Something is missing. “Non-revenue water”, quarter 2: the target; “Non-revenue water”, "
        "quarter 3: the target; "
        "“Non-revenue water”, quarter 4: the target, and 4 more things."
    )
    assert plan_of(w).state == PlanState.DRAFT


def test_saving_again_replaces_a_target_and_none_takes_it_back(communicated):
    w = communicated
    first, second = own(w)
    plans.save_plan(plan_of(w), targets(w), by=w.staff, at=w.at)

    plans.save_plan(plan_of(w), {first.pk: {1: Decimal(30), 2: None}}, by=w.staff, at=w.at)

    sheet = Sheet(plan_of(w))
    assert [sheet.figure(first.pk, q).target for q in (1, 2, 3)] == [30, None, 20]
    assert sheet.figure(second.pk, 1).target == 50


def test_foreign_and_stewards_measures_and_negative_targets_are_refused_whole(
    communicated,
):
    w = communicated
    good = {own(w)[0].pk: {1: Decimal(25)}}

    for bad, why in (
        ({general(w, "G1-2").pk: {1: Decimal(1)}}, "not asked of this agency"),
        ({0: {1: Decimal(1)}}, "not asked of this agency"),
        ({own(w)[1].pk: {1: Decimal(-1)}}, "may not be negative"),
        ({own(w)[1].pk: {1: Decimal(115)}}, "may not be more than 100"),
        ({own(w)[1].pk: {5: Decimal(1)}}, "begins with quarter 1"),
    ):
        with pytest.raises(Refused, match=why):
            plans.save_plan(plan_of(w), good | bad, by=w.staff, at=w.at)

    assert not Figure.objects.exists()


def test_another_agency_s_plan_may_not_be_laid(communicated):
    w = communicated

    with pytest.raises(Refused, match="staff of the agency"):
        plans.save_plan(plan_of(w), targets(w), by=w.other_staff, at=w.at)


def test_a_plan_that_begins_later_takes_no_figures_of_earlier_quarters(communicated):
    w = communicated
    Plan.objects.filter(pk=plan_of(w).pk).update(quarter=2)
    at = opens(w, 2)

    with pytest.raises(
        Refused, match="begins with quarter 2; figures of earlier quarters are not taken"
    ):
        plans.save_plan(plan_of(w), targets(w), by=w.staff, at=at)
    later = {
        key: {q: t for q, t in by_quarter.items() if q > 1}
        for key, by_quarter in targets(w).items()
    }
    plans.move_plan(plans.save_plan(plan_of(w), later, by=w.staff, at=at), "sign", by=w.head, at=at)
    with pytest.raises(Refused, match="begins with quarter 2"):
        plans.save_figures(report_of(w, 1), figures(w), by=w.staff, at=w.at)


def test_the_last_quarter_may_differ_from_the_year_and_says_so(communicated):
    w = communicated
    first, _second = own(w)
    plans.save_plan(
        plan_of(w),
        targets(w) | {first.pk: dict.fromkeys((1, 2, 3, 4), Decimal(25))},
        by=w.staff,
        at=w.at,
    )

    signed = plans.move_plan(plan_of(w), "sign", by=w.head, at=w.at)

    assert signed.state == PlanState.SIGNED
    assert [p.measure for p in Sheet(signed).differing] == [first]


def test_the_agency_s_own_target_is_the_year_s(communicated):
    w = communicated
    first, _second = own(w)
    participation = Participation.objects.get(cycle=w.cycle, agency=w.power)
    MeasureTarget.objects.create(
        measure=first, participation=participation, target=25, set_by=w.head, set_at=w.at
    )

    plans.save_plan(plan_of(w), targets(w), by=w.staff, at=w.at)

    assert [(p.measure, p.target) for p in Sheet(plan_of(w)).differing] == [(first, 25)]


def test_a_signed_plan_is_not_changed_until_it_is_opened_again(communicated):
    w = communicated
    plan = lay_plan(w)

    with pytest.raises(Refused, match="is “Signed”"):
        plans.save_plan(plan, targets(w), by=w.staff, at=w.at)
    plan = plans.move_plan(plan, "revise", by=w.head, at=w.at)
    assert (plan.state, plan.signed_by, plan.signed_at) == (PlanState.DRAFT, None, None)
    plans.save_plan(plan, targets(w), by=w.staff, at=w.at)


def test_the_targets_of_a_reported_quarter_stand(communicated):
    w = communicated
    lay_plan(w)
    report_quarter(w, 1)
    plan = plans.move_plan(plan_of(w), "revise", by=w.head, at=w.at)
    first, _second = own(w)

    with pytest.raises(Refused, match="Quarter 1 has been reported against its targets"):
        plans.save_plan(plan, {first.pk: {1: Decimal(99)}}, by=w.staff, at=w.at)
    plans.save_plan(plan, {first.pk: {1: first.target, 2: Decimal(22)}}, by=w.staff, at=w.at)

    assert Sheet(plan).figure(first.pk, 2).target == 22


# --- The quarters -------------------------------------------------------------------------------


def test_a_quarter_is_reported_against_a_signed_plan(communicated):
    w = communicated
    lay_plan(w, signed=False)

    with pytest.raises(Refused, match="against a signed plan; the plan can be signed until"):
        plans.save_figures(report_of(w), figures(w), by=w.staff, at=w.at)


def test_a_plan_that_was_not_signed_in_time_is_reported_against_as_far_as_it_goes(communicated):
    w = communicated
    first, _second = own(w)
    plans.save_plan(plan_of(w), {first.pk: {2: Decimal(25)}}, by=w.staff, at=w.at)
    late = closes(w, 1)

    plans.save_figures(report_of(w, 2), figures(w), by=w.staff, at=late)
    report = plans.move_report(report_of(w, 2), "report", by=w.head, at=late)
    with pytest.raises(Refused, match="has no target for this quarter"):
        plans.save_figures(report_of(w, 3), figures(w), by=w.staff, at=opens(w, 3))

    assert report.state == ReportState.REPORTED


def test_staff_enter_the_figures_and_the_head_reports_the_quarter(communicated):
    w = communicated
    lay_plan(w)

    report = report_quarter(w)

    assert (report.state, report.reported_by, report.reported_at) == (
        ReportState.REPORTED,
        w.head,
        w.at,
    )
    entry = Entry.objects.get(model="indicators.quarterreport")
    assert (entry.act, len(entry.params["digest"])) == ("report", 64)


def test_the_digest_says_what_was_reported(communicated):
    w = communicated
    lay_plan(w)
    report_quarter(w)
    report = plans.move_report(report_of(w), "correct", by=w.head, at=w.at)
    plans.move_report(report, "report", by=w.head, at=w.at)
    plans.move_report(report_of(w), "correct", by=w.head, at=w.at)
    enter_figures(w, share="1.3")

    plans.move_report(report_of(w), "report", by=w.head, at=w.at)

    said = (
        Entry.objects.filter(act="report").order_by("pk").values_list("params__digest", flat=True)
    )
    assert said[0] == said[1] != said[2]


@pytest.mark.parametrize(
    ("fields", "why"),
    (
        ({"actual": None}, "“Non-revenue water”: the actual value"),
        ({"actual": Decimal(100)}, "“Non-revenue water”: the explanation of the miss"),
        ({"actual": Decimal("20.1")}, "“Non-revenue water”: the explanation of the miss"),
        ({"forecast": None}, "“Non-revenue water”: the forecast for the year's end"),
    ),
)
def test_a_report_that_lacks_something_is_refused_in_a_sentence_that_names_it(
    communicated, fields, why
):
    w = communicated
    lay_plan(w)
    plans.save_figures(report_of(w), figures(w, **fields), by=w.staff, at=w.at)

    with pytest.raises(Refused, match=why):
        plans.move_report(report_of(w), "report", by=w.head, at=w.at)

    assert report_of(w).state == ReportState.DRAFT


def test_a_planned_general_measure_needs_its_value_and_no_forecast(communicated):
    w = communicated
    chosen = general(w, "G1-1")
    plan = plans.save_plan(
        plan_of(w), targets(w) | {chosen.pk: {1: Decimal(10)}}, by=w.staff, at=w.at
    )
    plans.move_plan(plan, "sign", by=w.head, at=w.at)
    plans.save_figures(report_of(w), figures(w), by=w.staff, at=w.at)

    with pytest.raises(Refused, match="“Measure G1-1”: the actual value"):
        plans.move_report(report_of(w), "report", by=w.head, at=w.at)
    plans.save_figures(report_of(w), {chosen.pk: {"actual": Decimal(10)}}, by=w.staff, at=w.at)

    assert (
        plans.move_report(report_of(w), "report", by=w.head, at=w.at).state == ReportState.REPORTED
    )


def test_the_last_quarter_ends_the_year_and_needs_no_forecast(communicated):
    w = communicated
    lay_plan(w)
    at = opens(w, 4)

    plans.save_figures(report_of(w, 4), figures(w, forecast=None), by=w.staff, at=at)

    assert (
        plans.move_report(report_of(w, 4), "report", by=w.head, at=at).state == ReportState.REPORTED
    )


def test_foreign_and_negative_figures_are_refused_and_nothing_is_saved(communicated):
    w = communicated
    lay_plan(w)
    good = figures(w)

    for bad, why in (
        ({general(w, "G1-2").pk: {"actual": Decimal(1)}}, "not asked of this agency"),
        ({own(w)[1].pk: {"actual": Decimal(-1)}}, "may not be negative"),
        ({own(w)[1].pk: {"forecast": Decimal(-1)}}, "may not be negative"),
        ({own(w)[1].pk: {"actual": Decimal("105.9")}}, "may not be more than 100"),
        ({own(w)[1].pk: {"forecast": Decimal("105.9")}}, "may not be more than 100"),
    ):
        with pytest.raises(Refused, match=why):
            plans.save_figures(report_of(w), good | bad, by=w.staff, at=w.at)

    assert not Figure.objects.filter(actual__isnull=False).exists()


def test_each_quarter_has_its_own_window(communicated):
    w = communicated
    lay_plan(w)

    with pytest.raises(Refused, match="Monitoring, quarter 2 opens on"):
        plans.save_figures(report_of(w, 2), figures(w), by=w.staff, at=w.at)
    plans.save_figures(
        report_of(w, 1), figures(w), by=w.staff, at=closes(w, 1) - timedelta(microseconds=1)
    )
    with pytest.raises(Refused, match="Monitoring, quarter 1 closed on"):
        plans.move_report(report_of(w, 1), "report", by=w.head, at=closes(w, 1))


def test_what_is_no_longer_asked_need_not_be_reported(communicated):
    w = communicated
    lay_plan(w)
    first, second = own(w)
    row = sets_targets.AgencyTarget(second.pk, w.power.pk, applies=False, reason="واگذار شد")
    sets_targets.set_targets(w.specific, [row], by=w.headquarters, at=w.at)
    plans.save_figures(report_of(w), {first.pk: figures(w)[first.pk]}, by=w.staff, at=w.at)

    assert (
        plans.move_report(report_of(w), "report", by=w.head, at=w.at).state == ReportState.REPORTED
    )


# --- What others read ---------------------------------------------------------------------------


def test_progress_counts_what_is_planned_and_what_of_it_is_entered(communicated):
    w = communicated
    lay_plan(w)
    first, _second = own(w)
    plans.save_figures(report_of(w), {first.pk: figures(w)[first.pk]}, by=w.staff, at=w.at)

    rows = QuarterReport.objects.filter(agency=w.power).with_progress().order_by("quarter")

    assert [(r.planned, r.entered) for r in rows] == [(2, 1), (2, 0), (2, 0), (2, 0)]


def test_others_read_signed_targets_and_reported_values_only(communicated):
    w = communicated
    first, _second = own(w)
    participation = Participation.objects.get(cycle=w.cycle, agency=w.power)

    def line():
        rows = Figure.objects.of_line(participation.pk, first.pk)
        return [(f.quarter, f.is_reported) for f in rows]

    lay_plan(w, signed=False)
    assert line() == []
    lay_plan(w)
    enter_figures(w)
    assert line() == [(1, False), (2, False), (3, False), (4, False)]
    plans.move_report(report_of(w), "report", by=w.head, at=w.at)
    assert line() == [(1, True), (2, False), (3, False), (4, False)]


# --- Reminders ----------------------------------------------------------------------------------


def test_the_agency_is_reminded_of_its_plan_and_then_of_each_quarter(communicated, monkeypatch):
    w = communicated
    week = timedelta(days=7)

    def reminded(at):
        monkeypatch.setattr(tasks, "now", lambda: at)
        tasks.remind()
        told = Delivery.objects.filter(recipient=w.head, channel="inbox", entry=None).order_by("pk")
        return [(d.params["model"], d.params["quarter"], d.params["count"]) for d in told]

    lay_plan(w, signed=False)
    assert reminded(closes(w, 1) - week) == [("indicators.plan", 1, 1)]
    plans.move_plan(plan_of(w), "sign", by=w.head, at=w.at)
    report = ("indicators.quarterreport", 1, 2)
    assert reminded(closes(w, 1) - timedelta(days=3))[1:] == [report]
    report_quarter(w, 1)
    assert reminded(closes(w, 1) - timedelta(days=1))[1:] == [report]
    assert reminded(closes(w, 2) - week)[2:] == [("indicators.quarterreport", 2, 2)]


def test_a_reminder_says_how_many_figures_are_not_entered(communicated):
    w = communicated
    lay_plan(w)

    [todo] = [
        t for t in tasks.not_reported([w.cycle]) if t.agency_id == w.power.pk and t.quarter == 1
    ]

    assert (
        todo.model.left_to_do(todo.count)
        == "2 figures are not entered and the quarter is not reported"
    )
    assert todo.link == ("indicators:quarter", report_of(w).pk)


def test_a_plan_without_a_target_brings_no_reminder_of_a_quarter(communicated):
    w = communicated

    assert {t.model for t in tasks.not_reported([w.cycle])} == {Plan}
