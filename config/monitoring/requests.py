"""One line and one count for each request, with the reason where it was refused."""

import logging
import time
from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from config.monitoring import metrics
from config.monitoring.context import current_request, view

logger = logging.getLogger("portal.request")

ADDRESS = "address"
"""The attribute in which a request carries where it comes from (`PortalRequest`)."""

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REFUSALS = {
    400: "bad_request",
    401: "signed_out",
    403: "forbidden",
    405: "method",
    409: "conflict",
    429: "too_many",
}
"""By status; what a page said itself of its refusal goes first."""


def watch_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Time each request, log it and count it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began, token = time.perf_counter(), current_request.set(request)
        setattr(request, ADDRESS, address(request))
        try:
            response = get_response(request)
            _tell(request, response, time.perf_counter() - began)
        finally:
            current_request.reset(token)
        return response

    return middleware


def address(request: HttpRequest) -> str | None:
    """Find where the request comes from, as the outermost proxy of ours saw it."""
    try:
        found: str | None = get_client_ip(request)
    except ImproperlyConfigured:  # it came past the proxies
        found = str(request.META.get("REMOTE_ADDR", "")) or None
    return found


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    method = request.method if request.method in METHODS else "other"
    name, status, code = view(request) or "none", response.status_code, refusal(request, response)
    metrics.requests.labels(name, method, status).inc()
    metrics.seconds.labels(name).observe(seconds)
    facts_of_request = {
        "method": method,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }
    if code:
        metrics.refusals.labels(code).inc()
        facts_of_request["code"] = code
    level = logging.WARNING if code and status in REFUSALS | {404: ""} else logging.INFO
    logger.log(level, "%s %s %s", method, name, status, extra=facts_of_request)


def refusal(request: HttpRequest, response: HttpResponse) -> str:
    """Tell why a request was not let in, as a code; "" where it was."""
    if code := getattr(request, "refusal", ""):
        return str(code)
    if response.status_code == 404:
        return "not_found" if view(request) else "no_such_page"
    if response.status_code == 302 and response["Location"].startswith(
        resolve_url(settings.LOGIN_URL)
    ):
        return "signed_out" if view(request) != "account_logout" else ""
    return REFUSALS.get(response.status_code, "")
