"""Row locks that last until the transaction ends."""

from typing import Any, TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])


def locked(rows: Rows, *, with_keys: bool = False, skip_locked: bool = False) -> Rows:
    """Lock these rows themselves, not what is joined to them.

    Rows that point at them may still be written, unless they are locked `with_keys` (PostgreSQL's
    FOR UPDATE instead of FOR NO KEY UPDATE).
    """
    return rows.select_for_update(of=("self",), no_key=not with_keys, skip_locked=skip_locked)
