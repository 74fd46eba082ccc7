"""What a publisher's file says of each country and year; what is wrong with a row is named.

Pure: from rows to values. Formats are described in docs/indices.md.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext

from agencies.persian import latin_digits, parse_decimal
from cycles.spreadsheets.sheets import Sheet, SheetRow, Wrong
from festival.countries import letters
from festival.indices.publishers import PublishedRow, Publisher
from indicators.scoring.exact import Rounding, parse_fraction

PLACES = Rounding(8)
MOST = Decimal(10) ** 9
EMPTY = frozenset({"", "-", "..", "…", "n/a", "na", "null"})
"""How publishers write that there is no figure."""


@dataclass(frozen=True)
class PublishedValue:
    """Score and rank of one country in one year; neither: the publisher does not cover it."""

    row: int
    country: str
    year: int
    score: Decimal | None
    rank: int | None

    @property
    def is_covered(self) -> bool:
        return self.score is not None or self.rank is not None


@dataclass
class PublishedFile:
    """The values of a whole file, its wrong cells, and its number of rows on groups of countries.

    `unknown` are the names by which no country is known, each once, in the order of the file.
    """

    values: list[PublishedValue] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    groups: int = 0
    unknown: list[str] = field(default_factory=list)


class _UnknownCountry(ValueError):
    """Nobody knows the country that a row is about."""


def read_values(
    publisher: Publisher, sheet: Sheet, *, year: int | None, part: str = ""
) -> PublishedFile:
    """Read the values of a file; `year` is that of rows without one. Wrong rows are named with why.

    Of a file on several indices only the rows of the `part` asked for are read.
    """
    found, seen = PublishedFile(wrong=list(sheet.errors)), set()
    unread = {error["row"] for error in sheet.errors}
    for row in sheet.rows:
        if not publisher.is_of(row, part):
            continue
        if publisher.is_group(row):
            found.groups += 1
        elif str(row.number) not in unread:
            try:
                value = _value(publisher, sheet, row, year)
            except _UnknownCountry as unknown:
                _pass_over(found, sheet, row, publisher, str(unknown))
                continue
            if not isinstance(value, PublishedValue):
                found.wrong.append(value)
            elif (value.country, value.year) in seen:
                column = publisher.letters or publisher.name
                found.wrong.append(
                    sheet.wrong(
                        row.number, column, gettext("This country stands twice for this year.")
                    )
                )
            else:
                seen.add((value.country, value.year))
                found.values.append(value)
    found.wrong.sort(key=lambda error: int(error["row"] or 0))
    return found


def _pass_over(
    found: PublishedFile, sheet: Sheet, row: SheetRow, publisher: Publisher, name: str
) -> None:
    """Name a country that nobody knows, once for all its years."""
    if name not in found.unknown:
        found.unknown.append(name)
        column = publisher.letters if row.cells.get(publisher.letters) == name else publisher.name
        sentence = gettext("No country is known by “%(name)s”.") % {"name": name}
        found.wrong.append(sheet.wrong(row.number, _name_in_file(row, column), sentence))


def _name_in_file(row: SheetRow, column: str) -> str:
    """Return the name by which the file calls a column."""
    return row.called.get(column, column) if isinstance(row, PublishedRow) else column


def _value(
    publisher: Publisher, sheet: Sheet, row: SheetRow, year: int | None
) -> PublishedValue | Wrong:
    cells = row.cells
    code, name = cells.get(publisher.letters, ""), cells.get(publisher.name, "")
    country = letters(code, name)
    if not country:
        raise _UnknownCountry(name or code)
    try:
        of = _year(cells.get(publisher.year, ""), year)
        score, rank = _score(cells.get(publisher.score, "")), _rank(cells.get(publisher.rank, ""))
    except _Unfit as unfit:
        column = {"year": publisher.year, "score": publisher.score, "rank": publisher.rank}[
            unfit.what
        ]
        return sheet.wrong(row.number, _name_in_file(row, column), str(unfit))
    return PublishedValue(row.number, country, of, score, rank)


class _Unfit(ValueError):
    def __init__(self, what: str, sentence: str) -> None:
        self.what = what
        super().__init__(sentence)


def _year(text: str, typed: int | None) -> int:
    text = latin_digits(text)
    if not text and typed is not None:
        return typed
    dated = re.fullmatch(
        r"((?:19|20)\d\d)(?:\.0+|-\d\d?-\d\d?.*)?|\d\d?/\d\d?/((?:19|20)\d\d)", text
    )
    if dated is None:
        raise _Unfit("year", gettext("Give the year of the edition, such as 2024."))
    return int(dated[1] or dated[2])


def _score(text: str) -> Decimal | None:
    """Read a score, rounded half-up to the 8 places that are kept: files carry the noise of binary
    numbers.
    """
    if text.lower() in EMPTY:
        return None
    try:
        exact = (
            parse_fraction(text)
            if "e" in text.lower()
            else parse_fraction(f"{parse_decimal(text):f}")
        )
    except ValueError as error:
        raise _Unfit("score", gettext("This is not a score: one number is expected.")) from error
    if abs(exact) >= MOST:
        raise _Unfit("score", gettext("This score is too large."))
    return Decimal(f"{PLACES.units(exact)}E-{PLACES.digits}")


def _rank(text: str) -> int | None:
    """Read a rank, whole and from 1 on; publishers write 1st, 2nd, 3rd, too, and mark a shared one,
    as in 4=.
    """
    if text.lower() in EMPTY:
        return None
    plain = re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th|=|\.0+)?", latin_digits(text).lower())
    if plain is None or int(plain[1]) == 0:
        raise _Unfit("rank", gettext("This is not a rank: a whole number from 1 on is expected."))
    return int(plain[1])
