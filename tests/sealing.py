"""Seals in tests that commit: whole, whatever runs in the databases beside them."""

import time
from datetime import datetime

from django.db import connection

from cycles import seals
from cycles.models import Seal


def sealed(at: datetime) -> Seal | None:
    """A seal over all rows there are; a transaction in a neighbouring database may hold it back a while."""
    patience = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < patience:
            oldest_running = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            cursor.execute(f"SELECT {oldest_running} > max(xid::text::bigint) FROM cycles_entry")
            if cursor.fetchone()[0]:
                break
            time.sleep(0.05)
    return seals.seal(at=at)
