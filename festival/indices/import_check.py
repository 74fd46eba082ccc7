"""What a publisher's file would do to the register, before it does it: values new, changed or the
same, wrong rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agencies.persian import localised
from cycles.spreadsheets.dry_run import Check
from cycles.spreadsheets.sheet_files import plain
from cycles.spreadsheets.sheets import Sheet
from cycles.workflow import Refused
from festival.countries import name_of
from festival.indices.merging import Weighed, held_values, weigh
from festival.indices.publishers import Given, Publisher, told
from festival.models import Index, IndexValue, year_label


@dataclass(frozen=True)
class Line:
    """A row of a file as the page of the trial names it."""

    given: Given

    def __str__(self) -> str:
        said = f"{name_of(self.given.country)} · {year_label(self.given.year)}"
        if not self.given.is_covered:
            return f"{said} · {IndexValue.State.NOT_COVERED.label}"
        score = localised(self.given.score) if self.given.score is not None else ""
        rank = _("rank %(rank)s") % {"rank": localised(self.given.rank)} if self.given.rank else ""
        return " · ".join(filter(None, (said, score, rank)))


@dataclass
class Intake(Check):
    """What a publisher's file would do; `unknown` are the names by which no country is known."""

    unknown: Sequence[str] = ()

    @property
    def lacks_countries_alone(self) -> bool:
        """Whether all that is wrong is that some countries are not known."""
        return bool(self.unknown) and len(self.unknown) == len(self.errors)


def check(publisher: Publisher, index: Index, sheet: Sheet, *, year: int | None) -> Intake:
    """What the file would do; one query."""
    read, held = told(publisher, sheet, year=year, part=part_of(index)), held_values(index)
    left_out = len({error["row"] for error in read.wrong if error["row"]})
    found = Intake(errors=read.wrong, left_out=left_out, unknown=read.unknown)
    for given in read.given:
        before = held.get((given.year, given.country))
        weighed = weigh(before, given)
        found.taken.append((given.row, given))
        if before is None:
            found.new.append({"row": given.row, "object": Line(given)})
        elif weighed.kind == "same":
            found.unchanged += 1
        else:
            found.changed.append(
                {"row": given.row, "object": Line(given), "changes": _changes(before, weighed)}
            )
    return found


def checked_again(
    publisher: Publisher, index: Index, sheet: Sheet, *, year: int | None, as_checked: str | None
) -> Sequence[Given]:
    """What the file says, if it would still do exactly what was shown; call it in the transaction
    of the act.
    """
    found = check(publisher, index, sheet, year=year)
    if found.digest != as_checked and (found.errors or as_checked is not None):
        raise Refused(
            _("What the file would do has changed since it was checked; please check it again.")
        )
    return [given for _row, given in found.taken]


def part_of(index: Index) -> str:
    """By which name the publisher of several indices in one file calls this one: "ge" of WGI-GE."""
    return index.code.rpartition("-")[2].casefold()


def counted(
    publisher: Publisher, index: Index, sheet: Sheet, *, year: int | None, typed: int | None = None
) -> Mapping[int, int]:
    """How many countries each year of the file covers, as typed or counted; nothing where it need
    not name them all.
    """
    read = told(publisher, sheet, year=year, part=part_of(index))
    counts = Counter(given.year for given in read.given if given.is_covered)
    if typed is not None:
        return dict.fromkeys(counts, typed)
    return counts if publisher.is_whole else {}


def _changes(before: IndexValue, after: Weighed) -> list[dict[str, str]]:
    """What is held beside what the file says, as it writes them and as the reader does."""
    pairs: list[tuple[str, Any, Any]] = [
        ("score", before.score, after.score),
        ("rank", before.rank, after.rank),
    ]
    return [
        {
            "column": column,
            "before": plain(was),
            "after": plain(becomes),
            "was": _shown(was),
            "becomes": _shown(becomes),
        }
        for column, was, becomes in pairs
        if was != becomes
    ]


def _shown(value: Decimal | int | None) -> str:
    return "" if value is None else localised(value)
