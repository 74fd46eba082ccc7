"""The record's rows: their canonical form, how they are written, read, exported and verified by
hand.
"""

import csv
import hashlib
import io
import json
import logging
import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone as clock
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agencies.models import Agency
from cycles import tasks
from cycles.administration_workflow import ADMINISTRATION
from cycles.clock import NamesRequest, request_id
from cycles.engine import ledger, perform
from cycles.jobs.actions import order_missing
from cycles.models import Entry, Verification
from cycles.people import interests
from cycles.record import actions as record
from cycles.record import seals
from cycles.spreadsheets.exports import guard
from cycles.workflow import Refused, Windows
from festival.report import facts as report_facts
from tests.factories import build
from tests.jobs import work_off
from tests.sealing import sealed

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 10, 0, tzinfo=timezone(timedelta(hours=3, minutes=30)))


@pytest.fixture
def world():
    return build("open")


@pytest.fixture
def as_(client, settings):
    """Sign somebody in at a moment."""

    def sign_in(user, at):
        settings.CLOCK_OFFSET = at - clock.now()
        client.force_login(user)
        return client

    return sign_in


def write(subjects, *, by=None, note="", facts=None):
    move = ADMINISTRATION["declare_interest"]
    params = facts or [{}] * len(subjects)
    acts = [ledger.Act(obj, "", each) for obj, each in zip(subjects, params, strict=True)]
    return ledger.append(ADMINISTRATION, move, acts, by=by, at=AT, windows=Windows(()), note=note)


def subject(agency):
    return perform.AdministrationTarget(agency, agency)


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


