"""The files in which publishers bring their indices out: for each a form of columns.

Formats are described in docs/indices.md; `published_values` reads the rows.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cycles.spreadsheets.sheets import Column, Form, SheetRow


@dataclass(frozen=True)
class PublishedRow(SheetRow):
    """A row of a file in our columns; `called` says how the file itself calls those that it calls
    otherwise.
    """

    called: Mapping[str, str] = field(default_factory=dict)


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
    is_group: Callable[[SheetRow], bool] = lambda row: False
    aliases: Mapping[str, str] = field(default_factory=dict)
    by_year: Mapping[str, str] = field(default_factory=dict)
    part: str = ""

    @property
    def required_columns(self) -> list[str]:
        """Name the columns without which a file is of another kind."""
        return [column.name for column in self.form.columns if column.required]

    def is_of(self, row: SheetRow, part: str) -> bool:
        """Say whether a row of a file on several indices is about the one that is asked for."""
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
                    "country|hdi_group|region|life_expectancy|expected_schooling|mean_schooling"
                    "|gni_per_capita_ppp2017|rank",
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
