"""The settings that a checkout ships, with what the bench adds: its clock, its addresses, a fast
hash.

The hash of a password is slow on purpose, the same on both sides; it would hide what signing costs.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from config.settings import *  # noqa: F403 -- all of them
from config.settings import MIDDLEWARE

if moment := os.environ.get("SIDE_MOMENT"):
    CLOCK_OFFSET = datetime.fromisoformat(moment) - datetime.now(UTC)

MIDDLEWARE = ["side_urls.count_queries", *MIDDLEWARE]
ROOT_URLCONF = "side_urls"
STATIC_ROOT = Path(os.environ["SIDE_STATIC"])
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
