"""The grid of units × measures: the headquarters enters its units' figures, and gives one document
to several.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agencies.persian import in_locale, parse_decimal
from agencies.roles import SUPERIOR_ROLES
from cycles.calendar import Phase
from cycles.models import Cycle, Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.workflow import Refused, Term
from indicators.models import Axis, Kind, Measure
from indicators.scoring.methods import METHODS
from submissions.answers import actions, headquarters
from submissions.evidence.forms import UnitsDocumentForm
from submissions.models import Answer, Submission
from submissions.workflow import MOVES

UNITS_A_PAGE = 20
NUMBER = gettext_lazy("Enter one number, such as 1200 or 12.5.")
SET = "measure__indicator__axis__set"


@dataclass
class Cell:
    """One line of a unit: what was typed or is held, the token of what was seen, and what is wrong
    with it.

    `theirs` is what the unit itself has entered since, where that is in the way; "" where it
    emptied the line.
    """

    answer: Answer
    label: str
    text: str
    token: str
    error: str | Promise = ""
    theirs: str | None = None

    @property
    def name(self) -> str:
        return f"v-{self.answer.pk}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        m = self.answer.measure
        return METHODS[m.method].choices(m.params)


@dataclass
class UnitRow:
    """A unit with a cell a measure (None: not asked of it); `closed` says why nothing can be
    entered.
    """

    submission: Submission
    closed: str
    cells: list[Cell | None] = field(default_factory=list)


@dataclass
class Grid:
    """A page of units and an axis of measures."""

    cycle: Cycle
    page: Page[Submission]
    axes: list[Axis]
    axis: Axis | None
    measures: list[Measure]
    rows: list[UnitRow]
    answers: dict[tuple[int, int], Answer]
    deadline: Term | None

    @property
    def open_rows(self) -> list[UnitRow]:
        return [row for row in self.rows if not row.closed]

    @property
    def open_units(self) -> list[Submission]:
        return [row.submission for row in self.open_rows]

    @property
    def open_cells(self) -> list[Cell]:
        return _cells(self.open_rows)

    @property
    def seen(self) -> str:
        """The tokens of what the page shows, by key: one field, however many cells there are."""
        return " ".join(f"{cell.answer.pk}:{cell.token}" for cell in self.open_cells)


def _cells(rows: Iterable[UnitRow]) -> list[Cell]:
    found: list[Cell] = []
    for row in rows:
        found += [cell for cell in row.cells if cell]
    return found


def _grid(request: PortalRequest, pk: int) -> Grid:
    """Find the units and the measures asked for; whoever has no unit in the cycle finds no grid."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), pk=pk)
    units = (
        headquarters.units_of(request.user, request.at)
        .filter(cycle=cycle)
        .select_related("agency__province", "cycle")
    )
    page = Paginator(units.order_by("agency__sort_key", "pk"), UNITS_A_PAGE).get_page(
        request.GET.get("page")
    )
    if not page.paginator.count:
        raise Http404
    shown = list(page)
    given_down = Q(**{f"{SET}__agency__in": request.user.agency_ids(request.at, *SUPERIOR_ROLES)})
    lines = Answer.objects.filter(
        Q(**{f"{SET}__kind": Kind.GENERAL}) | given_down, submission__in=shown
    )
    lines = lines.not_stewarded()
    axes = list(
        Axis.objects.filter(indicators__measures__in=lines.values("measure"))
        .distinct()
        .select_related("set")
        .order_by("set__kind", "position", "pk")
    )
    wanted = request.GET.get("axis", "")
    axis = next((a for a in axes if str(a.pk) == wanted), axes[0] if axes else None)
    found = list(lines.filter(measure__indicator__axis=axis).for_page())
    windows = Window.objects.concerning(shown)
    rows = [
        UnitRow(s, MOVES.why_not(s, MOVES["fill"], by=request.user, at=request.at, windows=windows))
        for s in shown
    ]
    measures = list({a.measure_id: a.measure for a in found}.values())
    answers = {(a.submission_id, a.measure_id): a for a in found}
    return Grid(
        cycle,
        page,
        axes,
        axis,
        measures,
        rows,
        answers,
        windows.of(Phase.SELF_ASSESSMENT, shown[0]),
    )


def _input_text(value: Decimal | None) -> str:
    return "" if value is None else in_locale(value).replace(",", "").replace("٬", "")


def _cell(answer: Answer, row: UnitRow) -> Cell:
    value = answer.value
    chosen = METHODS[answer.measure.method].choices(answer.measure.params) and value is not None
    text = f"{value.normalize():f}" if chosen and value is not None else _input_text(value)
    return Cell(
        answer,
        f"{row.submission.agency.name} · {answer.measure.title}",
        text,
        answer.token("value"),
    )


