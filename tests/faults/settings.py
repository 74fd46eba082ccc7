"""The settings of a worker that a test starts as a process of its own: the test's database, broker and mail server."""

import os

from tests.settings import *  # noqa: F403 -- all of them; some are changed below
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["TEST_MAIL_PORT"])
