"""Public pages, kept whole for a minute: the day of the festival brings everybody at once.

What is kept was made for somebody without a session, so it names nobody. It is never kept past the
next moment of publication, and forgotten when that moment is set anew: what is under embargo is not
there one second before, and all is there one second after. Without the cache every page is made
anew.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from cycles.requests import PortalRequest
from festival.models import Edition

KEPT = 60
"""Seconds for which a page is kept, here and by whoever asked for it."""
LONGEST_ADDRESS = 500
"""Longer ones are made up by somebody; keeping them would fill the cache with pages that nobody
asks for again.
"""
GENERATION = "public-pages"
COOKIES = (settings.SESSION_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME)


P = ParamSpec("P")


class _Page(NamedTuple):
    content: bytes
    content_type: str
    etag: str
    until: float


def forget() -> None:
    """Make all pages anew from now on; to be called when the transaction that changes what is
    public has committed.
    """
    cache.set(GENERATION, datetime.now().timestamp(), timeout=None)  # noqa: DTZ005 -- only ever compared


def cached_for_visitors(
    view: Callable[Concatenate[PortalRequest, P], HttpResponse],
) -> Callable[Concatenate[PortalRequest, P], HttpResponse]:
    """Keep a public page for those without a session, with an ETag; make it anew for all others."""

    @wraps(view)
    def answer(request: PortalRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        address = request.get_full_path()
        if any(name in request.COOKIES for name in COOKIES) or len(address) > LONGEST_ADDRESS:
            return view(request, *args, **kwargs)
        key = _key(request.get_host(), address)
        page = _stored_page(key)
        if page is None or page.until <= request.at.timestamp():
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming:
                return response
            page = _new_page(request, response)
            _store(key, page, request.at)
        return _answer(request, page)

    return answer


def _key(host: str, address: str) -> str:
    """Return the key under which a page is kept."""
    generation = cache.get(GENERATION)
    return "page:" + hashlib.sha256(f"{generation}\n{host}\n{address}".encode()).hexdigest()


def _stored_page(key: str) -> _Page | None:
    found = cache.get(key)
    return _Page(*found) if found else None


def _new_page(request: PortalRequest, response: HttpResponse) -> _Page:
    """Make a page with the moment until which it holds: a minute, or the next publication if that
    is nearer.
    """
    until = request.at.timestamp() + KEPT
    coming = request.coming if hasattr(request, "coming") else _next_publication(request.at)
    if coming is not None:
        until = min(until, coming.timestamp())
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return _Page(response.content, response["Content-Type"], etag, until)


def _next_publication(at: datetime) -> datetime | None:
    moments = (
        Edition.objects.filter(publish_at__gt=at)
        .order_by("publish_at")
        .values_list("publish_at", flat=True)
    )
    return moments.first()


def _store(key: str, page: _Page, at: datetime) -> None:
    if (seconds := page.until - at.timestamp()) > 0:
        cache.set(key, tuple(page), timeout=seconds)


def _answer(request: PortalRequest, page: _Page) -> HttpResponse:
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if page.etag in asked or "*" in asked:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(page.content, content_type=page.content_type)
    response["ETag"] = page.etag
    response["Cache-Control"] = (
        f"public, max-age={max(int(page.until - request.at.timestamp()), 0)}"
    )
    patch_vary_headers(response, ["Cookie"])
    return response
