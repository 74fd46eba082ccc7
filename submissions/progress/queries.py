"""How far the scoring of a cycle is, and whether it will be done in time: the one definition that
every page uses.

A line is *due* once its agency has signed, and *settled* when it has a score that is not the
agency's own: its block handed in and, where two assessors mark it, their marks come together.
Progress is settled lines of those due. Pace is lines settled in the last seven days, a day; at that
pace the rest takes so many days more. A mark in a block that is not handed in settles nothing; it
is counted beside, so that a coordinator sees who works and who waits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from agencies.persian import local_name
from cycles.calendar import days_late
from cycles.models import Cycle
from indicators.scoring.methods import half_up
from submissions.models import SEEN_AFTER_SIGNING

WEEK = timedelta(days=7)

_AGENCIES = """
    WITH own AS MATERIALIZED (
        SELECT s.id, s.agency_id, s.state, s.participation_id FROM submissions_submission s
        JOIN agencies_agency ag ON ag.id = s.agency_id
        WHERE s.cycle_id = %(cycle)s
          AND (%(provinces)s::bigint[] IS NULL OR ag.province_id = ANY(%(provinces)s::bigint[]))
    ),
    line AS (
        SELECT a.submission_id, count(*) AS lines,
               count(*) FILTER (WHERE m.method <> 'steward') AS own,
               count(*) FILTER (WHERE m.method <> 'steward' AND a.lacking = '{}') AS complete,
               count(*) FILTER (WHERE m.method = 'steward' AND sc.id IS NULL) AS unsupplied,
               count(sc.id) AS settled,
               count(sc.id) FILTER (WHERE sc.scored_at >= %(since)s) AS lately
        FROM own JOIN submissions_answer a ON a.submission_id = own.id
        JOIN indicators_measure m ON m.id = a.measure_id
        LEFT JOIN submissions_score sc
            ON sc.answer_id = a.id AND sc.is_current AND sc.basis <> 'self'
        GROUP BY a.submission_id
    ),
    block AS (
        SELECT b.submission_id, count(*) AS blocks,
               count(*) FILTER (WHERE b.state = 'handed_in') AS handed_in,
               sum(marks.n) AS marked
        FROM own JOIN submissions_block b ON b.submission_id = own.id
        CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM submissions_mark WHERE block_id = b.id
        ) marks
        GROUP BY b.submission_id
    ),
    apart AS (
        SELECT submission_id, count(*) AS n FROM submissions_reconciliation
        WHERE cycle_id = %(cycle)s AND state <> 'agreed' GROUP BY submission_id
    ),
    asked AS (
        SELECT submission_id, count(*) AS n FROM submissions_clarification
        WHERE cycle_id = %(cycle)s AND state = 'asked' GROUP BY submission_id
    )
    SELECT p.id AS participation, p.name_fa, p.name_en, p.sort_key, p.search_key,
           pv.name_fa AS province_fa, pv.name_en AS province_en,
           own.id AS submission, COALESCE(own.state, '') AS state,
           COALESCE(line.lines, 0) AS lines, COALESCE(line.own, 0) AS own,
           COALESCE(line.complete, 0) AS complete, COALESCE(line.settled, 0) AS settled,
           COALESCE(line.lately, 0) AS lately, COALESCE(line.unsupplied, 0) AS unsupplied,
           COALESCE(block.blocks, 0) AS blocks, COALESCE(block.handed_in, 0) AS handed_in,
           COALESCE(block.marked, 0)::bigint AS marked,
           COALESCE(apart.n, 0) AS apart, COALESCE(asked.n, 0) AS asked
    FROM cycles_participation p
    JOIN agencies_agency ag ON ag.id = p.agency_id
    LEFT JOIN agencies_province pv ON pv.id = ag.province_id
    LEFT JOIN own ON own.participation_id = p.id
    LEFT JOIN line ON line.submission_id = own.id
    LEFT JOIN block ON block.submission_id = own.id
    LEFT JOIN apart ON apart.submission_id = own.id
    LEFT JOIN asked ON asked.submission_id = own.id
    WHERE p.cycle_id = %(cycle)s AND p.ended_by_id IS NULL
          AND (%(provinces)s::bigint[] IS NULL OR ag.province_id = ANY(%(provinces)s::bigint[]))
    ORDER BY p.sort_key, p.id
"""

_ASSESSORS = """
    WITH own AS MATERIALIZED (
        SELECT b.id, b.assessor_id, b.submission_id, b.axis_id, b.is_second, b.drawn, b.state
        FROM submissions_block b JOIN agencies_agency ag ON ag.id = b.agency_id
        JOIN submissions_submission s ON s.id = b.submission_id
        JOIN cycles_participation p ON p.id = s.participation_id AND p.ended_by_id IS NULL
        WHERE b.cycle_id = %(cycle)s
          AND (%(provinces)s::bigint[] IS NULL OR ag.province_id = ANY(%(provinces)s::bigint[]))
    ),
    axis AS (
        SELECT a.submission_id, i.axis_id, count(*) AS n
        FROM submissions_answer a JOIN indicators_measure m ON m.id = a.measure_id
        JOIN indicators_indicator i ON i.id = m.indicator_id
        WHERE a.submission_id IN (SELECT submission_id FROM own) AND m.method <> 'steward'
        GROUP BY a.submission_id, i.axis_id
    )
    SELECT u.id AS person, u.name_fa, u.name_en, u.username, count(*) AS blocks,
           count(*) FILTER (WHERE own.state = 'handed_in') AS handed_in,
           sum(
               CASE WHEN own.is_second THEN cardinality(own.drawn) ELSE COALESCE(axis.n, 0) END
           )::bigint AS lines,
           sum(marks.n)::bigint AS marked, sum(marks.lately)::bigint AS lately,
           max(marks.latest) AS latest
    FROM own JOIN agencies_user u ON u.id = own.assessor_id
    LEFT JOIN axis ON axis.submission_id = own.submission_id AND axis.axis_id = own.axis_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS n, count(*) FILTER (WHERE marked_at >= %(since)s) AS lately,
               max(marked_at) AS latest
        FROM submissions_mark WHERE block_id = own.id
    ) marks
    GROUP BY u.id ORDER BY u.name_fa, u.id
