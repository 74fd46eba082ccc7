"""Pages on which two marks that lie too far apart come together."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cycles.engine.perform import open_to
from cycles.requests import PortalRequest
from cycles.ui.pages import page_of
from cycles.workflow import Refused
from submissions.lookups import note_reading
from submissions.marking import reconciliation as marking_reconciliation
from submissions.marking.forms import MarkForm
from submissions.marking.tables import ReconciliationTable
from submissions.models import Reconciliation
from submissions.workflow import RECONCILIATIONS

ACTS = {"propose": marking_reconciliation.propose, "settle": marking_reconciliation.settle}
"""The acts that say a value; agreeing says none."""


@require_safe
def reconciliations(request: PortalRequest) -> HttpResponse:
    """List lines on which two assessors differ, or did: the reader's own, or those in scope."""
    rows = Reconciliation.objects.visible_to(request.user, request.at).for_list()
    return render(
        request,
        "submissions/marking/reconciliations.html",
        {"table": page_of(request, ReconciliationTable(rows))},
    )


@require_http_methods(["GET", "POST"])
def reconciliation(request: PortalRequest, pk: int) -> HttpResponse:
    """Show both marks with their reasons, and the form of the value between them."""
    rows = Reconciliation.objects.visible_to(request.user, request.at).for_list()
    apart = get_object_or_404(rows.select_related("line__submission", "line__own"), pk=pk)
    form = _form(apart, request.POST or None)
    if request.method == "POST" and _do_act(request, apart, form):
        messages.success(request, _("Saved."))
        return redirect("submissions:reconciliation", pk)
    if request.POST.get("act") not in ACTS:
        form = _form(apart)
    if request.user.pk not in apart.readers:
        note_reading(request, apart.submission, "marks")
    context = {
        "apart": apart,
        "answer": apart.line,
        "marks": [apart.first, apart.second],
        "form": form,
        "moves": open_to(RECONCILIATIONS, apart, by=request.user, at=request.at),
    }
    return render(request, "submissions/marking/reconciliation.html", context)


def _form(apart: Reconciliation, data: Mapping[str, object] | None = None) -> MarkForm:
    """Make the form of a value; the page shows the one proposed so far."""
    names = ("points", "is_not_applicable", "reason", "proposed_by", "agreed_by")
    return MarkForm(data, shows={name: getattr(apart, name) for name in names})


def _do_act(request: PortalRequest, apart: Reconciliation, form: MarkForm) -> bool:
    """Do the act that was asked for; where it is refused the page says why."""
    act = request.POST.get("act", "")
    seen = form.as_seen(lambda: _form(Reconciliation.objects.get(pk=apart.pk)))
    try:
        if act == "agree":
            marking_reconciliation.agree(apart, by=request.user, at=request.at, seen=seen)
            return True
        if act in ACTS and form.is_valid():
            ACTS[act](
                apart,
                points=form.cleaned_data["points"],
                is_not_applicable=form.cleaned_data["is_not_applicable"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            return True
    except Refused as refusal:
        if act in ACTS:
            form.add_error(None, str(refusal))
        else:
            messages.error(request, str(refusal))
    return False
