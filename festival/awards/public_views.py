"""What everybody reads of awards once the results are out: lists, certificates and their
verification; before that only the secretariat does, on record.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Province
from agencies.roles import OVERSEERS
from cycles.models import Cycle
from cycles.papers.responses import paper_response
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.spreadsheets import exports as spreadsheets_exports
from cycles.ui.pages import page_of, sheet_answer
from cycles.workflow import CycleState
from festival.awards import certificates
from festival.awards.call_list import call_list
from festival.awards.forms import NarrowForm
from festival.awards.lookups import note_reading
from festival.awards.tables import AwardTable
from festival.models import Award, Ceremony, Edition, Language
from festival.models.awards import AwardQuerySet
from festival.workflow import AwardState


def _awards(request: PortalRequest) -> AwardQuerySet:
    """Read the awards that this reader may see, signed in or not."""
    if request.user.is_authenticated:
        return Award.objects.visible_to(request.user, request.at)
    return Award.objects.public(request.at)


@login_not_required
@require_safe
def years(request: PortalRequest) -> HttpResponse:
    """List the years whose awards are out; for the secretariat the ways to the ceremonies."""
    managed = Cycle.objects.none()
    if request.user.is_authenticated and request.user.holds(*OVERSEERS, at=request.at):
        managed = Cycle.objects.of_years().exclude(state=CycleState.PLANNED).for_list()
    editions = Edition.objects.current(request.at).for_list()
    return render(
        request, "festival/awards/award_years.html", {"editions": editions, "managed": managed}
    )


@login_not_required
@require_safe
def awards(request: PortalRequest, year: int) -> HttpResponse:
    """List a year's awards, national and of the provinces; revoked ones stay and are marked so."""
    edition = get_object_or_404(Edition.objects.current(request.at).for_list(), cycle__year=year)
    rows = Award.objects.public(request.at).filter(ceremony__cycle=edition.cycle)
    ceremonies = list(Ceremony.objects.filter(pk__in=rows.values("ceremony")).for_list())
    provinces = Province.objects.filter(pk__in=[c.province_id for c in ceremonies]).order_by(
        "sort_key", "pk"
    )
    form = NarrowForm(request.GET, cycle=edition.cycle, provinces=provinces)
    table = page_of(request, AwardTable(form.narrow(rows).for_list()))
    context = {"edition": edition, "filter": form, "table": table, "ceremonies": ceremonies}
    return render(request, "festival/awards/awards.html", context)


@login_not_required
@require_safe
def certificate(request: PortalRequest, uuid: UUID, language: str) -> HttpResponseBase:
    """Send the certificate of an award in force, in either language; a revoked one has none."""
    if language not in Language.values:
        raise Http404
    award = get_object_or_404(_awards(request).with_names(), uuid=uuid, state=AwardState.DECIDED)
    note_reading(request, award.ceremony)
    stamp = seals.stamp(award, "decide")
    seal = stamp.seal if stamp else None
    source = certificates.source(award, seal=seal, language=language)
    return paper_response(request, source, inline=True)


@login_not_required
@require_safe
def verify(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Say whether a certificate is genuine and in force; before publication there is no such
    page.
    """
    award = get_object_or_404(Award.objects.public(request.at).with_names(), uuid=uuid)
    stamp = seals.stamp(award, "revoke" if award.is_revoked else "decide")
    context = {"award": award, "seal": stamp.seal if stamp else None}
    return render(request, "festival/awards/verify_certificate.html", context)


# --- The list of the day ------------------------------------------------------------------------


def _awards_in_calling_order(request: PortalRequest, pk: int) -> tuple[Ceremony, AwardQuerySet]:
    """Find a ceremony with its awards in force in the order of calling: for the secretariat, and
    for all once they are out.
    """
    rows = Ceremony.objects.public(request.at)
    if request.user.is_authenticated:
        rows |= Ceremony.objects.visible_to(request.user, request.at)
    ceremony = get_object_or_404(rows.for_list(), pk=pk)
    note_reading(request, ceremony)
    return ceremony, _awards(request).filter(
        ceremony=ceremony, state=AwardState.DECIDED
    ).for_calling()


@login_not_required
@require_safe
def ceremony_list(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the awards in the order of calling, to be printed."""
    ceremony, rows = _awards_in_calling_order(request, pk)
    return render(
        request, "festival/awards/ceremony_list.html", {"ceremony": ceremony, "awards": rows}
    )


@login_not_required
@require_safe
def ceremony_list_file(request: PortalRequest, pk: int, form: str) -> HttpResponse:
    """Send the awards in the order of calling as CSV or XLSX."""
    if form not in ("csv", "xlsx"):
        raise Http404
    ceremony, rows = _awards_in_calling_order(request, pk)
    name = f"ceremony-{ceremony.cycle.year}-{ceremony.code}"
    return sheet_answer(
        spreadsheets_exports.write_dataset(call_list(rows), form, title=_("Order of calling")),
        name,
        form,
    )
