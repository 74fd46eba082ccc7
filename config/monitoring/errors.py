"""Errors sent to a collector that speaks Sentry's protocol: where in our code and of what type,
nothing of anybody's.

Sending is done by a thread with a short queue of its own, so that a collector that is away slows
nobody down.
"""

from collections.abc import Mapping
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration

from config.monitoring import context

PARTS = (
    "exception",
    "level",
    "platform",
    "timestamp",
    "event_id",
    "environment",
    "release",
    "transaction",
    "logger",
)
FRAME = ("filename", "function", "lineno", "module", "in_app", "abs_path")


def start(dsn: str, *, environment: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        traces_sample_rate=0,
        auto_session_tracking=False,
        send_client_reports=False,
        shutdown_timeout=2,
        integrations=[DjangoIntegration(transaction_style="function_name"), CeleryIntegration()],
        before_send=scrub,
    )


def _scrub_frame(frame: Mapping[str, Any]) -> dict[str, object]:
    return {name: frame[name] for name in FRAME if name in frame}


def scrub(event: Any, hint: object) -> Any:
    """Keep of an event what we name here and nothing else; the words of an error may be a
    visitor's.
    """
    kept = {name: event[name] for name in PARTS if name in event}
    for error in kept.get("exception", {}).get("values", []):
        error.pop("value", None)
        error.pop("mechanism", None)
        frames = error.get("stacktrace", {}).get("frames", [])
        error["stacktrace"] = {"frames": [_scrub_frame(frame) for frame in frames]}
    if "logentry" in event:
        kept["logentry"] = {"message": event["logentry"].get("message", "")}
    kept["tags"] = {}
    place = context.describe_place()
    for name in ("request_id", "view", "task", "task_id"):
        if place.get(name):
            kept["tags"][name] = place[name]
    if place.get("person"):
        kept["user"] = {"id": str(place["person"])}
    return kept
