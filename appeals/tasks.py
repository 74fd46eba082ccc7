"""What the calendar does by itself on appeals: reminding of drafts not filed, giving appeals to
reviewers.
"""

from collections.abc import Iterator

from celery import shared_task
from django.db import transaction
from django.db.models import Count

from appeals.hearing import actions as hearing
from appeals.models import Appeal
from appeals.reorganisation import actions as reorganisation
from appeals.workflow import AppealState
from cycles.calendar import Phase
from cycles.clock import now
from cycles.engine import reminders
from cycles.models import Cycle


@shared_task
def remind() -> None:
    """Remind the agencies that have drafted appeals of the closing of their own two weeks."""
    reminders.remind(Phase.APPEAL, not_filed, at=now())


def not_filed(cycles: list[Cycle]) -> Iterator[reminders.Todo]:
    """List the agencies with drafts, and count these."""
    drafts = Appeal.objects.active().filter(cycle__in=cycles, state=AppealState.DRAFT)
    keys = ("cycle_id", "agency_id", "submission_id")
    for cycle, agency, submission, count in (
        drafts.order_by(*keys).values_list(*keys).annotate(Count("pk"))
    ):
        yield reminders.Todo(cycle, agency, Appeal, count, ("appeals:agency", submission))


@shared_task
def end_with_agencies() -> None:
    """End the appeals of agencies that have ended."""
    reorganisation.end_with_agencies(at=now())


@shared_task
def share_out() -> None:
    """Give every appeal whose review has begun, and whose reviewer may not hear it or is not there,
    to another.
    """
    waiting = Appeal.objects.undecided().order_by().values("cycle")
    for key in (
        Cycle.objects.living().filter(pk__in=waiting).order_by("pk").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            for cycle in Cycle.objects.in_hand().filter(pk=key):
                hearing.share_out(cycle, by=None, at=now())
