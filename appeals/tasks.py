"""What the calendar does by itself on appeals: reminding agencies of drafts that nobody has filed."""

from collections.abc import Iterator

from celery import shared_task
from django.db.models import Count

from appeals.models import Appeal
from appeals.workflow import AppealState
from cycles import notices
from cycles.calendar import Phase
from cycles.middleware import now
from cycles.models import Cycle


@shared_task
def remind() -> None:
    """Remind the agencies that have drafted appeals of the closing of their own two weeks."""
    notices.remind(Phase.APPEAL, not_filed, at=now())


def not_filed(cycles: list[Cycle]) -> Iterator[notices.Todo]:
    """The agencies with drafts, and how many."""
    drafts = Appeal.objects.filter(cycle__in=cycles, state=AppealState.DRAFT)
    counted = drafts.order_by("cycle_id", "agency_id").values_list("cycle_id", "agency_id").annotate(Count("pk"))
    for cycle, agency, count in counted:
        yield notices.Todo(cycle, agency, Appeal, count, ("appeals:file",))