def exported(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_export_holds_what_is_shown_in_the_readers_language_with_body_and_digest(world, as_):
    client = as_(world.auditor, world.at)

    english = exported(client.get("/en/cycles/ledger/export/", {"act": "cycles.cycle:open"}))
    persian = exported(client.get("/fa/cycles/ledger/export/"))

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
            exported(client.get("/en/cycles/ledger/export/"))
        counts.append(len(caught))

    assert len(set(counts)) == 1


def test_a_province_exports_its_own_agencies_only(world, as_):
    interests.declare_interest(agency=world.unit, reason="x", by=world.assessor, at=world.at)

    rows = exported(as_(world.provincial_administrator, world.at).get("/en/cycles/ledger/export/"))

    assert [row["Agency"] for row in rows] == ["MOE-QZ"]
    assert as_(world.staff, world.at).get("/en/cycles/ledger/export/").status_code == 404


@pytest.mark.parametrize("text", ("=1+1", "+1+1", "-1-A1", "@SUM(A1)", "\t=1"))
def test_no_cell_of_the_export_is_taken_for_a_formula(world, as_, text):
    write([subject(world.power)], note=text)

    rows = exported(as_(world.auditor, world.at).get("/en/cycles/ledger/export/"))

    assert rows[-1]["Note"] == "'" + text
    assert json.loads(rows[-1]["body"])[11] == text
    assert guard("plain = text") == "plain = text"


# --- Seals for everybody ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_anyone_finds_out_whether_a_seal_is_ours(client):
    world = build("open")
    made = sealed(world.at)

    page = client.get("/en/record/").content.decode()
    yes = client.get("/en/record/", {"seal": made.digest[:12]}).content.decode()
    no = client.get("/fa/record/", {"seal": "0123456789abcdef"})
    short = client.get("/en/record/", {"seal": made.digest[:5]}).content.decode()
    told = client.get("/record.json")

    assert made.digest in page
    assert f"Yes: it is seal {made.pk}, made on" in yes
    assert no.status_code == 200
    assert "too short" in short
    assert told.json()["newest"] == seals.seal_statement(made)
    assert told.json()["days"] == [seals.seal_statement(made) | {"rows": 2}]
    assert client.get("/record.json?from=1").json()["seals"] == [seals.seal_statement(made)]
    assert told.headers["Cache-Control"] == no.headers["Cache-Control"] == "max-age=60"
    assert client.get("/record.json?from=x").status_code == 200


def test_the_pages_of_seals_stand_before_anything_is_sealed(client):
    assert "Nothing has been sealed yet." in client.get("/en/record/").content.decode()
    assert client.get("/record.json").json() == {"newest": None, "days": []}


@pytest.mark.django_db(transaction=True)
def test_papers_carry_the_seal_over_their_act(as_):
    world = build("decided")
    head = as_(world.head, world.at)
    with translation.override("en"):
        pages = [
            reverse("submissions:review", args=[world.submission.pk]),
            reverse("submissions:report", args=[world.submission.pk]),
            reverse("appeals:detail", args=[world.appeal.pk]),
        ]
    before = [head.get(page).content.decode() for page in pages]
    sealed(world.at)
    acts = [
        (world.submission, "submit"),
        (world.submission, "communicate"),
        (world.appeal, "uphold_partly"),
    ]
    over_them = [seals.stamp(obj, act).seal for obj, act in acts]
    interests.declare_interest(agency=world.health, reason="x", by=world.assessor, at=world.at)
    sealed(world.at)

    after = [head.get(page).content.decode() for page in pages]

    assert ["its seal follows within seconds" in text for text in before] == [True] * 3
    assert [seal.digest[:16] in text for seal, text in zip(over_them, after, strict=True)] == [
        True
    ] * 3


@pytest.mark.django_db(transaction=True)
def test_the_article_82_report_prints_the_newest_seal_and_where_to_check_it():
    world = build("final")
    sealed(world.at)
    edition = world.fresh(world.edition)

    page = render_to_string(
        "festival/report/report.html",
        {"facts": report_facts.gather(edition, at=world.at), "edition": edition},
    )

    assert f"{seals.newest().digest[:16]}…" in page
    assert f"{settings.PORTAL_URL}{reverse('cycles:seals')}" in page


# --- By hand ------------------------------------------------------------------------------------


def by_hand(directory):
    snippet = re.search(
        r"```python\n(.*?)```", Path(settings.BASE_DIR, "docs/record.md").read_text(), re.S
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", snippet[1]],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_the_record_is_verified_by_hand_from_its_export_as_the_document_tells(as_, tmp_path):
    world = build("open")
    sealed(world.at)
    for agency in (world.power, world.health, world.unit):
        interests.declare_interest(agency=agency, reason="x", by=world.assessor, at=world.at)
    last = sealed(world.at)
    client = as_(world.auditor, world.at)
    ledger_csv, record_json = tmp_path / "ledger.csv", tmp_path / "record.json"
    ledger_csv.write_bytes(b"".join(client.get("/fa/cycles/ledger/export/").streaming_content))
    record_json.write_bytes(client.get("/record.json?from=1").content)

    holds = by_hand(tmp_path)
    ledger_csv.write_text(ledger_csv.read_text().replace("declare_interest", "declare_nothing_", 1))
    changed = by_hand(tmp_path)
    lines = ledger_csv.read_text().splitlines(keepends=True)
    ledger_csv.write_text("".join(lines[:1] + lines[2:]))
    shortened = by_hand(tmp_path)

    assert holds.stdout == f"{last.pk} seals hold; the last is {last.digest}\n"
    assert "was changed" in changed.stderr
    assert shortened.returncode == 1


def test_the_document_shows_the_columns_in_their_order():
    document = Path(settings.BASE_DIR, "docs/record.md").read_text()
    [example] = re.findall(r"```json\n(.*?)```", document, re.S)

    shown = json.loads(example)

    assert len(shown) == 1 + len(ledger.FACTS)
    assert shown[0] == ledger.FORM
    assert shown[1 + ledger.FACTS.index("at")] == "2026-02-01T06:30:00"
    with transaction.atomic():
        assert "json_build_array(1, workflow" in ledger.BODY
