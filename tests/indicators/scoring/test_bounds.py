"""Between which bounds a value can lie: what each method can mean, and what a measure says."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from indicators.models import Measure
from indicators.scoring.bounds import bounds, wrong_bounds
from indicators.scoring.methods import METHODS
from indicators.scoring.value_bounds import ValueBounds
from indicators.sets.forms import MeasureForm

FIXED = ("checklist", "levels", "options", "points", "survey", "steward")

D = Decimal
LEVELS = [
    {"percent": 0, "fa": "آغاز"},
    {"percent": 50, "fa": "میانه"},
    {"percent": 100, "fa": "پایان"},
]
STEPS = [[0, 100], [7, 70]]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def measure(method, *, unit="percent", **said):
    fields = {
        name: said.pop(name)
        for name in ("base", "floor", "target", "lowest", "highest")
        if name in said
    }
    numbers = {name: D(str(number)) for name, number in fields.items()}
    return Measure(
        method=method,
        params=said,
        unit_fa="درصد" if unit == "percent" else "واحد",
        unit_en=unit,
        **numbers,
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    (
        (measure("checklist", unit="items", items=6), "from 0 to 6"),
        (measure("checklist", items=[{"weight": "1.5"}, {}]), "from 0 to 2.5"),
        (measure("levels", levels=LEVELS), "from 0 to 2"),
        (measure("points", unit="points", maximum=250), "from 0 to 250"),
        (measure("survey"), "from 0 to 100"),
        (measure("steward", unit="days"), "from 0 to 100"),
        (measure("linear", target=90), "from 0 to 100"),
        (measure("linear", target=120), "0 or more"),
        (measure("linear", target=90, unit="days"), "0 or more"),
        (measure("inverse_linear", target=20), "from 0 to 100"),
        (measure("range", floor=-5, target=5, unit="billion rials"), ""),
        (measure("range", floor=-5, target=5), "100 at most"),
        (measure("bands", unit="days", bands=STEPS), "0 or more"),
        (measure("growth", base=4, target=6, unit="billion rials"), ""),
        (measure("growth", base=40, target=60), "100 at most"),
        (measure("linear", target=90, highest=150), "from 0 to 150"),
        (measure("linear", target=90, unit="days", lowest=-10, highest=365), "from -10 to 365"),
        (measure("checklist", unit="items", items=6, highest=5), "from 0 to 5"),
    ),
)
def test_bounds_come_from_the_method_the_unit_and_the_measure(asked, expected):
    assert str(asked.bounds()) == expected


@pytest.mark.parametrize(
    ("asked", "value", "why"),
    (
        (measure("checklist", unit="items", items=6), "7", "The value may not be more than 6."),
        (measure("linear", target=90), "115", "The value may not be more than 100."),
        (measure("linear", target=90), "-0.1", "The value may not be negative."),
        (
            measure("linear", target=90, unit="days", lowest=5),
            "4",
            "The value may not be less than 5.",
        ),
        (measure("survey"), "100.00000001", "The value may not be more than 100."),
        (measure("growth", base=4, target=6, unit="billion rials"), "-12", ""),
        (measure("range", floor=-5, target=5, unit="billion rials"), "-12", ""),
        (measure("linear", target=90), "100", ""),
    ),
)
def test_a_value_outside_is_refused_with_the_bound_named(asked, value, why):
    assert asked.why_unfit(D(value)) == why


def test_an_agency_s_own_target_may_open_the_bounds():
    general = measure("linear", target=90)

    assert general.why_unfit(D(105)) != ""
    assert general.why_unfit(D(105), {"target": D(110)}) == ""


def test_the_bound_is_named_in_persian_digits():
    with translation.override("fa"):
        assert "۶" in measure("checklist", items=6).why_unfit(D(7))


def test_every_method_has_bounds():
    params = {
        "items": 3,
        "levels": LEVELS,
        "options": LEVELS,
        "maximum": 9,
        "target": 5,
        "floor": 1,
        "base": 1,
    }
    params |= {"bands": STEPS, "targets": [[9, 100], [1, 0]], "min": 1, "max": 9}

    for method in METHODS:
        found = bounds(method, params, lowest=None, highest=None, is_percent=True)
        assert (found.most is not None, found.least == 0) == (True, method != "growth")


@given(
    st.sampled_from(FIXED),
    st.decimals(-500, 500, places=2),
    st.decimals(-500, 500, places=2),
)
def test_what_a_measure_says_never_widens_what_its_method_can_mean(method, lowest, highest):
    params = {"items": 3, "levels": LEVELS, "options": LEVELS, "maximum": 9}
    fixed = METHODS[method].fixed_bounds(params)

    found = bounds(method, params, lowest=lowest, highest=highest, is_percent=False)

    assert found.least >= fixed.least
    assert found.most <= fixed.most


@given(st.decimals(-(10**20), 10**20, places=8), st.decimals(-(10**20), 10**20, places=8))
def test_a_value_is_within_exactly_when_it_is(least, value):
    held = ValueBounds(Fraction(least), None)

    assert (held.why_outside(value) == "") == (value >= least)


@pytest.mark.parametrize(
    ("method", "params", "lowest", "highest", "why"),
    (
        (
            "linear",
            {"target": 90},
            D(5),
            D(5),
            "The lowest possible value must be less than the highest.",
        ),
        ("linear", {"target": 90}, None, D(80), "“Target” lies outside the bounds of the value."),
        (
            "range",
            {"floor": 1, "target": 9},
            D(2),
            None,
            "“Floor” lies outside the bounds of the value.",
        ),
        (
            "survey",
            {},
            None,
            D(120),
            "By this method a value lies from 0 to 100; its bounds may only be narrower.",
        ),
    ),
)
def test_bounds_that_cannot_be_are_refused(method, params, lowest, highest, why):
    assert wrong_bounds(method, params, lowest, highest) == [why]


def test_a_measure_s_form_takes_bounds_and_refuses_those_beyond_the_target():
    fields = {"lowest", "highest"}

    assert fields <= set(MeasureForm.base_fields)
