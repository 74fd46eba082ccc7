"""Publishers' files: a few typed rows of each kind everywhere, and whole files where they are at hand.

Whole files: `../shared/data/verification` beside the repository. They are not part of it; without them those tests are
skipped, and say so.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from cycles.archive import Unreadable
from cycles.sheets import read
from festival.countries import HOME, countries, letters, name_of, rows
from festival.positions import place_of
from festival.publishers import PUBLISHERS, Told, told

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "verification"


def said(code: str, text: str | bytes, *, year: int | None = None) -> Told:
    """What a file of a kind says."""
    publisher = PUBLISHERS[code]
    content = text if isinstance(text, bytes) else text.encode()
    with translation.override("en"):
        return told(publisher, read(publisher.form, content, "x.csv"), year=year)


def whole(name: str) -> bytes:
    path = PUBLISHED / name
    if not path.exists():
        pytest.skip(f"the published figures are not at hand: {path}")
    return path.read_bytes()


# --- A few rows of each kind ------------------------------------------------------------------------------------------


def test_a_plain_table_says_country_score_and_rank_and_takes_its_year_from_the_page():
    found = said("table", "country,score,rank\nIRN,0.65639,101\nTürkiye,,27\nایران,1,1\n", year=2024)

    assert [(g.country, g.year, g.score, g.rank) for g in found.given] == [
        ("IRN", 2024, Decimal("0.65639000"), 101),
        ("TUR", 2024, None, 27),
    ]
    assert [(e["row"], e["message"]) for e in found.wrong] == [("4", "This country stands twice for this year.")]


def test_the_human_development_file_leaves_groups_of_countries_aside():
    head = "iso3,country,hdi_group,region,year,hdi,rank\n"
    found = said("hdi", f"{head}IRN,Iran,High,SA,2022,0.78,78\nZZK.WORLD,World,,,2022,0.739,\nMCO,Monaco,,ECA,2022,,\n")

    assert [(g.country, g.score, g.rank, g.is_covered) for g in found.given] == [
        ("IRN", Decimal("0.78"), 78, True),
        ("MCO", None, None, False),
    ]
    assert (found.groups, found.wrong) == (1, [])


def test_the_e_government_file_is_freed_of_the_noise_of_binary_numbers():
    found = said(
        "egdi", "year,iso3,country,egdi,rank\n2010,IRN,Iran,0.42343000000000003,102\n2012,,Viet Nam,4.2e-1,83\n"
    )

    assert [(g.country, g.score) for g in found.given] == [("IRN", Decimal("0.42343")), ("VNM", Decimal("0.42"))]


def test_the_fragile_states_file_knows_countries_by_name_and_asks_for_its_year():
    head = "Country,Total,C1: Security Apparatus\n"

    without, typed = said("fsi", f"{head}Iran,82.9,6.7\n"), said("fsi", f"{head}Iran,82.9,6.7\n", year=2024)

    assert [e["message"] for e in without.wrong] == ["Give the year of the edition, such as 2024."]
    assert [(g.country, g.year, g.score, g.rank) for g in typed.given] == [("IRN", 2024, Decimal("82.9"), None)]


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
    assert [g.country for g in found.given] == ["FRA"]


@pytest.mark.parametrize(("text", "rank"), [("1st", 1), ("22nd", 22), ("4=", 4), ("۵", 5), ("6.0", 6), ("..", None)])
def test_ranks_are_read_as_publishers_write_them(text, rank):
    found = said("table", f"country,year,score,rank\nIRN,2024,1,{text}\n")

    assert [g.rank for g in found.given] == [rank]


def test_a_file_of_another_kind_is_refused_as_a_whole():
    with translation.override("en"), pytest.raises(Unreadable, match="These columns are missing: iso3, hdi"):
        read(PUBLISHERS["hdi"].form, b"country,year\nIran,2024\n", "x.csv")


# --- Countries --------------------------------------------------------------------------------------------------------


def test_countries_are_known_by_letters_by_either_name_and_by_what_publishers_write():
    assert letters("IRN") == letters("Iran (Islamic Republic of)") == letters("ایران") == letters("irn") == "IRN"
    assert letters("", "Côte d’Ivoire") == letters("", "Cote d'Ivoire") == "CIV"
    assert letters("ATL", "Atlantis") == ""
    assert name_of("TUR") == "ترکیه"


def test_every_country_has_its_letters_and_both_names_and_none_is_named_twice():
    held = countries()
    names = [name for c in held.values() for name in (c.name_fa, c.name_en, *c.also)]

    assert all(len(code) == 3 and code.isupper() and c.name_fa and c.name_en for code, c in held.items())
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert HOME in held


def test_the_initial_region_and_values_name_known_countries_and_indices():
    indices = {row["code"] for row in rows("indices.csv")}

    assert all(set(row["countries"].split()) <= set(countries()) for row in rows("regions.csv"))
    assert {row["index"] for row in rows("index_values.csv")} == indices
    assert all(row["source"] and row["edition"] for row in rows("index_values.csv"))


# --- Whole files ------------------------------------------------------------------------------------------------------


def test_the_whole_human_development_file_is_read_without_a_wrong_row():
    found = said("hdi", whole("hdi_1990_2022.csv"))
    last = {g.country: g for g in found.given if g.year == 2022}

    assert found.wrong == []
    assert found.groups == 11 * 33
    assert (last[HOME].score, last[HOME].rank) == (Decimal("0.78"), 78)
    assert sum(g.is_covered for g in last.values()) == 193


def test_our_places_are_the_publishers_ranks_of_2022_but_for_its_hidden_digits():
    """UNDP ranks by more digits than it prints, so of equal printed scores only the first has our place."""
    found = [g for g in said("hdi", whole("hdi_1990_2022.csv")).given if g.year == 2022 and g.score is not None]
    scores = {g.country: g.score for g in found}

    for g in found:
        place = place_of(scores, g.country, higher=True)
        tied = sum(1 for score in scores.values() if score == g.score)
        assert place is not None
        assert place.place <= g.rank < place.place + tied


def test_the_whole_e_government_file_is_read_without_a_wrong_row():
    found = said("egdi", whole("un_egdi_2010_2024.csv"))
    own = {g.year: (g.score, g.rank) for g in found.given if g.country == HOME}

    assert found.wrong == []
    assert len(found.given) == 7 * 193
    assert own[2024] == (Decimal("0.65639"), 101)
    assert [(g.country, g.is_covered) for g in found.given if not g.is_covered] == [("SSD", False)]


def test_the_whole_fragile_states_file_is_read_and_ranks_the_country_where_less_is_better():
    found = said("fsi", whole("fragile_states_index_2024.csv"), year=2024)
    scores = {g.country: g.score for g in found.given if g.score is not None}

    assert found.wrong == []
    assert len(scores) == 179
    place = place_of(scores, HOME, higher=False)
    assert place is not None
    assert place.place == 1 + sum(1 for score in scores.values() if score < scores[HOME])
    assert place_of(scores, "SOM", higher=False).place == 179
