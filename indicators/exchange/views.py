"""Pages by which a set's measures and what holds for single agencies go out as spreadsheets and
come in again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from cycles.engine.perform import why_closed
from cycles.requests import PortalRequest
from cycles.spreadsheets import dry_run, sheet_files
from cycles.spreadsheets.sheets import Form, Sheet
from cycles.ui.pages import import_page, sheet_answer
from indicators.exchange import actions
from indicators.exchange.columns import APPLICABILITY, FORMS, MEASURES, TARGETS
from indicators.exchange.measures import MeasureLines
from indicators.exchange.targets import ApplicabilityLines, TargetLines
from indicators.lookups import visible
from indicators.models import IndicatorSet
from indicators.sets import targets
from indicators.workflow import SETS, SetState

TITLES: dict[str, tuple[str | Promise, str | Promise]] = {
    MEASURES.name: (
        _("Measures"),
        _(
            "The whole content of the set: axes, indicators, measures and goals. A measure is "
            "known by its lineage, or"
            " else by its code. Measures that the file does not have are removed; points must add "
            "up at every tier."
        ),
    ),
    TARGETS.name: (
        _("Targets of single agencies"),
        _("One row a measure and agency. Rows that the file does not have stay as they are."),
    ),
    APPLICABILITY.name: (
        _("What applies to whom"),
        _("One row a measure and agency. Rows that the file does not have stay as they are."),
    ),
}
OWN_LINES = {TARGETS.name: TargetLines, APPLICABILITY.name: ApplicabilityLines}


@dataclass(frozen=True)
class Offer:
    """One form of a set as the page offers it; `closed` says why nothing can be taken in now."""

    form: Form
    title: str | Promise
    about: str | Promise
    closed: str


def _why_closed(request: PortalRequest, indicator_set: IndicatorSet, form: Form) -> str:
    edit = "revise" if indicator_set.state == SetState.RETURNED else "edit"
    name = edit if form is MEASURES else "set_targets"
    return why_closed(SETS, indicator_set, name, by=request.user, at=request.at)


def _offer(request: PortalRequest, indicator_set: IndicatorSet, form: Form) -> Offer:
    return Offer(form, *TITLES[form.name], _why_closed(request, indicator_set, form))


@require_safe
def files(request: PortalRequest, pk: int) -> HttpResponse:
    """What goes out of a set and comes in, form by form."""
    indicator_set = visible(request, pk)
    offers = [_offer(request, indicator_set, form) for form in FORMS.values()]
    return render(
        request, "indicators/exchange/files.html", {"set": indicator_set, "offers": offers}
    )


@require_safe
def template(request: PortalRequest, form: Form, kind: str) -> HttpResponse:
    return sheet_answer(
        sheet_files.template(form, kind), f"template-{form.name}-{form.version}", kind
    )


@require_safe
def export(request: PortalRequest, pk: int, form: Form, kind: str) -> HttpResponse:
    """A set's measures, or what holds for those agencies whose figures this user may see."""
    indicator_set = visible(request, pk)
    if form is MEASURES:
        resource: Any = MeasureLines(indicator_set)
        lines: Sequence[Any] = resource.lines()
    else:
        resource = OWN_LINES[form.name](indicator_set)
        lines = resource.lines(Agency.objects.visible_to(request.user, request.at))
    agency = f"-{indicator_set.agency.code}" if indicator_set.agency else ""
    name = f"{form.name}-{indicator_set.cycle.year}-{indicator_set.kind}{agency}"
    return sheet_answer(sheet_files.write_rows(form, resource.rows(lines), kind), name, kind)


@require_http_methods(["GET", "POST"])
def take_in(request: PortalRequest, pk: int, form: Form) -> HttpResponse:
    """Check a sheet of a form, and let it be written when confirmed."""
    indicator_set = visible(request, pk)
    if closed := _why_closed(request, indicator_set, form):
        messages.error(request, closed)
        return redirect("indicators:files", pk)
    lines: Any = MeasureLines if form is MEASURES else OWN_LINES[form.name]

    def do(sheet: Sheet, *, as_checked: str, **said: Any) -> Sequence[Any]:
        resource = lines(indicator_set)
        found = partial(
            dry_run.checked_again, resource, sheet, as_checked
        )  # asked once the set is locked
        said |= {"by": request.user, "at": request.at}
        if form is MEASURES:
            return actions.import_measures(
                indicator_set, lambda: resource.contents(found()), **said
            )
        return targets.import_targets(indicator_set, lambda: resource.own(found()), **said)

    return import_page(
        request,
        form,
        check=lambda sheet: dry_run.check(lines(indicator_set), sheet),
        do=do,
        then=reverse("indicators:files", args=[pk]),
        page="indicators/exchange/import.html",
        set=indicator_set,
        offer=_offer(request, indicator_set, form),
    )
