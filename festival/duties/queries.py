"""When the duties of each year were due, when they were done and by how many days late.

Desk, duties page, public timeline, calendar feed and Article 82 report all read it here, so that
they cannot differ. What still waits is late as of the moment asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TypedDict, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    Func,
    IntegerField,
    Model,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Least
from django.utils.translation import gettext_lazy as _

from agencies.models import User, in_reach
from agencies.roles import Role
from agencies.statements import Planned, Slot
from cycles.models import Cycle
from festival.duties.catalogue import DUTIES, Duty
from festival.duties.occasions import Occasions, general_sets


class Timeliness(TextChoices):
    """Whether an occasion of a duty is done, and in time."""

    IN_TIME = "in_time", _("Done in time")
    LATE = "late", _("Done late")
    OVERDUE = "overdue", _("Waiting and overdue")
    WAITING = "waiting", _("Waiting, not due yet")


@dataclass(frozen=True)
class DutyFilter:
    """Which duties to answer with; without any name, all duties of all opened years.

    `agencies` narrows the rows that have an agency; a duty done once for the whole country then is
    none of them.
    """

    cycles: Sequence[int] | None = None
    duty: str = ""
    timeliness: str = ""
    agencies: Q | None = None


def reach_of(user: User, at: datetime) -> Q | None:
    """Return an overseer's reach for `DutyFilter.agencies`; None for the whole country."""
    return (
        None
        if user.oversees_the_country(at)
        else in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
    )


class DaysLate(Func):
    """`cycles.calendar.days_late` in SQL: the 24-hour periods begun between an instant and a
    closing, 0 before it.
    """

    template = "GREATEST(FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)) / 86400)::int + 1, 0)"
    arg_joiner = " - "
    output_field = IntegerField()


_NO_NUMBER, _NO_TEXT = Cast(Value(None), BigIntegerField()), Cast(Value(None), CharField())
_COLUMNS = (
    "duty",
    "row",
    "of_cycle",
    "of_year",
    "of_agency",
    "statutory_at",
    "due_at",
    "done_at",
    "days_late",
    "timeliness",
)
_NAMED = {
    "agency_code": "agency__code",
    "agency_fa": "agency__name_fa",
    "agency_en": "agency__name_en",
    "agency_key": "agency__sort_key",
    "province_fa": "agency__province__name_fa",
    "province_en": "agency__province__name_en",
}


class DutyOccurrence(TypedDict):
    """One occasion of a duty; without agency it is owed once for the whole country."""

    duty: str
    row: int
    of_cycle: int
    of_year: int
    of_agency: int | None
    statutory_at: datetime
    due_at: datetime
    done_at: datetime | None
    days_late: int
    timeliness: str
    agency_code: str | None
    agency_fa: str | None
    agency_en: str | None
    agency_key: str | None
    province_fa: str | None
    province_en: str | None


def duty_occurrences(
    asked: DutyFilter, at: datetime, *, names: bool = True
) -> QuerySet[Model, DutyOccurrence]:
    """Return every occasion asked about in one query; without `names` those columns are missing."""
    parts = []
    for duty in DUTIES.values():
        if asked.duty and asked.duty != duty.code:
            continue
        if duty.once_a_year and asked.agencies is None:
            parts.append(_columns(duty, duty.once_a_year(), asked, at, names))
        if duty.by_agency:
            parts.append(_columns(duty, duty.by_agency(), asked, at, names))
    if not parts:
        parts = [_columns(next(iter(DUTIES.values())), general_sets().none(), asked, at, names)]
    first, *others = parts
    return first.union(*others, all=True)


def _columns(
    duty: Duty, rows: Occasions, asked: DutyFilter, at: datetime, names: bool
) -> QuerySet[Model, DutyOccurrence]:
    if rows.model is Cycle:
        rows = rows.annotate(of_agency=_NO_NUMBER)
        named: dict[str, Combinable] = dict.fromkeys(_NAMED, _NO_TEXT)
    else:
        rows = rows.annotate(of_cycle=F("cycle"), of_year=F("cycle__year"), of_agency=F("agency"))
        rows = rows.filter(asked.agencies) if asked.agencies is not None else rows
        named = {name: F(path) for name, path in _NAMED.items()}
    if "row" not in rows.query.annotations:
        rows = rows.annotate(row=F("pk"))
    if asked.cycles is not None:
        rows = rows.filter(of_cycle__in=asked.cycles)
    is_done = Q(done_at__lte=at)
    rows = rows.annotate(
        duty=Value(duty.code.value, CharField()),
        days_late=DaysLate(Least("done_at", Value(at)), "due_at"),
        timeliness=Case(
            When(is_done & Q(days_late=0), then=Value(Timeliness.IN_TIME.value)),
            When(is_done, then=Value(Timeliness.LATE.value)),
            When(days_late=0, then=Value(Timeliness.WAITING.value)),
            default=Value(Timeliness.OVERDUE.value),
            output_field=CharField(),
        ),
    )
    if asked.timeliness:
        rows = rows.filter(timeliness=asked.timeliness)
    columns = list(_COLUMNS)
    if names:
        rows = rows.annotate(**named)
        columns += _NAMED
    return cast("QuerySet[Model, DutyOccurrence]", rows.order_by().values(*columns))


