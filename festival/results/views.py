"""The public results: editions, rankings, agencies over the years, and the Article 82 report."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from cycles.models import Group
from cycles.reorganisation.queries import history_of
from cycles.requests import PortalRequest
from cycles.spreadsheets import exports as spreadsheets_exports
from cycles.spreadsheets.sheets import CONTENT_TYPES
from cycles.ui.files import handed_out
from cycles.ui.pages import sheet_answer
from cycles.workflow import CycleState
from festival.lookups import approved_reports, managed_cycles, note_reading
from festival.models import Edition, Report, Standing
from festival.page_cache import cached_for_visitors
from festival.ranking.history import agency_history
from festival.results import exports
from festival.results.lookups import published_of, ranking_of, standings_of
from festival.workflow import COMMENTS

# -- The public -----------------------------------------------------------------------------------


@login_not_required
@require_safe
@cached_for_visitors
def results(request: PortalRequest) -> HttpResponse:
    """List every published edition with the first of each group; for the secretariat the way to its
    own pages.
    """
    editions = list(Edition.objects.current(request.at).for_list())
    firsts = Standing.objects.firsts().filter(edition__in=editions).for_list()
    firsts = firsts.order_by(
        "edition", "group__province", "group__sort_key", "group", "participation__sort_key", "pk"
    )
    winners: dict[int, list[tuple[Group, list[Standing]]]] = {
        edition.pk: [] for edition in editions
    }
    for (edition_id, group), standings in groupby(firsts, _place_of):
        winners[edition_id].append((group, list(standings)))
    shown = [(edition, winners[edition.pk]) for edition in editions]
    managed = managed_cycles(request).of_years().exclude(state=CycleState.PLANNED).for_list()
    moderates = COMMENTS["publish"].who(
        request.user if request.user.is_authenticated else None, None, request.at
    )
    return render(
        request,
        "festival/results/results.html",
        {"editions": shown, "managed": managed, "moderates": moderates},
    )


def _place_of(standing: Standing) -> tuple[int, Group]:
    return standing.edition_id, standing.group


@login_not_required
@require_safe
@cached_for_visitors
def edition(request: PortalRequest, year: int, number: int | None = None) -> HttpResponse:
    """Show the ranking of one published edition, filtered, sorted and paged: the one in force, or
    the one of a number.
    """
    published = published_of(request, year)
    found = next((e for e in published if number in (None, e.number)), None)
    if found is None:
        raise Http404
    context = ranking_of(request, found) | {
        "reports": approved_reports(found),
        "published": published,
        "in_force": published[0],
    }
    return render(request, "festival/results/edition.html", context)


@login_not_required
@require_safe
def ranking_file(request: PortalRequest, year: int, form: str) -> HttpResponse:
    """Send the ranking of a year's edition in force as CSV or XLSX, narrowed as the page was."""
    if form not in CONTENT_TYPES:
        raise Http404
    found = get_object_or_404(Edition.objects.current(request.at), cycle__year=year)
    narrowed = standings_of(request, found)
    content = spreadsheets_exports.write_dataset(
        exports.ranking(found, narrowed.qs), form, title=_("Ranking")
    )
    return sheet_answer(content, f"ranking-{year}", form)


@login_not_required
@require_safe
@cached_for_visitors
def agency(request: PortalRequest, code: str) -> HttpResponse:
    """Show one agency's published results over the years."""
    found = get_object_or_404(Agency.objects.select_related("parent", "province"), code=code)
    standings = Standing.objects.over_the_years(found, request.at)
    sizes = dict(
        Standing.objects.filter(group__in=[s.group_id for s in standings])
        .order_by()
        .values_list("group")
        .annotate(Count("pk"))
    )
    rows = [(standing, sizes[standing.group_id]) for standing in standings]
    context = {
        "agency": found,
        "history": history_of(found),
        "rows": rows,
        "results": agency_history(standings),
    }
    return render(request, "festival/results/agency.html", context)


@login_not_required
@require_safe
def report_file(request: PortalRequest, uuid: str, form: str = "") -> HttpResponseBase:
    """Send an Article 82 report, to read or for archives: public once approved and published,
    before for the secretariat.
    """
    visible = (
        Report.objects.visible_to(request.user, request.at)
        if request.user.is_authenticated
        else Report.objects.published(request.at)
    )
    report = get_object_or_404(
        visible.select_related("edition__cycle"), uuid=uuid, finished_at__isnull=False
    )
    file = report.archive if form else report.file
    if not file:
        raise Http404
    note_reading(request, report.edition)
    name = f"article-82-{report.edition.cycle.year}-{report.language}{form}.pdf"
    # our own file, for browsers to open: Chromium shows no PDF in a sandbox
    return handed_out(
        file, name=name, content_type="application/pdf", inline=not form, sandboxed=False
    )
