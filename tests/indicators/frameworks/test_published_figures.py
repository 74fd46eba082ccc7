"""Published figures of reference frameworks, typed."""

from decimal import Decimal

import pytest

from indicators.frameworks.reader import bundled_frameworks
from tests.indicators.frameworks.framework_scores import EGDI, HDI, egdi_of_2010, root, scored

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
