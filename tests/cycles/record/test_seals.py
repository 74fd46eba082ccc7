"""Seals: what is sealed cannot be changed unseen, whoever changes it."""

import hashlib
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from config.database import as_owner
from cycles import tasks
from cycles.engine import ledger
from cycles.models import Delivery, Entry, Fault, Seal, Verification
from cycles.people import interests
from cycles.record import audit, faults, seals
from cycles.years import actions as years
from tests.factories import build
from tests.jobs import do
from tests.sealing import sealed

pytestmark = pytest.mark.django_db(transaction=True)


def behind_the_triggers(statement: str) -> None:
    """What a superuser of the database could do."""
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)


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


def test_a_row_whose_transaction_is_still_open_holds_nobody_back_and_is_sealed_when_it_ends():
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


def test_the_last_seal_cannot_be_taken_away_and_made_anew_unseen_by_who_has_its_digest():
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


def test_whoever_orders_a_verification_gets_the_verdict_and_one_run_answers_all():
    world = build("open")
    sealed(world.at)
    by_hand = Verification.objects.create(ordered_by=world.auditor, ordered_at=world.at)
    by_clock = Verification.objects.create(ordered_at=world.at)

    verdict = audit.verify_ordered(clock=lambda: world.at + timedelta(seconds=3))

    by_hand.refresh_from_db()
    by_clock.refresh_from_db()
    assert verdict == audit.Verdict(rows=2, seals=1, waiting=0)
    assert (by_hand.rows, by_hand.seals, by_hand.broken) == (2, 1, "")
    assert by_hand.finished_at == by_clock.finished_at == world.at + timedelta(seconds=3)
    assert audit.verify_ordered(clock=lambda: world.at) is None


def test_a_second_verification_at_the_same_time_leaves_the_first_alone():
    world = build("open")
    Verification.objects.create(ordered_by=world.auditor, ordered_at=world.at)
    holding, finish = threading.Event(), threading.Event()

    def first():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(8282)")
                holding.set()
                finish.wait(timeout=30)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    holding.wait(timeout=30)
    verdict = audit.verify_ordered(clock=lambda: world.at)
    finish.set()
    thread.join()

    assert verdict is None
    assert Verification.objects.get().finished_at is None


def test_a_verification_holds_no_place_in_the_order_of_those_who_write_so_sealing_goes_on():
    build("open")

    with transaction.atomic(), connection.cursor() as cursor:
        audit.verify()
        cursor.execute("SELECT pg_current_xact_id_if_assigned()")
        own_number = cursor.fetchone()[0]

    assert own_number is None


def test_what_is_broken_is_told_in_the_language_of_the_reader():
    for fault in (
        "row 12 was changed",
        "seal 3 is over 2 rows, of which 1 are there",
        "something else",
    ):
        with translation.override("en"):
            assert audit.in_words(fault) == fault
    with translation.override("fa"):
        assert "۱۲" in audit.in_words("row 12 was changed")


# --- Who is told --------------------------------------------------------------------------------


def told(person):
    return list(
        Delivery.objects.filter(recipient=person, channel="inbox")
        .order_by("pk")
        .values_list("entry__act", flat=True)
    )


def test_auditors_are_told_once_that_the_record_does_not_hold_and_once_that_it_holds_again():
    world = build("open")
    sealed(world.at)
    row = Entry.objects.earliest("pk").pk
    behind_the_triggers(f"UPDATE cycles_entry SET note = 'other' WHERE id = {row}")
    for _night in range(2):
        do("verification", Verification.objects.create(ordered_at=world.at))
    broken = told(world.auditor)
    behind_the_triggers(f"UPDATE cycles_entry SET note = '' WHERE id = {row}")
    do("verification", Verification.objects.create(ordered_at=world.at))

    assert broken == ["report_fault"]
    assert told(world.auditor) == ["report_fault", "report_mended"]
    assert Fault.objects.get().detail == f"row {row} was changed"
    assert "report_fault" not in told(world.head)


def test_auditors_are_told_once_that_rows_stay_unsealed_and_once_that_they_are_sealed(settings):
    world = build("open")
    settings.SEALED_WITHIN_MINUTES = 60
    tasks.watch()
    in_time = told(world.auditor)
    settings.SEALED_WITHIN_MINUTES = 0
    tasks.watch()
    tasks.watch()
    late = told(world.auditor)
    sealed(world.at)
    faults.check_sealing(at=world.at)

    assert in_time == []
    assert late == ["report_fault"]
    assert told(world.auditor) == ["report_fault", "report_mended"]


def test_rows_in_no_seal_are_mended_on_record_and_none_is_touched():
    world = build("open")
    sealed(world.at)
    interests.declare_interest(agency=world.power, reason="x", by=world.assessor, at=world.at)
    behind_the_triggers("DELETE FROM cycles_unsealed")
    stray = Entry.objects.latest("pk")

    with pytest.raises(
        CommandError, match=f"1 rows, from {stray.pk} to {stray.pk}, are in no seal"
    ):
        call_command("verify_ledger")
    call_command("verify_ledger", mend=True, stdout=StringIO())
    made = sealed(world.at)

    mended = Entry.objects.latest("pk")
    assert (mended.act, mended.params) == (
        "mend_record",
        {"last": stray.pk, "count": 1, "first": stray.pk},
    )
    assert Entry.objects.get(pk=stray.pk).digest == stray.digest
    assert made.ids == [(stray.pk, mended.pk)]
    assert audit.verify() == audit.Verdict(rows=4, seals=2, waiting=0)


def test_a_row_that_is_put_into_the_queue_again_is_not_sealed_twice():
    world = build("open")
    first = sealed(world.at)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO cycles_unsealed SELECT id FROM cycles_entry")

    assert sealed(world.at) is None
    assert Seal.objects.get() == first
    assert audit.verify().broken == ""


def test_the_database_refuses_a_seal_over_a_row_that_another_one_covers():
    world = build("open")
    made = sealed(world.at)

    with pytest.raises(IntegrityError, match="a_row_is_sealed_once"):
        Seal.objects.create(
            pk=2,
            ids=made.ids[:1],
            count=1,
            root=made.root,
            previous=made.digest,
            sealed_at=world.at,
            digest=made.digest,
        )
