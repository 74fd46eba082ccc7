"""Demonstrations that are built already: a database each, and beside it the moment at which it
stands and whom one may sign in as.

One is built again when the code, the data that come with it or what was asked for is another.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections
from psycopg2.sql import SQL, Identifier

from config.database import as_owner, fresh_database

SERVED = "demo"
"""The database that is served: a copy, which is gone with the next start."""

PREFIX = "demo_built_"
MADE_OF = (
    "agencies",
    "cycles",
    "indicators",
    "submissions",
    "appeals",
    "festival",
    "config",
    "locale",
)
COMPILED = {".pyc", ".mo"}


@dataclass(frozen=True)
class Demonstration:
    now: datetime
    accounts: str


def name_for(*choices: object) -> str:
    """Name the database of a demonstration with these choices, built by this code and data."""
    digest = hashlib.sha256(repr(choices).encode())
    for path in _sources():
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
        digest.update(path.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for folder in MADE_OF:
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.is_file() and path.suffix not in COMPILED:
                yield path


def lay_out(name: str) -> Demonstration | None:
    """Make the served database a copy of this one; None where it was not built or is gone."""
    notes = _notes(name)
    if not notes.exists() or name not in _databases():
        return None
    fresh_database(SERVED, like=name)
    found = json.loads(notes.read_text())
    return Demonstration(datetime.fromisoformat(found["now"]), found["accounts"])


def store(name: str, built: Demonstration) -> None:
    """Keep a copy of the served database, in place of those that older code has built."""
    old = [database for database in _databases() if database != name]
    connections.close_all()
    with as_owner() as connection:
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            for database in [*old, name]:
                cursor.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(database)))
            copy = SQL("CREATE DATABASE {} TEMPLATE {}")
            cursor.execute(copy.format(Identifier(name), Identifier(SERVED)))
    for database in old:
        _notes(database).unlink(missing_ok=True)
    _notes(name).parent.mkdir(exist_ok=True)
    _notes(name).write_text(json.dumps(asdict(built), default=str))


def _notes(name: str) -> Path:
    return Path(settings.VAR, "demonstrations", f"{name}.json")


def _databases() -> list[str]:
    with as_owner() as connection:
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname",
                [PREFIX],
            )
            return [name for (name,) in cursor.fetchall()]
