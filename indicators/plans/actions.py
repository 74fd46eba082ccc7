"""Every write on annual plans and the reports of their quarters."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from agencies.persian import in_locale, language
from cycles.calendar import Phase, format_deadline
from cycles.clashes import Seen
from cycles.engine.perform import perform, rows_under_lock
from cycles.models import Window
from cycles.workflow import Refused
from indicators.models import Figure, Lack, Measure, Plan, QuarterReport, Sheet, digest
from indicators.workflow import PLANS, REPORTS, PlanState, ReportState

NAMED = 3
"""How many of the things that are missing a refusal names; the page lists them all."""

Targets = Mapping[int, Mapping[int, Decimal | None]]
Figures = Mapping[int, Mapping[str, Any]]


# --- The plan -----------------------------------------------------------------------------------


@transaction.atomic
def save_plan(
    plan: Plan, targets: Targets, *, by: User, at: datetime, seen: Seen | None = None
) -> Plan:
    """Save targets by measure's key and quarter, all or none; None takes one back.

    A target against which a quarter has been reported stands: its report would have to be opened
    again first.
    """
    [plan] = perform(PLANS, [plan], "plan", by=by, at=at, seen=seen)
    sheet = Sheet(plan, only=targets)
    reported = set(
        QuarterReport.objects.filter(plan=plan, state=ReportState.REPORTED).values_list(
            "quarter", flat=True
        )
    )
    rows = []
    for key, by_quarter in targets.items():
        measure = _measure(sheet, key)
        for quarter, target in by_quarter.items():
            if quarter not in plan.quarters:
                raise Refused(
                    _(
                        "The plan begins with quarter %(quarter)s; figures of earlier quarters "
                        "are not taken."
                    )
                    % {"quarter": in_locale(plan.quarter)}
                )
            figure = sheet.figure(key, quarter)
            if figure.target == target:
                continue
            if quarter in reported:
                raise Refused(
                    _(
                        "Quarter %(quarter)s has been reported against its targets; open that "
                        "report again first."
                    )
                    % {"quarter": in_locale(quarter)}
                )
            _refuse_unfit(sheet, measure, target)
            figure.target = target
            rows.append(figure)
    _keep(rows, ["target"], by=by, at=at)
    return plan


@transaction.atomic
def move_plan(
    plan: Plan, name: str, *, by: User, at: datetime, note: str = "", seen: Seen | None = None
) -> Plan:
    """Sign a plan in which every measure of the agency's own has its targets, or open a signed one
    again.
    """
    signature: dict[str, Any] = {}
    if name == "sign":
        [plan] = rows_under_lock(PLANS.label).fetch(keys=[plan.pk])  # what is checked is signed
        sheet = Sheet(plan, only=())
        if lacks := sheet.lacks_of_plan:
            raise Refused(_what_is_missing(lacks))
        signature = {"signer": by, "digest": digest(sheet.figures.values(), "target")}
    return perform(PLANS, [plan], name, by=by, at=at, note=note, seen=seen, **signature)[0]


# --- The quarters -------------------------------------------------------------------------------


@transaction.atomic
def save_figures(
    report: QuarterReport, figures: Figures, *, by: User, at: datetime, seen: Seen | None = None
) -> QuarterReport:
    """Save what was reached, by measure's key: `actual`, `explanation` and
    `forecast`; all or none.
    """
    [report] = perform(REPORTS, [report], "enter", by=by, at=at, seen=seen)
    sheet = Sheet(report.plan, only=figures)
    if why := why_not_due(report, sheet, at):
        raise Refused(why)
    rows = []
    for key, fields in figures.items():
        measure = _measure(sheet, key)
        figure = sheet.figure(key, report.quarter)
        figure.actual, figure.forecast = fields.get("actual"), fields.get("forecast")
        figure.explanation = str(fields.get("explanation") or "")
        _refuse_unfit(sheet, measure, figure.actual)
        _refuse_unfit(sheet, measure, figure.forecast)
        rows.append(figure)
    _keep(rows, ["actual", "explanation", "forecast"], by=by, at=at)
    return report


@transaction.atomic
def move_report(
    report: QuarterReport,
    name: str,
    *,
    by: User,
    at: datetime,
    note: str = "",
    seen: Seen | None = None,
) -> QuarterReport:
    """Sign and report a quarter of which nothing is missing, or open its report again."""
    signature: dict[str, Any] = {}
    if name == "report":
        # what is checked is signed: neither the targets nor the figures change meanwhile
        [plan] = rows_under_lock(PLANS.label).fetch(keys=[report.plan_id])
        [report] = rows_under_lock(REPORTS.label).fetch(keys=[report.pk])
        sheet = Sheet(plan, only=())
        if why := why_not_due(report, sheet, at):
            raise Refused(why)
        if lacks := sheet.lacks_of(report.quarter):
            raise Refused(_what_is_missing(lacks))
        kept = digest(
            sheet.of_quarter(report.quarter), "target", "actual", "explanation", "forecast"
        )
        signature = {"reporter": by, "digest": kept}
    return perform(REPORTS, [report], name, by=by, at=at, note=note, seen=seen, **signature)[0]


def why_not_due(report: QuarterReport, sheet: Sheet, at: datetime) -> str:
    """Tell why a quarter cannot be reported as its plan stands, in a sentence, "" when it can.

    A quarter is reported against a signed plan. Where the plan can no longer be signed because its
    window has closed, whatever targets it holds for the quarter are reported against, so that one
    failure does not silence the year.
    """
    plan = sheet.plan
    if report.quarter not in plan.quarters:
        return _(
            "The plan begins with quarter %(quarter)s; figures of earlier quarters are not taken."
        ) % {"quarter": in_locale(plan.quarter)}
    if plan.state == PlanState.SIGNED:
        return ""
    term = Window.objects.concerning([plan]).of(Phase.MONITORING, plan)
    if term is None or at < term.closes_at:
        until = format_deadline(term.closes_at, language()) if term else "—"
        return _(
            "A quarter is reported against a signed plan; the plan can be signed until %(when)s."
        ) % {"when": until}
    if any(f.target is not None for f in sheet.of_quarter(report.quarter)):
        return ""
    return _(
        "The plan was not signed in time and has no target for this quarter; there is nothing to "
        "report against."
    )


# --- What both do -------------------------------------------------------------------------------


def _measure(sheet: Sheet, key: int) -> Measure:
    if key not in sheet.by_key:
        raise Refused(
            _(
                "One of the measures is not asked of this agency, or its figure comes "
                "from a steward."
            )
        )
    return sheet.by_key[key].measure


def _refuse_unfit(sheet: Sheet, measure: Measure, value: Decimal | None) -> None:
    if value is not None and (why := sheet.by_key[measure.pk].why_unfit(value)):
        raise Refused(_("“%(measure)s”: %(why)s") % {"measure": measure.title, "why": why})


def _what_is_missing(lacks: list[Lack]) -> str:
    """Name the first few things that are missing and say how many more there are."""
    names = "؛ " if (language()).startswith("fa") else "; "
    sentence = names.join(str(lack) for lack in lacks[:NAMED])
    more = len(lacks) - NAMED
    if more > 0:
        rest = ngettext("%(count)s more thing", "%(count)s more things", more) % {
            "count": in_locale(more)
        }
        sentence = _("%(some)s, and %(rest)s") % {"some": sentence, "rest": rest}
    return _("Something is missing. %(what)s.") % {"what": sentence}


def _keep(figures: Iterable[Figure], names: list[str], *, by: User, at: datetime) -> None:
    figures = list(figures)
    for figure in figures:
        figure.pk, figure.updated_by, figure.updated_at = None, by, at
    Figure.objects.bulk_create(
        figures,
        update_conflicts=True,
        unique_fields=["plan", "measure", "quarter"],
        update_fields=[*names, "updated_by", "updated_at"],
        batch_size=2000,
    )
