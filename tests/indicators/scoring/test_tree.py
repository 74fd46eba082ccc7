"""The arithmetic of a tree, and its empties."""

from typing import Any

import pytest

from indicators.frameworks.framework import Framework
from indicators.scoring.scales import Unfit
from tests.indicators.scoring.trees import UNIT, F, branch, framework, leaf, score


def total(tested: Framework, **cells: str) -> str:
    return score(tested, **cells)["t"].score


# --- Arithmetic ---------------------------------------------------------------------------------


def test_weights_are_relative_whatever_their_sum() -> None:
    for weights in ((1, 3), (0.25, 0.75), (25, 75), (0.34, 1.02)):
        tested = framework(
            branch("t", "wmean", leaf("a", weight=weights[0]), leaf("b", weight=weights[1]))
        )
        assert total(tested, a="1", b="0") == "0.25"


def test_children_without_weights_weigh_alike_and_weight_zero_does_not_count() -> None:
    bare = [{key: value for key, value in leaf(code).items() if key != "weight"} for code in "ab"]
    tested = framework(branch("t", "wmean", *bare))
    aside = framework(branch("t", "wmean", leaf("a"), leaf("b", weight=0)))

    assert total(tested, a="1", b="0") == "0.5"
    assert total(aside, a="1") == "1"


def test_a_sum_is_weighted_but_not_normalised() -> None:
    tested = framework(branch("t", "sum", leaf("a", weight=2), leaf("b", weight=0.5)))

    assert total(tested, a="1", b="0.5") == "2.25"


def test_a_geometric_mean_of_means_keeps_each_weight_where_it_stands() -> None:
    inner = branch("m", "wmean", leaf("a", weight=1), leaf("b", weight=3), weight=2)
    tested = framework(branch("t", "gmean", inner, leaf("c", weight=1)))

    exact = F(score(tested, a="0.2", b="0.6", c="0.125")["t"].exact)  # (0.5 x 0.5 x 0.125) ** (1/3)

    assert abs(exact**3 - F("0.03125")) < F(1, 10**26)


def test_a_geometric_mean_refuses_what_lies_below_zero() -> None:
    tested = framework(
        branch("t", "gmean", leaf("a", "n"), leaf("b", "n")), {"n": {"type": "number"}}
    )

    with pytest.raises(Unfit, match="node t: the geometric mean takes no value below zero"):
        score(tested, a="-1", b="4")


def test_scale_to_scales_from_the_maximum_of_what_stands_below() -> None:
    ten = {"ten": {"type": "number", "min": 0, "max": 10}, "open": {"type": "number"}}
    mean = framework(branch("t", "wmean", leaf("a", "ten"), leaf("b", "ten"), scale_to=100), ten)
    summed = framework(branch("t", "sum", leaf("a", "ten"), leaf("b", "ten"), scale_to=100), ten)
    product = framework(branch("t", "gmean", leaf("a", "ten"), leaf("b", "ten"), scale_to=1), ten)
    unknown = framework(branch("t", "wmean", leaf("a", "open"), scale_to=100), ten)
    single = framework(branch("t", "sum", leaf("a", "ten", scale_to=100)), ten)

    assert [total(tested, a="4", b="9") for tested in (mean, summed, product)] == [
        "65",
        "65",
        "0.6",
    ]
    assert total(unknown, a="0.4") == "40"
    assert total(single, a="4") == "40"


def test_points_earned_are_summed_or_divided_by_those_possible() -> None:
    leaves = [
        leaf("a", "hundred", points=30),
        leaf("b", "u", points=10, weight=7),
        leaf("c", "own"),
    ]
    scales = {**UNIT, "own": {"type": "points", "max": 60}}
    summed = framework(branch("t", "sum_points", *leaves), scales)
    ratio = framework(branch("t", "points_ratio", *leaves, scale_to=100), scales)

    lines = score(summed, a="50", b="1", c="45")

    assert [lines[code].score for code in "abct"] == ["15", "10", "45", "70"]
    assert total(ratio, a="50", b="1", c="45") == "70"
    assert total(ratio, a="50", b="NA", c="45") == "66.66666666666666666666666667"
    assert total(summed, a="50", b="NA", c="45") == "66.66666666666666666666666667"


def test_a_means_child_in_points_counts_by_its_weight_and_not_by_its_points() -> None:
    parts = [branch(code, "wmean", leaf(f"{code}1", "hundred"), points=200) for code in "ab"]
    tested = framework(branch("t", "wmean", parts[0], parts[1] | {"weight": 3}, points=1000))

    lines = score(tested, a1="50", b1="100")

    assert [lines[code].score for code in "abt"] == ["100", "200", "875"]
    assert total(tested, a="100", b="200") == "875"


