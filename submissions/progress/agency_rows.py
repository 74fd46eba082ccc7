"""The agencies of a cycle by how far they are, read page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db import connection
from django.utils.translation import gettext_lazy as _

from agencies.persian import local_name
from cycles.models import Cycle
from submissions.models import SEEN_AFTER_SIGNING

WEEK = timedelta(days=7)

AGENCIES = """
    SELECT p.id AS participation, p.name_fa, p.name_en, p.sort_key, p.search_key,
           pv.name_fa AS province_fa, pv.name_en AS province_en,
           s.id AS submission, COALESCE(s.state, '') AS state
    FROM cycles_participation p
    JOIN agencies_agency ag ON ag.id = p.agency_id
    LEFT JOIN agencies_province pv ON pv.id = ag.province_id
    LEFT JOIN submissions_submission s
        ON s.participation_id = p.id AND s.cycle_id = p.cycle_id
    WHERE p.cycle_id = %(cycle)s AND p.ended_by_id IS NULL
          AND (%(provinces)s::bigint[] IS NULL OR ag.province_id = ANY(%(provinces)s::bigint[]))
          AND strpos(p.search_key, %(name)s) > 0
          AND (%(state)s::text IS NULL OR COALESCE(s.state, '') = %(state)s::text)
"""
"""The agencies of a cycle that were asked for."""

_PROGRESS = """
    SELECT agency.*, line.lines, line.own, line.complete, line.settled, line.lately,
           line.unsupplied, block.blocks, block.handed_in, block.marked,
           (
               SELECT count(*) FROM submissions_reconciliation r
               WHERE r.submission_id = agency.submission AND r.state <> 'agreed'
           ) AS apart,
           (
               SELECT count(*) FROM submissions_clarification q
               WHERE q.submission_id = agency.submission AND q.state = 'asked'
           ) AS asked
    FROM ({agencies}) agency
    CROSS JOIN LATERAL (
        SELECT count(*) AS lines,
               count(*) FILTER (WHERE m.method <> 'steward') AS own,
               count(*) FILTER (WHERE m.method <> 'steward' AND a.lacking = '{{}}') AS complete,
               count(*) FILTER (WHERE m.method = 'steward' AND sc.id IS NULL) AS unsupplied,
               count(sc.id) AS settled,
               count(sc.id) FILTER (WHERE sc.scored_at >= %(since)s) AS lately
        FROM submissions_answer a JOIN indicators_measure m ON m.id = a.measure_id
        LEFT JOIN submissions_score sc
            ON sc.answer_id = a.id AND sc.is_current AND sc.basis <> 'self'
        WHERE a.submission_id = agency.submission
    ) line
    CROSS JOIN LATERAL (
        SELECT count(*) AS blocks, count(*) FILTER (WHERE b.state = 'handed_in') AS handed_in,
               COALESCE(sum(marks.n), 0)::bigint AS marked
        FROM submissions_block b
        CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM submissions_mark WHERE block_id = b.id
        ) marks
        WHERE b.submission_id = agency.submission
    ) block
"""
"""The agencies with what is counted of each."""


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


_HELD_UP = {
    "": "true",
    "desk": "state = ANY(%(due)s) AND blocks = 0",
    "marks": "state = ANY(%(due)s) AND handed_in < blocks",
    "apart": "apart > 0",
    "reply": "asked > 0",
    "steward": "state = ANY(%(due)s) AND unsupplied > 0",
}
"""What `waits_for` says, in SQL."""

_ORDERS = {
    "sort_key": "sort_key",
    "state": 'state COLLATE "C"',
    "complete": "complete",
    "marked": "marked",
    "handed_in": "handed_in",
    "settled": "settled",
}
_UNCOUNTED = ("sort_key", "state")
"""Orders that are known before anything is counted."""


@dataclass(frozen=True)
class AgencyRows:
    """The agencies of a cycle in the scope (`provinces` None: the whole country), by name unless
    ordered otherwise; read when they are asked for, so that a page counts the lines of its own
    agencies alone.

    `name` is part of a search key, `state` "" is of those that have not begun, `waits` one of
    `WAITS`.
    """

    cycle: Cycle
    provinces: Sequence[int] | None
    at: datetime
    name: str = ""
    state: str | None = None
    waits: str = ""
    orders: tuple[str, ...] = ()

    def order_by(self, *orders: str) -> Self:
        """Order by columns of the board, descending after a "-"; equal ones by name."""
        return replace(self, orders=orders)

    def __iter__(self) -> Iterator[Progress]:
        return iter(self[:])

    def __getitem__(self, part: slice) -> list[Progress]:
        """Read the rows of a page; one query."""
        start, cut = part.start or 0, ""
        if part.stop is not None:
            cut = f"LIMIT {int(part.stop - start)} OFFSET {int(start)}"
        order = self._order()
        agencies, rest = AGENCIES, f"WHERE {_HELD_UP[self.waits]} ORDER BY {order} {cut}"
        if not self._is_counted_first:
            agencies, rest = f"{AGENCIES} ORDER BY {order} {cut}", f"ORDER BY {order}"
        sql = f"SELECT * FROM ({_PROGRESS.format(agencies=agencies)}) progress {rest}"  # noqa: S608 -- parts of this file
        return [Progress(**row) for row in self._read(sql)]

    def count(self) -> int:
        agencies = AGENCIES
        if self.waits:
            agencies = _PROGRESS.format(agencies=agencies)
        held_up = _HELD_UP[self.waits]
        sql = f"SELECT count(*) AS n FROM ({agencies}) progress WHERE {held_up}"  # noqa: S608 -- parts of this file
        [row] = self._read(sql)
        count: int = row["n"]
        return count

    @property
    def _is_counted_first(self) -> bool:
        return bool(self.waits) or any(o.lstrip("-") not in _UNCOUNTED for o in self.orders)

    def _order(self) -> str:
        wanted = []
        for order in self.orders:
            direction = " DESC" if order.startswith("-") else ""
            wanted.append(_ORDERS[order.lstrip("-")] + direction)
        return ", ".join([*wanted, "sort_key", "participation"])

    def _read(self, sql: str) -> list[dict[str, Any]]:
        return read_rows(sql, self.cycle, self.provinces, self.at, name=self.name, state=self.state)


def of_agencies(cycle: Cycle, *, provinces: Sequence[int] | None, at: datetime) -> AgencyRows:
    """List every agency of a cycle in the scope (None: the whole country), by name."""
    return AgencyRows(cycle, provinces, at)


def read_rows(
    sql: str, cycle: Cycle, provinces: Sequence[int] | None, at: datetime, **asked: str | None
) -> list[dict[str, Any]]:
    """Answer with the rows of one query by the names of its columns."""
    params = {
        "cycle": cycle.pk,
        "provinces": None if provinces is None else list(provinces),
        "since": at - WEEK,
        "due": list(SEEN_AFTER_SIGNING),
        **asked,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor]
