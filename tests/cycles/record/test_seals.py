"""Seals: what is sealed cannot be changed unseen, whoever changes it."""

import hashlib
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config.database import as_owner
from cycles.engine import ledger
from cycles.models import Entry, Seal
from cycles.people import interests
from cycles.record import audit, seals
from cycles.years import actions as years
from tests.cycles.record.superuser import behind_the_triggers
from tests.factories import build
from tests.sealing import sealed

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_finished_row_is_sealed_once_and_the_record_holds():
    world = build("planned")
    first = sealed(world.at)
    years.open_cycle(world.cycle, by=world.administrator, at=world.at)
    second = sealed(world.at)
    out = StringIO()

    call_command("verify_ledger", stdout=out)

    assert (first.count, second.count) == (1, 1)
    assert second.previous == first.digest
    assert seals.seal(at=world.at) is None
    assert out.getvalue() == "2 rows and 2 seals hold; 0 rows wait for their seal.\n"


def test_a_row_of_an_open_transaction_holds_nobody_back_and_is_sealed_when_it_ends():
    world = build("planned")
    planned = sealed(world.at)
    written, finish = threading.Event(), threading.Event()

    def slow_writer():
        try:
            with transaction.atomic():
                interests.declare_interest(
                    agency=world.power, reason="slow", by=world.assessor, at=world.at
                )
                written.set()
                finish.wait(timeout=30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    written.wait(timeout=30)
    interests.declare_interest(agency=world.health, reason="quick", by=world.assessor, at=world.at)
    early = sealed(world.at)
    meanwhile = audit.verify()
    finish.set()
    thread.join()
    late = sealed(world.at + timedelta(seconds=10))

    assert (planned.count, early.count, late.count) == (1, 1, 1)
    assert meanwhile == audit.Verdict(rows=2, seals=2, waiting=0)
    assert late.ids < early.ids
    assert audit.verify() == audit.Verdict(rows=3, seals=3, waiting=0)


CONTENTS = ", ".join((*ledger.FACTS, "body", "digest"))
COPY = (
    f"INSERT INTO cycles_entry ({CONTENTS}) SELECT {CONTENTS} FROM cycles_entry WHERE id = {{row}}"
)
SWAP = f"""
    UPDATE cycles_entry e
    SET ({CONTENTS}) = (SELECT {CONTENTS} FROM cycles_entry o WHERE o.id = {{row}} + {{after}} - e.id)
    WHERE id IN ({{row}}, {{after}})
"""


@pytest.mark.parametrize(
    ("deed", "named"),
    (
        ("UPDATE cycles_entry SET note = 'other' WHERE id = {row}", "row {row} was changed"),
        (
            "UPDATE cycles_entry SET at = at + interval '1 second' WHERE id = {row}",
            "row {row} was changed",
        ),
        ("UPDATE cycles_entry SET recorded_at = now() WHERE id = {row}", "row {row} was changed"),
        (
            "UPDATE cycles_entry SET params = params || '{{\"a\": 1}}' WHERE id = {row}",
            "row {row} was changed",
        ),
        (
            "UPDATE cycles_entry SET request_id = gen_random_uuid() WHERE id = {row}",
            "row {row} was changed",
        ),
        ("UPDATE cycles_entry SET body = body || ' ' WHERE id = {row}", "row {row} was changed"),
        (
            "UPDATE cycles_entry SET digest = repeat('0', 64) WHERE id = {row}",
            "row {row} was changed",
        ),
        (
            "UPDATE cycles_entry SET id = -id WHERE id = {row}",
            "seal {seal} is over 2 rows, of which 1 are there",
        ),
        (
            "DELETE FROM cycles_entry WHERE id = {row}",
            "seal {seal} is over 2 rows, of which 1 are there",
        ),
        (COPY, "1 rows, from .*, are in no seal and are not waiting for one"),
        (
            "DELETE FROM cycles_seal WHERE id = {next}",
            "1 rows, from .*, are in no seal and are not waiting for one",
        ),
        (SWAP, "seal {seal} does not fit its rows"),
        ("UPDATE cycles_seal SET count = 7 WHERE id = {seal}", "seal {seal} was changed"),
        ("UPDATE cycles_seal SET sealed_at = now() WHERE id = {seal}", "seal {seal} was changed"),
        (
            "DELETE FROM cycles_seal WHERE id = {seal}",
            "seal {next} does not follow the seal before it",
        ),
    ),
)
def test_what_a_superuser_changes_behind_the_triggers_is_found_and_named(deed, named):
    world = build("open")
    first = sealed(world.at)
    interests.declare_interest(agency=world.power, reason="family", by=world.assessor, at=world.at)
    second = sealed(world.at)
    row, after, *_later = Entry.objects.order_by("id").values_list("pk", flat=True)
    names = {"row": row, "after": after, "seal": first.pk, "next": second.pk}

    behind_the_triggers(deed.format(**names))

    with pytest.raises(CommandError, match=named.format(**names)):
        call_command("verify_ledger")


def test_a_row_changed_together_with_its_own_digest_does_not_fit_its_seal():
    world = build("open")
    sealed(world.at)
    row = Entry.objects.earliest("id")
    row.note = "other"
    body = ledger.canonical(row)

    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE cycles_entry SET note = 'other', body = %s, digest = %s WHERE id = %s",
            [body, hashlib.sha256(body.encode()).hexdigest(), row.pk],
        )

    assert audit.verify().broken == f"seal {Seal.objects.get().pk} does not fit its rows"


