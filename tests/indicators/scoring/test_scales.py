"""Scales: what a value scores."""

from typing import Any

import pytest

from indicators.scoring.scales import Unfit
from tests.indicators.scoring.trees import branch, framework, leaf, score

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
