"""A world walked once is copied from then on: its rows as PostgreSQL's COPY wrote them, its files,
and the object.
"""

import io
import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language

NOT_OURS = {"auth_permission", "django_content_type", "cycles_unsealed"}
"""Tables that are filled with the migrations, and one that a trigger fills."""


@dataclass
class Copy:
    world: bytes
    rows: dict[str, str]
    files: dict[Path, bytes]


_KEPT: dict[Hashable, Copy] = {}


def walked_once(key: Hashable, walk: Callable[[], Any]) -> Any:
    """What `walk` makes in an empty database; where something stands already, it is walked each
    time.
    """
    if not _is_empty():
        return walk()
    key = key, connection.settings_dict["NAME"], get_language(), settings.CLAMD_ADDRESS
    if key not in _KEPT:
        before = set(_files())
        world = walk()
        files = {
            path.relative_to(settings.MEDIA_ROOT): path.read_bytes()
            for path in _files()
            if path not in before
        }
        _KEPT[key] = Copy(pickle.dumps(world), _rows(), files)
        return world
    return _laid_out(_KEPT[key])


def _laid_out(copy: Copy) -> Any:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, rows in copy.rows.items():
            cursor.copy_expert(f"COPY {statement} FROM STDIN", io.StringIO(rows))
    for name, content in copy.files.items():
        path = Path(settings.MEDIA_ROOT, name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return pickle.loads(copy.world)


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


def _is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + " OR ".join(f'EXISTS (SELECT FROM "{table}")' for table in _tables())
        )
        return not cursor.fetchone()[0]


@cache
def _tables() -> dict[str, str]:
    """The columns of each table, without the number of the transaction: a copy is written by
    another one.
    """
    with connection.cursor() as cursor:
        names = sorted(
            set(connection.introspection.django_table_names(only_existing=True)) - NOT_OURS
        )
        cursor.execute(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM "
            "information_schema.columns "
            "WHERE table_name = ANY(%s) AND column_name <> 'xid' GROUP BY table_name",
            [names],
        )
        return dict(cursor.fetchall())
