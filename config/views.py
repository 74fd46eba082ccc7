"""The entrance, the home page, and the answer to health checks."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from config.desk import Desk
from cycles import notices


@login_not_required
@require_safe
def entrance(request: HttpRequest) -> HttpResponse:
    """To the home page in the visitor's language."""
    return redirect("home")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Which phases, how much time is left, what waits for the reader, and one click to it."""
    desk = Desk(request.user, request.at)
    context = {"overdue": desk.overdue(), "strips": desk.strips(), "tasks": desk.tasks()}
    context |= {"notices": notices.latest(request.user, request.at, 3)}
    return render(request, "home.html", context)
