"""How long somebody stays signed in: so long without a request, and so long in all."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from agencies.roles import TWO_FACTORS

if TYPE_CHECKING:  # this is imported before there are models
    from cycles.requests import PortalRequest

BEGAN, SEEN = "session_began", "session_seen"
"""Where in the session stand the seconds at which it began and was last used, by the server's own
clock.
"""

SIGNED_OUT = "signed_out"
"""Where in a visitor's session stands why they were signed out, for the sign-in page to say."""

COARSE = 60
"""How many seconds may pass before a use is noted again: a session is not
written at every request.
"""


def begin(sender: object, request: HttpRequest, **_kwargs: object) -> None:
    """Note when a session begins, with the sign-in itself: the first page after it need not write
    for that.
    """
    request.session[BEGAN] = request.session[SEEN] = time.time()


class SessionLimits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: "PortalRequest") -> HttpResponse:
        if request.user.is_authenticated:
            if reason := why_over(request):
                logout(request)
                request.session[SIGNED_OUT] = reason
            else:
                note_use(request)
        return self.get_response(request)


def why_over(request: "PortalRequest") -> str:
    """Tell why a session is over, "" while it lasts."""
    session, now = request.session, time.time()
    if now - session.get(BEGAN, now) >= settings.SESSION_HOURS * 3600:
        return "age"
    unused = now - session.get(SEEN, now)
    if unused >= settings.SESSION_IDLE_MINUTES * 60 and request.user.holds(
        *TWO_FACTORS, at=request.at
    ):
        return "idle"
    return ""


def note_use(request: HttpRequest) -> None:
    """Note in the session that it is used, at most once a minute."""
    session, now = request.session, time.time()
    if BEGAN not in session:
        session[BEGAN] = now
    if now - session.get(SEEN, 0) >= COARSE:
        session[SEEN] = now
