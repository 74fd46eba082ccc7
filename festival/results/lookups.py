"""Find the results that a page is about."""

from django.db.models import Q

from cycles.requests import PortalRequest
from cycles.ui.pages import page_of
from festival.models import Edition, Standing
from festival.results.filters import StandingFilter
from festival.results.tables import StandingTable


def standings_of(request: PortalRequest, edition: Edition) -> StandingFilter:
    """Narrow the standings of an edition as the address asks."""
    return StandingFilter(request.GET, queryset=Standing.objects.filter(edition=edition).for_list())


def published_of(request: PortalRequest, year: int) -> list[Edition]:
    """List the published editions of a year, the newest first; note the next of any year to come
    out for `cached_for_visitors`.
    """
    coming = Q(publish_at__gt=request.at)
    found = list(
        Edition.objects.filter(coming | Q(cycle__year=year, publish_at__lte=request.at)).for_list()
    )
    moments = [e.publish_at for e in found if e.publish_at and e.publish_at > request.at]
    request.coming = min(moments, default=None)  # type: ignore[attr-defined]  # only the page cache reads it
    return [e for e in found if e.is_published(request.at) and e.cycle.year == year]


def ranking_of(request: PortalRequest, edition: Edition) -> dict[str, object]:
    """Return the ranking of an edition, filtered, sorted and paged, for a page."""
    narrowed = standings_of(request, edition)
    return {
        "edition": edition,
        "filter": narrowed,
        "table": page_of(request, StandingTable(narrowed.qs)),
    }
