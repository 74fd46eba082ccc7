"""Methods stay within bounds and in their direction, explain themselves, and the form of 1381
scores as it did.
"""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import override
from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.scoring.methods import METHODS, half_up, points
from indicators.scoring.methods.checklist import checklist_value

D = Decimal
DATA = Path(__file__).parents[3] / "indicators" / "data"

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
            return (
                name,
                {"floor" if name == "range" else "base": start, "target": target},
                target > start,
            )
        case "bands":
            limits = sorted(draw(st.sets(values, min_size=1, max_size=5)))
            percents = draw(falling(len(limits)))
            direction = draw(st.sampled_from(["lower", "higher"]))
            rows = zip(limits if direction == "lower" else reversed(limits), percents, strict=True)
            return (
                name,
                {"bands": [list(row) for row in rows], "direction": direction},
                direction == "higher",
            )
        case "interpolation":
            targets = sorted(
                draw(st.sets(values, min_size=2, max_size=5)), reverse=draw(st.booleans())
            )
            percents = [100, *draw(falling(len(targets) - 1))]
            return (
                name,
                {"targets": [list(row) for row in zip(targets, percents, strict=True)]},
                targets[0] > targets[1],
            )
        case "levels" | "options":
            percents = draw(falling(draw(st.integers(2, 6))))
            percents = percents[::-1] if name == "levels" else percents
            return (
                name,
                {name: [{"percent": p, "fa": "خوب", "en": "good"} for p in percents]},
                name == "levels",
            )
        case "minmax":
            least, most = sorted(draw(st.sets(amounts, min_size=2, max_size=2)))
            direction = draw(st.sampled_from(["lower", "higher"]))
            params = {"min": least, "max": most, "log": draw(st.booleans()), "direction": direction}
            return name, params, direction == "higher"
        case "points":
            return name, {"maximum": draw(amounts)}, True
        case "checklist":
            return name, {"items": draw(st.integers(1, 30))}, True
        case _:
            return name, {}, True


def falling(size):
    return st.lists(st.integers(0, 100), min_size=size, max_size=size).map(
        lambda found: sorted(found, reverse=True)
    )


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


RFD = {"targets": [[90, 100], [80, 90], [70, 80], [60, 70], [50, 60]]}
LATE = {"targets": [[0, 100], [7, 90], [14, 80], [21, 70], [28, 60]]}
ANSWERS = {
    "options": [
        {"percent": p, "fa": "پاسخ", "en": e}
        for p, e in ((100, "Yes"), (67, "Large"), (33, "Small"), (0, "No"))
    ]
}
STEPS = {
    "levels": [
        {"percent": p, "fa": f} for p, f in ((0, "نیست"), ("33.5", "آغاز شده"), (100, "نهادینه"))
    ]
}
INCOME = {"min": 100, "max": 75000, "log": True}


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


def test_an_explanation_has_the_numbers_and_the_points():
    with override("fa"):
        text = METHODS["linear"].explain(D(72), D(20), {"target": 90}, "en")

    assert text == "20 × 72 ÷ 90 = 16.00 points"


def test_an_explanation_says_what_the_ceiling_cut():
    assert "more than the ceiling" in METHODS["linear"].explain(D(99), D(20), {"target": 90}, "en")
    assert "less than zero" in METHODS["range"].explain(
        D(5), D(20), {"floor": 20, "target": 90}, "en"
    )
    assert "full points" in METHODS["inverse_linear"].explain(D(0), D(20), {"target": 9}, "en")


@given(scales(), values)
def test_every_method_explains_itself_in_both_languages(scale, value):
    name, params, _ = scale

    assert METHODS[name].explain(value, D(20), params, "fa")
    with translation.override("en"):
        assert (
            METHODS[name].explain(None, D(20), params, "en").startswith(str(METHODS[name].formula))
        )


@pytest.mark.parametrize(
    ("method", "value", "params", "words"),
    [
        (
            "levels",
            1,
            STEPS,
            "20 × 33.5% (level 1: آغاز شده) = 6.70 points; 0 = نیست (0%), 1 = آغاز شده (33.5%), ",
        ),
        (
            "options",
            1,
            ANSWERS,
            "20 × 67% (Large) = 13.40 points; 0 = Yes (100%), 1 = Large (67%), ",
        ),
        (
            "interpolation",
            75,
            RFD,
            "20 × 85% (the place of 75 among the targets) = 17.00 points; targets: 90 = 100%, ",
        ),
        ("minmax", 30, {"min": 20, "max": 40}, "20 × (30 − 20) ÷ (40 − 20) = 10.00 points"),
        ("minmax", 100, INCOME, "20 × (ln 100 − ln 100) ÷ (ln 75,000 − ln 100) = 0.00 points"),
        (
            "minmax",
            25,
            {"min": 20, "max": 40, "direction": "lower"},
            "20 × (1 − (25 − 20) ÷ (40 − 20)) = 15.00 points",
        ),
        ("points", 645, {"maximum": 1000}, "20 × 645 ÷ 1,000 = 12.90 points"),
    ],
)
def test_an_explanation_says_by_what_it_scores(method, value, params, words):
    assert METHODS[method].explain(D(value), D(20), params, "en").startswith(words)


def test_an_explanation_says_where_the_figure_of_a_survey_comes_from():
    survey = {
        "survey_source": "ISPA",
        "sample": 1200,
        "survey_from": "2027-03-21",
        "survey_until": "2027-04-04",
        "interval": "2.5",
        "confidence": 95,
    }

    told = METHODS["survey"].explain(D(64), D(20), survey, "en")

    assert METHODS["survey"].check(survey) == []
    assert told == (
        "20 × 64 ÷ 100 = 12.80 points; source: ISPA, 1,200 people asked, from 21 March 2027, "
        "until 4 April 2027, "
        "± 2.5, confidence 95%"
    )
    assert "۱ فروردین ۱۴۰۶" in METHODS["survey"].explain(None, D(20), survey, "fa")


def test_what_is_none_of_the_answers_is_told_with_the_answers():
    with translation.override("en"):
        assert (
            METHODS["options"]
            .unfit(D(4), ANSWERS)
            .startswith("Give the number of one of these: 0 = Yes (100%)")
        )
        assert METHODS["levels"].unfit(D("0.5"), STEPS)
        assert (
            METHODS["options"].unfit(D(3), ANSWERS)
            == METHODS["linear"].unfit(D(4), {"target": 1})
            == ""
        )


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
        params = json.loads(row["params_json"]) | {
            key: row[key] for key in ("base", "floor", "target") if row[key]
        }
        assert METHODS[rows[row["code"]]["method"]].check(params) == []
        assert "composed" in row["note"]
        assert row["evidence_fa"]
        assert row["unit_fa"]
