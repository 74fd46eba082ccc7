"""Faults that a person meets and that are nobody's mistake: each answered in one sentence, and
nothing typed is lost.

A row that somebody else holds, a statement that takes too long, a database that is away, a full
disk, characters that no database keeps: what became of the request is told here alone, for pages,
for htmx, for uploads and for the API. The pages need neither the database nor the cache.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, get_language_from_path
from django.utils.translation import gettext_lazy as _
from django.views.defaults import server_error
from kombu.exceptions import OperationalError as BrokerAway

from agencies.persian import language
from config.requests import sent_forms
from cycles.ui.files import FULL_DISK

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fault:
    """What a person is told, under which status, and after how many seconds trying again makes
    sense.

    `is_kept`: what was sent is on record all the same, so that there is nothing to send again.
    """

    status: int
    sentence: str | Promise
    again_after: int = 0
    is_kept: bool = False


HELD = Fault(
    503,
    _("Somebody else is just changing this. Nothing was saved; please try again in a moment."),
    again_after=5,
)
TOO_LONG = Fault(
    503,
    _("This took too long and was stopped. Nothing was saved; please try again in a few minutes."),
    again_after=60,
)
AWAY = Fault(
    503,
    _(
        "The portal’s database does not answer just now. Nothing was saved; please try again in a "
        "few minutes."
    ),
    again_after=30,
)
FULL = Fault(
    507,
    _(
        "There is no room left on the server’s disk. Nothing was saved; please try again later, "
        "or tell the authority."
    ),
    again_after=600,
)
MEMORY = Fault(
    503,
    _(
        "The server has not enough memory for this just now. Nothing was saved; please try again "
        "in a few minutes."
    ),
    again_after=60,
)
UNFIT = Fault(
    400,
    _(
        "What was sent holds characters that cannot be kept. Nothing was saved; please type "
        "the text anew."
    ),
)
WAITS = Fault(
    503,
    _(
        "What you asked for is recorded and waits: the job queue does not answer just now. "
        "It begins by itself as soon as the queue is back."
    ),
    again_after=60,
    is_kept=True,
)

BY_CODE = {
    "55P03": HELD,  # lock_not_available
    "40P01": HELD,  # deadlock_detected
    "40001": HELD,  # serialization_failure
    "57014": TOO_LONG,  # query_canceled
    "53100": FULL,  # disk_full
    "53200": MEMORY,  # out_of_memory
    "22021": UNFIT,  # character_not_in_repertoire
    "22P05": UNFIT,  # untranslatable_character
}
"""By what PostgreSQL calls it."""


def fault_of(error: BaseException | None) -> Fault | None:
    """Find the fault that an error tells of; None where it is a mistake of ours."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in FULL_DISK:
            return FULL
        if isinstance(cause, MemoryError):
            return MEMORY
        if isinstance(cause, BrokerAway):
            return WAITS
        if isinstance(cause, ValueError) and (
            "NUL (0x00)" in str(cause) or "surrogates not allowed" in str(cause)
        ):
            return UNFIT
        code = getattr(cause, "pgcode", None)
        if code in BY_CODE:
            return BY_CODE[code]
        if isinstance(cause, OperationalError | InterfaceError):
            return BY_CODE.get(getattr(cause.__cause__, "pgcode", None) or "", AWAY)
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error through what it was raised from, the outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or (error.__context__ if isinstance(error, DatabaseError) else None)


def answer(request: HttpRequest, fault: Fault) -> HttpResponse:
    """Answer with the sentence: as a page that holds what was typed, or as plain text for whoever
    shows no pages.
    """
    if _shows_pages(request):
        content, content_type = _page(request, fault), "text/html; charset=utf-8"
    else:
        content, content_type = str(fault.sentence), "text/plain; charset=utf-8"
    response = HttpResponse(content, status=fault.status, content_type=content_type)
    if fault.again_after:
        response["Retry-After"] = str(fault.again_after)
    response["Cache-Control"] = "no-store"
    return response


def _shows_pages(request: HttpRequest) -> bool:
    """Tell whether a person waits for a page: those carry their language in the address, and
    scripts say who they are.
    """
    return bool(get_language_from_path(request.path_info)) and not sent_forms.is_asked_by_script(
        request
    )


def _page(request: HttpRequest, fault: Fault) -> str:
    typed, had_files = None, False
    if request.method == "POST" and not fault.is_kept:
        typed, had_files = _sent_fields(request)
    context = {
        "fault": fault,
        "language": language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "address": request.get_full_path(),
        "typed": typed,
        "had_files": had_files,
    }
    return render_to_string("fault.html", context)


SECRET = ("password", "code")
"""Parts of names of fields that no page gives back; the token goes along, since it proves the form
is ours.
"""


def _sent_fields(request: HttpRequest) -> tuple[list[tuple[str, str]], bool]:
    """Read what the form sent, field by field, so that it can be sent again, and whether files came
    along.

    Secrets are typed anew; of a form that could not be read whole, nothing is left.
    """
    try:
        return sent_forms.fields(request, without=SECRET), bool(request.FILES)
    except (OSError, ValueError):
        return [], True


class Faults:
    """Answers a fault that a view meets; and forgets cookies with a NUL, which were never ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\0" in name + value]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        fault = fault_of(error)
        if fault is None:
            return None
        logger.warning("%s %s: %s", request.method, request.path, error)
        return answer(request, fault)


def answer_server_error(request: HttpRequest) -> HttpResponse:
    """Answer what went wrong outside a view, such as in loading the session; else the page of a
    mistake of ours.
    """
    fault = fault_of(sys.exc_info()[1])
    return answer(request, fault) if fault else server_error(request)


def plain_characters(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Lead an address with a NUL in it nowhere; in a form each field says so itself, and the rest
    is `UNFIT`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "\0" in unquote_plus(request.META.get("QUERY_STRING", "")):
            raise Http404
        return get_response(request)

    return middleware
