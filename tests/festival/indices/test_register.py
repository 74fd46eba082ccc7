"""The register of international indices: its initial table, its indices, regions and editions."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cycles.models import Entry
from cycles.workflow import Refused
from festival.indices import actions as indices
from festival.indices.queries import positions
from festival.models import Index, IndexEdition, IndexValue, Region
from tests.festival.indices.registers import FACTS, State, enter, take_in, values_in_force
from tests.worlds.indices import index, recommendation, region

# --- The initial table --------------------------------------------------------------------------


def test_the_initial_table_begins_an_empty_register_and_the_record_names_each_index(world):
    begun = indices.load_register(by=world.administrator, at=world.at)

    egdi = Index.objects.get(code="EGDI")
    assert len(begun) == Index.objects.count() == 11
    assert values_in_force(egdi)["IRN"] == (Decimal("0.65639"), 101)
    assert (egdi.vision_rank, egdi.vision_region.code, egdi.vision_year) == (1, "vision", 2025)
    assert len(egdi.vision_region.countries) == 25
    assert Entry.objects.filter(act="load_register").count() == 11
    assert [a.code for a in Index.objects.get(code="HDI").agencies.order_by("code")] == [
        "MOE",
        "MOHME",
    ]


def test_a_rank_without_a_score_is_told_as_that(world):
    indices.load_register(by=world.administrator, at=world.at)

    found = IndexValue.objects.get(edition__index__code="EGDI", edition__year=2020)

    assert (found.score, found.rank, found.edition.country_count) == (None, 89, 193)


def test_a_register_that_holds_something_is_not_begun_again(world, followed):
    with pytest.raises(Refused, match="not empty"):
        indices.load_register(by=world.administrator, at=world.at)

    assert Index.objects.get() == followed


@pytest.mark.parametrize("who", ["staff", "head", "provincial_administrator", "auditor", "chair"])
def test_only_national_administrators_keep_the_register(world, followed, who):
    person = world.people[who]
    attempts = [
        lambda: indices.save_index(
            followed, fields={"plan": "x"}, agencies=[], by=person, at=world.at
        ),
        lambda: indices.save_region(
            region(world), fields={"countries": ["IRN"]}, by=person, at=world.at
        ),
        lambda: indices.enter_edition(
            followed, year=2024, facts=FACTS, score=Decimal(1), rank=None, by=person, at=world.at
        ),
        lambda: indices.recommend(followed, year=1405, text="x", by=person, at=world.at),
        lambda: indices.approve_recommendation(recommendation(world), by=person, at=world.at),
    ]

    for attempt in attempts:
        with pytest.raises(Refused, match="is for a national administrator"):
            attempt()
    assert not Entry.objects.exclude(workflow="cycles.administration").exists()
    assert not IndexEdition.objects.filter(index=followed).exists()


# --- Indices and regions ------------------------------------------------------------------------


def test_the_code_of_an_index_never_changes(world, followed):
    fields = {"code": "OTHER", "name_fa": "ادراک فساد"}
    changed = indices.save_index(
        followed, fields=fields, agencies=[world.health], by=world.administrator, at=world.at
    )

    assert (changed.code, changed.name_fa) == ("CPI", "ادراک فساد")
    assert list(changed.agencies.all()) == [world.health]
    assert Entry.objects.get(act="save_index").params == {
        "changed": ["name_fa"],
        "agencies": ["MOHME"],
    }


def test_two_indices_never_have_one_code(world, followed):
    fields = {"code": "CPI", "name_fa": "دیگری", "publisher": "x"}

    with pytest.raises(Refused, match="already is an index with this code"):
        indices.save_index(None, fields=fields, agencies=[], by=world.administrator, at=world.at)


def test_a_region_knows_only_countries_that_there_are(world):
    fields = {"code": "near", "name_fa": "نزدیک", "countries": ["IRN", "ATL"]}

    with pytest.raises(Refused, match="ATL"):
        indices.save_region(None, fields=fields, by=world.administrator, at=world.at)

    assert not Region.objects.exists()


def test_a_comparison_follows_its_region_at_once(world):
    near, egdi = region(world), index(world)
    [before] = positions([egdi], near)

    near = indices.save_region(
        near, fields={"countries": ["IRN", "IRQ"]}, by=world.administrator, at=world.at
    )
    [after] = positions([egdi], near)

    assert (before.region_place.place, before.region_place.of) == (2, 3)
    assert (after.region_place.place, after.region_place.of) == (1, 2)
    assert Entry.objects.get(act="save_region").params == {"added": [], "removed": ["TUR"]}


# --- Editions by hand ---------------------------------------------------------------------------


def test_not_covered_is_a_state_of_its_own_and_not_the_same_as_not_known(world, followed):
    enter(world, followed, year=2023)
    enter(world, followed, year=2024, score=None, rank=None)
    take_in(world, followed, "country,year,score\nTUR,2025,40\n")

    [found] = positions([followed], None, upto=2024)
    [later] = positions([followed], None)

    assert found.value.state == State.NOT_COVERED
    assert (found.is_not_covered, found.edition.year, found.held.year, found.at.score) == (
        True,
        2024,
        2023,
        25,
    )
    assert (later.is_not_covered, later.value, later.edition.year, later.held.year) == (
        False,
        None,
        2025,
        2023,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.NOT_COVERED, "score": 1},
        {"state": State.NOT_COVERED, "rank": 1},
        {"state": State.PUBLISHED},
        {"score": 1, "rank": 0},
        {"score": 1, "country": "ir"},
    ],
)
def test_the_database_refuses_a_value_that_cannot_be(world, followed, wrong):
    edition = enter(world, followed)

    with pytest.raises(IntegrityError), transaction.atomic():
        IndexValue.objects.create(**{"edition": edition, "country": "TUR"} | wrong)


def test_a_publishers_revision_is_a_new_row_and_the_old_one_stays(world, followed):
    first = enter(world, followed, score="25", rank=150, count=180)

    revised = enter(world, followed, score="26", rank=147, count=180, label="2024 revised")

    first.refresh_from_db()
    assert (revised.supersedes, revised.is_current, first.is_current) == (first, True, False)
    assert IndexValue.objects.get(edition=first).score == 25
    assert values_in_force(followed) == {"IRN": (26, 147)}
    assert Entry.objects.filter(act="enter_edition").latest("id").params["revised"] == [2024]


def test_another_number_of_countries_is_a_revision_for_a_rank_moves_with_it(world, followed):
    enter(world, followed, count=180)

    revised = enter(world, followed, count=182)

    assert (revised.country_count, revised.is_revised) == (182, True)
    assert values_in_force(followed) == {"IRN": (25, 150)}


def test_what_was_not_known_is_filled_without_a_revision(world, followed):
    enter(world, followed, score=None, rank=150)

    edition = enter(
        world, followed, score="25", rank=None, count=180, published_on=date(2025, 2, 11)
    )

    assert (edition.is_revised, edition.country_count, edition.published_on) == (
        False,
        180,
        date(2025, 2, 11),
    )
    assert values_in_force(followed) == {"IRN": (25, 150)}


def test_what_is_held_already_is_not_written_again(world, followed):
    enter(world, followed, count=180)
    rows = Entry.objects.count()

    with pytest.raises(Refused, match="already holds exactly this"):
        enter(world, followed, count=180)

    assert (Entry.objects.count(), IndexEdition.objects.count()) == (rows, 1)


def test_a_rank_beyond_the_number_of_countries_is_refused(world, followed):
    with pytest.raises(Refused, match="beyond the number of countries"):
        enter(world, followed, rank=181, count=180)
