"""Reading changes nothing, and every page bears its headers: the walk over all addresses that
answer a GET.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.guard.test_authorization import HEADERS, PUBLIC, ROWS, _real_now, address, world_at

assert world_at  # the fixture of the walk serves here as well

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

GETS = [row for row in ROWS if "GET" in row[1].split() and row[3]]
IDS = [f"{name}-{stage}" for name, _methods, stage, _allowed in GETS]


@contextmanager
def written() -> Iterator[list[str]]:
    """The tables that are written to."""
    tables: list[str] = []

    def look(execute, sql, params, many, context):
        tables.extend(WRITES.findall(str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


def readers(allowed: set[str]) -> list[str]:
    """Whom to ask: of those who may, the public, an administrator, an auditor and two more."""
    first = [who for who in ("public", "administrator", "auditor") if who in allowed]
    return first + [who for who in sorted(allowed) if who not in first][:2]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "methods", "stage", "allowed"), GETS, ids=IDS)
def test_a_page_writes_nothing_and_bears_its_headers(
    name, methods, stage, allowed, world_at, settings
):
    world = world_at(stage)
    settings.CLOCK_OFFSET = world.at - _real_now()
    url = address(name, world)
    expected = OWN_SESSION | READING_IS_AN_ACT | NOTES_A_READING.get(name, set())

    wrong = []
    for who in readers(allowed):
        client = Client()
        if who != "public":
            client.force_login(
                world.people[who], backend="django.contrib.auth.backends.ModelBackend"
            )
        with transaction.atomic(), written() as tables:
            answer = client.get(url, headers=HEADERS.get(name))
            transaction.set_rollback(True)
        wrong += [f"{who} writes {table}" for table in tables if table not in expected]
        wrong += [f"{who}: {fault}" for fault in faults(answer, is_signed_in=who != "public")]
        for (
            close
        ) in answer._resource_closers:  # closing the answer would close the test's connection too
            close()

    assert wrong == []


def faults(answer, *, is_signed_in):
    """What an answer ought to tell the browser, and does not."""
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


def test_the_walk_sees_what_is_written():
    statements = (
        'INSERT INTO "a" VALUES (1)', "UPDATE b SET x = 1", 'DELETE FROM "c"', "WITH d AS (SELECT 1) INSERT INTO e",
        'SELECT * FROM "f" FOR UPDATE OF "f"',
    )  # fmt: skip

    assert [WRITES.findall(statement) for statement in statements] == [
        ["a"],
        ["b"],
        ["c"],
        ["e"],
        [],
    ]


def test_every_address_that_answers_a_get_is_walked():
    assert {name for name, methods, _s, _a in ROWS if "GET" in methods} - {
        name for name, *_rest in GETS
    } == set()
    assert PUBLIC
