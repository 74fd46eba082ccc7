"""Publishers' files: a few typed rows of each kind, and files laid out as publishers bring them out."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.utils import translation

from cycles.spreadsheets.safety import Unreadable
from festival.indices.publisher_files import read
from festival.indices.publishers import PUBLISHERS
from tests.festival.indices.published_files import published_file


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


# --- A few rows of each kind --------------------------------------------------------------------


def test_a_plain_table_says_country_score_and_rank_and_takes_its_year_from_the_page():
    found = published_file(
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
    found = published_file(
        "hdi",
        f"{head}IRN,Iran,High,SA,2022,0.78,78\nZZK.WORLD,World,,,2022,0.739,\nMCO,Monaco,,ECA,2022,,\n",
    )

    assert [(g.country, g.score, g.rank, g.is_covered) for g in found.values] == [
        ("IRN", Decimal("0.78"), 78, True),
        ("MCO", None, None, False),
    ]
    assert (found.groups, found.wrong) == (1, [])


def test_the_e_government_file_is_freed_of_the_noise_of_binary_numbers():
    found = published_file(
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
        published_file("fsi", f"{head}Iran,82.9,6.7\n"),
        published_file("fsi", f"{head}Iran,82.9,6.7\n", year=2024),
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
    found = published_file("table", f"country,year,score,rank\nFRA,2024,1,1\n{row}\n")

    assert [(e["row"], e["column"], e["message"]) for e in found.wrong] == [("3", column, reason)]
    assert [g.country for g in found.values] == ["FRA"]


@pytest.mark.parametrize(
    ("text", "rank"), [("1st", 1), ("22nd", 22), ("4=", 4), ("۵", 5), ("6.0", 6), ("..", None)]
)
def test_ranks_are_read_as_publishers_write_them(text, rank):
    found = published_file("table", f"country,year,score,rank\nIRN,2024,1,{text}\n")

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

    found = published_file("hdi", "\r\n".join((head, *lines)).encode("latin-1"))

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
    found = published_file("hdi", "iso3,country,hdi_1990,hdi_2022\nIRN,Iran,high,0.78\n")

    assert [(e["row"], e["letter"], e["column"]) for e in found.wrong] == [("2", "C", "hdi_1990")]
    assert [(g.country, g.year) for g in found.values] == [("IRN", 2022)]


def test_the_survey_file_of_the_united_nations_is_read_as_it_is_downloaded():
    head = (
        '"Survey Year","Country Name","E-Government Rank","E-Government '
        'Index","E-Participation Index"'
    )
    found = published_file(
        "egdi", f'{head}\n"2024","Iran (Islamic Republic of)","101","0.65639","0.4384"\n'
    )

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

    found = published_file("cpi", workbook(("CPI2024", rows_of_sheet)))

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

    found = published_file("cpi", workbook(("About", [["Read me"]]), ("Timeseries", series)))

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


def test_governance_indicators_are_read_one_at_a_time_by_the_world_bank_s_codes():
    found = published_file("wgi", workbook(("Sheet1", WGI)), part="ge")

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
    found = published_file(
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
    found = published_file(
        "fsi", f"Country,Year,Rank,Total,C1: Security Apparatus\nIran,{year},39th,82.9,6.7\n"
    )

    assert [(g.country, g.year, g.score, g.rank) for g in found.values] == [
        ("IRN", 2023, Decimal("82.9"), 39)
    ]


def test_a_date_in_a_workbook_is_a_year_too():
    sheet = [["Country", "Year", "Rank", "Total"], ["Iran", date(2023, 1, 1), "39th", 82.9]]

    found = published_file("fsi", workbook(("fsi-2023", sheet)))

    assert [(g.country, g.year) for g in found.values] == [("IRN", 2023)]


def test_a_country_that_nobody_knows_is_named_once_and_the_rest_is_taken():
    found = published_file(
        "hdi", "iso3,country,hdi_1990,hdi_2022\nATL,Atlantis,0.5,0.6\nIRN,Iran,0.613,0.78\n"
    )

    assert found.unknown == ["Atlantis"]
    assert [(e["row"], e["message"]) for e in found.wrong] == [
        ("2", "No country is known by “Atlantis”.")
    ]
    assert [(g.country, g.year) for g in found.values] == [("IRN", 1990), ("IRN", 2022)]


def test_names_of_countries_as_a_corruption_index_writes_them_are_known():
    found = published_file(
        "table",
        "country,year,score,rank\n"
        '"Korea, South",2017,54,51\n"Korea, North",2017,17,171\nCôte '
        "d´Ivoire,2017,36,103\nKosovo,2017,39,85\n"
        "Iran,2017,30,130\n",
    )

    assert found.wrong == []
    assert [g.country for g in found.values] == ["KOR", "PRK", "CIV", "XKX", "IRN"]
