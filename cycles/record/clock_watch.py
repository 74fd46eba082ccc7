"""Watches the clock: what has a deadline waits while it is off, and both its fault and its end
stand on record.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from cycles import clocks
from cycles.clock import now
from cycles.clocks import TOLERANCE
from cycles.engine.perform import administer
from cycles.models import Entry, Fault
from cycles.models.faults import ClockFault, FaultKind
from cycles.record import faults
from cycles.record.faults import ClockFaultDetails
from cycles.workflow import Refused

logger = logging.getLogger(__name__)

GIVEN_UP = timedelta(minutes=1)
"""A fault that its own host has not seen for so long may be ended by another."""

AT_MOST_EVERY = 10
"""Seconds between two looks of a web process whose clock is doubtful."""

READING = """
    SELECT clock_timestamp() AS database, clock_timestamp() - confirmed.moment AS since_confirmed,
        (SELECT max(recorded_at) FROM (
            SELECT recorded_at FROM cycles_entry WHERE id > confirmed.entry
            ORDER BY id DESC LIMIT 100
        ) newest) AS newest
    FROM (
        SELECT coalesce(max(confirmed_entry), 0) AS entry,
            max(mended_at) FILTER (WHERE confirmed_entry IS NOT NULL) AS moment
        FROM cycles_fault
    ) confirmed
"""


@dataclass(frozen=True)
class Reading:
    """What the clocks showed: the database's time, how far ours is from it, by how much ours was
    set, and the newest moment on record.
    """

    database: datetime
    apart: timedelta
    set_by: timedelta
    newest: datetime | None

    @property
    def fault_details(self) -> ClockFaultDetails:
        """Say what is wrong, as a `Fault` keeps it; empty if nothing is."""
        found: tuple[ClockFault, timedelta] | None = None
        if abs(self.apart) > TOLERANCE:
            found = ClockFault.APART, self.apart
        elif abs(self.set_by) > TOLERANCE:
            found = ClockFault.SET, self.set_by
        elif self.newest and self.newest > self.database + TOLERANCE:
            found = ClockFault.BEHIND, self.newest - self.database
        if found is None:
            return {}
        cause, by = found
        ahead = self.newest if self.newest and self.newest > self.database else None
        return {"cause": cause.value, "seconds": round(by.total_seconds()), "until": ahead}


def read(
    *, clock: Callable[[], datetime] = timezone.now, steadiness: clocks.Steadiness = clocks.ours
) -> Reading:
    """Read all clocks; one query. The demonstration's moved clock is not looked at."""
    began = clock()
    with connection.cursor() as cursor:
        cursor.execute(READING)
        database, since_confirmed, newest = cursor.fetchone()
    ended = clock()
    if since_confirmed is not None and since_confirmed < steadiness.age:
        steadiness.begin_anew()  # a person has said since that the clock is right
    return Reading(database, -clocks.apart(database, began, ended), steadiness.set_by, newest)


def watch(
    *,
    at: datetime,
    clock: Callable[[], datetime] = timezone.now,
    steadiness: clocks.Steadiness = clocks.ours,
) -> Reading:
    """Look at the clocks, report what is wrong with them, and report it over when they are right
    again.

    A fault is ended by the machine that found it, or by any when it has not been seen for a minute;
    that a clock was set is known only to processes older than that, so others wait that long.
    """
    reading = read(clock=clock, steadiness=steadiness)
    details, host = reading.fault_details, socket.gethostname()
    fault = faults.standing(FaultKind.CLOCK)
    if details:
        logger.error(
            "the clock of %s is not right: %s by %s seconds",
            host,
            details["cause"],
            details["seconds"],
        )
        faults.report(FaultKind.CLOCK, at=at, host=host, **details)
    else:
        steadiness.is_suspect = False
        if fault and _may_end(fault, host, reading.database):
            faults.end(FaultKind.CLOCK, at=at)
    return reading


def _may_end(fault: Fault, host: str, moment: datetime) -> bool:
    is_past = fault.until is None or moment >= fault.until
    is_ours = fault.host == host and fault.cause != ClockFault.SET
    return is_past and (is_ours or moment > fault.seen_at + GIVEN_UP)


@transaction.atomic
def confirm_clock(*, by: User, at: datetime) -> Fault:
    """Take a person's word that the clock is right: what has a deadline goes on, and later rows
    prove it wrong anew.
    """
    moment = faults.lock()
    fault = faults.standing(FaultKind.CLOCK)
    if fault is None:
        raise Refused(_("The clock has no open fault."))
    fault.mended_at = moment
    administer("confirm_clock", fault, by=by, at=at)
    fault.confirmed_entry = Entry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    fault.save(update_fields=["mended_at", "confirmed_entry"])
    return fault


_one_at_a_time = threading.Lock()
_looked_at = float("-inf")


def middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Look at the clocks before a request is answered, where this process's own has become
    doubtful.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if clocks.ours.is_doubtful:
            look_again()
        return get_response(request)

    return answer


def look_again() -> None:
    """Look at the clocks unless this process has just done so; a database that is away is no fault
    of the clock.
    """
    global _looked_at
    with _one_at_a_time:
        if time.monotonic() < _looked_at + AT_MOST_EVERY:
            return
        _looked_at = time.monotonic()
    with suppress(DatabaseError):
        watch(at=now())
