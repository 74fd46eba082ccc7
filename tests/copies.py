"""A world walked once is copied from then on: its rows as PostgreSQL's COPY wrote them, its files,
and the object. The processes of one run share what each has walked.
"""

import hashlib
import io
import os
import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language

from config.database import as_owner

FROM_MIGRATIONS = {"auth_permission", "django_content_type"}
"""Tables that are filled with the migrations."""
BY_TRIGGER = {"cycles_unsealed"}


@dataclass
class Copy:
    world: bytes
    rows: dict[str, str]
    sequences: dict[str, int]
    files: dict[Path, bytes]


_KEPT: dict[Hashable, Copy] = {}
_ADVANCED: set[tuple[str, Hashable]] = set()


def walked_once(key: Hashable, walk: Callable[[], Any]) -> Any:
    """Answer with what `walk` makes in an empty database; where something stands already, it is
    walked each time.
    """
    if not _is_empty():
        return walk()
    key = key, get_language(), settings.CLAMD_ADDRESS
    copy = _KEPT.get(key) or _read(key)
    if copy is not None:
        _KEPT[key] = copy
        return _laid_out(key, copy)
    before = set(_files())
    world = walk()
    rows = _rows()
    _KEPT[key] = Copy(pickle.dumps(world), rows, _sequences(), _files_of(rows, before))
    _write(key, _KEPT[key])
    return world


def _laid_out(key: Hashable, copy: Copy) -> Any:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, rows in copy.rows.items():
            cursor.copy_expert(f"COPY {statement} FROM STDIN", io.StringIO(rows))
    _advance_sequences(key, copy)
    for name, content in copy.files.items():
        path = Path(settings.MEDIA_ROOT, name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return pickle.loads(copy.world)


def _advance_sequences(key: Hashable, copy: Copy) -> None:
    """Have keys given out after those of the copy, once a database: no rollback takes that back.

    The portal's role may draw numbers from a sequence, and not set it.
    """
    name = connection.settings_dict["NAME"]
    if (name, key) in _ADVANCED:
        return
    now = _sequences()
    with connection.cursor() as cursor:
        for sequence, last in copy.sequences.items():
            if last > now[sequence]:
                cursor.execute(
                    "SELECT max(nextval(%s::regclass)) FROM generate_series(1, %s)",
                    [sequence, last - now[sequence]],
                )
    _ADVANCED.add((name, key))


def _sequences() -> dict[str, int]:
    """Answer with the last number that each sequence gave out, 0 where none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename), coalesce(last_value, 0) FROM pg_sequences "
            "WHERE schemaname = 'public'"
        )
        return dict(cursor.fetchall())


# --- What the processes of a run share ----------------------------------------------------------


SHARED = "PORTAL_TESTS_WORLDS"
"""The variable that names the folder; the first process of a run makes it."""


def _place(key: Hashable) -> Path | None:
    folder = os.environ.get(SHARED)
    return Path(folder) / hashlib.sha256(repr(key).encode()).hexdigest() if folder else None


def _read(key: Hashable) -> Copy | None:
    place = _place(key)
    if place is None or not place.exists():
        return None
    copy: Copy = pickle.loads(place.read_bytes())
    return copy


def _write(key: Hashable, copy: Copy) -> None:
    place = _place(key)
    if place is None:
        return
    half = place.with_suffix(f".{os.getpid()}")
    half.write_bytes(pickle.dumps(copy))
    half.rename(place)


# --- Tables ------------------------------------------------------------------------------------


def _rows() -> dict[str, str]:
    found = {}
    with connection.cursor() as cursor:
        for table, columns in _tables().items():
            written = io.StringIO()
            cursor.copy_expert(f'COPY "{table}" ({columns}) TO STDOUT', written)
            if written.getvalue():
                found[f'"{table}" ({columns})'] = written.getvalue()
    return found


def _files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def _files_of(rows: dict[str, str], before: set[Path]) -> dict[Path, bytes]:
    """Read the files of a world: those that are new, and those that its rows name.

    A walk begins from a copy, whose files may have lain there before.
    """
    text = "\n".join(rows.values())
    found = {}
    for path in _files():
        name = path.relative_to(settings.MEDIA_ROOT)
        if path not in before or str(name) in text:
            found[name] = path.read_bytes()
    return found


def _is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + " OR ".join(f'EXISTS (SELECT FROM "{table}")' for table in _tables())
        )
        return not cursor.fetchone()[0]


def empty_tables() -> None:
    """Empty the tables that hold anything, as the owner and without triggers."""
    names = _names()
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT " + ", ".join(f'EXISTS (SELECT FROM "{name}")' for name in names))
        held = cursor.fetchone()
        for name, is_filled in zip(names, held, strict=True):
            if is_filled:
                cursor.execute(f'DELETE FROM "{name}"')


@cache
def _names() -> list[str]:
    """List our tables without those that a fresh database has filled."""
    names = connection.introspection.django_table_names(only_existing=True)
    return sorted(set(names) - FROM_MIGRATIONS)


@cache
def _tables() -> dict[str, str]:
    """The columns of each table, without the number of the transaction: a copy is written by
    another one.
    """
    with connection.cursor() as cursor:
        names = sorted(set(_names()) - BY_TRIGGER)
        cursor.execute(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM "
            "information_schema.columns "
            "WHERE table_name = ANY(%s) AND column_name <> 'xid' GROUP BY table_name",
            [names],
        )
        return dict(cursor.fetchall())
