"""What the public pages of results and the secretariat's share: ranking, approved reports, who prepares what."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from cycles.models import Cycle
from cycles.record import embargo
from cycles.requests import PortalRequest
from cycles.ui.pages import listed
from festival.filters import StandingFilter
from festival.models import Edition, Language, Report, Standing
from festival.tables import StandingTable


def managed_cycles(request: PortalRequest) -> QuerySet[Cycle]:
    """The cycles whose results the reader may see before they are published."""
    if not request.user.is_authenticated:
        return Cycle.objects.none()
    return Cycle.objects.overseen_by(request.user, request.at)


def newest(request: PortalRequest, year: int) -> Edition:
    """The edition of a year on which the secretariat works."""
    found = Edition.objects.newest().filter(cycle__in=managed_cycles(request)).select_related("cycle")
    return get_object_or_404(found, cycle__year=year)


def standings_of(request: PortalRequest, edition: Edition) -> StandingFilter:
    """The standings of an edition as the address narrows them."""
    return StandingFilter(request.GET, queryset=Standing.objects.filter(edition=edition).for_list())


def published_of(request: PortalRequest, year: int) -> list[Edition]:
    """The published editions of a year, the newest first; the next of any year to come out is noted for `kept`."""
    coming = Q(publish_at__gt=request.at)
    found = list(Edition.objects.filter(coming | Q(cycle__year=year, publish_at__lte=request.at)).for_list())
    moments = [e.publish_at for e in found if e.publish_at and e.publish_at > request.at]
    request.coming = min(moments, default=None)  # type: ignore[attr-defined]
    return [e for e in found if e.is_published(request.at) and e.cycle.year == year]


def ranking_of(request: PortalRequest, edition: Edition) -> dict[str, object]:
    """The ranking of an edition, filtered, sorted and paged, for a page."""
    narrowed = standings_of(request, edition)
    return {"edition": edition, "filter": narrowed, "table": listed(request, StandingTable(narrowed.qs))}


def approved_reports(edition: Edition) -> list[Report]:
    """The newest approved report in each language."""
    reports = Report.objects.filter(edition=edition, approved_at__isnull=False).for_list().order_by("approved_at", "pk")
    return sorted({r.language: r for r in reports}.values(), key=lambda r: Language.values.index(r.language))


def note_reading(request: PortalRequest, edition: Edition) -> None:
    """Put on record that somebody reads places that are not published yet."""
    if not edition.is_published(request.at):
        embargo.note_reading(edition.cycle, what="ranking", by=request.user, at=request.at)
