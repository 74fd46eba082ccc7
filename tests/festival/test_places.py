"""Places within a group, for every list of agencies that hypothesis can think of."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from festival.places import Entrant, places

percents = st.decimals(min_value=0, max_value=100, places=4, allow_nan=False)
entrants = st.lists(
    st.builds(
        Entrant,
        key=st.integers(1, 10**6),
        group=st.integers(1, 3),
        percent=percents,
        submitted=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda e: (e.group, e.key),
)


def _entrant(key, percent, *, group=1, submitted=True):
    return Entrant(key=key, group=group, percent=Decimal(percent), submitted=submitted)


def _by_key(found):
    return {p.key: p.place for p in found}


def test_ties_share_a_place_and_the_next_place_is_skipped():
    found = places([_entrant(1, "80"), _entrant(2, "80"), _entrant(3, "70")])

    assert _by_key(found) == {1: 1, 2: 1, 3: 3}


def test_what_differs_only_beyond_the_second_place_is_a_tie():
    found = places([_entrant(1, "79.995"), _entrant(2, "80.0049"), _entrant(3, "80.005")])

    assert _by_key(found) == {3: 1, 1: 2, 2: 2}


def test_a_non_submitter_stands_behind_a_zero():
    found = places([_entrant(1, "95", submitted=False), _entrant(2, "0")])

    assert _by_key(found) == {2: 1, 1: 2}
    assert {p.key: p.percent for p in found} == {1: Decimal("0.00"), 2: Decimal("0.00")}


def test_each_group_has_a_first():
    found = places([_entrant(1, "40", group=1), _entrant(2, "90", group=2)])

    assert _by_key(found) == {1: 1, 2: 1}


@given(entrants, st.randoms())
def test_the_order_of_input_does_not_matter(given_, random):
    shuffled = list(given_)
    random.shuffle(shuffled)

    assert places(shuffled) == places(given_)


@given(entrants)
def test_a_place_is_one_more_than_the_number_of_those_ahead(given_):
    found = places(given_)

    submitted = {(e.group, e.key): e.submitted for e in given_}
    for one in found:
        own = (submitted[one.group, one.key], one.percent)
        ahead = [
            other
            for other in found
            if other.group == one.group and (submitted[other.group, other.key], other.percent) > own
        ]
        assert one.place == len(ahead) + 1


@given(entrants)
def test_nobody_who_submitted_stands_behind_one_who_did_not(given_):
    found = places(given_)

    submitted = {(e.group, e.key): e.submitted for e in given_}
    for group in {p.group for p in found}:
        of_group = [p for p in found if p.group == group]
        entered = [p.place for p in of_group if submitted[group, p.key]]
        absent = [p.place for p in of_group if not submitted[group, p.key]]
        assert not entered or not absent or max(entered) < min(absent)
    assert len(found) == len(given_)
