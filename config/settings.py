"""Every setting of the portal, from the environment where places differ; a missing secret stops the
start.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import embedded
from config.accounts.settings import *  # noqa: F403 -- all of them
from config.accounts.settings import SESSION_HOURS
from config.environment import DEBUG, flag, placeholders, word_list
from config.monitoring.settings import *  # noqa: F403 -- all of them
from config.queue_settings import *  # noqa: F403 -- all of them
from config.requests import timeouts

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


# -- The place -----------------------------------------------------------------------------------

if not DEBUG and (unfilled := placeholders(os.environ)):
    raise ImproperlyConfigured(
        f"Still the example's own words, which all the world knows: {', '.join(unfilled)}."
    )

SECRET_KEY = os.environ.get(
    "SECRET_KEY", "development only, and known to all the world" if DEBUG else ""
)
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set SECRET_KEY to 50 random characters or more; DEBUG=1 supplies one for development."
    )

SECRET_KEY_FALLBACKS = word_list(
    "SECRET_KEY_FALLBACKS"
)  # those before it: what they signed and encrypted stays good

ALLOWED_HOSTS = word_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = word_list("CSRF_TRUSTED_ORIGINS")

# Added to the real time by the first middleware and by tasks, so that a demonstration may stand in
# any phase.
CLOCK_OFFSET = timedelta(seconds=int(os.environ.get("CLOCK_OFFSET_SECONDS", "0")))
if CLOCK_OFFSET and not DEBUG:
    raise ImproperlyConfigured(
        "CLOCK_OFFSET_SECONDS moves every deadline: it works with DEBUG=1 only."
    )

# -- Parts ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "festival",
    "appeals",
    "submissions",
    "indicators",
    "cycles",
    "agencies",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "import_export",
    "template_partials",
]

MIDDLEWARE = [
    "cycles.clock.clock",
    "config.requests.headers.headers",
    "config.monitoring.views.probes",
    "config.monitoring.requests.watch_requests",
    "config.requests.faults.Faults",
    "cycles.record.clock_watch.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.accounts.sessions.limits.SessionLimits",
    "config.accounts.devices.KnownDevices",
    "config.requests.faults.plain_characters",
    "config.accounts.login_required.LoginRequired",
    "config.accounts.stale_forms.SamePerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.accounts.second_factor.RequiredSecondFactor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, object]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.home.context.frame",
            ],
        },
    },
    {
        # parts of pages that are drawn many times over, in Jinja
        "NAME": "fragments",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "fragments"],
        "OPTIONS": {"environment": "config.fragments.environment"},
    },
]
FORM_RENDERER = "agencies.form_renderer.FormRenderer"
DJANGO_TABLES2_TEMPLATE = "tables.html"

# -- Database: the portal's own role serves, the owner migrates -----------------------------------


def database(url: str) -> dict[str, object]:
    """Read postgres://user:password@host:port/name into Django's settings."""
    parts = urlsplit(url)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


DATABASE_OWNER: dict[str, object] = {}
_default: dict[str, object] = {
    "CONN_MAX_AGE": 600,  # a new connection plans its statements anew
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": timeouts.of_this_process().connection_options,
}
if url := os.environ.get("DATABASE_URL"):
    _default |= {"ENGINE": "django.db.backends.postgresql", **database(url)}
    if owner_url := os.environ.get("DATABASE_OWNER_URL"):
        DATABASE_OWNER = database(owner_url)
        del DATABASE_OWNER["NAME"]
else:
    _default |= {
        "ENGINE": "config.embedded",
        "NAME": os.environ.get("PORTAL_DATABASE", "portal"),
        "USER": "portal_app",
        "PASSWORD": "",
        "HOST": str(embedded.socket_directory()),
        "PORT": "",
    }
    DATABASE_OWNER = {"USER": embedded.OWNER}
if DATABASE_OWNER:  # a migration takes as long as it takes
    DATABASE_OWNER["OPTIONS"] = timeouts.PROCESSES["command"].connection_options
DATABASES = {"default": _default}

POSTGRES_BIN = os.environ.get(
    "POSTGRES_BIN", ""
)  # the directory of pg_dump and pg_restore; "": those of the PATH

# Tables whose rows the portal's role may add and read, and nothing else; a trigger refuses the same
# to everybody.
APPEND_ONLY_TABLES = ["cycles_entry", "cycles_seal", "cycles_extension"]

# -- Mail and text messages -----------------------------------------------------------------------

