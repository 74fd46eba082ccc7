"""The settings of processes that a drill starts beside itself."""

from tests.faults.settings import *  # noqa: F403

CELERY_IMPORTS = ["tests.drills.kinds"]
