"""What probes and collectors ask for, and the way to whom a hole is told. Nothing here is for a
visitor with a session.

These addresses are answered before anything looks at the host or asks for HTTPS, because probes
come to the process's own port. But for `/healthz` they are for the inside only: what came through a
proxy of ours finds nothing there.
"""

import hmac
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from config.monitoring import health, metrics, signins
from config.monitoring.state import State
from cycles.requests import PortalRequest

GOOD_FOR = timedelta(days=180)
"""How long a copy of security.txt may be trusted."""
STATE = State()
_state = CollectorRegistry()
_state.register(STATE)

CONNECTED = signins.tell
"""Importing `signins` connects its signals; this module is imported when the middleware is."""


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while this process lives; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Tell each part's state as JSON, or of those alone that `?parts=` names; 503 when one is not
    in order.
    """
    asked = [part for part in request.GET.get("parts", "").split(",") if part]
    if unknown := [part for part in asked if part not in health.PROBES]:
        return JsonResponse({"unknown": unknown, "parts": [*health.PROBES]}, status=400)
    found = health.answers(asked or tuple(health.PROBES), clock=time.monotonic)
    parts = {}
    for name, answer in found.items():
        parts[name] = {"ok": not answer.fault} | (
            {"fault": answer.fault} if answer.fault else answer.figures
        )
    is_ready = not any(answer.fault for answer in found.values())
    return JsonResponse({"ready": is_ready, "parts": parts}, status=200 if is_ready else 503)


@login_not_required
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """Show everything that is counted, in Prometheus's text form."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and not hmac.compare_digest(
        token.encode(), settings.METRICS_TOKEN.encode()
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(
        metrics.exposition() + generate_latest(_state), content_type=CONTENT_TYPE_LATEST
    )


@login_not_required
@require_safe
def security_txt(request: PortalRequest) -> HttpResponse:
    """Say where to tell of a hole (RFC 9116)."""
    expires = (request.at + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: fa, en",
        f"Canonical: {settings.PORTAL_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


PROBES: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {
    "healthz": healthz,
    "readyz": readyz,
    "metrics": prometheus,
}
INSIDE = {"readyz", "metrics"}


def probes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer probes; to whoever came through a proxy, those of the inside are not there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = request.path_info.removeprefix("/")
        view = PROBES.get(name)
        if view is None:
            return get_response(request)
        if name in INSIDE and "X-Forwarded-For" in request.headers:
            return HttpResponse("Not Found", status=404, content_type="text/plain; charset=utf-8")
        return view(request)

    return middleware
