"""The pages of the record: read, narrowed, verified and exported."""

import csv
import hashlib
import io
import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone as clock

from cycles import tasks
from cycles.jobs.actions import order_missing
from cycles.models import Entry, Verification
from cycles.people import interests
from cycles.record import actions as record
from cycles.spreadsheets.exports import guard
from cycles.workflow import Refused
from tests.cycles.record.entries import subject, write
from tests.jobs import work_off

pytestmark = pytest.mark.django_db


# --- The page -----------------------------------------------------------------------------------


def test_one_objects_page_leads_to_its_whole_record(world, as_):
    client = as_(world.auditor, world.at)
    interests.declare_interest(agency=world.power, reason="x", by=world.assessor, at=world.at)

    [address] = re.findall(
        r'href="([^"]*\?model=[^"]*)"', client.get("/en/cycles/1405/").content.decode()
    )
    page = client.get(address.replace("&amp;", "&"))

    acts = [row.record.act for row in page.context["table"].rows]
    assert acts == ["open", "plan_cycle"]
    assert "The whole record of:" in page.content.decode()
    assert "?model=" not in as_(world.staff, world.at).get("/en/cycles/1405/").content.decode()


def test_the_ledger_narrows_by_year_and_by_object_and_shrugs_at_nonsense(world, as_):
    client = as_(world.auditor, world.at)
    ours = client.get("/en/cycles/ledger/", {"year": "1405"}).context["table"].rows
    none = (
        client.get("/en/cycles/ledger/", {"model": "cycles.cycle", "key": "999999"})
        .context["table"]
        .rows
    )
    nonsense = client.get("/en/cycles/ledger/", {"year": "x", "key": "y"})

    assert {row.record.cycle_id for row in ours} == {world.cycle.pk}
    assert len(none) == 0
    assert nonsense.status_code == 200


# --- Verification -------------------------------------------------------------------------------


def test_an_auditor_orders_a_verification_and_the_page_tells_what_it_found(world, as_):
    client = as_(world.auditor, world.at)
    before = client.get("/en/cycles/ledger/").content.decode()

    client.post("/en/cycles/ledger/verify/")
    while_waiting = client.get("/en/cycles/ledger/").content.decode()
    order_missing(at=world.at)
    work_off()
    after = client.get("/en/cycles/ledger/").content.decode()

    assert "has not been verified yet" in before
    assert "Verify now" in before
    assert "is being made" in while_waiting
    assert "Verify now" not in while_waiting
    assert "and all of it holds: rows 3, seals 0." in after
    assert Entry.objects.latest("pk").act == "verify_record"
    assert Verification.objects.get().ordered_by == world.auditor


def test_a_broken_record_is_told_in_red_and_in_the_language_of_the_reader(world, as_):
    Verification.objects.create(
        ordered_at=world.at, finished_at=world.at, broken="seal 7 does not fit its rows"
    )
    client = as_(world.auditor, world.at)

    english = client.get("/en/cycles/ledger/").content.decode()
    persian = client.get("/fa/cycles/ledger/").content.decode()

    assert 'alert-danger" role="alert"><strong>The record does not hold.' in english
    assert "seal 7 does not fit its rows" in english
    assert "۷" in persian


def test_a_provincial_administrator_reads_the_record_but_orders_no_verification(world, as_):
    client = as_(world.provincial_administrator, world.at)

    assert "Verify now" not in client.get("/en/cycles/ledger/").content.decode()
    with pytest.raises(Refused):
        record.order_verification(by=world.provincial_administrator, at=world.at)


def test_two_orders_are_answered_by_one_verification(world):
    first = record.order_verification(by=world.auditor, at=world.at)
    second = record.order_verification(by=world.administrator, at=world.at)

    assert first == second
    assert Entry.objects.filter(act="verify_record").count() == 2


def test_the_record_is_verified_once_a_night_by_itself(world, settings):
    def at_hour(hour):
        settings.CLOCK_OFFSET = datetime(2026, 3, 1, hour, tzinfo=UTC) - clock.now()
        tasks.order_verification()
        return Verification.objects.count()

    assert at_hour(12) == 0  # half past three in the afternoon in Tehran
    assert at_hour(22) == 1  # half past one at night
    assert at_hour(23) == 1
    assert Verification.objects.get().ordered_by is None
    assert Entry.objects.latest("pk").actor_id is None


# --- Export -------------------------------------------------------------------------------------


def exported_rows(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_export_holds_what_is_shown_in_the_readers_language_with_body_and_digest(world, as_):
    client = as_(world.auditor, world.at)

    english = exported_rows(client.get("/en/cycles/ledger/export/", {"act": "cycles.cycle:open"}))
    persian = exported_rows(client.get("/fa/cycles/ledger/export/"))

    [row] = english
    assert (row["Act"], row["On what"]) == ("Open the cycle", "ارزیابی سال ۱۴۰۵")
    assert row["Change of state"] == "Planned → Open"
    assert hashlib.sha256(row["body"].encode()).hexdigest() == row["digest"]
    assert [r["id"] for r in persian] == [
        str(pk) for pk in Entry.objects.order_by("pk").values_list("pk", flat=True)
    ]
    assert "Act" not in persian[0]


def test_the_export_takes_the_same_queries_for_any_length(world, as_):
    client = as_(world.auditor, world.at)
    counts = []
    for more in (0, 3, 30):
        write([subject(world.power)] * more)
        with CaptureQueriesContext(connection) as caught:
            exported_rows(client.get("/en/cycles/ledger/export/"))
        counts.append(len(caught))

    assert len(set(counts)) == 1


def test_a_province_exports_its_own_agencies_only(world, as_):
    interests.declare_interest(agency=world.unit, reason="x", by=world.assessor, at=world.at)

    rows = exported_rows(
        as_(world.provincial_administrator, world.at).get("/en/cycles/ledger/export/")
    )

    assert [row["Agency"] for row in rows] == ["MOE-QZ"]
    assert as_(world.staff, world.at).get("/en/cycles/ledger/export/").status_code == 404


@pytest.mark.parametrize("text", ("=1+1", "+1+1", "-1-A1", "@SUM(A1)", "\t=1"))
def test_no_cell_of_the_export_is_taken_for_a_formula(world, as_, text):
    write([subject(world.power)], note=text)

    rows = exported_rows(as_(world.auditor, world.at).get("/en/cycles/ledger/export/"))

    assert rows[-1]["Note"] == "'" + text
    assert json.loads(rows[-1]["body"])[11] == text
    assert guard("plain = text") == "plain = text"
