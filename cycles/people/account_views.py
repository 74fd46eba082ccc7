"""Pages of acts on the account of somebody."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agencies.models import Membership, User, people_visible_to
from agencies.roles import Role
from cycles.administration_workflow import ADMINISTRATION
from cycles.engine.perform import AdministrationTarget, why_not_administer
from cycles.people import accounts
from cycles.people.forms import IdentifyForm
from cycles.requests import PortalRequest
from cycles.ui.pages import act_page


def why_not_reset(request: PortalRequest, someone: User) -> str:
    roles = (
        Membership.objects.ending_after(request.at)
        .filter(user=someone)
        .select_related("agency", "province")
    )
    ask = partial(why_not_administer, "reset_factor", by=request.user, at=request.at, obj=someone)
    for reach in [m.reach for m in roles] or [None]:
        if why := ask(agency=reach):
            return why
    return ""


@require_http_methods(["GET", "POST"])
def reset_factor(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a lost second factor from an account."""
    someone = get_object_or_404(people_visible_to(request.user, request.at), pk=pk)
    if not request.user.holds(Role.ADMINISTRATOR, at=request.at):
        raise Http404
    return _account_page(
        request,
        someone,
        "reset_factor",
        accounts.reset_second_factor,
        "cycles/people/reset_summary.html",
    )


@require_http_methods(["GET", "POST"])
def close_account(request: PortalRequest, pk: int) -> HttpResponse:
    return _keep(
        request, pk, "close_account", accounts.close_account, "cycles/people/close_summary.html"
    )


@require_http_methods(["GET", "POST"])
def open_account(request: PortalRequest, pk: int) -> HttpResponse:
    return _keep(
        request,
        pk,
        "open_account",
        accounts.open_account,
        "cycles/people/open_account_summary.html",
    )


@require_http_methods(["GET", "POST"])
def identify(request: PortalRequest, pk: int) -> HttpResponse:
    """Enter the national ID of somebody; there is no such page where no
    identity provider is set.
    """
    if not settings.IDENTITY_PROVIDER:
        raise Http404
    known = User.objects.filter(pk=pk).values("national_id")
    summary = "cycles/people/identify_summary.html"
    return _keep(
        request,
        pk,
        "identify",
        accounts.identify,
        summary,
        form_class=IdentifyForm,
        shown=known.get,
    )


def _keep(
    request: PortalRequest,
    pk: int,
    name: str,
    act: Callable[..., User],
    summary: str,
    **form: Any,
) -> HttpResponse:
    """Confirm an act on an account; to those who may not do it, the page does not exist."""
    someone = get_object_or_404(people_visible_to(request.user, request.at), pk=pk)
    if accounts.why_not_keep(name, someone, by=request.user, at=request.at):
        raise Http404
    return _account_page(request, someone, name, act, summary, person=someone, **form)


def _account_page(
    request: PortalRequest,
    someone: User,
    name: str,
    act: Callable[..., User],
    summary: str,
    **form: Any,
) -> HttpResponse:
    """Confirm an act on an account that its reader may do."""
    role = Membership.objects.ending_after(request.at).filter(user=someone).for_list().first()
    return act_page(
        request,
        ADMINISTRATION,
        AdministrationTarget(someone, role.reach if role else None),
        name,
        do=lambda **said: act(someone, by=request.user, at=request.at, **said),
        then=reverse("cycles:person", args=[someone.pk]),
        summary=summary,
        about=someone,
        **form,
    )
