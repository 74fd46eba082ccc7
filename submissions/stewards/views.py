"""Pages of stewards: the measures in one's hands, every agency's figure in them, their source."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, with_roles
from agencies.persian import in_locale
from agencies.roles import OVERSEERS
from cycles.calendar import Phase
from cycles.engine.perform import why_closed
from cycles.models import Cycle, Entry, Window
from cycles.record import embargo
from cycles.requests import PortalRequest
from cycles.spreadsheets import dry_run, sheet_files
from cycles.spreadsheets.sheets import Sheet
from cycles.ui.attempts import attempt
from cycles.ui.files import handed_out
from cycles.ui.pages import PER_PAGE, act_page, history, import_page, page_of, sheet_answer
from cycles.workflow import Refused
from submissions import clearance
from submissions.evidence import file_types
from submissions.models import UNASKED, Answer, StewardFigure, Stewardship
from submissions.stewards import actions, figure_givers
from submissions.stewards import supply as stewards_supply
from submissions.stewards.forms import FigureForm, NarrowForm, SourceForm
from submissions.stewards.sheets import FIGURES, FigureLines
from submissions.stewards.tables import StewardshipTable
from submissions.workflow import STEWARDSHIPS

# --- In whose hands ------------------------------------------------------------------------------


@require_safe
def stewardships(request: PortalRequest) -> HttpResponse:
    """List the measures in the reader's hands; for overseers, those of their scope."""
    rows = Stewardship.objects.worked_on_by(request.user, request.at).for_list()
    context = {"table": page_of(request, StewardshipTable(rows)), "waiting": _waiting(request)}
    return render(request, "submissions/stewards/stewardships.html", context)


def _waiting(request: PortalRequest) -> list[clearance.Waiting]:
    """Find the years that stay closed to a steward until all interests are declared."""
    held = Cycle.objects.filter(
        pk__in=Stewardship.objects.filter(steward=request.user).values("cycle")
    )
    return [w for w in clearance.waiting_for(request.user, held, request.at) if w.states_interests]


# --- Figures ------------------------------------------------------------------------------------


@dataclass
class FigureRow:
    """One agency of a measure: its figure as far as the reader may know it, or why it is not the
    reader's to give.
    """

    answer: Answer
    figure: StewardFigure | None
    is_given: bool
    why: str
    form: FigureForm | None
    last_year: Decimal | None


def _find(request: PortalRequest, pk: int) -> Stewardship:
    rows = Stewardship.objects.worked_on_by(request.user, request.at).for_list()
    return get_object_or_404(rows.select_related("supplied_by"), pk=pk)


def _narrowed_lines(
    request: PortalRequest, stewardship: Stewardship, narrow: NarrowForm, tied: dict[int, str]
) -> QuerySet:
    rows = actions.lines_of(stewardship)
    asked = narrow.cleaned_data if narrow.is_valid() else {}
    if text := asked.get("q"):
        rows = rows.filter(submission__agency__in=Agency.objects.matching(text).values("pk"))
    match asked.get("show"):
        case "missing":
            return rows.filter(figure=None).exclude(submission__state__in=UNASKED)
        case "given":
            return rows.exclude(figure=None)
        case "tied":
            return rows.filter(submission__agency__in=tied)
    return rows


def _rows(
    request: PortalRequest, stewardship: Stewardship, page: Page, *, may_enter: bool
) -> list[FigureRow]:
    """Collect the page's agencies; four queries however many there are."""
    [steward] = with_roles([stewardship.steward])
    answers = list(page)
    seen = {
        f.answer_id: f
        for f in StewardFigure.objects.visible_to(request.user, request.at).filter(
            answer__in=answers
        )
    }
    before = actions.last_year(stewardship, [a.submission.agency_id for a in answers])
    rows = []
    for a in answers:
        why = figure_givers.why_not_given(a, steward, by=request.user, at=request.at)
        figure = seen.get(a.pk)
        form = None if why or not may_enter else _form(a, request)
        given = actions.figure_of(a) is not None
        rows.append(FigureRow(a, figure, given, why, form, before.get(a.submission.agency_id)))
    return rows