def test_rounding_happens_at_each_node_and_the_rounded_score_goes_up() -> None:
    inner = branch("m", "wmean", leaf("a"), leaf("b"), round={"digits": 1, "mode": "half_up"})
    tested = framework(
        branch("t", "sum", inner, leaf("c"), round={"digits": 2, "mode": "half_even"})
    )

    lines = score(tested, a="0.3", b="0.4", c="0.125")

    assert (lines["m"].score, lines["m"].exact) == ("0.4", "0.35")
    assert (lines["t"].score, lines["t"].exact) == ("0.52", "0.525")


@pytest.mark.parametrize(
    ("round_", "wanted"), [({"mode": "none"}, "2.345"), ("none", "2.345"), (None, "2.345")]
)
def test_rounding_can_be_left_out_in_each_way(round_: object, wanted: str) -> None:
    tested = framework(branch("t", "sum", leaf("a", "hundred"), round=round_))

    assert total(tested, a="2.345") == wanted


def test_a_tree_may_be_a_hundred_levels_deep() -> None:
    root: dict[str, Any] = leaf("bottom")
    for depth in range(100):
        root = branch(f"n{depth}", "wmean", root)

    lines = score(framework(root), bottom="0.5")

    assert (len(lines), lines["n99"].score) == (101, "0.5")


# --- Empties ------------------------------------------------------------------------------------


EMPTIES = [
    ("skip", {"a": "0.6"}, "0.6"),
    ("skip", {}, ""),
    ("zero", {"a": "0.6"}, "0.2"),
    ("zero", {}, "0"),
    ("null", {"a": "0.6"}, ""),
    (None, {"a": "0.6"}, ""),
    ({"skip_min_count": 2}, {"a": "0.6"}, ""),
    ({"skip_min_count": 2}, {"a": "0.6", "b": "0.2"}, "0.4"),
    ("null", {"a": "0.6", "b": "NA", "c": "NA"}, "0.6"),
    ("zero", {"a": "0.6", "b": "NA", "c": ""}, "0.3"),
    ("zero", {"a": "NA", "b": "NA", "c": "NA"}, ""),
    ("null", {"a": "0.6", "b": "0.2", "c": "REVIEW"}, "0.4"),
    ({"skip_min_count": 2}, {"a": "0.6", "b": "NA", "c": "REVIEW"}, ""),
]


@pytest.mark.parametrize(("missing", "cells", "wanted"), EMPTIES)
def test_the_empties_follow_the_policy_of_their_node(
    missing: object, cells: dict[str, str], wanted: str
) -> None:
    tested = framework(branch("t", "wmean", leaf("a"), leaf("b"), leaf("c"), missing=missing))

    assert total(tested, **cells) == wanted


def test_each_blank_says_why_it_is_blank() -> None:
    inner = branch("m", "wmean", leaf("a"), leaf("b"), missing={"skip_min_count": 2})
    tested = framework(branch("t", "wmean", inner, leaf("c"), leaf("d"), leaf("e"), missing="skip"))

    lines = score(tested, a="1", c="0.5", d="NA", e="REVIEW")

    assert {code: lines[code].rule for code in "mbde"} == {
        "m": "1 scored, 2 needed for a result",
        "b": "not answered",
        "d": "not applicable",
        "e": "under review",
    }
    assert (lines["t"].score, lines["t"].rule) == ("0.5", "provisional: e under review")


def test_a_branch_applies_if_a_child_does_and_one_unanswered_child_blocks_it() -> None:
    inner = branch("m", "wmean", leaf("a"), leaf("b"), missing="skip")
    tested = framework(branch("t", "wmean", inner, leaf("c"), missing="null"))

    assert total(tested, a="NA", b="NA", c="0.5") == "0.5"
    assert total(tested, a="NA", b="", c="0.5") == ""
    assert total(tested, m="NA", a="1", c="0.5") == "0.5"


def test_a_leaf_may_count_as_zero_where_its_brothers_are_skipped() -> None:
    tested = framework(
        branch("t", "wmean", leaf("a"), leaf("b", missing="zero"), leaf("c"), missing="skip")
    )

    assert total(tested, a="0.6") == "0.3"
    assert score(tested, a="0.6")["b"].rule == "not answered: zero"


def test_a_value_on_an_inner_node_replaces_its_children_and_says_so() -> None:
    inner = branch("m", "wmean", leaf("a"), leaf("b"), scale_to=100, round={"digits": 0})
    tested = framework(branch("t", "wmean", inner, missing="null"))

    lines = score(tested, m="84.5", a="0.1")

    assert [lines[code].score for code in "tm"] == ["85", "85"]
    assert (lines["m"].exact, lines["m"].rule, lines["a"].score) == (
        "84.5",
        "value given for this node",
        "0.1",
    )
    with pytest.raises(Unfit, match="101 is more than m can be, which is 100"):
        tested.read_value("m", "101")
    with pytest.raises(Unfit, match="less than m can be"):
        tested.read_value("m", "-1")
