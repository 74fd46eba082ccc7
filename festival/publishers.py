"""The files in which publishers bring their indices out: for each a form of columns, and what a row of it says.

Pure: from rows to values. Formats are described in docs/indices.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.text import latin_digits, parse_decimal
from cycles.sheets import Column, Form, Row, Sheet, Wrong
from festival.countries import letters
from indicators.exact import Rounding, parsed

PLACES = Rounding(8)
MOST = Decimal(10) ** 9
EMPTY = frozenset({"", "-", "..", "…", "n/a", "na", "null"})
"""How publishers write that there is no figure."""


@dataclass(frozen=True)
class Given:
    """What a row says of one country in one year; neither score nor rank: the publisher does not cover it."""

    row: int
    country: str
    year: int
    score: Decimal | None
    rank: int | None

    @property
    def is_covered(self) -> bool:
        return self.score is not None or self.rank is not None


@dataclass
class Told:
    """What a whole file says, the cells that are wrong, and how many rows are about groups of countries."""

    given: list[Given] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    groups: int = 0


@dataclass(frozen=True)
class Publisher:
    """A kind of file: the columns that say the country (by letters, by name), year, score and rank.

    `is_whole`: it names every country that the publisher covers, so that they may be counted. Without a column for the
    year the file is one edition, and its year is asked for.
    """

    code: str
    label: str | Promise
    form: Form
    score: str
    rank: str = ""
    letters: str = ""
    name: str = ""
    year: str = ""
    is_whole: bool = True
    is_group: Callable[[Row], bool] = lambda row: False


def _columns(required: str, others: str) -> tuple[Column, ...]:
    return tuple(Column(name, required=True) for name in required.split("|")) + tuple(
        Column(name) for name in others.split("|") if name
    )


GENERIC = Form(
    "index",
    1,
    (
        Column("country", _("Three letters of the country (ISO 3166-1), or its name"), required=True, example="IRN"),
        Column("year", _("Year of the edition; empty: the year typed on the page"), example="2024"),
        Column("score", _("Score as published; empty where only the rank is known"), example="0.65639"),
        Column("rank", _("Rank as published; empty where there is none"), example="101"),
    ),
    needs_version=False,
)
FSI_PARTS = (
    "c1: security apparatus|c2: factionalized elites|c3: group grievance|e1: economy|e2: economic inequality"
    "|e3: human flight and brain drain|p1: state legitimacy|p2: public services|p3: human rights"
    "|s1: demographic pressures|s2: refugees and idps|x1: external intervention"
)

PUBLISHERS: Mapping[str, Publisher] = {
    p.code: p
    for p in (
        Publisher(
            "table", _("Any table of countries, scores and ranks"), GENERIC,
            score="score", rank="rank", name="country", year="year", is_whole=False,
        ),
        Publisher(
            "hdi", _("Human Development Index, time series of all countries"),
            Form(
                "hdi", 1,
                _columns(
                    "iso3|year|hdi",
                    "country|hdi_group|region|life_expectancy|expected_schooling|mean_schooling|gni_per_capita_ppp2017|rank",
                ),
                needs_version=False,
            ),
            score="hdi", rank="rank", letters="iso3", name="country", year="year",
            is_group=lambda row: bool(re.fullmatch(r"ZZ[A-Z]\..+", row.cells["iso3"])),
        ),
        Publisher(
            "egdi", _("E-Government Development Index, all surveys"),
            Form(
                "egdi", 1,
                _columns("year|country|egdi", "iso3|osi|hci|tii|e_participation|rank"),
                needs_version=False,
            ),
            score="egdi", rank="rank", letters="iso3", name="country", year="year",
        ),
        Publisher(
            "fsi", _("Fragile States Index, one year"),
            Form("fsi", 1, _columns("country|total", f"year|rank|{FSI_PARTS}"), needs_version=False),
            score="total", rank="rank", name="country", year="year",
        ),
    )
}  # fmt: skip
"""The formats that are read, by their code."""


def told(publisher: Publisher, sheet: Sheet, *, year: int | None) -> Told:
    """What a file says; `year` is that of rows which name none. Every row that is wrong is named with its reason."""
    found, seen = Told(wrong=list(sheet.errors)), set()
    unread = {error["row"] for error in sheet.errors}
    for row in sheet.rows:
        if publisher.is_group(row):
            found.groups += 1
        elif str(row.number) not in unread:
            said = _given(publisher, sheet, row, year)
            if not isinstance(said, Given):
                found.wrong.append(said)
            elif (said.country, said.year) in seen:
                column = publisher.letters or publisher.name
                found.wrong.append(sheet.wrong(row.number, column, gettext("This country stands twice for this year.")))
            else:
                seen.add((said.country, said.year))
                found.given.append(said)
    found.wrong.sort(key=lambda error: int(error["row"] or 0))
    return found


def _given(publisher: Publisher, sheet: Sheet, row: Row, year: int | None) -> Given | Wrong:
    cells = row.cells
    code, name = cells.get(publisher.letters, ""), cells.get(publisher.name, "")
    country = letters(code, name)
    if not country:
        column = publisher.letters if code and publisher.letters in cells else publisher.name
        return sheet.wrong(row.number, column, gettext("No country is known by “%(name)s”.") % {"name": code or name})
    try:
        of = _year(cells.get(publisher.year, ""), year)
        score, rank = _score(cells.get(publisher.score, "")), _rank(cells.get(publisher.rank, ""))
    except _Unfit as unfit:
        column = {"year": publisher.year, "score": publisher.score, "rank": publisher.rank}[unfit.what]
        return sheet.wrong(row.number, column, str(unfit))
    return Given(row.number, country, of, score, rank)


class _Unfit(ValueError):
    def __init__(self, what: str, sentence: str) -> None:
        self.what = what
        super().__init__(sentence)


def _year(text: str, typed: int | None) -> int:
    text = latin_digits(text)
    if not text and typed is not None:
        return typed
    if not re.fullmatch(r"(19|20)\d\d", text):
        raise _Unfit("year", gettext("Give the year of the edition, such as 2024."))
    return int(text)


def _score(text: str) -> Decimal | None:
    """A score, rounded half-up to the 8 places that are kept: files carry the noise of binary numbers."""
    if text.lower() in EMPTY:
        return None
    try:
        exact = parsed(text) if "e" in text.lower() else parsed(f"{parse_decimal(text):f}")
    except ValueError as error:
        raise _Unfit("score", gettext("This is not a score: one number is expected.")) from error
    if abs(exact) >= MOST:
        raise _Unfit("score", gettext("This score is too large."))
    return Decimal(f"{PLACES.units(exact)}E-{PLACES.digits}")


def _rank(text: str) -> int | None:
    """A rank, whole and from 1 on; publishers write 1st, 2nd, 3rd, too, and mark a shared one, as in 4=."""
    if text.lower() in EMPTY:
        return None
    plain = re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th|=|\.0+)?", latin_digits(text).lower())
    if plain is None or int(plain[1]) == 0:
        raise _Unfit("rank", gettext("This is not a rank: a whole number from 1 on is expected."))
    return int(plain[1])
