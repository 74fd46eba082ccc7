"""What a test asks of a worker that it has started."""

from celery import shared_task
from django.core.cache import cache
from django.db import connection

LIMITS = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
ANSWER = "probed-limits"


@shared_task
def limits() -> None:
    """Say which limits the worker's connection has."""
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        cache.set(ANSWER, cursor.fetchone())
