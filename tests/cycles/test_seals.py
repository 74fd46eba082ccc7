"""Seals: what is sealed cannot be changed unseen, whoever changes it."""

import hashlib
import threading
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config.database import as_owner
from cycles import actions, seals
from cycles.models import Entry, Seal
from tests.factories import build

pytestmark = pytest.mark.django_db(transaction=True)


def behind_the_triggers(statement: str) -> None:
    """What a superuser of the database could do."""
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)


def sealed(at):
    """A seal over all rows there are; a transaction in a neighbouring database may hold it back a while."""
    patience = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < patience:
            oldest_running = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            cursor.execute(f"SELECT {oldest_running} > max(xid::text::bigint) FROM cycles_entry")
            if cursor.fetchone()[0]:
                break
            time.sleep(0.05)
    return seals.seal(at=at)


def test_every_finished_row_is_sealed_once_and_the_record_holds():
    world = build("planned")
    first = sealed(world.at)
    actions.open_cycle(world.cycle, by=world.administrator, at=world.at)
    second = sealed(world.at)
    out = StringIO()

    call_command("verify_ledger", stdout=out)

    assert (first.count, second.count) == (1, 1)
    assert second.previous == first.digest
    assert seals.seal(at=world.at) is None
    assert out.getvalue() == "2 rows and 2 seals hold; 0 rows wait for their seal.\n"


def test_a_row_whose_transaction_is_still_open_holds_back_later_rows_and_none_is_lost():
    world = build("planned")
    planned = sealed(world.at)
    written, finish = threading.Event(), threading.Event()

    def slow_writer():
        try:
            with transaction.atomic():
                actions.declare_interest(agency=world.power, reason="slow", by=world.assessor, at=world.at)
                written.set()
                finish.wait(timeout=30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    written.wait(timeout=30)
    actions.declare_interest(agency=world.health, reason="quick", by=world.assessor, at=world.at)
    early = seals.seal(at=world.at)
    waiting = seals.verify().waiting
    finish.set()
    thread.join()
    late = sealed(world.at + timedelta(seconds=10))

    assert (planned.count, early, waiting) == (1, None, 1)
    assert late.count == 2
    assert seals.verify() == seals.Verdict(rows=3, seals=2, waiting=0)


@pytest.mark.parametrize(
    ("deed", "named"),
    (
        ("UPDATE cycles_entry SET note = 'other' WHERE id = {row}", "row {row} was changed"),
        ("UPDATE cycles_entry SET at = at + interval '1 second' WHERE id = {row}", "row {row} was changed"),
        ("DELETE FROM cycles_entry WHERE id = {row}", "seal {seal} is over 2 rows, of which 1 are there"),
        ("UPDATE cycles_seal SET count = 7 WHERE id = {seal}", "seal {seal} was changed"),
        ("DELETE FROM cycles_seal WHERE id = {seal}", "seal {next} does not follow the seal before it"),
    ),
)
def test_what_a_superuser_changes_behind_the_triggers_is_found_and_named(deed, named):
    world = build("open")
    first = sealed(world.at)
    actions.declare_interest(agency=world.power, reason="family", by=world.assessor, at=world.at)
    second = sealed(world.at)
    names = {"row": Entry.objects.earliest("id").pk, "seal": first.pk, "next": second.pk}

    behind_the_triggers(deed.format(**names))

    with pytest.raises(CommandError, match=named.format(**names)):
        call_command("verify_ledger")


def test_a_row_changed_together_with_its_own_digest_does_not_fit_its_seal():
    world = build("open")
    sealed(world.at)
    row = Entry.objects.earliest("id")
    row.note = "other"
    body = seals.canonical(row)

    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE cycles_entry SET note = 'other', body = %s, digest = %s WHERE id = %s",
            [body, hashlib.sha256(body.encode()).hexdigest(), row.pk],
        )

    assert seals.verify().broken == f"seal {Seal.objects.get().pk} does not fit its rows"
