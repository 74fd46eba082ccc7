"""The record is verified, what is broken is told to auditors, and what is unsealed mended."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from cycles import tasks
from cycles.models import Delivery, Entry, Fault, Seal, Verification
from cycles.people import interests
from cycles.record import audit, faults
from tests.cycles.record.superuser import behind_the_triggers
from tests.factories import build
from tests.jobs import do
from tests.sealing import sealed

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_a_verification_holds_no_place_among_those_who_write_so_sealing_goes_on():
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


def acts_told(person):
    return list(
        Delivery.objects.filter(recipient=person, channel="inbox")
        .order_by("pk")
        .values_list("entry__act", flat=True)
    )


def test_auditors_are_told_once_that_the_record_is_broken_and_once_that_it_holds():
    world = build("open")
    sealed(world.at)
    row = Entry.objects.earliest("pk").pk
    behind_the_triggers(f"UPDATE cycles_entry SET note = 'other' WHERE id = {row}")
    for _night in range(2):
        do("verification", Verification.objects.create(ordered_at=world.at))
    broken = acts_told(world.auditor)
    behind_the_triggers(f"UPDATE cycles_entry SET note = '' WHERE id = {row}")
    do("verification", Verification.objects.create(ordered_at=world.at))

    assert broken == ["report_fault"]
    assert acts_told(world.auditor) == ["report_fault", "report_mended"]
    assert Fault.objects.get().detail == f"row {row} was changed"
    assert "report_fault" not in acts_told(world.head)


def test_auditors_are_told_once_that_rows_stay_unsealed_and_once_that_they_are_not(settings):
    world = build("open")
    settings.SEALED_WITHIN_MINUTES = 60
    tasks.watch()
    in_time = acts_told(world.auditor)
    settings.SEALED_WITHIN_MINUTES = 0
    tasks.watch()
    tasks.watch()
    late = acts_told(world.auditor)
    sealed(world.at)
    faults.check_sealing(at=world.at)

    assert in_time == []
    assert late == ["report_fault"]
    assert acts_told(world.auditor) == ["report_fault", "report_mended"]


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
