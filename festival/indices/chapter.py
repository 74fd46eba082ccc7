"""The facts of the chapter on Article 83: position and rate of progress in every index, what
follows for the plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from festival.indices.queries import YEARS, Position, positions
from festival.models import Index, IndexReport, Recommendation, Region

OF_JALALI = 621
"""So much is a Jalali year before the Gregorian year in which it begins."""

T = TypeVar("T", IndexReport, Recommendation)


@dataclass(frozen=True)
class ChapterEntry:
    """One index in the chapter: its position, what its agencies report, what is recommended for the
    next plan.
    """

    position: Position
    reports: tuple[IndexReport, ...]
    recommendation: Recommendation | None


@dataclass(frozen=True)
class Chapter:
    """The whole chapter for one Jalali year, beside the countries of `region`; progress over
    `years` at the least.
    """

    year: int
    upto: int
    region: Region | None
    years: int
    rows: tuple[ChapterEntry, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether no index had come out yet."""
        return all(row.position.edition is None for row in self.rows)

    @property
    def entries_with_recommendation(self) -> tuple[ChapterEntry, ...]:
        return tuple(row for row in self.rows if row.recommendation)

    @property
    def entries_with_reports(self) -> tuple[ChapterEntry, ...]:
        return tuple(row for row in self.rows if row.reports)


def chapter(year: int, at: datetime) -> Chapter:
    """Gather the chapter for a Jalali year as it is known at a moment; eight queries, however much
    the register holds.
    """
    region = Region.objects.for_list().first()
    upto = year + OF_JALALI
    found = positions(Index.objects.followed().for_list(), region, upto=upto, at=at)
    recommended = Recommendation.objects.in_force().filter(year=year, approved_at__lte=at)
    sent = IndexReport.objects.newest().filter(year=year, sent_at__lte=at)
    texts, reports = _by_index(recommended.for_list()), _by_index(sent.for_list())
    rows = []
    for position in found:
        key = position.index.pk
        if position.edition is None and key not in texts and key not in reports:
            continue
        recommendation = next(iter(texts.get(key, ())), None)
        rows.append(ChapterEntry(position, tuple(reports.get(key, ())), recommendation))
    return Chapter(year, upto, region, YEARS, tuple(rows))


def _by_index(rows: Iterable[T]) -> Mapping[int, list[T]]:
    found: dict[int, list[T]] = {}
    for row in rows:
        found.setdefault(row.index_id, []).append(row)
    return found