def test_who_has_the_digest_of_the_last_seal_sees_when_it_is_made_anew():
    world = build("open")
    sealed(world.at)
    published = seals.newest().digest

    behind_the_triggers(
        "DELETE FROM cycles_seal; INSERT INTO cycles_unsealed SELECT id FROM cycles_entry"
    )
    seals.seal(at=world.at + timedelta(seconds=1))

    assert audit.verify().broken == ""
    assert seals.find_seal(published) is None


def test_a_tree_built_leaf_by_leaf_has_the_root_of_one_built_level_by_level():
    def by_levels(leaves):
        level = [
            hashlib.sha256(b"\x00" + key.to_bytes(8, "big", signed=True) + digest).digest()
            for key, digest in leaves
        ]
        while len(level) > 1:
            pairs = [b"\x01" + level[i] + level[i + 1] for i in range(0, len(level) - 1, 2)]
            level = [hashlib.sha256(pair).digest() for pair in pairs] + level[
                len(level) - len(level) % 2 :
            ]
        return level[0].hex() if level else seals.NOTHING

    leaves = [(key, hashlib.sha256(str(key).encode()).digest()) for key in range(40)]
    roots = []
    tree = seals.Tree()
    for leaf in leaves:
        roots.append(tree.root)
        tree.add(*leaf)

    assert roots == [by_levels(leaves[:size]) for size in range(40)]


def test_the_seal_of_a_row_is_the_first_that_covers_it_and_none_until_it_is_sealed():
    world = build("planned")
    planned = Entry.objects.get()
    before = seals.of_entry(planned.pk)
    first = sealed(world.at)
    years.open_cycle(world.cycle, by=world.administrator, at=world.at)
    second = sealed(world.at)

    assert before is None
    assert seals.of_entry(planned.pk) == first
    assert seals.of_entry(Entry.objects.latest("id").pk) == second
    assert seals.newest() == second


def test_each_day_is_shown_by_its_last_seal_with_the_rows_sealed_by_then(django_assert_num_queries):
    world = build("planned")
    sealed(world.at)
    for days, agencies in ((0, [world.power, world.health]), (1, [world.unit])):
        for agency in agencies:
            interests.declare_interest(agency=agency, reason="x", by=world.assessor, at=world.at)
        last = sealed(world.at + timedelta(days=days, minutes=1))

    with django_assert_num_queries(2):
        shown = seals.daily(30)

    assert [(day.seal.pk, day.rows) for day in shown] == [(3, 4), (2, 3)]
    assert shown[0].seal == last
    assert [day.seal.pk for day in seals.daily(1)] == [3]


def test_a_seal_is_found_by_the_beginning_of_its_digest():
    world = build("planned")
    made = sealed(world.at)

    assert seals.find_seal(made.digest) == made
    assert seals.find_seal(f" {made.digest[:12].upper()}…") == made
    assert seals.find_seal(made.digest[:11]) is None
    assert seals.find_seal("f" * 12) is None
    assert seals.find_seal("%" * 12) is None
