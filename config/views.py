"""The entrance, the home page, and what is one's own."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies.models import User
from config.desk import Desk
from config.second_factor import ONWARD
from cycles import notices
from cycles import people as acts


@login_not_required
@require_safe
def entrance(request: HttpRequest) -> HttpResponse:
    """To the home page in the visitor's language."""
    return redirect("home")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What is one's own: password, second factor, sessions, notices, roles and interests."""
    oneself = acts.with_factors(User.objects.filter(pk=request.user.pk)).get()
    return render(request, "account.html", {"oneself": oneself})


@require_safe
def onward(request: HttpRequest) -> HttpResponse:
    """From the recovery codes to the page that was wanted before the second factor had to be set up."""
    return redirect(request.session.pop(ONWARD, None) or "account")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Which phases, how much time is left, what waits for the reader, and one click to it."""
    desk = Desk(request.user, request.at)
    context = {"overdue": desk.overdue(), "strips": desk.strips(), "tasks": desk.tasks()}
    context |= {"notices": notices.latest(request.user, request.at, 3)}
    return render(request, "home.html", context)
