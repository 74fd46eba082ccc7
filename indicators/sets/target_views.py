"""The grid of targets: the headquarters gives its units their targets of approved measures, an
administrator those of single agencies.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.persian import in_locale, parse_decimal
from cycles.clashes import ComparedForm
from cycles.engine.perform import why_closed
from cycles.models import Participation, Window
from cycles.requests import PortalRequest
from cycles.workflow import Refused
from indicators.lookups import visible
from indicators.models import Measure, MeasureTarget
from indicators.sets import targets
from indicators.sets.targets import AgencyTarget
from indicators.workflow import SETS

AGENCIES_A_PAGE = 20
MARK = "-"
"""What is typed in a cell where the measure does not apply to the agency."""


@dataclass
class TargetCell:
    """One measure and one agency: what was typed or is held, and what is wrong with it."""

    name: str
    text: str
    label: str
    error: str = ""


@dataclass
class TargetRow:
    """One measure with a cell an agency."""

    measure: Measure
    cells: list[TargetCell]
    total: Decimal | None = None


@require_http_methods(["GET", "POST"])
def grid(request: PortalRequest, pk: int) -> HttpResponse:
    """Show targets of measures × agencies in one grid, saved all together or shown again with what
    is wrong.
    """
    indicator_set = visible(request, pk)
    why = why_closed(SETS, indicator_set, "set_targets", by=request.user, at=request.at)
    if request.method == "GET" and why:
        messages.error(request, why)
        return redirect("indicators:detail", pk)
    everybody = [
        p
        for p in targets.agencies_with_own_targets(indicator_set).values()
        if p.agency_id != indicator_set.agency_id
    ]
    page = Paginator(everybody, AGENCIES_A_PAGE).get_page(request.GET.get("page"))
    agencies = list(page)
    measures = [m for m in Measure.objects.of(indicator_set).for_list() if not m.is_stewarded]
    held = _stored_targets(measures, agencies)
    form = _form(measures, agencies, held, request.POST or None)
    if request.method == "POST":
        rows, given, faults = _typed_rows(request, measures, agencies, held)
        if not form.is_valid():
            faults += [str(error) for error in form.non_field_errors()]
            _say_what_is_stored(rows, form)
        if not faults:
            seen = form.as_seen(
                lambda: _form(measures, agencies, _stored_targets(measures, agencies))
            )
            try:
                targets.set_targets(indicator_set, given, by=request.user, at=request.at, seen=seen)
            except Refused as refusal:
                faults = [str(refusal)]
            else:
                messages.success(
                    request, _("Saved: %(count)s targets.") % {"count": in_locale(len(given))}
                )
                return redirect(f"{reverse('indicators:grid', args=[pk])}?page={page.number}")
    else:
        rows, faults = _stored_rows(measures, agencies, held), []
    window = Window.objects.concerning([indicator_set]).of(SETS["set_targets"].phase, indicator_set)
    context = {
        "set": indicator_set,
        "rows": rows,
        "agencies": agencies,
        "page": page,
        "faults": faults,
        "form": form,
        "window": window,
        "mark": MARK,
    }
    return render(request, "indicators/sets/grid.html", context)


Held = dict[tuple[int, int], MeasureTarget]


def _stored_targets(measures: list[Measure], agencies: list[Participation]) -> Held:
    rows = MeasureTarget.objects.filter(measure__in=measures, participation__in=agencies)
    return {(row.measure_id, row.participation_id): row for row in rows}


def _stored_rows(
    measures: list[Measure], agencies: list[Participation], held: Held
) -> list[TargetRow]:
    rows = []
    for measure in measures:
        cells = []
        for participation in agencies:
            own = held.get((measure.pk, participation.pk))
            text = (
                ""
                if own is None
                else MARK
                if not own.applies
                else in_locale(own.target).replace("—", "")
            )
            cells.append(
                TargetCell(_name(measure, participation), text, _label(measure, participation))
            )
        given = [
            own.target
            for participation in agencies
            if (own := held.get((measure.pk, participation.pk)))
            and own.applies
            and own.target is not None
        ]
        rows.append(
            TargetRow(
                measure, cells, sum(given, Decimal(0)) if measure.is_additive and given else None
            )
        )
    return rows


def _form(
    measures: list[Measure],
    agencies: list[Participation],
    held: Held,
    data: QueryDict | None = None,
) -> ComparedForm:
    """Make one form of the page, with what it shows in every cell."""
    cells = chain.from_iterable(row.cells for row in _stored_rows(measures, agencies, held))
    return ComparedForm(data, shows={cell.name: cell.text for cell in cells})


def _say_what_is_stored(rows: list[TargetRow], form: ComparedForm) -> None:
    """Show beside each cell that was typed otherwise what is stored there now."""
    for cell in chain.from_iterable(row.cells for row in rows):
        stored = form.stored_values.get(cell.name, "")
        if stored != cell.text:
            now = _("Stored now: %(value)s") % {"value": stored or _("nothing")}
            cell.error = f"{cell.error} {now}".strip()


def _label(measure: Measure, participation: Participation) -> str:
    return f"{measure.title} · {participation.name}"


def _name(measure: Measure, participation: Participation) -> str:
    return f"t-{measure.pk}-{participation.agency_id}"


def _typed_rows(
    request: PortalRequest, measures: list[Measure], agencies: list[Participation], held: Held
) -> tuple[list[TargetRow], list[AgencyTarget], list[str]]:
    """Read the grid as it was typed, what it would set, and what is wrong, each named by measure
    and agency.
    """
    rows, given, faults = [], [], []
    for measure in measures:
        cells = []
        for participation in agencies:
            cell = TargetCell(
                _name(measure, participation),
                request.POST.get(_name(measure, participation), "").strip(),
                _label(measure, participation),
            )
            own = held.get((measure.pk, participation.pk))
            if cell.text == MARK:
                given.append(
                    AgencyTarget(
                        measure.pk,
                        participation.agency_id,
                        applies=False,
                        reason=own.reason if own and own.reason else _not_given(),
                    )
                )
            elif cell.text:
                try:
                    given.append(
                        AgencyTarget(
                            measure.pk, participation.agency_id, target=parse_decimal(cell.text)
                        )
                    )
                except ValueError as error:
                    cell.error = str(error)
                    faults.append(f"{cell.label}: {cell.error}")
            elif own is not None:
                given.append(
                    AgencyTarget(
                        measure.pk, participation.agency_id, applies=False, reason=_not_given()
                    )
                )
            cells.append(cell)
        rows.append(TargetRow(measure, cells))
    return rows, given, faults


def _not_given() -> str:
    return _("not given to this agency")
