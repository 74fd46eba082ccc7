"""Pages of one agency in the register: what it is and was called, what became of it, and the acts
that change it.
"""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Membership
from cycles.engine.perform import why_closed
from cycles.models import ChangeKind, Participation, RegisterChange
from cycles.register_workflow import REGISTER
from cycles.reorganisation import actions
from cycles.reorganisation.forms import RegisterChangeForm
from cycles.reorganisation.queries import history_of
from cycles.requests import PortalRequest
from cycles.ui.pages import act_page

BUTTONS = {
    ChangeKind.RENAMED: _("Rename"),
    ChangeKind.MERGED: pgettext_lazy("an agency", "Merge into another"),
    ChangeKind.SPLIT: pgettext_lazy("an agency", "Split"),
    ChangeKind.DISSOLVED: _("Dissolve"),
    ChangeKind.RESTORED: _("Establish again"),
}
"""The kinds of change, in the order of their buttons."""


def _agency(request: PortalRequest, code: str) -> Agency:
    seen = Agency.objects.visible_to(request.user, request.at).select_related("parent", "province")
    return get_object_or_404(seen, code=code)


def _may_record(request: PortalRequest) -> bool:
    return not why_closed(REGISTER, RegisterChange(), "record", by=request.user, at=request.at)


def _kinds(agency: Agency) -> list[ChangeKind]:
    """List the kinds of change that an agency can undergo: one that has ended only comes back."""
    return [kind for kind in BUTTONS if (kind == ChangeKind.RESTORED) != agency.is_active]


@require_safe
def agency(request: PortalRequest, code: str) -> HttpResponse:
    """Show one agency: its names and what became of it, its cycles, and the changes that wait for
    their day.
    """
    found = _agency(request, code)
    waiting = RegisterChange.objects.waiting().concerning(found).for_list()
    seen = Participation.objects.visible_to(request.user, request.at).filter(agency=found)
    context = {
        "agency": found,
        "history": history_of(found),
        "waiting": [(change, _may_withdraw(request, change)) for change in waiting],
        "kinds": [(kind, BUTTONS[kind]) for kind in _kinds(found)] if _may_record(request) else [],
        "units": Agency.objects.visible_to(request.user, request.at)
        .filter(parent=found)
        .for_list(),
        "participations": seen.select_related("cycle", "ended_by").order_by("-cycle__year", "pk"),
    }
    return render(request, "cycles/reorganisation/agency.html", context)


def _may_withdraw(request: PortalRequest, change: RegisterChange) -> bool:
    return not why_closed(REGISTER, change, "withdraw", by=request.user, at=request.at)


@require_http_methods(["GET", "POST"])
def register_change(request: PortalRequest, code: str, kind: str) -> HttpResponse:
    """Record what becomes of an agency; to those who may not, the page does not exist."""
    found = _agency(request, code)
    if not _may_record(request) or kind not in _kinds(found):
        raise Http404

    def record(**typed: Any) -> list[RegisterChange]:
        return actions.record_change(**typed, by=request.user, at=request.at)

    return act_page(
        request,
        REGISTER,
        RegisterChange(agency=found),
        "record",
        do=record,
        then=reverse("cycles:agency", args=[found.code]),
        summary="cycles/reorganisation/register_change_summary.html",
        about=f"{found} · {BUTTONS[ChangeKind(kind)]}",
        form_class=partial(RegisterChangeForm, agency=found, kind=kind),
        **_what_ends(request, found, kind),
    )


def _what_ends(request: PortalRequest, found: Agency, kind: str) -> dict[str, Any]:
    """Find what ends with an agency: its part in open cycles, its people's roles, the headquarters
    of its units.
    """
    open_cycles = (
        Participation.objects.active()
        .filter(agency=found)
        .exclude(cycle__state__in=actions.SETTLED)
    )
    return {
        "kind": kind,
        "ends": kind not in (ChangeKind.RENAMED, ChangeKind.RESTORED),
        "open_cycles": open_cycles.select_related("cycle").order_by("cycle__year", "pk"),
        "roles": Membership.objects.ending_after(request.at).filter(agency=found).count(),
        "units": Agency.objects.filter(parent=found, is_active=True).count(),
    }


@require_http_methods(["GET", "POST"])
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Withdraw a change whose day has not come."""
    seen = RegisterChange.objects.visible_to(request.user, request.at).for_list()
    change = get_object_or_404(seen, pk=pk)
    if not _may_record(request):
        raise Http404
    return act_page(
        request,
        REGISTER,
        change,
        "withdraw",
        do=lambda **said: actions.withdraw_change(change, by=request.user, at=request.at, **said),
        then=change.get_absolute_url(),
    )
