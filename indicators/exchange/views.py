"""Pages by which a set's measures and what holds for single agencies go out as spreadsheets and
come in again.
"""

from dataclasses import dataclass

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
from indicators.models import IndicatorSet, Measure, MeasureTarget
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
    """Show what goes out of a set and comes in, form by form."""
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
    """Hand out a set's measures, or what holds for those agencies whose figures this user may
    see.
    """
    indicator_set = visible(request, pk)
    if form is MEASURES:
        measures = MeasureLines(indicator_set)
        rows = measures.rows(measures.lines())
    else:
        targets_of_agencies = OWN_LINES[form.name](indicator_set)
        agencies = Agency.objects.visible_to(request.user, request.at)
        rows = targets_of_agencies.rows(targets_of_agencies.lines(agencies))
    agency = f"-{indicator_set.agency.code}" if indicator_set.agency else ""
    name = f"{form.name}-{indicator_set.cycle.year}-{indicator_set.kind}{agency}"
    return sheet_answer(sheet_files.write_rows(form, rows, kind), name, kind)


@require_http_methods(["GET", "POST"])
def take_in(request: PortalRequest, pk: int, form: Form) -> HttpResponse:
    """Check a sheet of a form, and let it be written when confirmed."""
    indicator_set = visible(request, pk)
    if closed := _why_closed(request, indicator_set, form):
        messages.error(request, closed)
        return redirect("indicators:files", pk)
    importer = MeasureImport if form is MEASURES else TargetImport
    sheet_import = importer(request, indicator_set, form)
    return import_page(
        request,
        form,
        check=sheet_import.check,
        do=sheet_import.write,
        then=reverse("indicators:files", args=[pk]),
        page="indicators/exchange/import.html",
        set=indicator_set,
        offer=_offer(request, indicator_set, form),
    )


@dataclass(frozen=True)
class MeasureImport:
    """The import of a set's whole content from a sheet."""

    request: PortalRequest
    indicator_set: IndicatorSet
    form: Form

    def check(self, sheet: Sheet) -> dry_run.Check:
        return dry_run.check(MeasureLines(self.indicator_set), sheet)

    def write(
        self, sheet: Sheet, *, as_checked: str, file_name: str, sha256: str, left_out: int
    ) -> list[Measure]:
        lines = MeasureLines(self.indicator_set)

        def contents() -> list[actions.Content]:
            # asked once the set is locked
            return lines.contents(dry_run.checked_again(lines, sheet, as_checked))

        return actions.import_measures(
            self.indicator_set,
            contents,
            file_name=file_name,
            sha256=sha256,
            left_out=left_out,
            by=self.request.user,
            at=self.request.at,
        )


@dataclass(frozen=True)
class TargetImport:
    """The import of what holds for single agencies from a sheet."""

    request: PortalRequest
    indicator_set: IndicatorSet
    form: Form

    def check(self, sheet: Sheet) -> dry_run.Check:
        return dry_run.check(OWN_LINES[self.form.name](self.indicator_set), sheet)

    def write(
        self, sheet: Sheet, *, as_checked: str, file_name: str, sha256: str, left_out: int
    ) -> list[MeasureTarget]:
        lines = OWN_LINES[self.form.name](self.indicator_set)

        def own_targets() -> list[targets.AgencyTarget]:
            # asked once the set is locked
            return lines.own_targets(dry_run.checked_again(lines, sheet, as_checked))

        return targets.import_targets(
            self.indicator_set,
            own_targets,
            file_name=file_name,
            sha256=sha256,
            left_out=left_out,
            by=self.request.user,
            at=self.request.at,
        )
