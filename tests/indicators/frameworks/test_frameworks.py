"""Reference frameworks against what their publishers computed."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from indicators.frameworks.framework import NodeResult
from indicators.frameworks.reader import FOLDER, bundled_frameworks
from tests.indicators.frameworks.framework_scores import EGDI, HDI, egdi_of_2010, root

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "verification"

PART = ("purpose_design", "strategic_planning", "program_management", "program_results")


def published(name: str) -> list[dict[str, str]]:
    path = PUBLISHED / name
    if not path.exists():
        pytest.skip(f"the published figures are not at hand: {path}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- Every definition ---------------------------------------------------------------------------


def test_thirteen_definitions_load_and_hold_their_nodes() -> None:
    counts = {
        name: sum(1 for node in f.root.walk() if ":ft" not in node.code)
        for name, f in bundled_frameworks().items()
    }

    assert sorted(bundled_frameworks()) == [
        *("caf2020", "cpa", "dspt", "efqm2013", "efqm2020", "egdi", "epsa", "fsi2024", "hdi"),
        *("iran_specific_1381", "maf", "part", "rfd"),
    ]
    assert (counts["part"], counts["hdi"], counts["fsi2024"], counts["cpa"]) == (30, 8, 13, 10)
    assert (
        sum(
            1
            for code in bundled_frameworks()["caf2020"].nodes
            if code.count(".") == 1 and ":" not in code
        )
        == 28
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_a_full_answer_is_full_marks_and_no_answer_is_no_result(name: str) -> None:
    framework = bundled_frameworks()[name]
    leaves = [node for node in framework.root.walk() if node.scale and not node.code.count(".") > 2]
    full = {
        leaf.code: leaf.scale.high for leaf in leaves if leaf.scale and leaf.scale.high is not None
    }

    best = framework.score(full)[0] if full else None
    nothing = framework.score({})[0]

    if best and best.outcome.exact is not None and framework.root.full is not None:
        assert name == "hdi" or best.outcome.exact == framework.root.full
    assert nothing.outcome.score is None
    assert nothing.exact == nothing.score == nothing.band == ""


# --- Whole files --------------------------------------------------------------------------------


def test_every_hdi_from_1990_to_2022_comes_out_to_three_decimals() -> None:
    rows = published("hdi_1990_2022.csv")

    wrong = []
    for row in rows:
        line = root(bundled_frameworks()["hdi"], [(name, row[name]) for name in HDI])
        if Decimal(line.score) != Decimal(row["hdi"]):
            wrong.append((row["iso3"], row["year"], line.score, row["hdi"]))

    assert (len(rows), wrong) == (6171, [])


def test_the_egdi_from_2012_to_2024_comes_out_within_a_ten_thousandth() -> None:
    rows = [row for row in published("un_egdi_2010_2024.csv") if row["year"] != "2010"]

    def distance(row: dict[str, str]) -> Decimal:
        line = root(bundled_frameworks()["egdi"], [(name, row[name]) for name in EGDI])
        return abs(Decimal(line.exact) - Decimal(row["egdi"]))

    near = [row for row in rows if distance(row) <= Decimal("0.0001")]
    far = {
        (row["country"], row["year"], row["osi"], row["egdi"]) for row in rows if row not in near
    }

    assert len(near) == 1155
    assert far == {  # the survey of 2012 gave nothing at all to states without any presence online
        ("Libya", "2012", "0.0", "0.0"),
        ("Central African Republic", "2012", "0.0", "0.0"),
        ("Guinea", "2012", "0.0", "0.0"),
    }


def test_the_egdi_of_2010_comes_out_with_the_weights_of_2010() -> None:
    rows = [row for row in published("un_egdi_2010_2024.csv") if row["year"] == "2010"]
    whole = [row for row in rows if all(row[name] for name in EGDI)]
    framework = egdi_of_2010()

    lines = [root(framework, [(name, row[name]) for name in EGDI]) for row in whole]
    near = [
        abs(Decimal(line.exact) - Decimal(row["egdi"]))
        for line, row in zip(lines, whole, strict=True)
    ]
    partial = [
        root(framework, [(name, row[name]) for name in EGDI]) for row in rows if row not in whole
    ]

    assert max(near) <= Decimal("0.0001")
    assert {line.score for line in partial} == {""}  # published as 0; a missing part is no zero


def test_the_fragile_states_of_2024_come_out_exactly() -> None:
    rows = published("fragile_states_index_2024.csv")

    lines = [root(bundled_frameworks()["fsi2024"], list(row.items())[2:]) for row in rows]

    assert len(rows) == 179
    assert [line.exact for line in lines] == [
        format(Decimal(row["Total"]).normalize(), "f") for row in rows
    ]


def test_part_ratings_follow_from_the_sections_and_the_other_three_are_overrides() -> None:
    rows = published("part_programs.csv")
    framework = bundled_frameworks()["part"]

    def rated(row: dict[str, str], rating: str = "") -> NodeResult:
        return root(
            framework, [(str(place), row[name]) for place, name in enumerate(PART, 1)], rating
        )

    follow = [row for row in rows if rated(row).band == row["published_rating"]]
    others = [row for row in rows if row not in follow]
    overridden = [
        rated(row, framework.rating("PART", f"!{row['published_rating']}")) for row in others
    ]

    assert (len(follow), len(others)) == (27, 3)
    assert {row["published_rating"] for row in others} == {"Results Not Demonstrated"}
    assert {line.band for line in overridden} == {"Results Not Demonstrated"}
    assert all(
        line.rule.startswith("override: Results Not Demonstrated instead of ")
        for line in overridden
    )
