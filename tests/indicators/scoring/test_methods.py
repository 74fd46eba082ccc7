"""Scoring methods: their points and parameters."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.scoring.methods import METHODS, half_up, points
from indicators.scoring.methods.checklist import checklist_value
from tests.indicators.scoring.method_parameters import (
    ANSWERS,
    INCOME,
    RFD,
    STEPS,
    D,
    scales,
    values,
)

ceilings = st.integers(min_value=0, max_value=1000).map(Decimal)


def of(scale):
    """Values that the method takes: the numbers of its rows, or any."""
    name, params, _ = scale
    return st.integers(0, len(params[name]) - 1).map(Decimal) if METHODS[name].rows else values


@given(scales(), st.data(), ceilings)
def test_points_stay_between_zero_and_the_ceiling(scale, data, ceiling):
    name, params, _ = scale
    value = data.draw(st.one_of(of(scale), values))

    earned = points(name, value, ceiling=ceiling, params=params)

    assert METHODS[name].check(params) == []
    assert 0 <= earned <= ceiling
    assert earned == half_up(earned, 10)


@given(scales(), st.data(), ceilings)
def test_a_better_value_never_scores_less(scale, data, ceiling):
    name, params, more_is_better = scale
    worse, better = sorted((data.draw(of(scale)), data.draw(of(scale))), reverse=not more_is_better)

    assert points(name, worse, ceiling=ceiling, params=params) <= points(
        name, better, ceiling=ceiling, params=params
    )


@given(scales(), st.data(), ceilings, st.integers(1, 9))
def test_points_grow_with_the_ceiling_and_nothing_else(scale, data, ceiling, times):
    name, params, _ = scale
    value = data.draw(of(scale))

    once = points(name, value, ceiling=ceiling, params=params)

    assert abs(
        points(name, value, ceiling=ceiling * times, params=params) - once * times
    ) <= times * D("1e-10")


LATE = {"targets": [[0, 100], [7, 90], [14, 80], [21, 70], [28, 60]]}


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
        ("interpolation", "90", RFD, "20"),
        ("interpolation", "95", RFD, "20"),
        ("interpolation", "75", RFD, "17"),
        ("interpolation", "50", RFD, "12"),
        ("interpolation", "49.99", RFD, "0"),
        ("interpolation", "-3", LATE, "20"),
        ("interpolation", "10.5", LATE, "17"),
        ("interpolation", "29", LATE, "0"),
        ("options", "1", ANSWERS, "13.4"),
        ("options", "3", ANSWERS, "0"),
        ("options", "4", ANSWERS, "0"),
        ("options", "0.5", ANSWERS, "0"),
        ("levels", "0", STEPS, "0"),
        ("levels", "1", STEPS, "6.7"),
        ("levels", "2", STEPS, "20"),
        ("minmax", "30", {"min": 20, "max": 40}, "10"),
        ("minmax", "25", {"min": 20, "max": 40, "direction": "lower"}, "15"),
        ("minmax", "100", INCOME, "0"),
        ("minmax", "-1", INCOME, "0"),
        ("minmax", "75000", INCOME, "20"),
        ("minmax", "75001", INCOME, "20"),
        # 20 x ln(10000 / 100) / ln(75000 / 100), worked out with bc -l
        ("minmax", "10000", INCOME, "13.9127470115"),
        ("points", "645", {"maximum": 1000}, "12.9"),
        ("points", "1", {"maximum": 3}, "6.6666666667"),
    ],
)
def test_a_method_gives_the_points_of_its_formula(method, value, params, earned):
    assert points(method, D(value), ceiling=D(20), params=params) == D(earned)


def test_a_checklist_counts_the_weights_of_what_is_met():
    assert checklist_value({"items": [{"weight": 3}, {"weight": "0.5"}, {}]}, [0, 1, 1]) == D("3.5")
    assert checklist_value({"items": 5}, [0, 4]) == 2


# The form of the Council of Ministers' decree 44642/T27701H of 1381: AP / S x W, its inverse where
# less is better. http://www.dastour.ir/Brows/?lid=306807
@pytest.mark.parametrize(
    ("method", "standard", "actual", "ceiling", "earned"),
    [("linear", 80, 60, 100, 75), ("inverse_linear", 10, 20, 50, 25), ("linear", 10, 12, 50, 50)],
)
def test_the_form_of_1381(method, standard, actual, ceiling, earned):
    assert points(method, D(actual), ceiling=D(ceiling), params={"target": standard}) == earned


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
        ("levels", {}),
        ("levels", {"levels": 3}),
        ("levels", {"levels": [{"percent": 0, "fa": "یک"}]}),
        ("levels", {"levels": [{"percent": 0, "fa": "یک"}, {"percent": 100, "fa": " "}]}),
        ("levels", {"levels": [{"percent": 50, "fa": "یک"}, {"percent": 40, "fa": "دو"}]}),
        ("levels", {"levels": [{"percent": 50, "fa": "یک"}, {"percent": 140, "fa": "دو"}]}),
        ("options", {"options": [{"percent": "much", "fa": "یک"}, {"percent": 40, "fa": "دو"}]}),
        ("options", {"options": [{"percent": -1, "fa": "یک"}, {"percent": 40, "fa": "دو"}]}),
        ("interpolation", {}),
        ("interpolation", {"targets": [[90, 100]]}),
        ("interpolation", {"targets": [[90, 100], [90, 90]]}),
        ("interpolation", {"targets": [[90, 100], [80, 90], [85, 80]]}),
        ("interpolation", {"targets": [[90, 90], [80, 80]]}),
        ("interpolation", {"targets": [[90, 100], [80, 60], [70, 70]]}),
        ("minmax", {"min": 1}),
        ("minmax", {"min": 2, "max": 2}),
        ("minmax", {"min": 0, "max": 2, "log": True}),
        ("minmax", {"min": 0, "max": 2, "direction": "up"}),
        ("points", {}),
        ("points", {"maximum": 0}),
        ("survey", {"survey_source": 7}),
        ("survey", {"sample": 0}),
        ("survey", {"sample": "1200"}),
        ("survey", {"survey_from": "1405"}),
        ("survey", {"survey_from": "2026-10-02", "survey_until": "2026-10-01"}),
        ("survey", {"interval": -1}),
        ("survey", {"interval": "NaN"}),
        ("survey", {"confidence": 100}),
    ],
)
def test_parameters_that_cannot_score_are_told(method, params):
    assert METHODS[method].check(params) != []
