"""What is counted in each process: requests and sign-ins. Processes of one server count into one
directory.

`PROMETHEUS_MULTIPROC_DIR` names it; config/gunicorn.py makes a fresh one at each start. Without it
a process counts for itself, as in development.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REGISTRY = CollectorRegistry()
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests = Counter(
    "portal_requests", "Requests answered", ("view", "method", "status"), registry=REGISTRY
)
seconds = Histogram(
    "portal_request_seconds",
    "Time from request to answer",
    ("view",),
    buckets=SECONDS,
    registry=REGISTRY,
)
refusals = Counter("portal_refusals", "Acts and pages refused", ("code",), registry=REGISTRY)
sign_ins = Counter("portal_sign_ins", "Sign-ins by outcome", ("outcome",), registry=REGISTRY)


def exposition() -> bytes:
    """Write what all processes of this server have counted, as Prometheus reads it."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)
