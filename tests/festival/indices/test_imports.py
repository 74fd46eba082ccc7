"""Publishers' files taken into the register: checked first, and nothing overwritten."""

from datetime import date
from decimal import Decimal

import pytest

from cycles.models import Entry
from cycles.workflow import Refused
from festival.indices import import_check
from festival.indices.merging import EditionFacts, compare_with_stored
from festival.indices.published_values import PublishedValue
from festival.indices.publisher_files import read
from festival.indices.publishers import PUBLISHERS
from festival.models import IndexEdition, IndexValue
from tests.festival.indices.registers import (
    TABLE,
    State,
    check_file,
    enter,
    take_in,
    values_in_force,
)

# --- Files --------------------------------------------------------------------------------------


def test_a_trial_tells_what_is_new_changed_the_same_and_wrong_and_writes_nothing(world, followed):
    enter(world, followed, score="24", rank=150)
    take_in(world, followed, "country,year,score,rank\nIRQ,2024,23,157\n")

    found = check_file(followed, f"{TABLE}Atlantis,2024,1,1\n")

    assert [str(one["object"]) for one in found.new] == ["Türkiye · 2024 · 36 · rank 115"]
    assert [
        (one["row"], one["changes"][0]["was"], one["changes"][0]["becomes"])
        for one in found.changed
    ] == [(2, "24", "25")]
    assert (found.unchanged, found.left_out, [e["row"] for e in found.errors]) == (1, 1, ["5"])
    assert values_in_force(followed)["IRN"] == (24, 150)


def test_the_same_file_a_second_time_changes_nothing(world, followed):
    take_in(world, followed, TABLE)
    before = list(IndexValue.objects.order_by("pk").values_list())

    found = check_file(followed, TABLE)
    with pytest.raises(Refused, match="already holds exactly this"):
        take_in(world, followed, TABLE)

    assert (found.differs, found.unchanged) == (False, 3)
    assert list(IndexValue.objects.order_by("pk").values_list()) == before
    assert Entry.objects.filter(act="import_values").count() == 1


def test_a_changed_value_revises_its_year_alone_and_keeps_countries_not_in_the_file(
    world, followed
):
    take_in(world, followed, f"{TABLE}IRN,2023,24,149\n")

    take_in(
        world,
        followed,
        "country,year,score,rank\nIRN,2024,26,147\n",
        facts=EditionFacts("2024b", "Revision"),
    )

    assert values_in_force(followed) == {"IRN": (26, 147), "TUR": (36, 115), "IRQ": (23, 157)}
    assert {e.year: (e.label, e.is_revised) for e in IndexEdition.objects.current()} == {
        2023: ("2024", False),
        2024: ("2024b", True),
    }
    superseded = IndexEdition.objects.get(is_current=False)
    assert {v.country: v.score for v in superseded.values_held.all()} == {
        "IRN": 25,
        "TUR": 36,
        "IRQ": 23,
    }


def test_a_file_adds_countries_to_a_typed_edition_without_a_revision(world, followed):
    edition = enter(world, followed)

    take_in(world, followed, TABLE, facts=EditionFacts("x", "y", sha256="b" * 64))

    edition.refresh_from_db()
    assert (edition.label, edition.sha256, edition.is_current) == ("2024", "b" * 64, True)
    assert sorted(values_in_force(followed)) == ["IRN", "IRQ", "TUR"]
    assert Entry.objects.get(act="import_values").params["completed"] == [2024]


def test_a_file_that_is_silent_about_the_rank_takes_none_away(world, followed):
    enter(world, followed)

    found = check_file(followed, "country,year,score\nIRN,2024,25\n")

    assert (found.differs, found.unchanged) == (False, 1)


def test_a_country_that_is_listed_without_a_figure_is_not_covered(world, followed):
    take_in(world, followed, "country,year,score\nIRN,2024,\nTUR,2024,36\n")

    assert IndexValue.objects.get(country="IRN").state == State.NOT_COVERED


def test_a_file_that_names_all_countries_says_how_many_there_are(world, followed):
    text = "year,iso3,country,egdi,rank\n2024,IRN,Iran,0.6,2\n2024,TUR,Türkiye,0.8,1\n2024,SSD,South Sudan,,\n"
    sheet = read(PUBLISHERS["egdi"], text.encode(), "x.csv")

    counts = import_check.countries_by_year(PUBLISHERS["egdi"], followed, sheet, year=None)

    assert counts == {2024: 2}
    assert import_check.countries_by_year(PUBLISHERS["table"], followed, sheet, year=None) == {}


def test_what_was_shown_is_what_is_written_or_nothing(world, followed):
    sheet = read(PUBLISHERS["table"], TABLE.encode(), "x.csv")
    shown = import_check.check(PUBLISHERS["table"], followed, sheet, year=None).digest
    enter(world, followed, score="24")

    with pytest.raises(Refused, match="has changed since it was checked"):
        import_check.checked_again(
            PUBLISHERS["table"], followed, sheet, year=None, as_checked=shown
        )


# --- The pages ----------------------------------------------------------------------------------


def test_published_values_are_compared_with_the_stored_ones():
    held = IndexValue(score=Decimal(25), rank=None, state=State.PUBLISHED)
    gone = IndexValue(state=State.NOT_COVERED)

    def kind(before, score, rank):
        return compare_with_stored(before, PublishedValue(1, "IRN", 2024, score, rank)).kind

    assert kind(None, Decimal(1), None) == "new"
    assert kind(held, Decimal(25), None) == "same"
    assert kind(held, Decimal(25), 3) == "filled"
    assert kind(held, Decimal(24), 3) == "revised"
    assert kind(held, None, None) == "revised"
    assert kind(gone, None, None) == "same"
    assert kind(gone, Decimal(1), None) == "revised"


def test_a_file_of_many_years_names_editions_by_year_and_dates_no_stored_one(world, followed):
    typed = enter(world, followed, year=2022, label="2022", count=180)
    facts = EditionFacts("", "All years", date(2025, 2, 11), counted={2022: 9, 2023: 9})

    take_in(world, followed, "country,year,score\nTUR,2022,36\nTUR,2023,34\n", facts=facts)

    assert {e.year: (e.label, e.country_count) for e in IndexEdition.objects.all()} == {
        2022: ("2022", 180),
        2023: ("2023", 9),
    }
    typed.refresh_from_db()
    assert typed.published_on is None


def test_when_an_edition_came_out_is_not_said_by_a_later_one(world, followed):
    typed = enter(world, followed, year=2022, label="2022")

    take_in(
        world,
        followed,
        "country,year,score\nTUR,2022,36\n",
        facts=EditionFacts("2024", "x", date(2025, 2, 11)),
    )

    typed.refresh_from_db()
    assert typed.published_on is None
