"""The public pages of the register of international indices (Article 83): all, one, a chapter a
year, open data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.roles import HEADS, Role
from cycles.calendar import jalali
from cycles.requests import PortalRequest
from cycles.ui.pages import csv_answer
from festival import charts
from festival.countries import HOME, name_of
from festival.indices.actions import YEARS
from festival.indices.chapter import chapter
from festival.indices.comparison import places, within
from festival.indices.publishers import PUBLISHERS
from festival.indices.queries import EditionFigures, Position, all_editions, positions, years
from festival.models import Index, IndexReport, IndexValue, Recommendation, Region
from festival.models.indices import IndexValueQuerySet
from festival.workflow import INDICES

SPARK = {"width": 120, "height": 32}
COLUMNS = (
    "index",
    "name_en",
    "publisher",
    "edition",
    "year",
    "country",
    "score",
    "rank",
    "countries",
    "state",
    "revised",
    "source",
)


def may_keep(request: PortalRequest) -> bool:
    """Say whether the reader keeps the register."""
    return INDICES["save_index"].who(request.user, None, request.at)


def this_year(at: datetime) -> int:
    """Return the Jalali year of a moment."""
    return int(jalali(at).year)


@dataclass(frozen=True)
class ListedIndex:
    """A position with its sparkline, as the list shows it."""

    position: Position
    spark: str


@login_not_required
@require_safe
def indices(request: PortalRequest) -> HttpResponse:
    """List every index that is followed, with the newest edition and the way since; for
    administrators also those no longer followed.
    """
    keeps, regions = may_keep(request), list(Region.objects.for_list())
    rows = Index.objects.all() if keeps else Index.objects.followed()
    found = positions(rows.for_list(), next(iter(regions), None), at=request.at)
    now = this_year(request.at)
    context = {
        "rows": [ListedIndex(p, _spark(p.line)) for p in found],
        "region": next(iter(regions), None),
        "keeps": keeps,
        "chapters": [now, now - 1, now - 2],
    }
    return render(request, "festival/indices/indices.html", context)


def _spark(line: Sequence[tuple[int, Decimal]]) -> str:
    frame = charts.frame([line], **SPARK)
    return frame.points(line) if frame and len(line) > 1 else ""


@login_not_required
@require_safe
def index(request: PortalRequest, code: str) -> HttpResponse:
    """Show one index over the years, beside a region and the world, with its agencies, reports and
    recommendations.
    """
    keeps = may_keep(request)
    found = get_object_or_404(
        (Index.objects.all() if keeps else Index.objects.followed()).for_list(), code=code
    )
    regions = list(Region.objects.for_list())
    region = next(
        (r for r in regions if r.code == request.GET.get("region")), next(iter(regions), None)
    )
    [position] = positions([found], region, at=request.at)
    editions, values = all_editions(found)
    told = years(found, region, editions, values)
    versions = (
        Recommendation.objects.visible_to(request.user, request.at).filter(index=found).for_list()
    )
    reports = IndexReport.objects.visible_to(request.user, request.at).filter(index=found)
    context = {
        "index": found,
        "position": position,
        "regions": regions,
        "region": region,
        "years": told,
        "chart": _chart([year for year in told if year.edition.is_current]),
        "neighbours": _neighbours(
            found, region, values.get(position.held.pk, {}) if position.held else {}
        ),
        "reports": reports.newest().for_list(),
        "drafts": reports.filter(state="draft").for_list(),
        "versions": versions,
        "keeps": keeps,
        "writes_for": _writes_for(request, found),
        "formats": PUBLISHERS.values(),
        "this_year": this_year(request.at),
    }
    return render(request, "festival/indices/index.html", context)


@dataclass(frozen=True)
class Chart:
    """The lines of a chart, each as points, and what the frame spans."""

    frame: charts.Frame
    home: str
    dots: Sequence[tuple[str, str]]
    region: str
    world: str


def _chart(told: Sequence[EditionFigures]) -> Chart | None:
    """Draw the country's score over the years, with the medians of its region and of all
    countries.
    """
    ordered = sorted(told, key=lambda year: year.edition.year)
    home = [
        (y.edition.year, y.value.score)
        for y in ordered
        if y.value is not None and y.value.score is not None
    ]
    region = [(y.edition.year, y.region) for y in ordered if y.region is not None]
    world = [(y.edition.year, y.world) for y in ordered if y.world is not None]
    frame = charts.frame([home, region, world])
    if frame is None or frame.first == frame.last:
        return None
    return Chart(
        frame, frame.points(home), frame.dots(home), frame.points(region), frame.points(world)
    )


@dataclass(frozen=True)
class Neighbour:
    """A country of the region in one edition."""

    name: str
    is_home: bool
    place: int
    score: Decimal
    rank: int | None


def _neighbours(
    found: Index, region: Region | None, values: dict[str, IndexValue]
) -> list[Neighbour]:
    """List the countries of the region that an edition covers, the best first."""
    if region is None:
        return []
    scores = {country: v.score for country, v in values.items() if v.score is not None}
    compared = within(scores, {*region.countries, HOME})
    placed = places(compared, higher=found.is_higher_better)
    return [
        Neighbour(name_of(country), country == HOME, place, compared[country], values[country].rank)
        for country, place in sorted(placed.items(), key=lambda item: (item[1], item[0]))
    ]


def _writes_for(request: PortalRequest, found: Index) -> list[Agency]:
    """List the agencies that answer for the index and for which the reader writes."""
    if not request.user.is_authenticated:
        return []
    mine = request.user.agency_ids(request.at, Role.STAFF, *HEADS)
    return [agency for agency in found.agencies.all() if agency.pk in mine]


@login_not_required
@require_safe
def indices_chapter(request: PortalRequest, year: int) -> HttpResponse:
    """Show the chapter on Article 83 for one Jalali year, fit to print."""
    if year not in YEARS:
        raise Http404
    return render(
        request, "festival/indices/indices_chapter.html", {"chapter": chapter(year, request.at)}
    )


# -- Open data -----------------------------------------------------------------------------------


@login_not_required
@require_safe
def indices_file(request: PortalRequest) -> StreamingHttpResponse:
    """Send every value in force, of every index that is followed."""
    return _open_file(IndexValue.objects.filter(edition__index__is_active=True), "indices")


@login_not_required
@require_safe
def index_file(request: PortalRequest, code: str) -> StreamingHttpResponse:
    """Send every value in force of one index."""
    found = get_object_or_404(Index.objects.followed(), code=code)
    return _open_file(IndexValue.objects.filter(edition__index=found), f"index-{found.code}")


def _open_file(values: IndexValueQuerySet, name: str) -> StreamingHttpResponse:
    """Send values as a CSV that pages of others may read as well."""
    answer = csv_answer(_rows(values), name)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _rows(values: IndexValueQuerySet) -> Iterator[Sequence[object]]:
    yield COLUMNS
    in_force = values.current().select_related("edition__index")
    ordered = in_force.order_by(
        "edition__index__position", "edition__index", "edition__year", "country", "pk"
    )
    for value in ordered.iterator(2000):
        edition = value.edition
        yield (
            edition.index.code,
            edition.index.name_en,
            edition.index.publisher,
            edition.label,
            edition.year,
            value.country,
            "" if value.score is None else value.score.normalize(),
            "" if value.rank is None else value.rank,
            "" if edition.country_count is None else edition.country_count,
            value.state,
            "true" if edition.supersedes_id else "false",
            edition.source,
        )
