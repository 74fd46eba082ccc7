"""Every setting of the portal, from the environment where places differ; a missing secret stops the start."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import embedded
from config.embedded.valkey import Connection as EmbeddedConnection

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# -- The place -------------------------------------------------------------------------------------

DEBUG = flag("DEBUG", default=False)

SECRET_KEY = os.environ.get("SECRET_KEY", "development only, and known to all the world" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to 50 random characters or more; DEBUG=1 supplies one for development.")

SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")  # those before it: what they signed and encrypted stays good

ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")

# Added to the real time by the first middleware and by tasks, so that a demonstration may stand in any phase.
CLOCK_OFFSET = timedelta(seconds=int(os.environ.get("CLOCK_OFFSET_SECONDS", "0")))
if CLOCK_OFFSET and not DEBUG:
    raise ImproperlyConfigured("CLOCK_OFFSET_SECONDS moves every deadline: it works with DEBUG=1 only.")

# -- Parts -----------------------------------------------------------------------------------------

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
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "import_export",
    "template_partials",
]

MIDDLEWARE = [
    "cycles.middleware.clock",
    "config.headers.headers",
    "config.monitoring.views.probes",
    "config.monitoring.requests.watched",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.signed_out.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.second_factor.RequiredSecondFactor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "tables.html"

# -- Database: the portal's own role serves, the owner migrates ------------------------------------


def database(url: str) -> dict[str, Any]:
    """postgres://user:password@host:port/name as Django's settings."""
    parts = urlsplit(url)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


DATABASE_OWNER: dict[str, Any] = {}
_default: dict[str, Any] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
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
DATABASES = {"default": _default}

# Tables whose rows the portal's role may add and read, and nothing else; a trigger refuses the same to everybody.
APPEND_ONLY_TABLES = ["cycles_entry", "cycles_seal", "cycles_extension"]

# -- Cache and Celery ------------------------------------------------------------------------------

REDIS_URL = os.environ.get("REDIS_URL", "").rstrip("/")
EMBEDDED_REDIS = not REDIS_URL


def broker(number: int) -> str:
    if EMBEDDED_REDIS:
        return f"redis+socket://{embedded.valkey_socket()}?virtual_host={number}"
    return f"{REDIS_URL}/{number}"


def cache(number: int) -> dict[str, Any]:
    location = f"unix://{embedded.valkey_socket()}?db={number}" if EMBEDDED_REDIS else f"{REDIS_URL}/{number}"
    options = {"connection_class": EmbeddedConnection} if EMBEDDED_REDIS else {}
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": location, "OPTIONS": options}


CACHES = {"default": cache(1)}

CELERY_BROKER_URL = CELERY_RESULT_BACKEND = broker(0)
# A long report takes half a gigabyte and gives none back: its own worker, a fresh process for each.
CELERY_TASK_ROUTES = {
    "festival.tasks.render_report": {"queue": "reports"},
    "festival.tasks.write_data": {"queue": "reports"},
    "submissions.tasks.scan": {"queue": "celery"},
}
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}  # the next run does what this one would
    for task, seconds in (
        ("cycles.tasks.seal_ledger", 10),
        ("cycles.tasks.verify_record", 60),
        ("cycles.tasks.order_verification", 60 * 60),
        ("cycles.tasks.tell", 30),
        ("indicators.tasks.remind", 5 * 60),
        ("submissions.tasks.remind", 5 * 60),
        ("appeals.tasks.remind", 5 * 60),
        ("appeals.tasks.share_out", 60),
        ("submissions.tasks.begin_due", 60),
        ("submissions.tasks.lapse_overdue", 60),
        ("submissions.tasks.compute_waiting", 60),
        ("submissions.tasks.measure_waiting", 60),
        ("submissions.tasks.scan_waiting", 60),
        ("submissions.tasks.clear_uploads", 60 * 60),
        ("festival.tasks.publish_due", 60),
        ("festival.tasks.write_data", 60),
    )
}
SCORE_CHUNK = 4000  # submissions added up in one transaction, after which the page says how far a computation is
CELERY_TASK_IGNORE_RESULT = True  # what a task did is in the database
CELERY_TASK_ACKS_LATE = True  # every task is safe to run twice, so a worker that dies loses none
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Tehran"

# -- People ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is vouched for by whoever invites
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers get no mail
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "change_password": "config.account_forms.ChangePasswordForm",
    "reset_password": "config.account_forms.ResetPasswordForm",
    "reset_password_from_key": "config.account_forms.ResetPasswordKeyForm",
}
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # an invitation may arrive before a holiday
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False

# Counted in the cache, over all processes. Failed tries of one account lock it for a while, wherever they come from; an
# office behind one address is many people. Behind proxies the address is the one that the outermost of ours saw.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "30/m/ip,5/15m/key",
    "sign": "5/15m/key",
    "reauthenticate": "10/15m/user",
    "change_password": "5/15m/user",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "invite": "100/h/key",
    "comment": "10/h/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0" if DEBUG else "1"))

