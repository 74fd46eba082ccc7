"""What the pages of awards share: the ceremony at an address, reading under embargo on record, the
page of a form.
"""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cycles.record import embargo
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.workflow import Move
from festival.models import Ceremony, Edition


def find_ceremony(request: PortalRequest, pk: int) -> Ceremony:
    """Find a ceremony whose awards are the reader's business before they are public."""
    return get_object_or_404(
        Ceremony.objects.visible_to(request.user, request.at).for_list(), pk=pk
    )


def note_reading(request: PortalRequest, ceremony: Ceremony) -> bool:
    """Record that the secretariat reads awards before they are public, or after a correction that
    is not out; answer whether the year's results are out.
    """
    out = set(
        Edition.objects.published(request.at)
        .filter(cycle=ceremony.cycle_id)
        .values_list("pk", flat=True)
    )
    newest = Edition.objects.newest_of(ceremony.cycle)
    is_settled = newest is not None and newest.pk in out
    if not is_settled and request.user.is_authenticated and _is_secretariat(request, ceremony):
        embargo.note_reading(
            ceremony, what="awards", by=request.user, at=request.at, agency=ceremony.reach
        )
    return bool(out)


def _is_secretariat(request: PortalRequest, ceremony: Ceremony) -> bool:
    return Ceremony.objects.visible_to(request.user, request.at).filter(pk=ceremony.pk).exists()


def form_page(
    request: PortalRequest,
    move: Move,
    about: Model,
    form: Form,
    save: Callable[[], object],
    *,
    then: str,
    closed: str,
) -> HttpResponse:
    """Show the form of an act that changes no state, to people who may do it; make the act when it
    is sent, and keep what was typed where it is refused.

    `about` is what the page names, `closed` why the reader may not do it now, "" when they may.
    """
    if request.method == "GET" and closed:
        messages.error(request, closed)
        return redirect(then)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            save()
            messages.success(request, f"{move.label}: {_('Saved.')}")
            return redirect(then)
    context = {"form": form, "move": move, "then": then, "object": about}
    return render(request, "festival/awards/award_form.html", context)
