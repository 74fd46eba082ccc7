"""Quarterly reports, what others read of them, and reminders."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cycles.calendar import Phase
from cycles.models import Delivery, Entry, Participation, Window
from cycles.workflow import Refused
from indicators import tasks
from indicators.models import Figure, Plan, QuarterReport
from indicators.plans import actions as plans
from indicators.sets import targets as sets_targets
from indicators.workflow import ReportState
from tests.factories import enter_figures, lay_plan, plan_of, report_of, report_quarter
from tests.indicators.plans.plan_steps import figures, general, opens, own, targets

pytestmark = pytest.mark.django_db


def closes(w, quarter):
    return Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=quarter).closes_at


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
