"""The addresses of a checkout, with those of the bench: signing in, and the two floors."""

from collections.abc import Callable

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import path

from config.urls import *  # noqa: F403 -- the handlers too
from config.urls import urlpatterns as product
from cycles.models import Cycle

BOUNDS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def count_queries(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a request that asks for it with the number of its queries."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "X-Count-Queries" not in request.headers:
            return get_response(request)
        asked: list[str] = []

        def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
            asked.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            response = get_response(request)
        response["X-Queries"] = sum(not sql.startswith(BOUNDS) for sql in asked)
        return response

    return answer


@login_not_required
def enter(request: HttpRequest, name: str) -> HttpResponse:
    """Sign in whoever is named; the answer carries the cookies and the token of forms."""
    person = get_user_model().objects.get(username=name)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponse(get_token(request))


def trivial(request: HttpRequest) -> HttpResponse:
    """Answer a signed-in person with the result of one SELECT."""
    return HttpResponse(f"{request.user.username} {Cycle.objects.count()}")


def frame(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


urlpatterns = [
    *i18n_patterns(
        path("side/enter/<str:name>/", enter),
        path("side/trivial/", trivial),
        path("side/frame/", frame),
    ),
    *product,
]
