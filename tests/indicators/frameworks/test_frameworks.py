"""The bundled frameworks score as published: whole files where they are at hand, a few typed
figures everywhere.

Whole files: `../shared/data/verification` beside the repository. They are not part of it; without
them those tests are skipped, and say so.
"""

import csv
import json
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from indicators.frameworks.framework import Framework, NodeResult
from indicators.frameworks.reader import FOLDER, bundled_frameworks, load, read

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "verification"
HDI = ("life_expectancy", "expected_schooling", "mean_schooling", "gni_per_capita_ppp2017")
EGDI = ("osi", "hci", "tii")
PART = ("purpose_design", "strategic_planning", "program_management", "program_results")


def scored(
    framework: Framework, cells: Iterable[tuple[str, str]], rating: str = ""
) -> dict[str, NodeResult]:
    """The lines of one entity by node, from cells as a table of values holds them."""
    given = {
        code: value
        for code, text in cells
        if (value := framework.read_value(code, text)) is not None
    }
    return {line.node.code: line for line in framework.score(given, rating=rating)}


def root(framework: Framework, cells: Iterable[tuple[str, str]], rating: str = "") -> NodeResult:
    return scored(framework, cells, rating)[framework.root.code]


def variant(name: str, **root_changes: object) -> Framework:
    """A bundled definition with another root."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    document["root"] |= root_changes
    return read(json.dumps(document), name)


def egdi_of_2010() -> Framework:
    children = json.loads((FOLDER / "egdi.json").read_text(encoding="utf-8"))["root"]["children"]
    weights = {"osi": 0.34, "hci": 0.33, "tii": 0.33}
    return variant(
        "egdi", children=[{**child, "weight": weights[child["code"]]} for child in children]
    )


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


# --- Typed figures, everywhere ------------------------------------------------------------------

HDI_2022 = [  # Human Development Report 2023-24, table 1 and its data file
    ("Switzerland", ("84.255", "16.5837307", "13.90406622", "69432.78669"), "0.967", "Very High"),
    (
        "Hong Kong, China (SAR)",
        ("84.315", "17.8495903", "12.34776974", "62485.50516"),
        "0.956",
        "Very High",
    ),
    (
        "Liechtenstein: income above the goalpost",
        ("84.656", "15.46640015", "12.351169", "146673.2415"),
        "0.942",
        None,
    ),
    (
        "Iran (Islamic Republic of)",
        ("74.556", "14.11717033", "10.74618321", "14770.32307"),
        "0.780",
        "High",
    ),
    ("Niger", ("62.08", "7.186131428", "1.341352433", "1283.309235"), "0.394", "Low"),
]


@pytest.mark.parametrize(
    ("country", "values", "score", "band"), HDI_2022, ids=[row[0] for row in HDI_2022]
)
def test_the_hdi_of_2022_is_as_published(
    country: str, values: tuple[str, ...], score: str, band: str | None
) -> None:
    line = root(bundled_frameworks()["hdi"], zip(HDI, values, strict=True))

    assert line.score == score
    assert band is None or line.band == band
    assert len(line.exact) == len("0.") + 28


EGDI_PUBLISHED = [  # UN E-Government Survey 2010, 2022, 2024, data tables
    (2010, "Republic of Korea", ("1.0", "0.99293", "0.63902"), "0.87854", "Very High"),
    (2010, "Iran (Islamic Republic of)", ("0.26666", "0.79266", "0.21571"), "0.42343", "Middle"),
    (2022, "Denmark", ("0.97970", "0.95590", "0.97950"), "0.97170", "Very High"),
    (2022, "South Sudan", ("0.05180", "0.20380", "0.00000"), "0.08520", "Low"),
    (2024, "Denmark", ("0.99924", "0.95841", "0.99662"), "0.98474", "Very High"),
]


@pytest.mark.parametrize(("year", "country", "values", "published_index", "band"), EGDI_PUBLISHED)
def test_the_egdi_is_as_published(
    year: int, country: str, values: tuple[str, ...], published_index: str, band: str
) -> None:
    framework = egdi_of_2010() if year == 2010 else bundled_frameworks()["egdi"]

    line = root(framework, zip(EGDI, values, strict=True))

    assert abs(Decimal(line.exact) - Decimal(published_index)) <= Decimal("0.0001")
    assert line.band == band


def test_the_fragile_states_index_of_somalia_in_2024_is_as_published() -> None:
    # The Fund for Peace, Fragile States Index 2024
    codes = [child.code for child in bundled_frameworks()["fsi2024"].root.children]
    values = ["9.7", "10", "9", "9.2", "9", "8.5", "9.7", "9.5", "8.7", "10", "9", "9"]

    assert root(bundled_frameworks()["fsi2024"], zip(codes, values, strict=True)).exact == "111.3"


# OMB, ExpectMore 10003210.2005; OMB, PART list for the 2008 budget (scribd.com/document/342299)
PART_PUBLISHED = [
    ((100, 100, 86, 75), "84.7", "Effective"),  # rounded to 85 before the band
    ((100, 63, 100, 67), "79.8", "Moderately Effective"),
    ((80, 88, 100, 40), "64.8", "Adequate"),
    ((40, 50, 100, 27), "46.5", "Ineffective"),  # published as Results Not Demonstrated
]


@pytest.mark.parametrize(("sections", "total", "band"), PART_PUBLISHED)
def test_part_rounds_the_total_before_the_rating(
    sections: tuple[int, ...], total: str, band: str
) -> None:
    line = root(
        bundled_frameworks()["part"],
        [(str(place), str(value)) for place, value in enumerate(sections, 1)],
    )

    assert (line.exact, line.band) == (total, band)


def test_part_counts_a_large_extent_as_0_67_and_spreads_what_does_not_apply() -> None:
    cells = [("4.1", "LE"), ("4.2", "Small extent"), ("4.3", "YES"), ("4.4", "NA"), ("4.5", "no")]
    cells += [("1.1", "YES"), ("1.2", "NO"), ("1.3", "NA"), ("1.4", ""), ("1.5", "YES")]

    lines = scored(bundled_frameworks()["part"], cells)

    assert (lines["4"].exact, lines["4"].score) == ("50", "50")
    assert (
        lines["1"].score == "67"
    )  # 2 of 3: neither the question that does not apply nor the unanswered one counts
    assert lines["1"].exact == "66.66666666666666666666666667"
    assert (lines["4.4"].rule, lines["1.4"].rule) == ("not applicable", "not answered")
    assert lines["PART"].score == ""
    assert lines["PART"].rule == "not answered: 2, 3"


def test_an_override_may_stand_alone_and_is_held_to_the_ratings_the_framework_has() -> None:
    framework = bundled_frameworks()["part"]

    line = root(framework, [], framework.rating("PART", "!RND"))

    assert (line.score, line.band, line.rule.split("; ")[-1]) == (
        *("", "Results Not Demonstrated"),
        "override: Results Not Demonstrated",
    )
    with pytest.raises(ValueError, match="“Splendid” is no rating of PART"):
        framework.rating("PART", "!Splendid")


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
