"""How fast the scoring of a cycle goes, and whether it will be done in time.

Progress is settled lines of those due. Pace is lines settled in the last seven days, a day; at that
pace the rest takes so many days more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from cycles.calendar import days_late
from indicators.scoring.methods import half_up
from submissions.progress.agency_rows import WEEK
from submissions.progress.queries import Tally


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


def together(tallies: Iterable[Tally], *, at: datetime, closes_at: datetime | None) -> Pace:
    """Work out the pace of the agencies that have signed, taken together."""
    due = [tally for tally in tallies if tally.is_due]
    done = sum(tally.settled for tally in due)
    lines = sum(tally.lines for tally in due)
    lately = sum(tally.lately for tally in due)
    return pace(done, lines, lately, at=at, closes_at=closes_at)


def by_province(tallies: Iterable[Tally]) -> dict[str, list[Tally]]:
    """Group the agencies that have signed by the name of their province, national ones under ""."""
    found: dict[str, list[Tally]] = {}
    for tally in tallies:
        if tally.is_due:
            found.setdefault(tally.province, []).append(tally)
    return found