def _form(answer: Answer, request: PortalRequest) -> FigureForm:
    figure = actions.figure_of(answer)
    initial = {name: getattr(figure, name) for name in actions.FIELDS} if figure else {}
    sent = request.method == "POST" and f"{answer.pk}-seen" in request.POST
    form = FigureForm(request.POST if sent else None, prefix=str(answer.pk), initial=initial)
    return FigureForm(prefix=str(answer.pk), initial=initial) if form.is_untouched else form


@require_http_methods(["GET", "POST"])
def stewardship(request: PortalRequest, pk: int) -> HttpResponse:
    """Show every agency's figure in a measure, a page of them at a time: saved together, or shown
    with what is wrong.
    """
    found = _find(request, pk)
    windows = Window.objects.concerning([found])
    moves = {
        m.name for m in STEWARDSHIPS.open_to(found, by=request.user, at=request.at, windows=windows)
    }
    [steward] = with_roles([found.steward])
    tied = figure_givers.ties(steward, request.at)
    narrow = NarrowForm(request.GET)
    page = Paginator(_narrowed_lines(request, found, narrow, tied), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = _rows(request, found, page, may_enter="enter" in moves)
    refused = ""
    if request.method == "POST":
        refused = _save(request, found, rows)
        if not refused:
            return redirect(_onward(request, page))
    if request.user != found.steward and any(row.figure for row in rows):
        reach = min(
            (m.reach for m in request.user.memberships(request.at, *OVERSEERS)),
            key=lambda a: a is not None,
        )
        embargo.note_reading(found, what="figures", by=request.user, at=request.at, agency=reach)
    context = {
        "stewardship": found,
        "measure": found.measure,
        "page": page,
        "rows": rows,
        "narrow": narrow,
        "tied": _lines_with_ties(tied, found),
        "moves": moves,
        "closed": STEWARDSHIPS.why_not(
            found, STEWARDSHIPS["enter"], by=request.user, at=request.at, windows=windows
        ),
        "window": windows.of(Phase.SCORING, found),
        "is_steward": request.user == found.steward,
        "is_complete": found.lines == found.lines_given,
        "refused": refused,
        "source_form": SourceForm(stewardship=found),
        "query": request.GET.urlencode(),
        "history": history(Entry.objects.visible_to(request.user, request.at).of(found)[:20]),
    }
    return render(
        request, "submissions/stewards/stewardship.html", context, status=422 if refused else 200
    )


def _lines_with_ties(tied: dict[int, str], stewardship: Stewardship) -> list[tuple[Answer, str]]:
    """List the lines that are for an administrator, each with why."""
    rows = actions.lines_of(stewardship).filter(submission__agency__in=tied)
    return [(a, tied[a.submission.agency_id]) for a in rows]


def _save(request: PortalRequest, stewardship: Stewardship, rows: list[FigureRow]) -> str:
    """Save what was typed on the page, all or none; say why not, or ""."""
    sent = [row for row in rows if row.form and row.form.is_bound and row.form.has_changed()]
    if any(not row.form.is_valid() for row in sent if row.form):
        return _("Nothing was saved yet: some figures need correction.")
    figures = {}
    seen = {}
    for row in sent:
        if row.form:
            figures[row.answer.pk] = row.form.values
            if row.form.seen_token:
                seen[row.answer.pk] = row.form.seen_token
    try:
        actions.save_figures(stewardship, figures, by=request.user, at=request.at, seen=seen)
    except Refused as refusal:
        return str(refusal)
    said = ngettext("%(count)s figure saved.", "%(count)s figures saved.", len(figures))
    messages.success(request, said % {"count": in_locale(len(figures))})
    return ""


def _onward(request: PortalRequest, page: Page) -> str:
    query = request.GET.copy()
    if "next" in request.POST and page.has_next() and query.get("show") != "missing":
        query["page"] = str(page.next_page_number())
    return f"{request.path}?{query.urlencode()}"


# --- The source ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Hand out the document of the figures; one that is sent becomes that of an open measure."""
    if request.method == "POST":
        return _cite(request, _find(request, pk))
    readable = Stewardship.objects.visible_to(request.user, request.at).exclude(source="")
    found = get_object_or_404(readable, pk=pk)
    kind = file_types.KINDS[file_types.ending_of(found.source_name)]
    return handed_out(found.source, name=found.source_name, content_type=kind.content_type)


def _cite(request: PortalRequest, found: Stewardship) -> HttpResponse:
    form = SourceForm(request.POST, request.FILES, stewardship=found)
    if form.is_valid():
        seen = form.as_seen(lambda: SourceForm(stewardship=Stewardship.objects.get(pk=found.pk)))
        with attempt(form):
            actions.cite(
                found,
                title=form.cleaned_data["title"],
                document=form.cleaned_data["document"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(request, _("The source is saved."))
            return redirect("submissions:stewardship", found.pk)
    return render(
        request,
        "submissions/stewards/source.html",
        {"stewardship": found, "form": form},
        status=422,
    )


# --- As a spreadsheet ---------------------------------------------------------------------------


@require_safe
def export(request: PortalRequest, pk: int, kind: str) -> HttpResponse:
    """Hand out the lines that the reader may fill in, with what they say now."""
    found = _find(request, pk)
    lines = FigureLines(found, by=request.user, at=request.at)
    rows = lines.lines()
    if not rows:
        raise Http404
    name = f"{FIGURES.name}-{found.cycle.year}-{found.measure.code}"
    return sheet_answer(sheet_files.write_rows(FIGURES, lines.rows(rows), kind), name, kind)


@require_http_methods(["GET", "POST"])
def take_in(request: PortalRequest, pk: int) -> HttpResponse:
    """Check a file of figures, and let it be written when confirmed."""
    found = _find(request, pk)
    if closed := why_closed(STEWARDSHIPS, found, "take_in", by=request.user, at=request.at):
        messages.error(request, closed)
        return redirect("submissions:stewardship", pk)

    def lines() -> FigureLines:
        return FigureLines(found, by=request.user, at=request.at)

    def do(
        sheet: Sheet, *, as_checked: str, file_name: str, sha256: str, left_out: int
    ) -> Sequence[StewardFigure]:
        resource = lines()
        return actions.import_figures(
            found,
            lambda: resource.changed_values(dry_run.checked_again(resource, sheet, as_checked)),
            by=request.user,
            at=request.at,
            file_name=file_name,
            sha256=sha256,
            left_out=left_out,
        )

    return import_page(
        request,
        FIGURES,
        check=lambda sheet: dry_run.check(lines(), sheet),
        do=do,
        then=reverse("submissions:stewardship", args=[pk]),
        page="submissions/stewards/figures_import.html",
        stewardship=found,
    )


# --- Supplying ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def supply(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign for the figures, after a look at what they come to."""
    found = _find(request, pk)
    given = StewardFigure.objects.visible_to(request.user, request.at).filter(stewardship=found)
    asked_for = given.exclude(answer__submission__state__in=UNASKED)
    percents = [figure.percent for figure in asked_for if figure.percent is not None]
    return act_page(
        request,
        STEWARDSHIPS,
        found,
        "supply",
        do=lambda note, seen: stewards_supply.supply(
            found, by=request.user, at=request.at, seen=seen
        ),
        then=reverse("submissions:stewardship", args=[pk]),
        summary="submissions/stewards/supply_summary.html",
        shown=lambda: stewards_supply.figures_of(found),
        stewardship=found,
        missing=found.lines - found.lines_given,
        mean=sum(percents, Decimal(0)) / len(percents) if percents else None,
        least=min(percents, default=None),
        most=max(percents, default=None),
    )


@require_http_methods(["GET", "POST"])
def open_again(request: PortalRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    return act_page(
        request,
        STEWARDSHIPS,
        found,
        "reopen",
        do=lambda note: stewards_supply.open_again(
            found, reason=note, by=request.user, at=request.at
        ),
        then=reverse("submissions:stewardship", args=[pk]),
        summary="submissions/stewards/reopen_summary.html",
        stewardship=found,
    )
