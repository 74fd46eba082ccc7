"""The files in which publishers bring their indices out: for each a form of columns, and what a row
of it says.

Pure: from rows to values. Formats are described in docs/indices.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import latin_digits, parse_decimal
from cycles.spreadsheets.sheets import Column, Form, Row, Sheet, Wrong
from festival.countries import letters
from indicators.scoring.exact import Rounding, parsed

PLACES = Rounding(8)
MOST = Decimal(10) ** 9
EMPTY = frozenset({"", "-", "..", "…", "n/a", "na", "null"})
"""How publishers write that there is no figure."""


@dataclass(frozen=True)
class Given:
    """What a row says of one country in one year; neither score nor rank: the publisher does not
    cover it.
    """

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
    """What a whole file says, the cells that are wrong, and how many rows are about groups of
    countries.

    `unknown` are the names by which no country is known, each once, in the order of the file.
    """

    given: list[Given] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    groups: int = 0
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PublishedRow(Row):
    """A row of a file in our columns; `called` says how the file itself calls those that it calls
    otherwise.
    """

    called: Mapping[str, str] = field(default_factory=dict)


class _UnknownCountry(ValueError):
    """Nobody knows the country that a row is about."""


@dataclass(frozen=True)
class Publisher:
    """A kind of file: the columns that say the country (by letters, by name), year, score and rank.

    `is_whole`: it names every country that the publisher covers, so that they may be counted.
    Without a column for the year the file is one edition, and its year is asked for.

    `aliases` are other names of our columns, in small letters. `by_year` are patterns of columns
    that hold one of ours for the year they name. `part` is the column that says which of several
    indices a row is about.
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
    aliases: Mapping[str, str] = field(default_factory=dict)
    by_year: Mapping[str, str] = field(default_factory=dict)
    part: str = ""

    @property
    def required(self) -> list[str]:
        """The columns without which a file is of another kind."""
        return [column.name for column in self.form.columns if column.required]

    def is_of(self, row: Row, part: str) -> bool:
        """Whether a row of a file on several indices is about the one that is asked for."""
        return (
            not self.part or not row.cells.get(self.part) or row.cells[self.part].casefold() == part
        )


def _columns(required: str, others: str) -> tuple[Column, ...]:
    return tuple(Column(name, required=True) for name in required.split("|")) + tuple(
        Column(name) for name in others.split("|") if name
    )


GENERIC = Form(
    "index",
    1,
    (
        Column(
            "country",
            _("Three letters of the country (ISO 3166-1), or its name"),
            required=True,
            example="IRN",
        ),
        Column("year", _("Year of the edition; empty: the year typed on the page"), example="2024"),
        Column(
            "score", _("Score as published; empty where only the rank is known"), example="0.65639"
        ),
        Column("rank", _("Rank as published; empty where there is none"), example="101"),
    ),
    needs_version=False,
)
FSI_PARTS = (
    "c1: security apparatus|c2: factionalized elites|c3: group grievance|e1: economy|e2: "
    "economic inequality"
    "|e3: human flight and brain drain|p1: state legitimacy|p2: public services|p3: human rights"
    "|s1: demographic pressures|s2: refugees and idps|x1: external intervention"
)

