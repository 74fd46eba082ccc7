"""Methods stay within bounds and in their direction, the tree adds up, and the form of 1381 scores as it did."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import override
from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.methods import METHODS, checklist_value, half_up, points
from indicators.scoring import Line, LineState, band, total

D = Decimal
DATA = Path(__file__).parents[2] / "indicators" / "data"

values = st.decimals(min_value=-(10**6), max_value=10**6, places=4)
amounts = st.decimals(min_value=D("0.0001"), max_value=10**6, places=4)
ceilings = st.integers(min_value=0, max_value=1000).map(Decimal)


@st.composite
def scales(draw):
    """A method, parameters that pass its check, and whether more is better."""
    name = draw(st.sampled_from(sorted(METHODS)))
    match name:
        case "linear" | "inverse_linear":
            return name, {"target": draw(amounts)}, name == "linear"
        case "range" | "growth":
            start, target = draw(values), draw(values)
            assume(start != target)
            return name, {"floor" if name == "range" else "base": start, "target": target}, target > start
        case "bands":
            limits = sorted(draw(st.sets(values, min_size=1, max_size=5)))
            percents = sorted(
                draw(st.lists(st.integers(0, 100), min_size=len(limits), max_size=len(limits))), reverse=True
            )
            direction = draw(st.sampled_from(["lower", "higher"]))
            rows = zip(limits if direction == "lower" else reversed(limits), percents, strict=True)
            return name, {"bands": [list(row) for row in rows], "direction": direction}, direction == "higher"
        case "checklist":
            return name, {"items": draw(st.integers(1, 30))}, True
        case _:
            return name, {}, True


@given(scales(), values, ceilings)
def test_points_stay_between_zero_and_the_ceiling(scale, value, ceiling):
    name, params, _ = scale

    earned = points(name, value, ceiling=ceiling, params=params)

    assert METHODS[name].check(params) == []
    assert 0 <= earned <= ceiling
    assert earned == half_up(earned, 10)


@given(scales(), values, values, ceilings)
def test_a_better_value_never_scores_less(scale, one, other, ceiling):
    name, params, more_is_better = scale
    worse, better = sorted((one, other), reverse=not more_is_better)

    assert points(name, worse, ceiling=ceiling, params=params) <= points(name, better, ceiling=ceiling, params=params)


@pytest.mark.parametrize(
    ("method", "value", "params", "earned"),
    [
        ("linear", "72", {"target": 90}, "16"),
        ("linear", "1", {"target": 3}, "6.6666666667"),
        ("linear", "0", {"target": 3}, "0"),
        ("linear", "100", {"target": 90}, "20"),
        ("inverse_linear", "0", {"target": 10}, "20"),
        ("inverse_linear", "10", {"target": 10}, "20"),
        ("inverse_linear", "40", {"target": 10}, "5"),
        ("range", "20", {"floor": 20, "target": 90}, "0"),
        ("range", "55", {"floor": 20, "target": 90}, "10"),
        ("range", "30", {"floor": 50, "target": 10}, "10"),
        ("bands", "0", {"bands": [[0, 100], [7, 70], [14, 40]]}, "20"),
        ("bands", "7", {"bands": [[0, 100], [7, 70], [14, 40]]}, "14"),
        ("bands", "7.01", {"bands": [[0, 100], [7, 70], [14, 40]]}, "8"),
        ("bands", "15", {"bands": [[0, 100], [7, 70], [14, 40]]}, "0"),
        ("bands", "80", {"bands": [[90, 100], [70, 50]], "direction": "higher"}, "10"),
        ("checklist", "3", {"items": 4}, "15"),
        ("checklist", "3", {"items": [{"weight": 3}, {"weight": 1}]}, "15"),
        ("survey", "64", {}, "12.8"),
        ("steward", "75", {}, "15"),
        ("growth", "31", {"base": 30, "target": 34}, "5"),
        ("growth", "29", {"base": 30, "target": 34}, "0"),
        ("growth", "9", {"base": 10, "target": 8}, "10"),
    ],
)
def test_a_method_gives_the_points_of_its_formula(method, value, params, earned):
    assert points(method, D(value), ceiling=D(20), params=params) == D(earned)


def test_a_checklist_counts_the_weights_of_what_is_met():
    assert checklist_value({"items": [{"weight": 3}, {"weight": "0.5"}, {}]}, [0, 1, 1]) == D("3.5")
    assert checklist_value({"items": 5}, [0, 4]) == 2


# The form of the Council of Ministers' decree 44642/T27701H of 1381: AP / S x W, its inverse where less is better.
# http://www.dastour.ir/Brows/?lid=306807
@pytest.mark.parametrize(
    ("method", "standard", "actual", "ceiling", "earned"),
    [("linear", 80, 60, 100, 75), ("inverse_linear", 10, 20, 50, 25), ("linear", 10, 12, 50, 50)],
)
def test_the_form_of_1381(method, standard, actual, ceiling, earned):
    assert points(method, D(actual), ceiling=D(ceiling), params={"target": standard}) == earned


def test_the_total_of_the_form_of_1381():
    rows = [("a", 100, 75), ("b", 50, 25), ("c", 50, 50)]

    result = total(Line("specific", "1", code, code, D(w), LineState.SCORED, D(e)) for code, w, e in rows)

    assert result.total.points == 150
    assert result.total.ceiling == 200
    assert result.total.percent == 75


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("linear", {}),
        ("linear", {"target": 0}),
        ("linear", {"target": "much"}),
        ("linear", {"target": "NaN"}),
        ("inverse_linear", {"target": None}),
        ("range", {"floor": 5, "target": 5}),
        ("range", {"target": 5}),
        ("growth", {"base": 5, "target": 5}),
        ("bands", {}),
        ("bands", {"bands": []}),
        ("bands", {"bands": [[7, 70], [0, 100]]}),
        ("bands", {"bands": [[0, 70], [7, 100]]}),
        ("bands", {"bands": [[0, 120]]}),
        ("bands", {"bands": [[0, 100]], "direction": "up"}),
        ("checklist", {}),
        ("checklist", {"items": 0}),
        ("checklist", {"items": [{"weight": -1}]}),
    ],
)
def test_parameters_that_cannot_score_are_told(method, params):
    assert METHODS[method].check(params) != []


def test_an_explanation_has_the_numbers_and_the_points():
    with override("fa"):
        text = METHODS["linear"].explain(D(72), D(20), {"target": 90}, "en")

    assert text == "20 × 72 ÷ 90 = 16.00 points"


def test_an_explanation_says_what_the_ceiling_cut():
    assert "more than the ceiling" in METHODS["linear"].explain(D(99), D(20), {"target": 90}, "en")
    assert "less than zero" in METHODS["range"].explain(D(5), D(20), {"floor": 20, "target": 90}, "en")
    assert "full points" in METHODS["inverse_linear"].explain(D(0), D(20), {"target": 9}, "en")


@given(scales(), values)
def test_every_method_explains_itself_in_both_languages(scale, value):
    name, params, _ = scale

    assert METHODS[name].explain(value, D(20), params, "fa")
    with translation.override("en"):
        assert METHODS[name].explain(None, D(20), params, "en") == str(METHODS[name].formula)


def line(axis, measure, ceiling, state=LineState.SCORED, earned=None, kind="general"):
    return Line(kind, axis, f"{measure}-i", measure, D(ceiling), state, None if earned is None else D(earned))


def test_points_that_do_not_apply_are_spread_within_their_axis():
    result = total(
        [
            line("1", "a", 30, earned=15),
            line("1", "b", 10, LineState.NOT_APPLICABLE),
            line("2", "c", 60, earned=60),
        ]
    )

    axis = result.nodes[("general", "1")]
    assert (axis.points, axis.ceiling, axis.applicable_ceiling, axis.percent) == (20, 40, 40, 50)
    assert (result.total.points, result.total.applicable_ceiling, result.total.percent) == (80, 100, 80)
    assert result.nodes[("general", "1", "b-i", "b")].percent is None


def test_without_spreading_they_leave_the_ceiling():
    lines = [line("1", "a", 30, earned=15), line("1", "b", 10, LineState.NOT_APPLICABLE)]

    result = total(lines, spread=False)

    assert (result.total.points, result.total.ceiling, result.total.applicable_ceiling) == (15, 40, 30)
    assert result.total.percent == 50


def test_an_axis_that_does_not_apply_at_all_leaves_the_ceiling():
    result = total([line("1", "a", 40, LineState.NOT_APPLICABLE), line("2", "b", 60, earned=30)])

    assert result.nodes[("general", "1")].percent is None
    assert (result.total.points, result.total.ceiling, result.total.applicable_ceiling) == (30, 100, 60)
    assert result.total.percent == 50


def test_nothing_that_applies_has_no_percent():
    assert total([line("1", "a", 40, LineState.NOT_APPLICABLE)]).total.percent is None
    assert total([]).total.percent is None


def test_what_is_not_answered_counts_zero():
    result = total([line("1", "a", 40, LineState.NOT_ANSWERED), line("1", "b", 60, earned=60)])

    assert (result.total.points, result.total.percent, result.provisional) == (60, 60, False)


def test_what_is_under_review_counts_zero_and_makes_its_branches_provisional():
    result = total([line("1", "a", 40, LineState.UNDER_REVIEW), line("2", "b", 60, earned=60)])

    assert result.provisional
    assert result.nodes[("general", "1")].provisional
    assert not result.nodes[("general", "2")].provisional
    assert result.total.percent == 60


def test_every_node_is_rounded_half_up_to_ten_places():
    result = total(
        [line("1", "a", 3, earned=1), line("1", "b", 4, LineState.NOT_APPLICABLE), line("2", "c", 7, earned="0.5")]
    )

    assert result.nodes[("general", "1")].points == D("2.3333333333")
    assert result.total.points == D("2.8333333333")


def test_children_are_found_in_the_order_of_their_codes():
    result = total(
        [line("2", "b", 1, earned=1), line("1", "a", 1, earned=1), line("1", "c", 1, earned=0, kind="specific")]
    )

    assert [node.path for node in result.children()] == [("general",), ("specific",)]
    assert [node.path for node in result.children(("general",))] == [("general", "1"), ("general", "2")]


@pytest.mark.parametrize(
    ("state", "earned"),
    [(LineState.SCORED, None), (LineState.NOT_ANSWERED, 0), (LineState.SCORED, -1), (LineState.SCORED, 41)],
)
def test_a_line_that_contradicts_itself_is_refused(state, earned):
    with pytest.raises(ValueError, match="points"):
        line("1", "a", 40, state, earned)


def test_the_same_line_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        total([line("1", "a", 40, earned=1), line("1", "a", 40, earned=1)])


@st.composite
def line_lists(draw):
    lines = []
    for number in range(draw(st.integers(0, 12))):
        ceiling = draw(st.decimals(min_value=0, max_value=100, places=2))
        state = draw(st.sampled_from(LineState))
        earned = draw(st.decimals(min_value=0, max_value=ceiling, places=10)) if state == LineState.SCORED else None
        kind, axis = draw(st.sampled_from(["general", "specific"])), draw(st.sampled_from("123"))
        lines.append(Line(kind, axis, str(number % 2), str(number), ceiling, state, earned))
    return lines


@given(line_lists(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(lines, random):
    shuffled = list(lines)
    random.shuffle(shuffled)

    assert total(shuffled) == total(lines)


@given(line_lists())
def test_spreading_conserves_the_ceiling(lines):
    result = total(lines)

    assert result.total.ceiling == sum(line.ceiling for line in lines)
    for path, node in result.nodes.items():
        if len(path) == 2:
            assert node.applicable_ceiling in (0, node.ceiling)
    assert result.total.applicable_ceiling == sum(
        node.applicable_ceiling for path, node in result.nodes.items() if len(path) == 2
    )


@given(line_lists())
def test_every_node_is_the_sum_of_its_children_above_the_axis_and_within_bounds(lines):
    result = total(lines)

    assert result.total.points == sum(node.points for node in result.children())
    for node in result.nodes.values():
        assert 0 <= node.points <= node.applicable_ceiling <= node.ceiling
        assert node.percent is None or 0 <= node.percent <= 100


@pytest.mark.parametrize(
    ("percent", "name"),
    [
        ("100", "excellent"),
        ("90", "excellent"),
        ("89.995", "excellent"),
        ("89.994", "good"),
        ("75", "good"),
        ("60", "average"),
        ("59.99", "weak"),
        ("0", "weak"),
    ],
)
def test_a_percent_falls_into_the_band_that_is_shown(percent, name):
    assert band(D(percent)).name == name


def read(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_general_indicators_are_sixty_and_add_up_to_1000():
    rows = read("general_indicators.csv")

    assert len(rows) == 60
    assert sum(D(row["max_points"]) for row in rows) == 1000


def test_every_general_indicator_has_parameters_that_can_score():
    rows = {row["code"]: row for row in read("general_indicators.csv")}
    parameters = read("general_parameters.csv")

    assert [row["code"] for row in parameters] == list(rows)
    for row in parameters:
        params = json.loads(row["params_json"]) | {key: row[key] for key in ("base", "floor", "target") if row[key]}
        assert METHODS[rows[row["code"]]["method"]].check(params) == []
        assert "composed" in row["note"]
        assert row["evidence_fa"]
        assert row["unit_fa"]
