"""Publishers' whole files, where they are at hand.

They lie in `../shared/data/verification` beside the repository and are not part of it; without them
these tests are skipped, and say so.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from festival.countries import HOME
from festival.indices.comparison import place_of
from tests.festival.indices.published_files import published_file

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "verification"


def whole(name: str) -> bytes:
    path = PUBLISHED / name
    if not path.exists():
        pytest.skip(f"the published figures are not at hand: {path}")
    return path.read_bytes()


def test_the_whole_human_development_file_is_read_without_a_wrong_row():
    found = published_file("hdi", whole("hdi_1990_2022.csv"))
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
        for g in published_file("hdi", whole("hdi_1990_2022.csv")).values
        if g.year == 2022 and g.score is not None
    ]
    scores = {g.country: g.score for g in found}

    for g in found:
        place = place_of(scores, g.country, higher=True)
        tied = sum(1 for score in scores.values() if score == g.score)
        assert place is not None
        assert place.place <= g.rank < place.place + tied


def test_the_whole_e_government_file_is_read_without_a_wrong_row():
    found = published_file("egdi", whole("un_egdi_2010_2024.csv"))
    own = {g.year: (g.score, g.rank) for g in found.values if g.country == HOME}

    assert found.wrong == []
    assert len(found.values) == 7 * 193
    assert own[2024] == (Decimal("0.65639"), 101)
    assert [(g.country, g.is_covered) for g in found.values if not g.is_covered] == [("SSD", False)]


def test_the_whole_fragile_states_file_ranks_the_country_where_less_is_better():
    found = published_file("fsi", whole("fragile_states_index_2024.csv"), year=2024)
    scores = {g.country: g.score for g in found.values if g.score is not None}

    assert found.wrong == []
    assert len(scores) == 179
    place = place_of(scores, HOME, higher=False)
    assert place is not None
    assert place.place == 1 + sum(1 for score in scores.values() if score < scores[HOME])
    assert place_of(scores, "SOM", higher=False).place == 179
