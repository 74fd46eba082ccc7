"""Benches of the official record: writing a row, and verifying a million of them."""

import hashlib
import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg2
from django.db import connection, connections, transaction

from agencies.models import User
from config.database import as_owner
from cycles.engine import ledger
from cycles.models import Entry, Window
from cycles.record import audit, seals
from submissions.models import Submission
from submissions.workflow import MOVES
from tests.bench import queries_of, row, seconds

PROCESSES, THREADS = 2, 4  # as gunicorn runs the portal: see the Dockerfile
ROWS_A_WRITER, APPEND_RUNS = 250, 11
MILLION, SEALS, VERIFY_RUNS = 1_000_000, 10, 5
BATCH = 5000


def ledger_append(at: Any) -> dict[str, Any]:
    """Acts recorded by 8 writers at once, each committed; floor: a bare insert of the same row into
    the same table.
    """
    submission = Submission.objects.select_related("agency", "cycle").order_by("pk").first()
    head = User.objects.filter(username__startswith="head-").order_by("pk").first()
    windows = Window.objects.concerning([submission])
    facts = {"hash": hashlib.sha256(b"answers").hexdigest(), "signer": head}
    note = "با نامهٔ شمارهٔ ۱۲۳۴۵ دستگاه فرستاده شد."

    def act() -> list[int]:
        with transaction.atomic():
            return ledger.append(
                MOVES, MOVES["submit"], [ledger.Act(submission, "draft", facts)],
                by=head, at=at, windows=windows, note=note,
            )  # fmt: skip

    sample = Entry.objects.get(pk=act()[0])
    columns = (*ledger.FACTS, "body", "digest")
    values = [
        ledger.as_json(v) if c == "params" else v
        for c, v in ((c, getattr(sample, c)) for c in columns)
    ]
    bare = (
        f"INSERT INTO cycles_entry ({', '.join(columns)}) VALUES "
        f"({', '.join(['%s'] * len(columns))})"
    )

    def through_the_portal(say_ready: Callable[[], Any]) -> None:
        connection.ensure_connection()
        say_ready()
        for _row in range(ROWS_A_WRITER):
            act()
        connection.close()

    def bare_insert(say_ready: Callable[[], Any]) -> None:
        given = connection.settings_dict
        raw = psycopg2.connect(
            dbname=given["NAME"],
            user=given["USER"],
            password=given["PASSWORD"],
            host=given["HOST"],
            port=given["PORT"],
        )
        with raw.cursor() as cursor:
            say_ready()
            for _row in range(ROWS_A_WRITER):
                cursor.execute(bare, values)
                raw.commit()
        raw.close()

    before, rates = Entry.objects.count(), {through_the_portal: [], bare_insert: []}
    for _run in range(APPEND_RUNS + 1):
        for work, found in rates.items():
            found.append(_rate(work))
    written = Entry.objects.count() - before
    assert written == 2 * (APPEND_RUNS + 1) * PROCESSES * THREADS * ROWS_A_WRITER
    assert Entry.objects.latest("pk").body.startswith(sample.body[:100])
    value, floor = (statistics.median(found[1:]) for found in rates.values())
    size = (
        f"{PROCESSES} processes of {THREADS} threads, {ROWS_A_WRITER} rows each, "
        f"{len(sample.body.encode())} bytes"
    )
    return row(value, floor, "higher", "rows/s", queries_of(act), size)


