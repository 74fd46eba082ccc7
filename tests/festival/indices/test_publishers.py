"""Publishers' files: a few typed rows of each kind everywhere, and whole files where they are at
hand.

Whole files: `../shared/data/verification` beside the repository. They are not part of it; without
them those tests are skipped, and say so.
"""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation

from cycles.spreadsheets.safety import Unreadable
from festival.countries import HOME, countries, letters, name_of, rows
from festival.indices.comparison import place_of
from festival.indices.published_values import PublishedFile, read_values
from festival.indices.publisher_files import read
from festival.indices.publishers import PUBLISHERS

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "verification"


def said(code: str, text: str | bytes, *, year: int | None = None, part: str = "") -> PublishedFile:
    """What a file of a kind says."""
    publisher = PUBLISHERS[code]
    content = text if isinstance(text, bytes) else text.encode()
    with translation.override("en"):
        return read_values(publisher, read(publisher, content, "x.csv"), year=year, part=part)


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    """A workbook of sheets, each by its name and rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows_of_sheet in sheets:
        worksheet = book.create_sheet(title)
        for row in rows_of_sheet:
            worksheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def whole(name: str) -> bytes:
    path = PUBLISHED / name
    if not path.exists():
        pytest.skip(f"the published figures are not at hand: {path}")
    return path.read_bytes()


# --- A few rows of each kind --------------------------------------------------------------------


def test_a_plain_table_says_country_score_and_rank_and_takes_its_year_from_the_page():
    found = said(
        "table", "country,score,rank\nIRN,0.65639,101\nTürkiye,,27\nایران,1,1\n", year=2024
    )

    assert [(g.country, g.year, g.score, g.rank) for g in found.values] == [
        ("IRN", 2024, Decimal("0.65639000"), 101),
        ("TUR", 2024, None, 27),
    ]
    assert [(e["row"], e["message"]) for e in found.wrong] == [
        ("4", "This country stands twice for this year.")
    ]


def test_the_human_development_file_leaves_groups_of_countries_aside():
    head = "iso3,country,hdi_group,region,year,hdi,rank\n"
    found = said(
        "hdi",
        f"{head}IRN,Iran,High,SA,2022,0.78,78\nZZK.WORLD,World,,,2022,0.739,\nMCO,Monaco,,ECA,2022,,\n",
    )

    assert [(g.country, g.score, g.rank, g.is_covered) for g in found.values] == [
        ("IRN", Decimal("0.78"), 78, True),
        ("MCO", None, None, False),
    ]
    assert (found.groups, found.wrong) == (1, [])


def test_the_e_government_file_is_freed_of_the_noise_of_binary_numbers():
    found = said(
        "egdi",
        "year,iso3,country,egdi,rank\n2010,IRN,Iran,0.42343000000000003,102\n2012,,Viet "
        "Nam,4.2e-1,83\n",
    )

    assert [(g.country, g.score) for g in found.values] == [
        ("IRN", Decimal("0.42343")),
        ("VNM", Decimal("0.42")),
    ]


def test_the_fragile_states_file_knows_countries_by_name_and_asks_for_its_year():
    head = "Country,Total,C1: Security Apparatus\n"

    without, typed = (
        said("fsi", f"{head}Iran,82.9,6.7\n"),
        said("fsi", f"{head}Iran,82.9,6.7\n", year=2024),
    )

    assert [e["message"] for e in without.wrong] == ["Give the year of the edition, such as 2024."]
    assert [(g.country, g.year, g.score, g.rank) for g in typed.values] == [
        ("IRN", 2024, Decimal("82.9"), None)
    ]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("Atlantis,2024,1,1", "country", "No country is known by “Atlantis”."),
        ("IRN,24,1,1", "year", "Give the year of the edition, such as 2024."),
        ("IRN,1403,1,1", "year", "Give the year of the edition, such as 2024."),
        ("IRN,2024,high,1", "score", "This is not a score: one number is expected."),
        ("IRN,2024,1e12,1", "score", "This score is too large."),
        ("IRN,2024,1,0", "rank", "This is not a rank: a whole number from 1 on is expected."),
        ("IRN,2024,1,1.5", "rank", "This is not a rank: a whole number from 1 on is expected."),
    ],
)
def test_every_wrong_row_is_named_with_its_number_and_reason(row, column, reason):
    found = said("table", f"country,year,score,rank\nFRA,2024,1,1\n{row}\n")

    assert [(e["row"], e["column"], e["message"]) for e in found.wrong] == [("3", column, reason)]
    assert [g.country for g in found.values] == ["FRA"]


@pytest.mark.parametrize(
    ("text", "rank"), [("1st", 1), ("22nd", 22), ("4=", 4), ("۵", 5), ("6.0", 6), ("..", None)]
)
def test_ranks_are_read_as_publishers_write_them(text, rank):
    found = said("table", f"country,year,score,rank\nIRN,2024,1,{text}\n")

    assert [g.rank for g in found.values] == [rank]


def test_a_file_of_another_kind_is_refused_as_a_whole():
    with (
        translation.override("en"),
        pytest.raises(Unreadable, match="These columns are missing: iso3, hdi"),
    ):
        read(PUBLISHERS["hdi"], b"country,year\nIran,2024\n", "x.csv")


# --- As publishers bring them out ---------------------------------------------------------------


def test_the_wide_time_series_of_undp_is_read_in_latin_1():
    head = "iso3,country,hdicode,region,hdi_rank_2022,hdi_1990,hdi_2022,le_1990,le_2022"
    lines = (
        "IRN,Iran (Islamic Republic of),High,SA,78,0.613,0.78,64.0,74.6",
        "CIV,Côte d'Ivoire,Medium,SSA,166,0.427,0.534,52.4,58.9",
        "MCO,Monaco,,,,,,77.4,87.0",
        "ZZK.WORLD,World,,,,0.601,0.739,65.1,72.0",
    )

    found = said("hdi", "\r\n".join((head, *lines)).encode("latin-1"))

    assert found.wrong == []
    assert [(g.country, g.year, g.score, g.rank) for g in found.values] == [
        ("IRN", 1990, Decimal("0.613"), None),
        ("IRN", 2022, Decimal("0.78"), 78),
        ("CIV", 1990, Decimal("0.427"), None),
        ("CIV", 2022, Decimal("0.534"), 166),
        ("MCO", 1990, None, None),
        ("MCO", 2022, None, None),
    ]
    assert found.groups == 2


def test_a_wrong_figure_in_a_wide_file_is_named_by_its_own_column():
    found = said("hdi", "iso3,country,hdi_1990,hdi_2022\nIRN,Iran,high,0.78\n")

    assert [(e["row"], e["letter"], e["column"]) for e in found.wrong] == [("2", "C", "hdi_1990")]
    assert [(g.country, g.year) for g in found.values] == [("IRN", 2022)]


def test_the_survey_file_of_the_united_nations_is_read_as_it_is_downloaded():
    head = (
        '"Survey Year","Country Name","E-Government Rank","E-Government '
        'Index","E-Participation Index"'
    )
    found = said("egdi", f'{head}\n"2024","Iran (Islamic Republic of)","101","0.65639","0.4384"\n')

    assert found.wrong == []
    assert [(g.country, g.year, g.score, g.rank) for g in found.values] == [
        ("IRN", 2024, Decimal("0.65639"), 101)
    ]


def test_transparency_international_s_workbook_has_its_headings_on_row_4():
    rows_of_sheet = [
        ["Corruption Perceptions Index 2024"],
        ["Transparency International"],
        [],
        [
            "Country / Territory",
            "ISO3",
            "Region",
            "CPI score 2024",
            "Rank",
            "Standard error",
            "Number of sources",
        ],
        ["Iran", "IRN", "MENA", 23, 151, 1.42, 7],
        ["Côte d´Ivoire", "CIV", "SSA", 45, 69, 1.6, 9],
        ["Note: scores run from 0 to 100."],
    ]

    found = said("cpi", workbook(("CPI2024", rows_of_sheet)))

    assert found.wrong == []
    assert [(g.country, g.year, g.score, g.rank) for g in found.values] == [
        ("IRN", 2024, Decimal(23), 151),
        ("CIV", 2024, Decimal(45), 69),
    ]


def test_a_workbook_s_time_series_stands_on_whichever_sheet_has_the_headings():
    series = [
        ["CPI timeseries"],
        [],
        [],
        ["Country", "ISO3", "CPI score 2024", "Rank 2024", "CPI score 2023", "Rank 2023"],
    ]
    series.append(["Iran", "IRN", 23, 151, 24, 149])

    found = said("cpi", workbook(("About", [["Read me"]]), ("Timeseries", series)))

    assert [(g.year, g.score, g.rank) for g in found.values] == [
        (2023, Decimal(24), 149),
        (2024, Decimal(23), 151),
    ]


WGI = [
    [
        "codeindyr",
        "code",
        "countryname",
        "year",
        "indicator",
        "estimate",
        "stddev",
        "nsource",
        "pctrank",
    ],
    ["IRNge2022", "IRN", "Iran, Islamic Rep.", 2022, "ge", -0.88, 0.2, 9, 20.3],
    ["IRNcc2022", "IRN", "Iran, Islamic Rep.", 2022, "cc", -1.13, 0.1, 9, 10.4],
    ["ROMge2022", "ROM", "Romania", 2022, "ge", -0.13, 0.2, 9, 49.5],
    ["ZARge2022", "ZAR", "Congo, Dem. Rep.", 2022, "ge", -1.6, 0.2, 9, 3.3],
    ["ADOge2022", "ADO", "Andorra", 2022, "ge", 1.5, 0.3, 2, 93.4],
    ["TMPge2022", "TMP", "Timor-Leste", 2022, "ge", -0.7, 0.2, 5, 25.5],
    ["WBGge2022", "WBG", "West Bank and Gaza", 2022, "ge", -0.9, 0.2, 7, 18.9],
    ["KSVge2022", "KSV", "Kosovo", 2022, "ge", -0.3, 0.2, 6, 44.3],
    ["PRKge2022", "PRK", "Korea, Dem. Rep.", 2022, "ge", "..", "..", "..", ".."],
]


def test_the_governance_indicators_are_read_one_indicator_at_a_time_by_the_world_bank_s_own_codes():
    found = said("wgi", workbook(("Sheet1", WGI)), part="ge")

    assert found.wrong == []
    assert [(g.country, g.score) for g in found.values] == [
        ("IRN", Decimal("-0.88")),
        ("ROU", Decimal("-0.13")),
        ("COD", Decimal("-1.6")),
        ("AND", Decimal("1.5")),
        ("TLS", Decimal("-0.7")),
        ("PSE", Decimal("-0.9")),
        ("XKX", Decimal("-0.3")),
        ("PRK", None),
    ]


def test_the_world_bank_s_table_with_years_in_columns_is_read_too():
    head = "Country Name,Country Code,Series Name,Series Code,2021 [YR2021],2022 [YR2022]"
    found = said(
        "wgi", f'{head}\n"Iran, Islamic Rep.",IRN,Estimate,GE.EST,-0.86,-0.88\n', part="ge"
    )

    assert [(g.year, g.score) for g in found.values] == [
        (2021, Decimal("-0.86")),
        (2022, Decimal("-0.88")),
    ]


@pytest.mark.parametrize(
    "year", ("2023-01-01", "2023-01-01 00:00:00", "1/1/2023", "2023.0", "2023")
)
def test_the_year_of_the_fragile_states_file_may_be_a_date(year):
    found = said(
        "fsi", f"Country,Year,Rank,Total,C1: Security Apparatus\nIran,{year},39th,82.9,6.7\n"
    )

    assert [(g.country, g.year, g.score, g.rank) for g in found.values] == [
        ("IRN", 2023, Decimal("82.9"), 39)
    ]


def test_a_date_in_a_workbook_is_a_year_too():
    sheet = [["Country", "Year", "Rank", "Total"], ["Iran", date(2023, 1, 1), "39th", 82.9]]

    found = said("fsi", workbook(("fsi-2023", sheet)))

    assert [(g.country, g.year) for g in found.values] == [("IRN", 2023)]


def test_a_country_that_nobody_knows_is_named_once_and_the_rest_is_taken():
    found = said(
        "hdi", "iso3,country,hdi_1990,hdi_2022\nATL,Atlantis,0.5,0.6\nIRN,Iran,0.613,0.78\n"
    )

    assert found.unknown == ["Atlantis"]
    assert [(e["row"], e["message"]) for e in found.wrong] == [
        ("2", "No country is known by “Atlantis”.")
    ]
    assert [(g.country, g.year) for g in found.values] == [("IRN", 1990), ("IRN", 2022)]


def test_names_of_countries_as_a_corruption_index_writes_them_are_known():
    found = said(
        "table",
        "country,year,score,rank\n"
        '"Korea, South",2017,54,51\n"Korea, North",2017,17,171\nCôte '
        "d´Ivoire,2017,36,103\nKosovo,2017,39,85\n"
        "Iran,2017,30,130\n",
    )

    assert found.wrong == []
    assert [g.country for g in found.values] == ["KOR", "PRK", "CIV", "XKX", "IRN"]


# --- Countries ----------------------------------------------------------------------------------


def test_countries_are_known_by_letters_by_either_name_and_by_what_publishers_write():
    assert (
        letters("IRN")
        == letters("Iran (Islamic Republic of)")
        == letters("ایران")
        == letters("irn")
        == "IRN"
    )
    assert letters("", "Côte d’Ivoire") == letters("", "Cote d'Ivoire") == "CIV"
    assert letters("ATL", "Atlantis") == letters("", "ZARA") == ""
    assert name_of("TUR") == "ترکیه"


WRITTEN = (
    # UNDP
    "Hong Kong, China (SAR)|HKG", "Palestine, State of|PSE", "Moldova (Republic of)|MDA", "Eswatini (Kingdom of)|SWZ",
    "Korea (Democratic People's Rep. of)|PRK", "Bolivia (Plurinational State of)|BOL",
    "Micronesia (Federated States of)|FSM", "Tanzania (United Republic of)|TZA",
    "Venezuela (Bolivarian Republic of)|VEN", "Congo (Democratic Republic of the)|COD",
    # the UN survey
    "Republic of Moldova|MDA", "Democratic People's Republic of Korea|PRK", "United Republic of Tanzania|TZA",
    ("The former Yugoslav Republic of "
    "Macedonia|MKD"), "United Kingdom of Great Britain and Northern Ireland|GBR",
    "Gambia (Republic of The)|GMB", "Lao People's Democratic Republic|LAO",
    # Transparency International
    "Korea, South|KOR", "Korea, North|PRK", "Côte d´Ivoire|CIV", "Guinea Bissau|GNB", "The FYR of Macedonia|MKD",
    "Sao Tome and Principe|STP", "United States of America|USA", "Taiwan|TWN", "Kosovo|XKX",
    # the World Bank
    "Bahamas, The|BHS", "Congo, Dem. Rep.|COD", "Congo, Rep.|COG", "Egypt, Arab Rep.|EGY", "Gambia, The|GMB",
    "Hong Kong SAR, China|HKG", "Iran, Islamic Rep.|IRN", "Korea, Dem. Rep.|PRK", "Korea, Rep.|KOR", "Lao PDR|LAO",
    "Kyrgyz Republic|KGZ", "Macao SAR, China|MAC", "Micronesia, Fed. Sts.|FSM", "Slovak Republic|SVK", "St. Lucia|LCA",
    "St. Kitts and Nevis|KNA", "Taiwan, China|TWN", "Venezuela, RB|VEN", "Virgin Islands (U.S.)|VIR", "Turkiye|TUR",
    "West Bank and Gaza|PSE", "Yemen, Rep.|YEM", "Netherlands Antilles (former)|ANT", "Jersey, Channel Islands|JEY",
    # the Fragile States Index
    "Congo Democratic Republic|COD", "Congo Republic|COG", "Siria|SYR", "Cape Verde|CPV", "Macedonia|MKD",
    # the World Bank's own codes
    "ROM|ROU", "ZAR|COD", "ADO|AND", "TMP|TLS", "WBG|PSE", "KSV|XKX",
)  # fmt: skip


def test_countries_are_known_as_each_publisher_writes_them():
    asked = dict(name.rsplit("|", 1) for name in WRITTEN)

    assert {name: letters("", name) for name in asked} == asked
    assert {code: letters(code, "") for code in ("ROM", "ZAR", "WBG")} == {
        "ROM": "ROU",
        "ZAR": "COD",
        "WBG": "PSE",
    }


def test_every_country_has_its_letters_and_both_names_and_none_is_named_twice():
    held = countries()
    names = [name for c in held.values() for name in (c.name_fa, c.name_en, *c.also)]

    assert all(
        len(code) == 3 and code.isupper() and c.name_fa and c.name_en for code, c in held.items()
    )
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert HOME in held


def test_the_initial_region_and_values_name_known_countries_and_indices():
    indices = {row["code"] for row in rows("indices.csv")}

    assert all(set(row["countries"].split()) <= set(countries()) for row in rows("regions.csv"))
    assert {row["index"] for row in rows("index_values.csv")} == indices
    assert all(row["source"] and row["edition"] for row in rows("index_values.csv"))


# --- Whole files --------------------------------------------------------------------------------


def test_the_whole_human_development_file_is_read_without_a_wrong_row():
    found = said("hdi", whole("hdi_1990_2022.csv"))
    last = {g.country: g for g in found.values if g.year == 2022}

    assert found.wrong == []
    assert found.groups == 11 * 33
    assert (last[HOME].score, last[HOME].rank) == (Decimal("0.78"), 78)
    assert sum(g.is_covered for g in last.values()) == 193


def test_our_places_are_the_publishers_ranks_of_2022_but_for_its_hidden_digits():
    """UNDP ranks by more digits than it prints, so of equal printed scores only the first has our
    place.
    """
    found = [
        g
        for g in said("hdi", whole("hdi_1990_2022.csv")).values
        if g.year == 2022 and g.score is not None
    ]
    scores = {g.country: g.score for g in found}

    for g in found:
        place = place_of(scores, g.country, higher=True)
        tied = sum(1 for score in scores.values() if score == g.score)
        assert place is not None
        assert place.place <= g.rank < place.place + tied


def test_the_whole_e_government_file_is_read_without_a_wrong_row():
    found = said("egdi", whole("un_egdi_2010_2024.csv"))
    own = {g.year: (g.score, g.rank) for g in found.values if g.country == HOME}

    assert found.wrong == []
    assert len(found.values) == 7 * 193
    assert own[2024] == (Decimal("0.65639"), 101)
    assert [(g.country, g.is_covered) for g in found.values if not g.is_covered] == [("SSD", False)]


def test_the_whole_fragile_states_file_is_read_and_ranks_the_country_where_less_is_better():
    found = said("fsi", whole("fragile_states_index_2024.csv"), year=2024)
    scores = {g.country: g.score for g in found.values if g.score is not None}

    assert found.wrong == []
    assert len(scores) == 179
    place = place_of(scores, HOME, higher=False)
    assert place is not None
    assert place.place == 1 + sum(1 for score in scores.values() if score < scores[HOME])
    assert place_of(scores, "SOM", higher=False).place == 179
