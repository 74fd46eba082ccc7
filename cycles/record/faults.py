"""Faults of the record, its sealing and its clock: found once, told to whoever audits, and told
again when over.
"""

from datetime import datetime
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import connection, transaction

from cycles.engine.perform import administer
from cycles.models import Fault, Seal
from cycles.models.faults import FaultKind
from cycles.record import audit, seals

_REPORTING = 8284


class ClockFaultDetails(TypedDict, total=False):
    """What is wrong with a clock, by how many seconds, and which moment the record has reached."""

    cause: str
    seconds: int
    until: datetime | None


class FaultDetails(ClockFaultDetails, total=False):
    """What a fault says beside its kind: what is broken, or which clock is wrong and how."""

    detail: str
    host: str


def lock() -> datetime:
    """Keep others from reporting until this transaction ends; returns the database's time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REPORTING])
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def standing(kind: FaultKind) -> Fault | None:
    """Find the fault of this kind that is not mended."""
    return Fault.objects.standing().filter(kind=kind).first()


@transaction.atomic
def report(kind: FaultKind, *, at: datetime, **details: Unpack[FaultDetails]) -> Fault:
    """Report a fault, once: while it stands, only the moment at which it was last seen changes."""
    moment = lock()
    fault = standing(kind)
    if fault:
        fault.seen_at = moment
        fault.save(update_fields=["seen_at"])
        return fault
    fault = Fault.objects.create(kind=kind, found_at=moment, seen_at=moment, **details)
    administer("report_fault", fault, by=None, at=at, kind=kind.value, **details)
    return fault


@transaction.atomic
def end(kind: FaultKind, *, at: datetime) -> None:
    """Report that the fault of this kind is over, if one stands."""
    moment = lock()
    fault = standing(kind)
    if fault:
        fault.mended_at = moment
        fault.save(update_fields=["mended_at"])
        administer("report_mended", fault, by=None, at=at, kind=kind.value)


def judge(verdict: audit.Verdict, *, at: datetime) -> None:
    """Report what a verification found broken, or that the record holds again."""
    if verdict.broken:
        report(FaultKind.BROKEN, at=at, detail=verdict.broken)
    elif standing(FaultKind.BROKEN):
        end(FaultKind.BROKEN, at=at)


def check_sealing(*, at: datetime) -> None:
    """Report rows that have waited for their seal longer than they should, or that none does any
    longer.
    """
    if _is_late():
        report(FaultKind.UNSEALED, at=at)
    elif standing(FaultKind.UNSEALED):
        end(FaultKind.UNSEALED, at=at)


def _is_late() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
                SELECT FROM cycles_unsealed u JOIN cycles_entry e ON e.id = u.entry_id
                WHERE e.recorded_at < clock_timestamp() - make_interval(mins => %s)
            )
            """,
            [settings.SEALED_WITHIN_MINUTES],
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def mend_record(*, at: datetime) -> int:
    """Put the rows that are in no seal and wait for none into the queue, on record; returns how
    many there are.

    None of them is touched: the next seal covers them, and says from then on what they were.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cycles_unsealed (entry_id)
            SELECT id FROM cycles_entry
            WHERE NOT id <@ (SELECT coalesce(range_agg(ids), '{}') FROM cycles_seal)
            ON CONFLICT DO NOTHING
            RETURNING entry_id
            """
        )
        keys = sorted(key for (key,) in cursor.fetchall())
    if keys:
        newest = seals.newest() or Seal(pk=0)
        administer(
            "mend_record", newest, by=None, at=at, count=len(keys), first=keys[0], last=keys[-1]
        )
    return len(keys)