def _fill_in(grid: Grid) -> None:
    """Put what is held in every cell."""
    for row in grid.rows:
        found = [grid.answers.get((row.submission.pk, m.pk)) for m in grid.measures]
        row.cells = [_cell(a, row) if a else None for a in found]


@dataclass
class TypedValues:
    """New values that were typed, with the tokens of what stood there, by answer key."""

    values: dict[int, Decimal | None] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    cells: dict[int, Cell] = field(default_factory=dict)


def _read_cells(request: PortalRequest, grid: Grid) -> TypedValues:
    """Put what was typed in the cells, with what is wrong in each; what was left as it was seen is
    not touched.
    """
    typed = TypedValues()
    tokens = dict(
        part.split(":", 1) for part in request.POST.get("seen", "").split() if ":" in part
    )
    for cell in grid.open_cells:
        seen, text = tokens.get(str(cell.answer.pk)), request.POST.get(cell.name)
        if seen is None or text is None:
            continue
        try:
            value = parse_decimal(text) if text.strip() else None
        except ValueError as error:
            cell.text, cell.token, cell.error = text.strip(), seen, str(error)
            continue
        if Answer.token_of(value) in (seen, cell.token):
            continue
        held, cell.text = cell.text, text.strip()
        if cell.answer.claims_not_applicable:
            cell.error = _("The unit says that this does not apply to it.")
        elif cell.token != seen:
            cell.theirs = held
        else:
            cell.error = _why_unsound(cell.answer, value)
        typed.values[cell.answer.pk], typed.seen[cell.answer.pk] = value, seen
        typed.cells[cell.answer.pk] = cell
    return typed


def _why_unsound(answer: Answer, value: Decimal | None) -> str:
    """Say why a line may not have this value; one too long for its column is no number."""
    if value is not None and (abs(value) >= 10**20 or value != round(value, 8)):
        return str(NUMBER)
    return actions.why_unsound(Answer(measure=answer.measure, own=answer.own, value=value))


def _faults(grid: Grid) -> list[str]:
    """List what is wrong, each named by unit and measure."""
    said = []
    for cell in _cells(grid.rows):
        if cell.error:
            said.append(f"{cell.label}: {cell.error}")
        if cell.theirs is not None:
            said.append(f"{cell.label}: {_('the unit has changed it meanwhile.')}")
    return said


@require_http_methods(["GET", "POST"])
def grid(request: PortalRequest, pk: int) -> HttpResponse:
    """Save the values of units × measures in one grid all together, or show them again with what is
    wrong.
    """
    found = _grid(request, pk)
    _fill_in(found)
    faults: list[str] = []
    if request.method == "POST":
        typed = _read_cells(request, found)
        faults = _faults(found)
        if not faults:
            try:
                saved = _save(request, found, typed)
            except actions.AnswerChanged as clash:  # in the moment since the lines were read
                typed.cells[clash.answer].error = str(clash)
                faults = _faults(found)
            except Refused as refusal:
                faults = [str(refusal)]
            else:
                messages.success(
                    request, _("Saved: %(count)s values.") % {"count": in_locale(saved)}
                )
                return redirect(_address(request, found))
    return _page(
        request, found, faults, UnitsDocumentForm(units=found.open_units, measures=found.measures)
    )


def _save(request: PortalRequest, found: Grid, typed: TypedValues) -> int:
    if not typed.values:
        return 0
    return len(
        headquarters.fill_units(
            found.open_units, typed.values, seen=typed.seen, by=request.user, at=request.at
        )
    )


def _address(request: PortalRequest, found: Grid) -> str:
    return f"{reverse('submissions:grid', args=[found.cycle.pk])}?{request.GET.urlencode()}"


def _page(
    request: PortalRequest, found: Grid, faults: list[str], form: UnitsDocumentForm
) -> HttpResponse:
    context: dict[str, object] = {
        "grid": found,
        "page": found.page,
        "faults": faults,
        "document": form,
        "query": request.GET.urlencode(),
    }
    return render(request, "submissions/answers/grid.html", context, status=422 if faults else 200)


@require_POST
def document(request: PortalRequest, pk: int) -> HttpResponse:
    """Give one document to a measure of several units."""
    found = _grid(request, pk)
    form = UnitsDocumentForm(
        request.POST, request.FILES, units=found.open_units, measures=found.measures
    )
    if form.is_valid():
        said = form.cleaned_data
        with attempt(form):
            given = headquarters.give_document(
                said["units"], said["measure"], upload=said["file"], by=request.user, at=request.at
            )
            messages.success(
                request,
                _("The document was given to %(count)s units.") % {"count": in_locale(len(given))},
            )
            return redirect(_address(request, found))
    _fill_in(found)
    return _page(request, found, [], form)
