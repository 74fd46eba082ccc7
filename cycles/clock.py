"""The portal's one clock and the name of each request: what every other part is told of where and
when it runs.
"""

import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request being answered, as the official record, the log and the answer's `X-Request-ID` name
it; "" in tasks.
"""


def now() -> datetime:
    """Read the portal's time: the real one, or in a rehearsal the real one moved by
    `CLOCK_OFFSET`.
    """
    return timezone.now() + settings.CLOCK_OFFSET


def clock(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.at` and name the request, once, before anything else looks at it; no visitor
    chooses the name.
    """

    def middleware(request: Any) -> HttpResponse:
        request.at = now()
        name = str(uuid.uuid4())
        request.name = name
        token = request_id.set(name)
        try:
            response = get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = name
        return response

    return middleware


class NamesRequest(logging.Filter):
    """Gives each line of the log the request in which, or about which, it was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        about = getattr(
            record, "request", None
        )  # Django tells of a failed request when it has been answered
        record.request_id = request_id.get() or getattr(about, "name", "-")
        return True
