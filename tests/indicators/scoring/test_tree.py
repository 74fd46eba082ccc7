"""The engine of reference frameworks: every rule of the common form by a small example, and what
holds of any tree.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.frameworks.framework import Framework, NodeResult
from indicators.frameworks.reader import read
from indicators.scoring.exact import MODES, Rounding, geometric_mean, log_share, parsed, written
from indicators.scoring.scales import Unfit

F = Fraction
UNIT = {
    "u": {"type": "number", "min": 0, "max": 1},
    "hundred": {"type": "number", "min": 0, "max": 100},
}


def framework(root: Mapping[str, Any], scales: Mapping[str, Any] = UNIT, **top: Any) -> Framework:
    document = {
        "form": "assessment-framework/1",
        "code": "T",
        "title": "T",
        "scales": scales,
        "root": root,
        **top,
    }
    return read(json.dumps(document), "t.json")


def leaf(code: str, scale: str = "u", **more: Any) -> dict[str, Any]:
    return {"code": code, "title": code, "weight": 1, "scale": scale, **more}


def branch(code: str, agg: str, *children: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": code,
        "weight": 1,
        "agg": agg,
        "children": list(children),
        **more,
    }


def score(tested: Framework, rating: str = "", **cells: str) -> dict[str, NodeResult]:
    found = {
        code: value
        for code, text in cells.items()
        if (value := tested.read_value(code, text)) is not None
    }
    return {line.node.code: line for line in tested.score(found, rating=rating)}


def total(tested: Framework, **cells: str) -> str:
    return score(tested, **cells)["t"].score


# --- Exact numbers ------------------------------------------------------------------------------

ROUNDED = {
    "half_up": ("2.5", "3", "-3", "2"),
    "half_down": ("2.5", "2", "-2", "2"),
    "half_even": ("2.5", "2", "-2", "2"),
    "up": ("2.5", "3", "-3", "3"),
    "down": ("2.5", "2", "-2", "2"),
    "floor": ("2.5", "2", "-3", "2"),
    "ceiling": ("2.5", "3", "-2", "3"),
}


@pytest.mark.parametrize("mode", MODES)
def test_each_way_of_rounding_treats_a_half_as_its_name_says(mode: str) -> None:
    value, up, down, above_two = ROUNDED[mode]

    rounding = Rounding(0, mode)

    assert [rounding.written(F(n)) for n in (value, f"-{value}", "2.1")] == [up, down, above_two]
    assert rounding.written(F("3.5")) == {"half_down": "3", "down": "3", "floor": "3"}.get(
        mode, "4"
    )


@given(st.fractions(max_denominator=10**6), st.integers(-3, 8), st.sampled_from(MODES))
def test_rounding_agrees_with_the_decimals_of_the_library(
    value: Fraction, digits: int, mode: str
) -> None:
    with localcontext() as context:
        context.prec = 60
        number = Decimal(value.numerator) / Decimal(value.denominator)
        wanted = number.quantize(Decimal(1).scaleb(-digits), rounding=f"ROUND_{mode.upper()}")

    assert Rounding(digits, mode).apply(value) == F(wanted)
    assert Decimal(Rounding(digits, mode).written(value)) == wanted


def test_a_number_is_written_in_full_while_it_ends_and_else_to_28_digits() -> None:
    assert written(F(169, 2)) == "84.5"
    assert written(F(1, 2**20)) == "0.00000095367431640625"
    assert written(F(2, 3)) == "0.6666666666666666666666666667"
    assert written(F(0)) == "0"
    assert written(F(120)) == "120"
    assert Rounding(3).written(F("0.8")) == "0.800"
    assert Rounding(-1).written(F(85)) == "90"


@pytest.mark.parametrize(
    ("text", "value"), [("5e-05", "0.00005"), ("۱۲٫۵", "12.5"), ("+.5", "0.5"), ("3.", "3")]
)
def test_numbers_are_read_as_tables_and_people_write_them(text: str, value: str) -> None:
    assert parsed(text) == F(value)


@pytest.mark.parametrize(
    "text", ["", "1,5", "1/2/3", "nan", "inf", "0x1", "1_000", "1e999", "--1", "12 3", "٪5٪"]
)
def test_what_is_not_one_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parsed(text)


def test_the_geometric_mean_of_equal_numbers_is_that_number() -> None:
    equal = [F(7, 3), F(1, 3), F("0.7995"), F(100)]

    assert [geometric_mean([(F(2), F(n)), (F(5), F(n))]) == n for n in equal[2:]] == [True, True]
    assert geometric_mean([(F(1), F(4)), (F(1), F(9))]) == 6
    assert geometric_mean([(F(1), F(0)), (F(1), F(9))]) == 0
    assert log_share(F(100), F(100), F(75000)) == 0
    assert log_share(F(75000), F(100), F(75000)) == 1


# --- Scales -------------------------------------------------------------------------------------

SCALES = [
    ("more than the goalpost is one", {"type": "minmax", "min": 20, "max": 85}, "90", "1"),
    ("less than the goalpost is nothing", {"type": "minmax", "min": 20, "max": 85}, "-3", "0"),
    ("between the goalposts", {"type": "minmax", "min": 20, "max": 85}, "52.5", "0.5"),
    ("without a cap", {"type": "minmax", "min": 0, "max": 10, "cap": False}, "15", "1.5"),
    ("with both limits said", {"type": "minmax", "min": 0, "max": 10, "cap": 1, "floor": 0}, "15", "1"),
    ("with a cap of the value", {"type": "minmax", "min": 0, "max": 10, "cap": 12}, "15", "1.2"),
    ("with a floor of the value", {"type": "minmax", "min": 0, "max": 10, "floor": 2}, "-15", "0.2"),
    ("with an income's cap", {"type": "minmax", "min": 1, "max": 100, "cap": 100, "transform": "log"}, "1e9", "1"),
    ("without a floor", {"type": "minmax", "min": 0, "max": 10, "floor": False}, "-5", "-0.5"),
    ("less is better", {"type": "minmax", "min": 0, "max": 10, "direction": "down"}, "2", "0.8"),
    ("goalposts the other way round", {"type": "minmax", "min": 10, "max": 0}, "2", "0.8"),
    ("logarithm", {"type": "minmax", "min": 1, "max": 10000, "transform": "log"}, "100", "0.5"),
    ("no income at all", {"type": "minmax", "min": 100, "max": 75000, "transform": "log"}, "0", "0"),
    ("reached the standard", {"type": "ratio", "standard": 80, "cap": 1, "floor": 0}, "60", "0.75"),
    ("beyond the standard", {"type": "ratio", "standard": 80, "cap": 1, "floor": 0}, "100", "1"),
    ("beyond it without a cap", {"type": "ratio", "standard": 80}, "100", "1.25"),
    ("below the floor", {"type": "ratio", "standard": 80, "floor": 0.5}, "8", "0.5"),
    ("falling", {"type": "ratio", "standard": 10, "direction": "down", "cap": 1}, "20", "0.5"),
    ("nothing at all", {"type": "ratio", "standard": 10, "direction": "down", "cap": 1}, "0", "1"),
    ("more is better", {"type": "interpolate", "levels": [100, 60], "targets": [30, 10]}, "20", "80"),
    ("better than the best", {"type": "interpolate", "levels": [100, 60], "targets": [30, 10]}, "31", "100"),
    ("worse than the worst", {"type": "interpolate", "levels": [100, 60], "targets": [30, 10]}, "9", "0"),
    ("just the worst", {"type": "interpolate", "levels": [100, 60], "targets": [30, 10]}, "10", "60"),
    ("fewer days", {"type": "interpolate", "levels": [100, 90, 60], "targets": [10, 20, 40]}, "30", "75"),
    ("above", {"type": "interpolate", "levels": [100, 60], "targets": [30, 10], "above": 110}, "31", "110"),
    ("below", {"type": "interpolate", "levels": [100, 60], "targets": [30, 10], "below": 60}, "1", "60"),
    ("equal targets", {"type": "interpolate", "levels": [100, 90, 60], "targets": [30, 30, 10]}, "30", "100"),
    ("days", {"type": "interpolate", "levels": [100, 60], "targets": ["2014-03-01", "2014-03-11"]}, "2014-03-06", "80"),
    ("an option", {"type": "options", "options": [{"code": "LE", "label": "Large", "value": 0.67}]}, "LE", "0.67"),
    ("its label", {"type": "options", "options": [{"code": "LE", "label": "Large", "value": 0.67}]}, "large", "0.67"),
    ("points", {"type": "points", "max": 25}, "17.5", "17.5"),
    ("a step", {"type": "number", "min": 0, "max": 100, "step": 5}, "35", "35"),
    ("an open number", {"type": "number"}, "-12e2", "-1200"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "value", "wanted"), [row[1:] for row in SCALES], ids=[row[0] for row in SCALES]
)
def test_a_scale_scores_as_its_formula_says(scale: dict[str, Any], value: str, wanted: str) -> None:
    tested = framework(branch("t", "sum", leaf("a", "s")), {"s": scale})

    assert score(tested, a=value)["a"].exact == wanted


UNFIT = [
    ({"type": "number", "min": 0, "max": 10}, "10.1", "more than 10"),
    ({"type": "number", "min": 0.5, "max": 10}, "0", "less than 0.5"),
    ({"type": "number", "min": 0, "max": 100, "step": 5}, "33", "steps of 5"),
    ({"type": "points", "max": 25}, "-1", "less than 0"),
    ({"type": "options", "options": [{"code": "Y", "value": 1}]}, "N", "none of the options Y"),
    ({"type": "ratio", "standard": 5, "direction": "down"}, "0", "cannot be divided"),
    (
        {"type": "minmax", "min": 1, "max": 9, "transform": "log", "floor": False},
        "0",
        "no logarithm",
    ),
    (
        {"type": "interpolate", "levels": [2, 1], "targets": ["2014-03-01", "2014-03-11"]},
        "12",
        "not a date",
    ),
    ({"type": "minmax", "min": 1, "max": 9}, "n/a", "not a number"),
]


@pytest.mark.parametrize(("scale", "value", "reason"), UNFIT, ids=[row[2] for row in UNFIT])
def test_a_value_that_the_scale_does_not_have_is_refused(
    scale: dict[str, Any], value: str, reason: str
) -> None:
    tested = framework(branch("t", "sum", leaf("a", "s")), {"s": scale})

    with pytest.raises(Unfit, match=reason):
        tested.read_value("a", value)


def test_a_leaf_brings_what_its_scale_leaves_open() -> None:
    scales = {
        "r": {"type": "ratio", "cap": 1, "floor": 0},
        "i": {"type": "interpolate", "levels": [100, 60]},
    }
    tested = framework(
        branch(
            "t",
            "none",
            leaf("up", "r", standard=80),
            leaf("down", "r", standard=10, direction="down"),
            leaf("rising", "i", targets=[10, 20]),
            leaf("falling", "i", targets=[20, 10]),
        ),
        scales,
    )

    lines = score(tested, up="60", down="20", rising="15", falling="15")

    assert [lines[code].score for code in ("up", "down", "rising", "falling")] == [
        "0.75",
        "0.5",
        "80",
        "80",
    ]


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


# --- Caps, bands, overrides, limits -------------------------------------------------------------


def test_a_cap_is_compared_as_a_share_and_applied_before_scaling() -> None:
    inner = branch("m", "wmean", leaf("a", "hundred"), leaf("b", "hundred"))
    tested = framework(
        branch("t", "wmean", inner, leaf("c", "hundred", scale_to=10), cap_by="c", scale_to=1000)
    )

    lines = score(tested, a="100", b="100", c="20")

    assert (lines["t"].score, lines["t"].rule) == ("200", "capped by c")
    assert score(tested, a="0", b="0", c="20")["t"].rule == ""


BANDS = [{"min": 0, "label": "Low"}, {"min": 0.8, "label": "High"}]


@pytest.mark.parametrize(
    ("round_", "band_rounding", "wanted"),
    [
        (None, None, "Low"),
        ({"digits": 2}, None, "High"),
        ({"digits": 2}, "none", "Low"),
        (None, {"digits": 2, "mode": "half_up"}, "High"),
        (None, {"digits": 3, "mode": "half_even"}, "High"),
        (None, {"digits": 3, "mode": "down"}, "Low"),
    ],
)
def test_a_band_is_looked_up_by_the_value_that_the_definition_names(
    round_: object, band_rounding: object, wanted: str
) -> None:
    tested = framework(
        branch("t", "wmean", leaf("a"), round=round_), bands=BANDS, band_rounding=band_rounding
    )

    assert score(tested, a="0.7996")["t"].band == wanted


def test_below_the_lowest_band_there_is_none() -> None:
    tested = framework(branch("t", "wmean", leaf("a")), bands=BANDS[1:])

    assert score(tested, a="0.1")["t"].band == ""


def test_an_override_replaces_the_rating_and_leaves_the_score() -> None:
    tested = framework(branch("t", "wmean", leaf("a")), bands=BANDS)

    line = score(tested, tested.rating("t", "!Suspended"), a="0.9")["t"]

    assert (line.score, line.band, line.rule) == (
        "0.9",
        "Suspended",
        "override: Suspended instead of High",
    )
    with pytest.raises(Unfit, match="only the root t"):
        tested.rating("a", "!High")


def ealing() -> Framework:
    """CPA 2002-04 as in Audit Commission v Ealing [2005] EWCA Civ 556; cells other than (3, 3) from
    knowledge.
    """
    four = {"four": {"type": "number", "min": 1, "max": 4, "step": 1}}
    services = branch(
        "services",
        "wmean",
        leaf("education", "four", weight=4),
        leaf("social", "four", weight=4),
        leaf("libraries", "four"),
        round={"digits": 0},
    )
    cells = {(3, 3): "Good", (3, 2): "Fair", (2, 2): "Weak", (3, 4): "Excellent"}
    table = [
        {
            "when": [{"node": "services", "equals": a}, {"node": "ability", "equals": b}],
            "then": then,
        }
        for (a, b), then in cells.items()
    ]
    words = ["Excellent", "Good", "Fair", "Weak", "Poor"]
    return framework(
        branch(
            "t",
            "table",
            services,
            leaf("ability", "four"),
            table=table,
            groups={"core": ["education", "social"]},
        ),
        four,
        bands=[{"code": word, "label": word} for word in words],
        limits=[
            {
                "id": "core2",
                "when": [{"group": "core", "count_below": 2, "at_least": 1}],
                "at_most": "Weak",
            },
            {
                "id": "core3",
                "when": [{"group": "core", "count_below": 3, "at_least": 1}],
                "at_most": "Good",
            },
        ],
    )


def test_a_limiting_rule_pulls_a_rating_down_never_up_and_is_named() -> None:
    good = score(ealing(), education="3", social="3", libraries="3", ability="3")["t"]
    weak = score(ealing(), education="4", social="1", libraries="4", ability="3")["t"]
    held = score(ealing(), education="4", social="2", libraries="4", ability="4")["t"]
    below = score(ealing(), education="2", social="1", libraries="4", ability="2")["t"]

    assert (good.band, good.rule) == ("Good", "table row 1")
    assert (weak.band, weak.rule) == ("Weak", "table row 1; limit core2: Weak instead of Good")
    assert (held.band, held.rule) == ("Good", "table row 4; limit core3: Good instead of Excellent")
    assert (below.band, below.rule) == ("Weak", "table row 3")


def test_a_table_without_a_fitting_row_gives_its_default_and_says_that_none_fits() -> None:
    rows = [{"when": [{"node": "a", "above": 0.5, "at_most": 0.9}], "then": 3}]
    tested = framework(branch("t", "table", leaf("a"), table=rows, default="unrated"), bands=[])

    assert (score(tested, a="0.9")["t"].score, score(tested, a="0.9")["t"].band) == ("3", "3")
    assert score(tested, a="0.95")["t"].band == "unrated"
    assert score(tested, a="0.95")["t"].rule == "no row of the table holds"


# --- What holds of any tree ---------------------------------------------------------------------

shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)
weights = st.lists(st.integers(1, 50), min_size=2, max_size=6)
MONOTONE = ("wmean", "sum", "gmean", "points_ratio", "sum_points", "all_required")


def flat(agg: str, given_weights: list[int], factor: int = 1) -> Framework:
    return framework(
        branch(
            "t",
            agg,
            *(leaf(f"n{place}", weight=w * factor) for place, w in enumerate(given_weights)),
        )
    )


def result(tested: Framework, values: Mapping[str, Fraction | None]) -> Fraction | None:
    given_values = {code: value for code, value in values.items() if value is not None}
    return tested.score(given_values)[0].outcome.exact


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[int], dict[str, Fraction]]:
    found = draw(weights)
    return found, {f"n{place}": draw(shares) for place in range(len(found))}


@given(cases(), st.sampled_from(MONOTONE), shares)
def test_more_of_a_child_never_gives_less_nor_leaves_zero_to_the_maximum(
    case: tuple[list[int], dict[str, Fraction]], agg: str, more: Fraction
) -> None:
    tested = flat(agg, case[0])
    better = case[1] | {"n0": max(more, case[1]["n0"])}

    before, after = result(tested, case[1]), result(tested, better)

    assert before is not None
    assert after is not None
    assert 0 <= before <= after + F(1, 10**45)
    assert after <= (tested.root.full or 0)


@given(cases(), st.sampled_from(["wmean", "gmean"]), st.integers(2, 9))
def test_a_mean_does_not_change_when_all_weights_grow_alike(
    case: tuple[list[int], dict[str, Fraction]], agg: str, factor: int
) -> None:
    one, other = result(flat(agg, case[0]), case[1]), result(flat(agg, case[0], factor), case[1])

    assert one is not None
    assert other is not None
    assert one == other


@given(cases(), st.sampled_from(MONOTONE), st.randoms())
def test_the_order_of_children_and_values_is_irrelevant(
    case: tuple[list[int], dict[str, Fraction]], agg: str, random: Any
) -> None:
    tested = flat(agg, case[0])
    root = {
        **branch("t", agg),
        "children": [leaf(f"n{place}", weight=w) for place, w in enumerate(case[0])],
    }
    random.shuffle(root["children"])
    values = list(case[1].items())
    random.shuffle(values)

    one, other = result(tested, case[1]), result(framework(root), dict(values))

    assert one is not None
    assert other is not None
    assert abs(one - other) < F(1, 10**45)


@given(cases(), st.sampled_from(["wmean", "gmean", "sum", "sum_points", "points_ratio"]))
def test_dropping_a_child_leaves_the_whole_to_the_others(
    case: tuple[list[int], dict[str, Fraction]], agg: str
) -> None:
    """Full marks in what applies are full marks in all; equal marks stay what they were."""
    tested = flat(agg, case[0])
    share = case[1]["n0"]
    assume(share > 0)

    everywhere = result(tested, dict.fromkeys(case[1], share))
    without = tested.score(
        {**dict.fromkeys(case[1], share), "n0": tested.read_value("n0", "NA")}  # type: ignore[dict-item]
    )[0].outcome.exact

    assert without is not None
    assert everywhere is not None
    assert abs(without - everywhere) < F(1, 10**45)


@st.composite
def directed(draw: st.DrawFn) -> tuple[dict[str, Any], bool]:
    """A scale and whether more of the value is better."""
    number = st.integers(1, 1000)
    match draw(st.sampled_from(["minmax", "log", "ratio", "interpolate"])):
        case "minmax":
            least, most, down = draw(number), draw(number), draw(st.booleans())
            assume(least != most)
            scale = {
                "type": "minmax",
                "min": least,
                "max": most,
                "direction": "down" if down else "up",
            }
            return scale, (most > least) != down
        case "log":
            least = draw(number)
            return {
                "type": "minmax",
                "min": least,
                "max": least + draw(number),
                "transform": "log",
            }, True
        case "ratio":
            down = draw(st.booleans())
            direction = "down" if down else "up"
            return {
                "type": "ratio",
                "standard": draw(number),
                "direction": direction,
                "cap": 1,
                "floor": 0,
            }, not down
        case _:
            targets = sorted(draw(st.sets(number, min_size=5, max_size=5)))
            falling = draw(st.booleans())
            scale = {"type": "interpolate", "levels": [100, 90, 80, 70, 60]}
            return scale | {"targets": targets[::-1] if falling else targets}, falling


@given(directed(), st.integers(-100, 2000), st.integers(-100, 2000))
def test_a_scale_is_monotone_in_its_direction_and_stays_within_its_bounds(
    scale: tuple[dict[str, Any], bool], one: int, other: int
) -> None:
    tested = framework(branch("t", "none", leaf("a", "s")), {"s": scale[0]}).nodes["a"].scale
    assert tested is not None

    lesser, greater = (tested.score(F(value)) for value in sorted((one, other)))

    assert (lesser <= greater) if scale[1] else (lesser >= greater)
    assert 0 <= lesser <= (tested.full or 0)
