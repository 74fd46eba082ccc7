"""What reading may write, and what every answer ought to tell a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpResponseBase

WRITES = re.compile(
    r'\b(?:INSERT INTO|DELETE FROM|TRUNCATE|UPDATE(?= "?\w+"? SET))\s+"?(\w+)', re.I
)
OWN_SESSION = {"django_session", "usersessions_usersession"}
"""When one's own session was last used is written whatever is asked for."""
READING_IS_AN_ACT = {"cycles_entry"}
"""Whoever reads results before they are published is put on record, by GET as well
(docs/festival.md).
"""
NOTES_A_READING = {"cycles:notice": {"cycles_delivery"}}
"""Opening a notice is how it comes to be seen; a link from a mail can be nothing but a GET."""

ASKS_FOR_A_PAPER = {"cycles_paper", "cycles_job"}
"""A paper that nobody has asked for before is ordered by asking for it: no fact is written."""


@contextmanager
def written() -> Iterator[list[str]]:
    """List the tables that are written to meanwhile."""
    tables: list[str] = []

    def look(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        tables.extend(WRITES.findall(str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


def readers(allowed: set[str]) -> list[str]:
    """Whom to ask: of those who may, the public, an administrator, an auditor and two more."""
    first = [who for who in ("public", "administrator", "auditor") if who in allowed]
    return first + [who for who in sorted(allowed) if who not in first][:2]


def faults_of_reading(
    name: str, answer: HttpResponseBase, tables: list[str], *, is_signed_in: bool
) -> Iterator[str]:
    """List what an answer to a GET has written and may not, and what it fails to tell a browser."""
    expected = OWN_SESSION | READING_IS_AN_ACT | NOTES_A_READING.get(name, set())
    if answer.status_code == 202:
        expected |= ASKS_FOR_A_PAPER
    for table in tables:
        if table not in expected:
            yield f"writes {table}"
    if answer.get("X-Content-Type-Options") != "nosniff":
        yield "its type may be guessed"
    if "camera=()" not in answer.get("Permissions-Policy", ""):
        yield "it may ask for the camera"
    if answer.get("Cross-Origin-Resource-Policy") not in ("same-origin", "cross-origin"):
        yield "anybody may embed it"
    is_page = answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html")
    policy = answer.get("Content-Security-Policy", "")
    if is_page and not ("base-uri 'none'" in policy and "frame-ancestors 'none'" in policy):
        yield f"its policy is {policy!r}"
    kept = answer.get("Cache-Control", "")
    if is_page and is_signed_in and "no-store" not in kept:
        yield f"it may be kept: {kept!r}"
