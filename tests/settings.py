"""The portal's settings for tests: no HTTPS, files of its own, Redis databases for each process of
the run.
"""

import os
import tempfile
from pathlib import Path

os.environ |= {
    "DEBUG": "0",
    "HTTPS": "0",
    "SECOND_FACTOR": "0",
    "SECRET_KEY": "tests only",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
}
os.environ.pop("CLOCK_OFFSET_SECONDS", None)

from config.queue_settings import broker, cache
from config.settings import *  # noqa: F403 -- all of them; some are changed below

_process = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CACHES = {"default": cache(2 * _process + 1)}
CELERY_BROKER_URL = CELERY_RESULT_BACKEND = broker(2 * _process)

_files = tempfile.TemporaryDirectory(prefix="portal-tests-")
MEDIA_ROOT = Path(_files.name, "media")
UPLOAD_DIR = Path(_files.name, "uploads")
CLAMD_ADDRESS = ACCEL_PREFIX = ""
STATIC_ROOT = Path(_files.name, "static")
STATIC_ROOT.mkdir()
STORAGES = {
    "default": {"BACKEND": "config.storage.WholeFileStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "reports": {
        "BACKEND": "config.storage.WholeFileStorage",
        "OPTIONS": {"location": MEDIA_ROOT / "reports"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
