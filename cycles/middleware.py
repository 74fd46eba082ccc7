"""The portal's one clock: every request is judged by the moment at which it arrived."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def now() -> datetime:
    """The portal's time: the real one, or in a rehearsal the real one moved by `CLOCK_OFFSET`."""
    return timezone.now() + settings.CLOCK_OFFSET


def clock(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.at` once, before anything else looks at the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.at = now()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