# Whoever signs, marks, decides or publishes needs an app's code or a passkey beside the password.
SECOND_FACTOR = flag("SECOND_FACTOR", default=not DEBUG)
MFA_ADAPTER = "config.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # no address is verified here, see above
MFA_TOTP_ISSUER = "Performance assessment"
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_FORMS = {
    "authenticate": "config.account_forms.AuthenticateForm",
    "reauthenticate": "config.account_forms.ReauthenticateForm",
    "activate_totp": "config.account_forms.ActivateTOTPForm",
}

# -- Mail and text messages ------------------------------------------------------------------------

EMAIL_BACKEND = f"django.core.mail.backends.{'console' if DEBUG else 'smtp'}.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("EMAIL_FROM", "portal@localhost")
PORTAL_URL = os.environ.get("PORTAL_URL", "http://localhost:8000").rstrip("/")  # what links in messages begin with
SMS_BACKEND = os.environ.get("SMS_BACKEND", "cycles.sms.FileBackend")
SMS_DIRECTORY = VAR / "sms"

# -- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", _("Persian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"

# -- Files -----------------------------------------------------------------------------------------

MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR / "media"))  # private: no address leads here, views hand files out
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static", ("vendor", VAR / "vendor")]
# partial files of uploads under way: one directory for all web processes, best on the disk of MEDIA_ROOT
UPLOAD_DIR = Path(os.environ.get("UPLOAD_DIR", VAR / "uploads"))
MAX_UPLOAD_BYTES = 200 * 2**20
# where nginx finds MEDIA_ROOT (its `internal` location), so that it hands files out; "": the web process does
ACCEL_PREFIX = os.environ.get("ACCEL_PREFIX", "")
# unix:///run/clamav/clamd.ctl or host:port; "": files are not scanned, and pages say so
CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "")
_ON_DISK = "django.core.files.storage.FileSystemStorage"
_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.storage.StaticStorage"
S3_BUCKET = os.environ.get("S3_BUCKET", "")


def stored(folder: str = "") -> dict[str, Any]:
    """Private files below a folder: on this disk, or in the bucket of an S3-compatible service where one is named."""
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


STORAGES: dict[str, Any] = {"default": stored(), "reports": stored("reports"), "staticfiles": {"BACKEND": _STATIC}}
FILE_UPLOAD_PERMISSIONS = 0o644 if ACCEL_PREFIX else 0o640  # nginx reads as a user of its own
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20  # larger files go to disk as they arrive
DATA_UPLOAD_MAX_MEMORY_SIZE = 26 * 2**20  # a plain form's file has 25 MB at most, a piece of a larger one 8
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a block of marks is one form

# -- Security --------------------------------------------------------------------------------------

HTTPS = flag("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # nginx sets it, whatever the browser sent
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD", default=False)  # browsers' lists are left within months, not minutes
SILENCED_SYSTEM_CHECKS = [] if SECURE_HSTS_PRELOAD else ["security.W021"]  # ... so that nobody enters them by default
# Tied to this very name and to HTTPS, so that no neighbour below the same domain can set them.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
MESSAGES_COOKIE_NAME = "__Host-messages" if HTTPS else "messages"
MESSAGE_STORAGE = "config.messages.Storage"
# where whoever finds a hole writes to: mailto: or https:; told in /.well-known/security.txt
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT") or f"mailto:{DEFAULT_FROM_EMAIL}"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "config.monitoring.views.csrf_failure"
SESSION_COOKIE_AGE = 12 * 3600
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

# -- Log -------------------------------------------------------------------------------------------

LOG_FORMAT = os.environ.get("LOG_FORMAT", "line" if DEBUG else "json")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured("LOG_FORMAT is either line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "cycles.middleware.NamesRequest"},
        "addresses": {"()": "config.monitoring.logs.LeavesAddressesOut"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s"},
        "json": {"()": "config.monitoring.logs.json_formatter"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request", "addresses"]},
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

# -- Watching --------------------------------------------------------------------------------------

# asked of whoever reads /metrics, as a bearer token; "": whoever reaches the process's own port may read them
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
MOST_UNSEALED_MINUTES = int(os.environ.get("MOST_UNSEALED_MINUTES", "5"))  # rows of the record without a seal
MOST_QUEUED_MINUTES = int(os.environ.get("MOST_QUEUED_MINUTES", "15"))  # work that nobody has taken up
LEAST_FREE_MEGABYTES = int(os.environ.get("LEAST_FREE_MEGABYTES", "1024"))  # where files and uploads lie

# a collector that speaks Sentry's protocol; "": errors stand in the log only
SENTRY_DSN = os.environ.get("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = os.environ.get("SENTRY_ENVIRONMENT", "production")
