"""How far the scoring of a cycle is: the one definition that every page uses.

A line is *due* once its agency has signed, and *settled* when it has a score that is not the
agency's own: its block handed in and, where two assessors mark it, their marks come together.
A mark in a block that is not handed in settles nothing; it
is counted beside, so that a coordinator sees who works and who waits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from agencies.persian import local_name
from cycles.models import Cycle
from submissions.models import SEEN_AFTER_SIGNING
from submissions.progress.agency_rows import AGENCIES, AgencyRows, read_rows

_TALLIES = """
    WITH due AS MATERIALIZED (
        SELECT s.id FROM submissions_submission s JOIN agencies_agency ag ON ag.id = s.agency_id
        WHERE s.cycle_id = %(cycle)s AND s.state = ANY(%(due)s)
          AND (%(provinces)s::bigint[] IS NULL OR ag.province_id = ANY(%(provinces)s::bigint[]))
    ),
    line AS (
        SELECT a.submission_id, count(*) AS lines, count(sc.id) AS settled,
               count(sc.id) FILTER (WHERE sc.scored_at >= %(since)s) AS lately
        FROM due JOIN submissions_answer a ON a.submission_id = due.id
        LEFT JOIN submissions_score sc
            ON sc.answer_id = a.id AND sc.is_current AND sc.basis <> 'self'
        GROUP BY a.submission_id
    )
    SELECT agency.province_fa, agency.province_en, agency.state, count(*) AS agencies,
           COALESCE(sum(line.lines), 0)::bigint AS lines,
           COALESCE(sum(line.settled), 0)::bigint AS settled,
           COALESCE(sum(line.lately), 0)::bigint AS lately
    FROM ({agencies}) agency LEFT JOIN line ON line.submission_id = agency.submission
    GROUP BY 1, 2, 3 ORDER BY min(agency.sort_key), min(agency.participation)
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


class Tally(NamedTuple):
    """The agencies of one province that are in one state, with the lines of those that have signed;
    settled ones and those settled lately.
    """

    province_fa: str | None
    province_en: str | None
    state: str
    agencies: int
    lines: int
    settled: int
    lately: int

    @property
    def province(self) -> str:
        """The name of the province, "" of national agencies."""
        return local_name(self.province_fa or "", self.province_en or "")

    @property
    def is_due(self) -> bool:
        return self.state in SEEN_AFTER_SIGNING


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


def count_known(rows: AgencyRows, tallies: Iterable[Tally]) -> int | None:
    """Add up how many agencies were asked for, where tallies say so."""
    if rows.name or rows.waits:
        return None
    return sum(tally.agencies for tally in tallies if rows.state in (None, tally.state))


def tallies(cycle: Cycle, *, provinces: Sequence[int] | None, at: datetime) -> list[Tally]:
    """Count agencies and lines by province and state; one query."""
    sql = _TALLIES.format(agencies=AGENCIES)
    return [Tally(**row) for row in read_rows(sql, cycle, provinces, at, name="", state=None)]


def of_assessors(cycle: Cycle, *, provinces: Sequence[int] | None, at: datetime) -> list[Work]:
    """List every assessor with blocks of agencies in the scope, by name; one query."""
    return [Work(**row) for row in read_rows(_ASSESSORS, cycle, provinces, at)]
