"""The entrance, the home page, and what is one's own."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies.models import User
from config.accounts.second_factor import ONWARD
from config.accounts.sessions.limits import SIGNED_OUT
from config.home.waiting_tasks import Desk
from cycles.notices import wording
from cycles.people import accounts
from cycles.requests import PortalRequest


@login_not_required
@require_safe
def entrance(request: PortalRequest) -> HttpResponse:
    """Lead to the desk whoever is signed in or was until now, and a visitor to the results in the
    visitor's language.
    """
    is_known = request.user.is_authenticated or SIGNED_OUT in request.session
    return redirect("home" if is_known else "festival:results")


@require_safe
def account(request: PortalRequest) -> HttpResponse:
    """Show one's own password, second factor, sessions, notices, roles and interests."""
    oneself = accounts.with_factors(User.objects.filter(pk=request.user.pk)).get()
    return render(request, "account.html", {"oneself": oneself})


@require_safe
def onward(request: PortalRequest) -> HttpResponse:
    """Lead from the recovery codes to the page that was wanted before the second factor had to be
    set up.
    """
    return redirect(request.session.pop(ONWARD, None) or "account")


@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """Show the phases, how much time is left, what waits for the reader, and one click to it."""
    desk = Desk(request.user, request.at)
    context = {"overdue": desk.overdue(), "strips": desk.strips(), "tasks": desk.tasks()}
    context |= {"notices": wording.latest(request.user, request.at)}
    return render(request, "home.html", context)
