"""Worked examples of reference frameworks, and frameworks without arithmetic."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from indicators.frameworks.framework import Framework
from indicators.frameworks.reader import FOLDER, bundled_frameworks, load
from tests.indicators.frameworks.framework_scores import root, scored, variant

# --- Worked examples of the files ---------------------------------------------------------------


def example(name: str) -> tuple[Framework, dict]:
    """A template with the leaves of its own worked example, and that example."""
    document = json.loads(
        (FOLDER / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal
    )
    leaves = [{"title": each["code"], **each} for each in document["example"]["indicators"]]
    [scale] = document["scales"]
    children = [{**leaf, "scale": scale} for leaf in leaves]
    written = {"weight", "points", "standard", "targets", "code", "title", "scale", "direction"}
    children = [
        {
            key: float(value) if isinstance(value, Decimal) else value
            for key, value in child.items()
            if key in written
        }
        for child in children
    ]
    return variant(name, children=children), document["example"]


def test_the_worked_example_of_the_rfd_comes_out() -> None:
    framework, wanted = example("rfd")

    lines = scored(
        framework, [(each["code"], str(each["achieved"])) for each in wanted["indicators"]]
    )

    assert [lines[each["code"]].score for each in wanted["indicators"]] == ["75", "95", "100"]
    assert (lines["RFD"].score, lines["RFD"].band) == ("86", "Very Good")


def test_the_worked_example_of_the_decree_of_1381_comes_out() -> None:
    framework, wanted = example("iran_specific_1381")

    lines = scored(
        framework, [(each["code"], str(each["actual"])) for each in wanted["indicators"]]
    )

    assert [lines[each["code"]].score for each in wanted["indicators"]] == ["75", "25", "50"]
    assert lines["IR"].score == "150"
    assert framework.root.full == 200


# --- Frameworks without arithmetic --------------------------------------------------------------


def council(**scores: int | str) -> list[tuple[str, str]]:
    services = (
        dict.fromkeys(("CA", "UOR", "CYP", "ASC", "HOU", "ENV", "CUL", "BEN", "FIR"), 3) | scores
    )
    return [(code, str(score)) for code, score in services.items()]


# Audit Commission, The Harder Test: the category rules as Sunderland City Council prints them
CPA = [
    (council(CA=4), "4 stars", "table row 1"),
    (council(CA=4, UOR=2), "3 stars", "table row 2"),
    (council(CA=4, ENV=1, CUL=1), "1 star", "table row 4"),
    (council(CA=3), "4 stars", "table row 5"),
    (council(CA=3, HOU=2), "3 stars", "table row 6"),
    (council(CA=2), "3 stars", "table row 9"),
    (council(CA=2, UOR=1, ENV=1), "1 star", "table row 11"),  # Bristol, Lambeth 2006: one star
    (
        council(CA=4, UOR="N/A", FIR="NA"),
        "4 stars",
        "table row 1",
    ),  # a service it does not provide drops out
]


@pytest.mark.parametrize(("scores", "band", "rule"), CPA)
def test_the_harder_test_follows_its_table_and_names_the_row(
    scores: list[tuple[str, str]], band: str, rule: str
) -> None:
    line = root(bundled_frameworks()["cpa"], scores)

    assert (line.band, line.rule) == (band, rule)


def test_a_score_subject_to_review_blocks_the_category_until_it_is_resolved() -> None:
    line = root(bundled_frameworks()["cpa"], council(CA=4, HOU="REVIEW"))

    assert (line.score, line.band, line.rule) == ("", "", "under review: HOU")


def test_the_accountability_framework_has_no_total_and_says_what_is_provisional() -> None:
    lines = scored(bundled_frameworks()["maf"], [("FM", "REVIEW")])

    assert (lines["MAF"].score, lines["MAF"].rule) == ("", "provisional: FM under review")
    with pytest.raises(ValueError, match="MAF has no score"):
        bundled_frameworks()["maf"].read_value("MAF", "70")


def test_the_toolkit_is_met_only_when_everything_is_and_an_average_changes_nothing() -> None:
    items = [{"code": code, "weight": 1, "scale": "item"} for code in ("a", "b", "c")]
    outcome = {"code": "d", "weight": 1, "scale": "outcome", "required": "PA"}
    framework = variant("dspt", children=[*items, outcome])
    done = [("a", "DONE"), ("b", "DONE"), ("c", "NA"), ("d", "PA")]

    met, unmet = root(framework, done), root(framework, [*done[1:], ("a", "OPEN")])
    silent, waiting = root(framework, done[:3]), root(framework, [*done[1:], ("a", "REVIEW")])
    approaching = root(framework, [("a", "OPEN"), *done[1:]], framework.rating("DSPT", "!APP"))

    assert (met.score, met.band, met.rule) == ("1", "Standards Met", "")
    assert (unmet.score, unmet.band, unmet.rule) == ("0", "Standards Not Met", "not reached: a")
    assert (silent.band, silent.rule) == ("", "not answered: d")
    assert (waiting.band, waiting.rule) == ("", "under review: a")
    assert approaching.band == "Approaching Standards (with approved improvement plan)"


# --- Excellence models --------------------------------------------------------------------------


def attributes(value: str, **changed: str) -> list[tuple[str, str]]:
    leaves = [node.code for node in bundled_frameworks()["efqm2020"].root.walk() if node.scale]
    return [(code, changed.get(code, value)) for code in leaves]


def test_efqm_is_written_in_points_and_a_part_is_capped_by_its_sound_attribute() -> None:
    lines = scored(bundled_frameworks()["efqm2020"], attributes("70", **{"4.1.AP.S": "30"}))

    assert (lines["4.1"].score, lines["4.1"].rule) == ("30", "capped by 4.1.AP.S")
    assert (lines["4"].score, lines["1"].score) == ("120", "70")  # of 200: 60 percent; of 100
    assert (lines["EFQM"].score, lines["EFQM"].band) == ("680", "6 stars")
    assert root(bundled_frameworks()["efqm2020"], attributes("70")).score == "700"


def test_caf_is_scored_classically_or_fine_tuned_sub_criterion_by_sub_criterion() -> None:
    framework = bundled_frameworks()["caf2020"]
    classical = [
        (node.code, "40")
        for node in framework.root.walk()
        if node.scale and node.code.count(".") == 1
    ]
    tuned = [cell for cell in classical if cell[0] != "1.1"]
    tuned += [("1.1.P", "90"), ("1.1.D", "70"), ("1.1.C", "50"), ("1.1.A", "31")]

    first, second = scored(framework, classical), scored(framework, tuned)

    assert (first["CAF"].score, first["1.1"].band) == ("40", "Planned and implemented")
    assert (second["1.1"].score, second["1.1"].band) == (
        "60.25",
        "Planned, implemented and checked/reviewed",
    )
    assert second["1.1"].rule == "mean of 1.1:ft"
    assert second["1.1.A"].band == "Some good evidence"
    assert len(first) == 38
    assert len(second) == 38 + 5
    assert Fraction(second["1"].exact) == Fraction("45.0625")


def test_the_files_of_the_project_are_read_without_a_float() -> None:
    assert load(FOLDER / "part.json").nodes["4.1"].scale.read("LE") == Fraction(67, 100)