EMAIL_BACKEND = f"django.core.mail.backends.{'console' if DEBUG else 'smtp'}.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("EMAIL_FROM", "portal@localhost")
PORTAL_URL = os.environ.get("PORTAL_URL", "http://localhost:8000").rstrip(
    "/"
)  # what links in messages begin with
SMS_BACKEND = os.environ.get("SMS_BACKEND", "cycles.notices.sms.FileBackend")
SMS_DIRECTORY = VAR / "sms"

# -- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", _("Persian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"

# -- Files ----------------------------------------------------------------------------------------

MEDIA_ROOT = Path(
    os.environ.get("MEDIA_ROOT", VAR / "media")
)  # private: no address leads here, views hand files out
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static", ("vendor", VAR / "vendor")]
# partial files of uploads under way: one directory for all web processes, best on the disk of
# MEDIA_ROOT
UPLOAD_DIR = Path(os.environ.get("UPLOAD_DIR", VAR / "uploads"))
MAX_UPLOAD_BYTES = 200 * 2**20
# what the files of one agency in one cycle may come to, and what one person may send in an hour;
# pages show both
AGENCY_MOST_GIGABYTES = int(os.environ.get("AGENCY_MOST_GIGABYTES", "5"))
AGENCY_MOST_FILES = int(os.environ.get("AGENCY_MOST_FILES", "2000"))
PERSON_MOST_GIGABYTES = int(os.environ.get("PERSON_MOST_GIGABYTES", "4"))
PERSON_MOST_FILES = int(os.environ.get("PERSON_MOST_FILES", "400"))
DISK_RESERVE_BYTES = 256 * 2**20  # below this no upload is begun, so that what is under way can end
# where nginx finds MEDIA_ROOT (its `internal` location), so that it hands files out; "": the web
# process does
ACCEL_PREFIX = os.environ.get("ACCEL_PREFIX", "")
# unix:///run/clamav/clamd.ctl or host:port; "": files are not scanned, and pages say so
CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "")
_ON_DISK = "config.storage.WholeFileStorage"
_STATIC = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "config.storage.StaticStorage"
)
S3_BUCKET = os.environ.get("S3_BUCKET", "")


def file_storage(folder: str = "") -> dict[str, object]:
    """Set up the storage of private files below a folder: on this disk, or in the bucket of an
    S3-compatible service where one is named.
    """
    if not S3_BUCKET:
        return {"BACKEND": _ON_DISK, "OPTIONS": {"location": MEDIA_ROOT / folder}}
    options = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": os.environ.get("S3_ENDPOINT_URL") or None,
        "region_name": os.environ.get("S3_REGION") or None,
        "access_key": os.environ.get("S3_ACCESS_KEY", ""),
        "secret_key": os.environ.get("S3_SECRET_KEY", ""),
        "location": folder,
        "default_acl": None,  # the bucket itself is private
        "querystring_auth": True,
        "querystring_expire": 60,
        "signature_version": "s3v4",
        "file_overwrite": False,
        "max_memory_size": 2**20,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES: dict[str, object] = {
    "default": file_storage(),
    "reports": file_storage("reports"),
    # public, and read by nginx and by a user who does not own them
    "staticfiles": {
        "BACKEND": _STATIC,
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = (
    True  # a file without its digest in its name would be served stale by the next release
)
FILE_UPLOAD_PERMISSIONS = 0o644 if ACCEL_PREFIX else 0o640  # nginx reads as a user of its own
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20  # larger files go to disk as they arrive
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    26 * 2**20
)  # a plain form's file has 25 MB at most, a piece of a larger one 8
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a block of marks is one form

# -- Security -------------------------------------------------------------------------------------

HTTPS = flag("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = (
    "HTTP_X_FORWARDED_PROTO",
    "https",
)  # nginx sets it, whatever the browser sent
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = flag(
    "HSTS_PRELOAD", default=False
)  # browsers' lists are left within months, not minutes
SILENCED_SYSTEM_CHECKS = (
    [] if SECURE_HSTS_PRELOAD else ["security.W021"]
)  # ... so that nobody enters them by default
# Tied to this very name and to HTTPS, so that no neighbour below the same domain can set them.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
MESSAGES_COOKIE_NAME = "__Host-messages" if HTTPS else "messages"
MESSAGE_STORAGE = "config.messages.Storage"
# where whoever finds a hole writes to: mailto: or https:; told in /.well-known/security.txt
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT") or f"mailto:{DEFAULT_FROM_EMAIL}"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "config.accounts.stale_forms.csrf_failure"
SESSION_ENGINE = "config.accounts.sessions.store"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "device"
DEVICE_COOKIE_AGE = 180 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's style sheet draws its ticks and arrows so
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
