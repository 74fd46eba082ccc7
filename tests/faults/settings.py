"""The settings of processes that a test starts beside itself: its database, broker, files, clock
and mail server.
"""

import os
from datetime import timedelta
from pathlib import Path

from cycles import sandbox
from tests.settings import *  # noqa: F403 -- all of them; some are changed below
from tests.settings import CACHES, DATABASES, STORAGES

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ.get("TEST_MAIL_PORT", "25"))
CLOCK_OFFSET = timedelta(seconds=float(os.environ.get("TEST_CLOCK_OFFSET", "0")))
if "TEST_FILES" in os.environ:
    MEDIA_ROOT, UPLOAD_DIR = (
        Path(os.environ["TEST_FILES"], "media"),
        Path(os.environ["TEST_FILES"], "uploads"),
    )
    STORAGES = STORAGES | {"default": {**STORAGES["default"], "OPTIONS": {"location": MEDIA_ROOT}}}
if "TEST_CACHE" in os.environ:
    CACHES["default"]["LOCATION"] = os.environ["TEST_CACHE"]
    CACHES["default"]["OPTIONS"].pop("connection_class", None)
if "TEST_DISK_RESERVE" in os.environ:
    DISK_RESERVE_BYTES = int(os.environ["TEST_DISK_RESERVE"])
if "TEST_SHEET_SECONDS" in os.environ:
    seconds = int(os.environ["TEST_SHEET_SECONDS"])
    sandbox.SHEET = sandbox.Limits(seconds=seconds, megabytes=sandbox.SHEET.megabytes)
