"""A test run's data outlives nobody: the embedded server need not wait for the disk meanwhile."""

import psycopg2
from django.conf import settings

from config import embedded

WAITS_FOR_DISK = ("fsync", "full_page_writes", "synchronous_commit")


def wait_for_disk(wanted: bool) -> None:
    """Have the embedded server write through to the disk, or not; leave any other server alone.

    What is switched off survives a killed process all the same, only not a machine that loses its
    power.
    """
    if settings.DATABASES["default"]["ENGINE"] != "config.embedded":
        return
    embedded.ensure_postgres()
    connection = psycopg2.connect(
        host=str(embedded.socket_directory()), user=embedded.OWNER, dbname="postgres"
    )
    connection.autocommit = True
    change = "ALTER SYSTEM RESET {}" if wanted else "ALTER SYSTEM SET {} = off"
    with connection.cursor() as cursor:
        for name in WAITS_FOR_DISK:
            cursor.execute(change.format(name))
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()
