"""What the calendar does by itself on indicators: reminding agencies of what they have not proposed
or reported yet.
"""

from collections.abc import Iterator

from celery import shared_task
from django.db.models import Exists, OuterRef

from cycles.calendar import Phase
from cycles.clock import now
from cycles.engine import reminders
from cycles.models import Cycle, Participation
from indicators.models import IndicatorSet, Kind, Plan, QuarterReport
from indicators.workflow import PlanState, ReportState, SetState


@shared_task
def remind() -> None:
    """Remind of the closing of proposals whoever has not proposed, of that of a quarter whoever has
    not reported.
    """
    at = now()
    reminders.remind(Phase.PROPOSAL, not_proposed, at=at)
    reminders.remind(Phase.MONITORING, not_reported, at=at)


def not_proposed(cycles: list[Cycle]) -> Iterator[reminders.Todo]:
    """Find the agencies that have no set of their own, or one that is still a draft."""
    sets = IndicatorSet.objects.filter(
        cycle=OuterRef("cycle"), agency=OuterRef("agency"), kind=Kind.SPECIFIC
    )
    proposed = sets.exclude(state=SetState.DRAFT)
    late = Participation.objects.active().filter(~Exists(proposed), cycle__in=cycles).order_by("pk")
    for cycle, agency, draft in late.annotate(draft=sets.values("pk")[:1]).values_list(
        "cycle_id", "agency_id", "draft"
    ):
        link = ("indicators:detail", draft) if draft else ("indicators:list",)
        yield reminders.Todo(cycle, agency, IndicatorSet, 1, link)


def not_reported(cycles: list[Cycle]) -> Iterator[reminders.Todo]:
    """Find whose plan is not signed, and who has not reported a quarter for which there is a
    target.

    In the quarter in which the plan is laid its signature comes first, and one reminder of the two
    is enough.
    """
    unsigned: dict[int, int] = {}
    drafts = Plan.objects.filter(
        cycle__in=cycles, state=PlanState.DRAFT, participation__ended_by=None
    )
    for plan in drafts.order_by("pk"):
        unsigned[plan.pk] = plan.quarter
        yield reminders.Todo(
            plan.cycle_id, plan.agency_id, Plan, 1, ("indicators:plan", plan.pk), plan.quarter
        )
    reports = QuarterReport.objects.filter(cycle__in=cycles, state=ReportState.DRAFT)
    reports = reports.filter(plan__participation__ended_by=None)
    for r in reports.with_progress().order_by("pk"):
        if r.planned and unsigned.get(r.plan_id) != r.quarter:
            link = ("indicators:quarter", r.pk)
            yield reminders.Todo(
                r.cycle_id, r.agency_id, QuarterReport, r.planned - r.entered, link, r.quarter
            )
