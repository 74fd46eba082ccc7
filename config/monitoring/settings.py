"""Settings of the log, of probes and metrics, and of where errors are sent."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.environment import DEBUG

LOG_FORMAT = os.environ.get("LOG_FORMAT", "line" if DEBUG else "json")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured("LOG_FORMAT is either line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "cycles.clock.NamesRequest"},
        "addresses": {"()": "config.monitoring.logs.AddressFilter"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s"},
        "json": {"()": "config.monitoring.logs.json_formatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request", "addresses"],
        },
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # refusals stand in the one line of their request
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
    },
}

# asked of whoever reads /metrics, as a bearer token; "": whoever reaches the process's own port may
# read them
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
MOST_QUEUED_MINUTES = int(
    os.environ.get("MOST_QUEUED_MINUTES", "15")
)  # work that nobody has taken up
LEAST_FREE_MEGABYTES = int(
    os.environ.get("LEAST_FREE_MEGABYTES", "1024")
)  # where files and uploads lie

# a collector that speaks Sentry's protocol; "": errors stand in the log only
SENTRY_DSN = os.environ.get("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = os.environ.get("SENTRY_ENVIRONMENT", "production")
