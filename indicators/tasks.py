"""What the calendar does by itself on indicators: reminding agencies that have proposed nothing yet."""

from collections.abc import Iterator

from celery import shared_task
from django.db.models import Exists, OuterRef

from cycles import notices
from cycles.calendar import Phase
from cycles.middleware import now
from cycles.models import Cycle, Participation
from indicators.models import IndicatorSet, Kind
from indicators.workflow import SetState


@shared_task
def remind() -> None:
    """Remind the agencies whose specific indicators are not proposed of the closing of proposals."""
    notices.remind(Phase.PROPOSAL, not_proposed, at=now())


def not_proposed(cycles: list[Cycle]) -> Iterator[notices.Todo]:
    """The agencies that have no set of their own, or one that is still a draft."""
    sets = IndicatorSet.objects.filter(cycle=OuterRef("cycle"), agency=OuterRef("agency"), kind=Kind.SPECIFIC)
    proposed = sets.exclude(state=SetState.DRAFT)
    late = Participation.objects.filter(~Exists(proposed), cycle__in=cycles).order_by("pk")
    for cycle, agency, draft in late.annotate(draft=sets.values("pk")[:1]).values_list(
        "cycle_id", "agency_id", "draft"
    ):
        link = ("indicators:detail", draft) if draft else ("indicators:list",)
        yield notices.Todo(cycle, agency, IndicatorSet, 1, link)