def _rate(work: Callable[[Callable[[], Any]], None]) -> float:
    """Rows a second of 8 writers who begin together."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(PROCESSES * THREADS + 1)

    def process() -> None:
        threads = [
            threading.Thread(target=work, args=(barrier.wait,)) for _thread in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    processes = [fork.Process(target=process) for _process in range(PROCESSES)]
    for each in processes:
        each.start()
    barrier.wait(timeout=60)
    started = time.perf_counter()
    for each in processes:
        each.join()
    taken = time.perf_counter() - started
    assert [each.exitcode for each in processes] == [0] * PROCESSES
    return PROCESSES * THREADS * ROWS_A_WRITER / taken


def ledger_verify(at: Any) -> dict[str, Any]:
    """A million rows under ten seals verified; floor: reading the same bodies and hashing them in
    Python.
    """
    fill(at)
    verdicts = []

    def whole() -> None:
        verdicts.append(audit.verify())

    def bare() -> None:
        read = 0
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute("SELECT body FROM cycles_entry")
            while batch := cursor.fetchmany(BATCH):
                for (body,) in batch:
                    hashlib.sha256(body.encode()).hexdigest()
                read += len(batch)
        assert read == MILLION

    times: dict[Any, list[float]] = {whole: [], bare: []}
    for _run in range(VERIFY_RUNS):
        for work, found in times.items():
            found.append(seconds(work))
    assert verdicts == [audit.Verdict(rows=MILLION, seals=SEALS, waiting=0)] * VERIFY_RUNS
    value, floor = (MILLION / statistics.median(found) for found in times.values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT round(avg(octet_length(body))) FROM cycles_entry")
        size = f"{MILLION} rows of {cursor.fetchone()[0]} bytes, {SEALS} seals"
    return row(value, floor, "higher", "rows/s", queries_of(whole), size)


def fill(at: Any, count: int = MILLION, parts: int = SEALS) -> None:
    """The record emptied, then so many rows as submissions leave them, written and sealed in
    parts.
    """
    values = {
        "workflow": "'submissions.submission'",
        "act": "(ARRAY['submit', 'assign', 'complete', 'communicate'])[1 + n %% 4]",
        "model": "'submissions.submission'",
        "object_pk": "n / 4",
        "object_label": "'خودارزیابی سازمان مدیریت و برنامه‌ریزی استان قزوین · ارزیابی سال ۱۴۰۵ "
        "· ' || n / 4",
        "cycle_id": "1 + n %% 3",
        "agency_code": "'MOE-' || n %% 2000",
        "source": "'draft'",
        "target": "'submitted'",
        "params": "jsonb_build_object('hash', encode(sha256(n::text::bytea), 'hex'), "
        "'signer', n %% 900)",
        "note": "CASE n %% 3 WHEN 0 THEN '' ELSE 'با نامهٔ شمارهٔ ' || n || ' دستگاه "
        "فرستاده شد.' END",
        "actor_id": "n %% 900",
        "actor_name": "'کاربر شمارهٔ ' || n %% 900",
        "actor_role": "'head'",
        "at": "%(at)s + n * interval '1.037 seconds'",
        "recorded_at": "%(at)s + n * interval '1.037113 seconds'",
        "statutory_at": "%(at)s + interval '30 days'",
        "days_late": "n %% 5",
        "request_id": "gen_random_uuid()::text",
    }
    columns, facts = (
        ", ".join(values),
        ", ".join(f"({value})::{_type(c)} AS {c}" for c, value in values.items()),
    )
    statement = f"""
        INSERT INTO cycles_entry ({columns}, body, digest)
        SELECT {columns}, body, encode(sha256(convert_to(body, 'UTF8')), 'hex')
        FROM (SELECT *, {ledger.BODY} AS body FROM (SELECT {facts} FROM generate_series(%(first)s, %(last)s) n) f) g
    """
    with as_owner() as owned:
        with owned.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("TRUNCATE cycles_entry, cycles_seal, cycles_unsealed CASCADE")
            cursor.execute("SET session_replication_role = origin")
        for part in range(parts):
            first, last = part * count // parts + 1, (part + 1) * count // parts
            with owned.cursor() as cursor:
                cursor.execute(statement, {"at": at, "first": first, "last": last})
            while seals.seal(at=at) is None:
                time.sleep(0.05)
        with owned.cursor() as cursor, suppress(psycopg2.Error):
            cursor.execute("VACUUM ANALYZE cycles_entry")


def _type(column: str) -> str:
    return str(Entry._meta.get_field(column).db_type(connection)).split("(")[0]
