"""Which lines are drawn to be verified: examples by hand, and what holds of every sample."""

import hashlib
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from submissions.sampling import HEAVY, LARGE_GAIN, Candidate, Why, sample, size

LIGHT = Fraction(1, 100)


def line(key, **facts):
    return Candidate(**({"key": key, "weight": LIGHT} | facts))


def test_each_reason_counts_from_its_threshold_on():
    assert line(1).reasons == ()
    assert line(1, stands_out=True).reasons == (Why.OUTLIER,)
    assert line(1, gain=LARGE_GAIN).reasons == (Why.GAIN,)
    assert line(1, gain=LARGE_GAIN - Fraction(1, 10**9)).reasons == ()
    assert line(1, weight=HEAVY).reasons == (Why.WEIGHT,)
    assert line(1, was_corrected=True).reasons == (Why.CORRECTION,)


def test_risk_is_the_sum_of_the_four_each_at_most_one():
    whole = line(1, weight=Fraction(1, 4), gain=Fraction(3, 2), stands_out=True, was_corrected=True)

    assert whole.risk == Fraction(13, 4)
    assert line(1, gain=Fraction(-1, 2)).risk == LIGHT
    assert line(1, gain=Fraction(1, 3)).risk == Fraction(1, 3) + LIGHT


def test_the_riskiest_come_first_and_one_in_five_by_lot():
    risky = [
        line(1, gain=Fraction(1, 4)),
        line(2, stands_out=True),
        line(3, stands_out=True, was_corrected=True),
    ]
    lines = [*risky, *(line(key) for key in range(4, 101))]

    drawn = sample(lines, percent=5, seed="a1")

    assert list(drawn)[:3] == [3, 2, 1]
    assert drawn[3] == (Why.OUTLIER, Why.CORRECTION)
    lots = sorted(
        range(4, 101), key=lambda key: hashlib.sha256(f"a1:verify:{key}".encode()).hexdigest()
    )
    assert list(drawn)[3:] == lots[:2]
    assert {drawn[key] for key in lots[:2]} == {(Why.LOT,)}


def test_where_all_lines_are_risky_some_are_still_drawn_by_lot():
    lines = [line(key, stands_out=True, gain=Fraction(key, 100)) for key in range(100)]

    drawn = sample(lines, percent=10, seed="a1")

    assert [key for key, why in drawn.items() if why != (Why.LOT,)] == [
        99,
        98,
        97,
        96,
        95,
        94,
        93,
        92,
    ]
    assert sum(1 for why in drawn.values() if why == (Why.LOT,)) == 2


def test_another_seed_draws_other_lots_and_the_same_risks():
    lines = [line(key, stands_out=key < 5) for key in range(1000)]

    one, other = sample(lines, percent=5, seed="a1"), sample(lines, percent=5, seed="a2")

    assert {k for k, why in one.items() if Why.LOT not in why} == {
        k for k, w in other.items() if Why.LOT not in w
    }
    assert set(one) != set(other)


SHARE = st.fractions(min_value=-1, max_value=1, max_denominator=1000)
LINES = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 10**6),
        weight=st.fractions(min_value=0, max_value=1, max_denominator=100),
        gain=st.none() | SHARE,
        stands_out=st.booleans(),
        was_corrected=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda candidate: candidate.key,
)


@given(lines=LINES, percent=st.integers(0, 100), data=st.data())
def test_a_sample_has_its_size_its_reasons_and_no_chance_in_it(lines, percent, data):
    drawn = sample(lines, percent=percent, seed="seed")

    assert len(drawn) == size(len(lines), percent) == -(-len(lines) * percent // 100)
    assert set(drawn) <= {candidate.key for candidate in lines}
    assert all(drawn.values())
    assert sample(data.draw(st.permutations(lines)), percent=percent, seed="seed") == drawn
    by_key = {candidate.key: candidate for candidate in lines}
    by_risk = {key for key, why in drawn.items() if why != (Why.LOT,)}
    assert all(drawn[key] == by_key[key].reasons for key in by_risk)
    left = [c for c in lines if c.reasons and c.key not in by_risk]
    if by_risk and left:
        assert min(by_key[key].risk for key in by_risk) >= max(c.risk for c in left)
