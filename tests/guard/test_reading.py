"""Reading changes nothing, and every page bears its headers: what the walk over all addresses
(test_authorization) asks of each GET, and that it would see a fault.
"""

import pytest
from django.http import HttpResponse

from tests.guard.test_authorization import ROWS
from tests.guard.walks.reading import WRITES, faults_of_reading

SOUND = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def faults(tables, **headers):
    answer = HttpResponse("x", headers={**SOUND, **headers})
    return list(faults_of_reading("home", answer, tables, is_signed_in=True))


def test_a_sound_page_has_no_fault():
    assert faults(["django_session", "cycles_entry"]) == []


def test_a_page_that_writes_has_one():
    assert faults(["submissions_answer"]) == ["writes submissions_answer"]


@pytest.mark.parametrize("header", SOUND)
def test_a_page_without_one_of_its_headers_has_one(header):
    assert len(faults([], **{header: "x"})) == 1


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


def test_every_address_that_answers_a_get_is_read_by_somebody():
    gets = [(name, allowed) for name, methods, _stage, allowed in ROWS if "GET" in methods.split()]

    assert {name for name, _allowed in gets} == {name for name, allowed in gets if allowed}