"""


class Progress(NamedTuple):
    """One agency of a cycle: its lines, those it must fill in and has, those settled; what stands
    in the way.
    """

    participation: int
    name_fa: str
    name_en: str
    sort_key: str
    search_key: str
    province_fa: str | None
    province_en: str | None
    submission: int | None
    state: str
    lines: int
    own: int
    complete: int
    settled: int
    lately: int
    blocks: int
    handed_in: int
    marked: int
    apart: int
    asked: int
    unsupplied: int

    @property
    def name(self) -> str:
        return local_name(self.name_fa, self.name_en)

    @property
    def province(self) -> str:
        """The name of its province, "" of a national agency."""
        return local_name(self.province_fa or "", self.province_en or "")

    @property
    def is_due(self) -> bool:
        return self.state in SEEN_AFTER_SIGNING


WAITS = (
    ("desk", _("An assessor: nobody has its lines")),
    ("marks", _("Marks: blocks are not handed in")),
    ("apart", _("Two marks to come together")),
    ("reply", _("A reply of the agency")),
    ("steward", _("The figures of a steward")),
)
"""What the scoring of a signed self-assessment waits for."""


def waits_for(row: Progress, code: str) -> bool:
    """Say whether an agency's scoring waits for this."""
    match code:
        case "desk":
            return row.is_due and not row.blocks
        case "marks":
            return row.is_due and row.handed_in < row.blocks
        case "apart":
            return row.apart > 0
        case "reply":
            return row.asked > 0
        case "steward":
            return row.is_due and row.unsupplied > 0
    return False


class Work(NamedTuple):
    """What is on one assessor's desk in a cycle, and how far it is; `lines` counts a second
    reading's lines too.
    """

    person: int
    name_fa: str
    name_en: str
    username: str
    blocks: int
    handed_in: int
    lines: int
    marked: int
    lately: int
    latest: datetime | None

    @property
    def name(self) -> str:
        return local_name(self.name_fa or self.name_en, self.name_en) or self.username


class Pace(NamedTuple):
    """Lines done of those due, how many a day lately, how many a day are needed; when it ends at
    this pace.

    `ends_at` is None where nothing was done lately; `late` is by how many days that is after the
    closing.
    """

    done: int
    due: int
    daily: Decimal
    needed: Decimal | None
    ends_at: datetime | None
    late: int

    @property
    def percent(self) -> Decimal:
        """Done of due, half up to 1 place; 0 where nothing is due."""
        return half_up(Decimal(100 * self.done) / self.due, 1) if self.due else Decimal(0)


def of_agencies(cycle: Cycle, *, provinces: Sequence[int] | None, at: datetime) -> list[Progress]:
    """List every agency of a cycle in the scope (None: the whole country), by name; one query."""
    return [Progress(**row) for row in _rows(_AGENCIES, cycle, provinces, at)]


def of_assessors(cycle: Cycle, *, provinces: Sequence[int] | None, at: datetime) -> list[Work]:
    """List every assessor with blocks of agencies in the scope, by name; one query."""
    return [Work(**row) for row in _rows(_ASSESSORS, cycle, provinces, at)]


def _rows(
    sql: str, cycle: Cycle, provinces: Sequence[int] | None, at: datetime
) -> list[dict[str, Any]]:
    """Answer with the rows of one query by the names of its columns."""
    params = {
        "cycle": cycle.pk,
        "provinces": None if provinces is None else list(provinces),
        "since": at - WEEK,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor]


def pace(done: int, due: int, lately: int, *, at: datetime, closes_at: datetime | None) -> Pace:
    """Work out whether what is left will be done by the closing, as it went in the last
    seven days.
    """
    left = due - done
    daily = half_up(Decimal(lately) / WEEK.days, 1)
    days = None if closes_at is None else Decimal((closes_at - at) / timedelta(days=1))
    needed = half_up(left / days, 1) if days is not None and days > 0 else None
    if not left:
        return Pace(done, due, daily, needed, at, 0)
    ends_at = at + WEEK * left / lately if lately else None
    late = days_late(closes_at, ends_at) if closes_at and ends_at else 0
    return Pace(done, due, daily, needed, ends_at, late)


def together(rows: Iterable[Progress], *, at: datetime, closes_at: datetime | None) -> Pace:
    """Work out the pace of the agencies that have signed, taken together."""
    due = [row for row in rows if row.is_due]
    done = sum(row.settled for row in due)
    lines = sum(row.lines for row in due)
    lately = sum(row.lately for row in due)
    return pace(done, lines, lately, at=at, closes_at=closes_at)


def by_province(rows: Iterable[Progress]) -> dict[str, list[Progress]]:
    """Group the agencies that have signed by the name of their province, national ones under ""."""
    found: dict[str, list[Progress]] = {}
    for row in rows:
        if row.is_due:
            found.setdefault(row.province, []).append(row)
    return found
