"""The record's rows: their canonical form, and how they are written."""

import hashlib
import logging
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agencies.models import Agency
from cycles.administration_workflow import ADMINISTRATION
from cycles.clock import NamesRequest, request_id
from cycles.engine import ledger, perform
from cycles.models import Entry
from cycles.workflow import Windows
from tests.cycles.record.entries import AT, subject, write
from tests.factories import build

pytestmark = pytest.mark.django_db


def disagreeing():
    """Rows whose body is not what the database makes of their columns, in a session that writes
    time in its own way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'America/St_Johns'")
        cursor.execute("SET LOCAL DateStyle = 'German'")
        cursor.execute(
            f"SELECT id, body, {ledger.BODY} FROM cycles_entry WHERE body IS DISTINCT FROM "
            f"{ledger.BODY}"
        )
        found = cursor.fetchall()
        cursor.execute("RESET TIME ZONE; RESET DateStyle")
    return found


# --- Writing ------------------------------------------------------------------------------------


def test_the_keys_of_the_rows_come_back_in_the_order_of_the_objects(world):
    agencies = [world.unit, world.power, world.health]

    keys = write(
        [subject(a) for a in agencies],
        by=world.assessor,
        note="x",
        facts=[{"n": n} for n in range(3)],
    )
    rows = [Entry.objects.get(pk=key) for key in keys]

    assert keys == sorted(Entry.objects.order_by("-pk").values_list("pk", flat=True)[:3])
    assert [row.object_pk for row in rows] == [a.pk for a in agencies]
    assert [row.params for row in rows] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert {(row.note, row.actor_id, row.at) for row in rows} == {("x", world.assessor.pk, AT)}
    assert [row.body for row in rows] == [ledger.canonical(row) for row in rows]


def test_thousands_of_rows_are_written_in_few_statements(world):
    with CaptureQueriesContext(connection) as caught:
        keys = write([subject(world.power)] * 1200)

    assert len(caught) == 3
    assert len(set(keys)) == 1200
    assert keys == sorted(keys)


def test_one_act_on_one_object_is_one_statement(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        write([subject(world.power)])


def test_nothing_to_record_is_no_statement(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert write([]) == []


# --- The canonical form -------------------------------------------------------------------------


def test_the_body_is_this_text_letter_for_letter(world):
    facts = {
        "points": Decimal("1.50"),
        "at": AT,
        "b": None,
        "list": [True, 2],
        "agency": world.power,
    }

    [key] = write([subject(world.power)], by=world.assessor, note='نامهٔ "۱۲"\nدوم', facts=[facts])

    entry = Entry.objects.get(pk=key)
    recorded = (
        entry.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    )
    assert entry.body == (
        '[1, "cycles.administration", "declare_interest", "agencies.agency", '
        f'{world.power.pk}, "وزارت نیرو", null, "MOE", "", "", '
        '{"b": null, "at": "2026-02-01T06:30:00+00:00", "list": [true, 2], '
        f'"agency": {world.power.pk}, "points": "1.50"}}, '
        f'"نامهٔ \\"۱۲\\"\\nدوم", {world.assessor.pk}, "کاربر assessor", "anyone", '
        f'"2026-02-01T06:30:00", "{recorded}", null, 0, ""]'
    )
    assert entry.digest == hashlib.sha256(entry.body.encode()).hexdigest()


def test_a_year_of_acts_has_the_same_bodies_in_python_and_in_the_database():
    build("scheduled")

    assert Entry.objects.count() > 20
    assert disagreeing() == []
    assert all(ledger.canonical(entry) == entry.body for entry in Entry.objects.all())


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | TEXT
    | st.decimals(allow_nan=False)
    | st.datetimes(timezones=st.timezones()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=6,
)


class AnyFacts(TestCase):
    @hypothesis_settings(max_examples=150, deadline=None)
    @given(
        facts=st.dictionaries(TEXT, VALUE, max_size=5),
        note=TEXT,
        at=st.datetimes(
            datetime.fromisoformat("1000-01-01"),
            datetime.fromisoformat("2999-01-01"),
            timezones=st.just(UTC),
        ),
    )
    def test_whatever_the_facts_python_and_the_database_write_the_same_body(self, facts, note, at):
        target = perform.AdministrationTarget(Agency(pk=1, name_fa="x"))
        [key] = ledger.append(
            ADMINISTRATION, ADMINISTRATION["plan_cycle"], [ledger.Act(target, "", facts)],
            by=None, at=at, windows=Windows(()), note=note,
        )  # fmt: skip

        assert disagreeing() == []
        assert Entry.objects.get(pk=key).params == ledger.plain(facts)


# --- Requests -----------------------------------------------------------------------------------


def test_a_row_the_answer_and_the_log_name_the_same_request(world, as_, caplog):
    client = as_(world.assessor, world.at)
    caplog.handler.addFilter(NamesRequest())

    with caplog.at_level(logging.WARNING, logger="django.request"):
        answer = client.post(
            "/en/cycles/interests/",
            {"agency": world.health.code, "reason": "family"},
            headers={"X-Request-ID": "mine"},
        )
        lost = client.get("/en/nowhere/")

    name = answer.headers["X-Request-ID"]
    assert str(uuid.UUID(name)) == name
    assert Entry.objects.latest("pk").request_id == name
    assert f'"{name}"]' in Entry.objects.latest("pk").body
    assert caplog.records[-1].request_id == lost.headers["X-Request-ID"] != name
    assert request_id.get() == ""


def test_acts_of_tasks_name_no_request(world):
    assert set(Entry.objects.values_list("request_id", flat=True)) == {""}