# --- Counted by duty and year -------------------------------------------------------------------


@dataclass(frozen=True)
class DutySummary:
    """A duty of one year over all its occasions; `median` is of those that are late, `worst` the
    largest days late.
    """

    duty: Duty
    cycle_id: int
    year: int
    total: int
    in_time: int
    late: int
    overdue: int
    waiting: int
    agencies_overdue: int
    worst: int
    worst_overdue: int
    median: Decimal | None
    due_from: datetime
    due_at: datetime
    first_at: datetime | None
    last_at: datetime | None

    @property
    def is_done(self) -> bool:
        return not self.still

    @property
    def done(self) -> int:
        return self.in_time + self.late

    @property
    def still(self) -> int:
        """Count the occasions that still wait, due or not."""
        return self.waiting + self.overdue

    @property
    def lates(self) -> int:
        """Count the occasions that are late, done by now or not."""
        return self.late + self.overdue


_SUMMARY = """
    SELECT duty AS duty_code,
           of_cycle AS cycle_id,
           of_year AS year,
           count(*) AS total,
           count(*) FILTER (WHERE timeliness = 'in_time') AS in_time,
           count(*) FILTER (WHERE timeliness = 'late') AS late,
           count(*) FILTER (WHERE timeliness = 'overdue') AS overdue,
           count(*) FILTER (WHERE timeliness = 'waiting') AS waiting,
           count(of_agency) FILTER (WHERE timeliness = 'overdue') AS agencies_overdue,
           max(days_late) AS worst,
           COALESCE(max(days_late) FILTER (WHERE timeliness = 'overdue'), 0) AS worst_overdue,
           exact_quantile(
               array_agg(days_late::numeric ORDER BY days_late) FILTER (WHERE days_late > 0), 0.5
           )::numeric(8, 1) AS median,
           min(due_at) AS due_from,
           max(due_at) AS due_at,
           min(done_at) FILTER (WHERE timeliness IN ('in_time', 'late')) AS first_at,
           max(done_at) FILTER (WHERE timeliness IN ('in_time', 'late')) AS last_at
    FROM ({occasions}) AS occasion
    WHERE %s::bigint[] IS NULL OR of_cycle = ANY(%s)
    GROUP BY duty, of_cycle, of_year
"""


@cache
def _question_of_the_country() -> Planned:
    """Compose the question about every occasion in the country once: writing and planning it take
    several times as long as its answer.
    """
    moment = datetime(1, 1, 1, tzinfo=UTC)  # holds the place of the moment asked about
    sql, params = duty_occurrences(DutyFilter(), moment, names=False).query.sql_with_params()
    places = [Slot("at") if value == moment else value for value in params]
    return Planned(_SUMMARY.format(occasions=sql), (*places, Slot("cycles"), Slot("cycles")))


def summary(asked: DutyFilter, at: datetime) -> list[DutySummary]:
    """Sum up each duty of each year asked about, newest year first, in the order of the year; one
    query of any size.
    """
    cycles = None if asked.cycles is None else list(asked.cycles)
    if asked == DutyFilter(cycles=asked.cycles):
        sql, params = _question_of_the_country().ask(connection, {"at": at, "cycles": cycles})
    else:
        try:
            occasion, params = duty_occurrences(asked, at, names=False).query.sql_with_params()
        except EmptyResultSet:
            return []
        sql, params = _SUMMARY.format(occasions=occasion), (*params, cycles, cycles)
    counted = []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            counted.append(DutySummary(duty=DUTIES[row.pop("duty_code")], **row))
    order = list(DUTIES)
    return sorted(counted, key=lambda c: (-c.year, order.index(c.duty.code)))
