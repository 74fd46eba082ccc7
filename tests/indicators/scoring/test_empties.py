"""What does not apply is spread or leaves the ceiling, and what could have been earned of the rest
is told.
"""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.frameworks.framework import Framework
from indicators.frameworks.json_document import Malformed
from indicators.frameworks.wording import node_words
from tests.indicators.scoring.trees import branch, framework, leaf, score

F = Fraction
LEAVES = {"not_applicable": "leave"}


def summed(code: str, *children: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return branch(code, "sum", *children, **{"missing": "zero", **keys})


def parts(*weights: int, code: str = "n") -> list[dict[str, Any]]:
    return [leaf(f"{code}{place}", weight=weight) for place, weight in enumerate(weights)]


def of(tested: Framework, **cells: str) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    """The score and what was possible, by node."""
    return {
        code: (line.outcome.score, line.outcome.possible)
        for code, line in score(tested, **cells).items()
    }


@pytest.mark.parametrize("agg", ["sum", "sum_points", "wmean", "points_ratio"])
def test_what_leaves_the_ceiling_leaves_points_and_percent_to_the_rest(agg: str) -> None:
    scales = {"ten": {"type": "number", "min": 0, "max": 10}}
    leaves = [leaf("a", "ten", points=10, weight=1), leaf("b", "ten", points=10, weight=1)]
    tested = framework(branch("t", agg, *leaves, missing="zero", **LEAVES), scales)

    found, possible = of(tested, a="5", b="NA")["t"]
    whole = tested.root.full

    assert found is not None
    assert whole is not None
    assert (found, possible) == (whole / 4, whole / 2)


def test_spreading_fills_up_what_left_the_ceiling_below() -> None:
    inner = summed("m", *parts(30, 10), **LEAVES)
    other = summed("o", *parts(60, code="o"), **LEAVES)
    spreads, leaves = (framework(summed("t", inner, other, **keys)) for keys in ({}, LEAVES))

    cells = {"n0": "0.5", "n1": "NA", "o0": "1"}

    assert of(spreads, **cells) | {"n0": 0, "n1": 0, "o0": 0} == {
        "t": (F(75) * 100 / 90, 100), "m": (15, 30), "o": (60, 60), "n0": 0, "n1": 0, "o0": 0,
    }  # fmt: skip
    assert of(leaves, **cells)["t"] == (75, 90)


def test_a_mean_that_spreads_takes_a_child_by_what_it_could_have_earned() -> None:
    inner = summed("m", *parts(3, 1), weight=1, **LEAVES)
    tested = framework(
        branch("t", "wmean", inner, summed("o", *parts(4, code="o"), weight=1), missing="zero")
    )

    assert of(tested, n0="0.5", n1="NA", o0="1")["t"] == (3, 4)


def test_under_review_may_earn_nothing_yet_and_keep_its_ceiling() -> None:
    tested = framework(summed("t", *parts(40, 60), under_review="zero"))
    dropped = framework(summed("t", *parts(40, 60)))

    line = score(tested, n0="1", n1="REVIEW")["t"]

    assert (line.score, line.outcome.possible, line.outcome.waiting) == ("40", 100, ("n1",))
    assert score(dropped, n0="1", n1="REVIEW")["t"].score == "100"
    assert score(tested, n0="REVIEW", n1="REVIEW")["t"].score == "0"


def test_what_does_not_apply_at_all_leaves_whatever_its_parent_says() -> None:
    tested = framework(
        summed("t", summed("m", *parts(40)), summed("o", *parts(60, code="o")), **LEAVES)
    )

    found = of(tested, n0="NA", o0="0.5")

    assert found["m"] == (None, 0)
    assert found["t"] == (30, 60)
    assert score(tested, n0="NA", o0="NA")["t"].score == ""


def test_where_no_maximum_is_known_nothing_is_said_to_be_possible() -> None:
    tested = framework(
        summed("t", leaf("a", "open"), leaf("b", "open")), {"open": {"type": "number"}}
    )

    assert of(tested, a="3", b="NA")["t"] == (6, None)


def test_the_empties_of_a_node_are_told_and_an_impossible_policy_is_refused() -> None:
    tested = framework(summed("t", *parts(1, 1), under_review="zero", **LEAVES))

    assert node_words(tested.root)[2:] != []
    for agg in ("gmean", "all_required", "none"):
        with pytest.raises(Malformed, match="nothing can leave the ceiling"):
            framework(branch("t", agg, *parts(1, 1), **LEAVES))
    with pytest.raises(Malformed):
        framework(summed("t", *parts(1), not_applicable="stay"))
    with pytest.raises(Malformed):
        framework(summed("t", *parts(1), under_review="stay"))


shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)
groups = st.lists(
    st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=4),
    min_size=1,
    max_size=4,
)


@given(groups, shares, st.sampled_from(["sum", "wmean"]), st.sampled_from(["spread", "leave"]))
def test_equal_marks_in_all_that_applies_are_that_share_of_what_is_possible(
    drawn: list[list[tuple[int, bool]]], share: Fraction, agg: str, policy: str
) -> None:
    children, cells = [], {}
    for place, group in enumerate(drawn):
        leaves = parts(*(weight for weight, _applies in group), code=f"g{place}x")
        cells |= {
            leaf["code"]: share if applies else None
            for leaf, (_w, applies) in zip(leaves, group, strict=True)
        }
        if any(weight for weight, _applies in group):
            children.append(summed(f"g{place}", *leaves, weight=1, **LEAVES))
    if not children:
        return
    tested = framework(branch("t", agg, *children, missing="zero", not_applicable=policy))
    given_cells = {
        code: tested.read_value(code, "NA") if value is None else value
        for code, value in cells.items()
        if code in tested.nodes
    }

    outcome = tested.score(given_cells)[0].outcome  # type: ignore[arg-type]

    assert outcome.possible is not None
    if outcome.score is not None:
        assert outcome.score == share * outcome.possible