PUBLISHERS: Mapping[str, Publisher] = {
    p.code: p
    for p in (
        Publisher(
            "table",
            _("Any table of countries, scores and ranks"),
            GENERIC,
            score="score",
            rank="rank",
            name="country",
            year="year",
            is_whole=False,
        ),
        Publisher(
            "hdi",
            _("Human Development Index, time series of all countries"),
            Form(
                "hdi",
                1,
                _columns(
                    "iso3|year|hdi",
                    "country|hdi_group|region|life_expectancy|expected_schooling|mean_schooling|gni_per_capita_ppp2017|rank",
                ),
                needs_version=False,
            ),
            score="hdi",
            rank="rank",
            letters="iso3",
            name="country",
            year="year",
            by_year={"hdi": r"hdi_(\d{4})", "rank": r"(?:hdi_)?rank_(\d{4})"},
            is_group=lambda row: bool(re.fullmatch(r"ZZ[A-Z]\..+", row.cells["iso3"])),
        ),
        Publisher(
            "egdi",
            _("E-Government Development Index, all surveys"),
            Form(
                "egdi",
                1,
                _columns("year|country|egdi", "iso3|osi|hci|tii|e_participation|rank"),
                needs_version=False,
            ),
            score="egdi",
            rank="rank",
            letters="iso3",
            name="country",
            year="year",
            aliases={
                "survey year": "year",
                "country name": "country",
                "country code": "iso3",
                "e-government index": "egdi",
                "e-government development index": "egdi",
                "e-government rank": "rank",
                "e-participation index": "e_participation",
                "online service index": "osi",
                "human capital index": "hci",
                "telecommunication infrastructure index": "tii",
            },
        ),
        Publisher(
            "cpi",
            _("Corruption Perceptions Index, workbook of one or several years"),
            Form("cpi", 1, _columns("country|score", "iso3|year|rank"), needs_version=False),
            score="score",
            rank="rank",
            letters="iso3",
            name="country",
            year="year",
            aliases={
                "country / territory": "country",
                "country/territory": "country",
                "jurisdiction": "country",
                "wb code": "iso3",
                "iso code": "iso3",
                "country code": "iso3",
                "cpi score": "score",
            },
            by_year={
                "score": r"cpi ?score ?(\d{4})|cpi ?(\d{4}) score",
                "rank": r"(?:cpi )?rank ?(\d{4})",
            },
        ),
        Publisher(
            "wgi",
            _("Worldwide Governance Indicators, one indicator or all"),
            Form(
                "wgi", 1, _columns("country|estimate", "iso3|year|indicator"), needs_version=False
            ),
            score="estimate",
            letters="iso3",
            name="country",
            year="year",
            part="indicator",
            aliases={
                "countryname": "country",
                "country name": "country",
                "country/territory": "country",
                "economy": "country",
                "code": "iso3",
                "country code": "iso3",
                "wbcode": "iso3",
                "wb code": "iso3",
                "economy (code)": "iso3",
                "time": "year",
            },
            by_year={"estimate": r"(?:estimate_?|yr_?)?(\d{4})(?: \[yr\d{4}\])?"},
        ),
        Publisher(
            "fsi",
            _("Fragile States Index, one year"),
            Form(
                "fsi", 1, _columns("country|total", f"year|rank|{FSI_PARTS}"), needs_version=False
            ),
            score="total",
            rank="rank",
            name="country",
            year="year",
            aliases={"country name": "country", "total score": "total"},
        ),
    )
}
"""The formats that are read, by their code."""


def told(publisher: Publisher, sheet: Sheet, *, year: int | None, part: str = "") -> Told:
    """What a file says; `year` is that of rows which name none. Every row that is wrong is named
    with its reason.

    Of a file on several indices only the rows of the `part` asked for are read.
    """
    found, seen = Told(wrong=list(sheet.errors)), set()
    unread = {error["row"] for error in sheet.errors}
    for row in sheet.rows:
        if not publisher.is_of(row, part):
            continue
        if publisher.is_group(row):
            found.groups += 1
        elif str(row.number) not in unread:
            try:
                said = _given(publisher, sheet, row, year)
            except _UnknownCountry as unknown:
                _pass_over(found, sheet, row, publisher, str(unknown))
                continue
            if not isinstance(said, Given):
                found.wrong.append(said)
            elif (said.country, said.year) in seen:
                column = publisher.letters or publisher.name
                found.wrong.append(
                    sheet.wrong(
                        row.number, column, gettext("This country stands twice for this year.")
                    )
                )
            else:
                seen.add((said.country, said.year))
                found.given.append(said)
    found.wrong.sort(key=lambda error: int(error["row"] or 0))
    return found


def _pass_over(found: Told, sheet: Sheet, row: Row, publisher: Publisher, name: str) -> None:
    """Name a country that nobody knows, once for all its years."""
    if name not in found.unknown:
        found.unknown.append(name)
        column = publisher.letters if row.cells.get(publisher.letters) == name else publisher.name
        sentence = gettext("No country is known by “%(name)s”.") % {"name": name}
        found.wrong.append(sheet.wrong(row.number, _called(row, column), sentence))


def _called(row: Row, column: str) -> str:
    """The column as the file calls it."""
    return row.called.get(column, column) if isinstance(row, PublishedRow) else column


def _given(publisher: Publisher, sheet: Sheet, row: Row, year: int | None) -> Given | Wrong:
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
        return sheet.wrong(row.number, _called(row, column), str(unfit))
    return Given(row.number, country, of, score, rank)


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
    """A score, rounded half-up to the 8 places that are kept: files carry the noise of binary
    numbers.
    """
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
    """A rank, whole and from 1 on; publishers write 1st, 2nd, 3rd, too, and mark a shared one, as
    in 4=.
    """
    if text.lower() in EMPTY:
        return None
    plain = re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th|=|\.0+)?", latin_digits(text).lower())
    if plain is None or int(plain[1]) == 0:
        raise _Unfit("rank", gettext("This is not a rank: a whole number from 1 on is expected."))
    return int(plain[1])
