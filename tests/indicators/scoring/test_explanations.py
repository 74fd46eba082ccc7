"""Scoring methods explained in words, and the catalogue."""

import csv
import json
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import override
from hypothesis import given

from indicators.scoring.methods import METHODS
from tests.indicators.scoring.method_parameters import (
    ANSWERS,
    INCOME,
    RFD,
    STEPS,
    D,
    scales,
    values,
)

DATA = Path(__file__).parents[3] / "indicators" / "data"


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
