"""What the public pages of results and the secretariat's share: ranking, approved reports, who
prepares what.
"""

from django.shortcuts import get_object_or_404

from cycles.models import Cycle
from cycles.models.cycles import CycleQuerySet
from cycles.record import embargo
from cycles.requests import PortalRequest
from festival.models import Edition, Language, Report


def managed_cycles(request: PortalRequest) -> CycleQuerySet:
    """List the cycles whose results the reader may see before they are published."""
    if not request.user.is_authenticated:
        return Cycle.objects.none()
    return Cycle.objects.overseen_by(request.user, request.at)


def newest(request: PortalRequest, year: int) -> Edition:
    """Find the edition of a year on which the secretariat works."""
    found = (
        Edition.objects.newest().filter(cycle__in=managed_cycles(request)).select_related("cycle")
    )
    return get_object_or_404(found, cycle__year=year)


def approved_reports(edition: Edition) -> list[Report]:
    """Return the newest approved report in each language."""
    reports = (
        Report.objects.filter(edition=edition, approved_at__isnull=False)
        .for_list()
        .order_by("approved_at", "pk")
    )
    return sorted(
        {r.language: r for r in reports}.values(), key=lambda r: Language.values.index(r.language)
    )


def note_reading(request: PortalRequest, edition: Edition) -> None:
    """Put on record that somebody reads places that are not published yet."""
    if not edition.is_published(request.at):
        embargo.note_reading(edition.cycle, what="ranking", by=request.user, at=request.at)
