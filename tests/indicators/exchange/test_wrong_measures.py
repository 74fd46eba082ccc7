"""What is wrong in a sheet of measures."""

import pytest

from tests.indicators.exchange.measure_sheets import as_csv, checked, measures_file, rows_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "column, value, why",
    (
        ("points", "many", "Enter one number"),
        ("points", "-600", "greater than or equal"),
        ("points", "600,5", "may part decimals or thousands"),
        ("method", "magic", "not a valid choice"),
        ("direction", "sideways", "not a valid choice"),
        ("method", "range", "Floor"),
        ("target", "0", "more than zero"),
        ("caf_criterion", "12", "not a valid choice"),
        ("caf_criterion", "1.5", "whole number"),
        ("is_pilot", "perhaps", "true"),
        ("title_fa", "", "cannot be blank"),
        ("title_fa", "x" * 301, "at most 300 characters"),
        ("goal_type", "strategic", "cannot be blank"),
        ("lineage", "7", "no lineage"),
        ("lineage", "00000000-0000-4000-8000-000000000000", "No measure that you could continue"),
        ("links", "a b", "no lineage"),
        ("trend", "1403=5", "year:value"),
        ("trend", "2024:5", "six at most"),
        ("params_json", "{", "no JSON object"),
        ("params_json", "[" * 5000, "no JSON object"),
        ("params_json", '{"items": 100000000}', "Write the parameters"),
        ("params_json", '{"bands": [[0, NaN]]}', "no JSON object"),
        ("params_json", '{"bands": [[0, "1e999"]]}', "Write the parameters"),
        ("params_json", '{"items": true}', "Write the parameters"),
        ("params_json", '{"code": "x"}', "Write the parameters"),
        ("params_json", '{"targets": [[1]]}', "Write the parameters"),
        ("params_json", '{"levels": [{"percent": "much", "fa": "x"}]}', "Write the parameters"),
        ("params_json", '{"levels": [{"percent": 1, "fa": 7}]}', "Write the parameters"),
        ("params_json", '{"options": {"percent": 1}}', "Write the parameters"),
        ("params_json", '{"log": 1}', "Write the parameters"),
        ("params_json", '{"sample": true}', "Write the parameters"),
        ("title_en", "=cmd", "apostrophe"),
    ),
)
def test_a_wrong_cell_is_named_and_then_nothing_can_be_written(drafted, column, value, why):
    rows = rows_of(measures_file(drafted.specific))
    rows[1][column] = value

    found = checked(drafted.specific, as_csv(rows))

    wrong = {(e["row"], e["column"]): e["message"] for e in found.errors}
    place = {"direction": column, "goal_type": "goal_code"}.get(column, column)
    place = "floor" if (column, value) == ("method", "range") else place
    assert {row for row, _column in wrong} == {"3"}
    assert why in wrong.get(("3", place), "") or why in str(wrong), wrong
    assert ("3", place) in wrong or column == "method", wrong
    assert not found.writes
    assert not found.writes_in_part


@pytest.mark.parametrize(
    "change, place, why",
    (
        (
            lambda rows: rows[0].update(points="599"),
            ("2", "indicator_points"),
            "(rows 2) add up to 599, not to 600",
        ),
        (
            lambda rows: rows[0].update(points="599", indicator_points="599"),
            ("2", "axis_points"),
            "(rows 2, 3) add up to 999, not to 1,000",
        ),
        (
            lambda rows: rows.pop(0) and rows[0].update(axis_points="400"),
            ("", "axis_points"),
            "add up to 400; they must be exactly 1,000",
        ),
        (
            lambda rows: rows[1].update(axis_points="900"),
            ("3", "axis_points"),
            "Row 2 says otherwise",
        ),
        (lambda rows: rows[1].update(axis_fa="دیگر"), ("3", "axis_fa"), "Row 2 says otherwise"),
        (lambda rows: rows[1].update(code=rows[0]["code"]), ("3", "code"), "stands twice"),
        (
            lambda rows: rows[1].update(lineage=rows[0]["lineage"]),
            ("3", "lineage"),
            "Row 2 is the same measure",
        ),
    ),
)
def test_what_is_only_wrong_together_is_named_with_its_rows(drafted, change, place, why):
    rows = rows_of(measures_file(drafted.specific))
    change(rows)

    found = checked(drafted.specific, as_csv(rows))

    assert [(e["row"], e["column"]) for e in found.errors] == [place]
    assert why in found.errors[0]["message"]
    assert not found.differs


def test_measures_in_their_trial_year_count_nowhere(drafted):
    rows = rows_of(measures_file(drafted.specific))
    trial = rows[0] | {
        "code": "S1-99",
        "is_pilot": "true",
        "points": "50",
        "lineage": "",
        "title_fa": "آزمایشی",
    }

    found = checked(drafted.specific, as_csv([*rows, trial]))

    assert found.errors == []
    assert [str(one["object"]) for one in found.new] == ["S1-99 · آزمایشی"]
