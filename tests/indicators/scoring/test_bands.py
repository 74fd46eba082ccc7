"""Caps, bands, overrides and limits of a tree."""

import pytest

from indicators.frameworks.framework import Framework
from indicators.scoring.scales import Unfit
from tests.indicators.scoring.trees import branch, framework, leaf, score


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
