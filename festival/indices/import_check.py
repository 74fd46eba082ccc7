"""What a publisher's file would do to the register, before it does it: values new, changed or the
same, wrong rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from agencies.persian import in_locale
from cycles.spreadsheets.dry_run import Check
from cycles.spreadsheets.row_changes import CellChange
from cycles.spreadsheets.sheet_files import plain
from cycles.spreadsheets.sheets import Sheet
from cycles.workflow import Refused
from festival.countries import name_of
from festival.indices.merging import Comparison, compare_with_stored, stored_values
from festival.indices.published_values import PublishedValue, read_values
from festival.indices.publishers import Publisher
from festival.models import Index, IndexValue, year_label


@dataclass(frozen=True)
class NamedValue:
    """A published value as the page of the dry run names it."""

    value: PublishedValue

    def __str__(self) -> str:
        value = self.value
        name = f"{name_of(value.country)} · {year_label(value.year)}"
        if not value.is_covered:
            return f"{name} · {IndexValue.State.NOT_COVERED.label}"
        score = in_locale(value.score) if value.score is not None else ""
        rank = _("rank %(rank)s") % {"rank": in_locale(value.rank)} if value.rank else ""
        return " · ".join(filter(None, (name, score, rank)))


@dataclass
class IndexImportCheck(Check):
    """What a publisher's file would do; `unknown` are the names by which no country is known."""

    unknown: Sequence[str] = ()

    @property
    def lacks_countries_alone(self) -> bool:
        """Say whether unknown countries are all that is wrong."""
        return bool(self.unknown) and len(self.unknown) == len(self.errors)


def check(
    publisher: Publisher, index: Index, sheet: Sheet, *, year: int | None
) -> IndexImportCheck:
    """Compare a file with the register; one query."""
    file = read_values(publisher, sheet, year=year, part=part_of(index))
    stored = stored_values(index)
    left_out = len({error["row"] for error in file.wrong if error["row"]})
    found = IndexImportCheck(errors=file.wrong, left_out=left_out, unknown=file.unknown)
    for value in file.values:
        before = stored.get((value.year, value.country))
        comparison = compare_with_stored(before, value)
        found.taken.append((value.row, value))
        if before is None:
            found.new.append({"row": value.row, "object": NamedValue(value)})
        elif comparison.kind == "same":
            found.unchanged += 1
        else:
            changes = _changes(before, comparison)
            found.changed.append(
                {"row": value.row, "object": NamedValue(value), "changes": changes}
            )
    return found


def checked_again(
    publisher: Publisher, index: Index, sheet: Sheet, *, year: int | None, as_checked: str | None
) -> Sequence[PublishedValue]:
    """Return the file's values if it would still do what was shown; call it inside the act."""
    found = check(publisher, index, sheet, year=year)
    if found.digest != as_checked and (found.errors or as_checked is not None):
        raise Refused(
            _("What the file would do has changed since it was checked; please check it again.")
        )
    return [value for _row, value in found.taken]


def part_of(index: Index) -> str:
    """Return the name by which a publisher of several indices in one file calls this one: "ge" of
    WGI-GE.
    """
    return index.code.rpartition("-")[2].casefold()


def countries_by_year(
    publisher: Publisher, index: Index, sheet: Sheet, *, year: int | None, typed: int | None = None
) -> Mapping[int, int]:
    """Count the countries that each year of the file covers; none where it need not name all."""
    file = read_values(publisher, sheet, year=year, part=part_of(index))
    counts = Counter(value.year for value in file.values if value.is_covered)
    if typed is not None:
        return dict.fromkeys(counts, typed)
    return counts if publisher.is_whole else {}


def _changes(before: IndexValue, after: Comparison) -> list[CellChange]:
    """Set the stored score and rank beside those of the file, for machine and reader."""
    pairs: list[tuple[str, Decimal | int | None, Decimal | int | None]] = [
        ("score", before.score, after.score),
        ("rank", before.rank, after.rank),
    ]
    return [
        {
            "column": column,
            "before": plain(was),
            "after": plain(becomes),
            "was": _figure_text(was),
            "becomes": _figure_text(becomes),
        }
        for column, was, becomes in pairs
        if was != becomes
    ]


def _figure_text(value: Decimal | int | None) -> str:
    return "" if value is None else in_locale(value)
