"""The measures of a set as a sheet: out and in unchanged; what is wrong is named, what is right is
written.
"""

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.utils import translation

from cycles.spreadsheets import dry_run, sheet_files
from cycles.spreadsheets import sheets as spreadsheets_sheets
from cycles.spreadsheets.sheets import read
from cycles.workflow import Refused
from indicators.drafting import actions as drafting
from indicators.drafting import contents, tiers
from indicators.drafting.catalogue import general_catalogue
from indicators.exchange import actions as exchange
from indicators.exchange.columns import MEASURES
from indicators.exchange.measures import MeasureLines
from indicators.models import Axis, Change, Indicator, Measure
from tests.factories import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def drafted():
    return build("drafted")


def measures_file(indicator_set, kind="csv"):
    lines = MeasureLines(indicator_set)
    return sheet_files.write_rows(MEASURES, lines.rows(lines.lines()), kind)


def rows_of(content):
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def as_csv(rows):
    file = StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def checked(indicator_set, content, name="a.csv"):
    return dry_run.check(MeasureLines(indicator_set), read(MEASURES, content, name))


def take_in(indicator_set, content, *, by, at):
    lines, sheet = MeasureLines(indicator_set), read(MEASURES, content, "a.csv")
    digest = dry_run.check(MeasureLines(indicator_set), sheet).digest
    return exchange.import_measures(
        indicator_set,
        lambda: lines.contents(dry_run.checked_again(lines, sheet, digest)),
        by=by,
        at=at,
        file_name="a.csv",
        sha256="0" * 64,
    )


def snapshot(indicator_set):
    return list(Measure.objects.of(indicator_set).order_by("pk").values()), list(
        indicator_set.axes.values()
    )


# --- Out and in again ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_an_exported_catalogue_changes_nothing_when_it_comes_back(drafted, kind):
    w = drafted
    contents.fill_general_set(w.general, rows=general_catalogue(), by=w.administrator, at=w.at)

    found = checked(w.general, measures_file(w.general, kind), f"a.{kind}")

    assert found.errors == []
    assert not found.differs
    assert found.unchanged == 60


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_whatever_a_measure_says_changes_nothing_when_it_comes_back(drafted, kind):
    w = drafted
    tiers.save_goal(
        w.specific,
        fields={
            "title_fa": "هدف",
            "title_en": "=Goal",
            "type": "strategic",
            "law": "csma",
            "article": "81",
        },
        by=w.staff,
        at=w.at,
    )
    measure = Measure.objects.of(w.specific).first()
    fields = {
        "title_fa": "=آب می‌رود؛ «هدررفت»، نیم‌فاصله",
        "title_en": "+1-2 'quoted', \"twice\"; @home",
        "definition_fa": "- یکم\n- دوم‌ها\nسوم",
        "method": "bands",
        "params": {"bands": [[0, 100], [7, "62.5"]], "direction": "lower"},
        "base": Decimal("12345678901234567890.12345678"),
        "floor": Decimal("-0.5"),
        "trend": [[1403, "12.50"], [1404, "-13"]],
        "links": [Measure.objects.of(w.general).first().lineage],
        "caf_criterion": 6,
        "is_pilot": False,
        "is_additive": True,
        "is_composed": True,
        "goal": w.specific.goals.get(),
        "responsible_post": "'=رئیس",
        "budget_line": "007",
    }
    drafting.save_measure(w.specific, fields=fields, by=w.staff, at=w.at, measure=measure)
    before = snapshot(w.specific)

    found = checked(w.specific, measures_file(w.specific, kind), f"a.{kind}")

    assert found.errors == []
    assert (found.new, found.changed, found.removed) == ([], [], [])
    with pytest.raises(Refused, match="Nothing in the file differs"):
        take_in(w.specific, measures_file(w.specific), by=w.staff, at=w.at)
    assert snapshot(w.specific) == before


def test_a_file_fills_an_empty_set_with_the_same_content_as_that_from_which_it_came(drafted):
    w = drafted
    contents.fill_general_set(w.general, rows=general_catalogue(), by=w.administrator, at=w.at)
    content = measures_file(w.general)
    before = [line.__dict__ | {"pk": None} for line in MeasureLines(w.general).lines()]
    contents.clear(w.general)

    written = take_in(w.general, content, by=w.administrator, at=w.at)

    assert len(written) == 60
    assert [line.__dict__ | {"pk": None} for line in MeasureLines(w.general).lines()] == before
    assert drafting_total(w.general) == 1000


def drafting_total(indicator_set):
    return sum(axis.points for axis in Axis.objects.filter(set=indicator_set))


LEVELS = [{"percent": 0, "fa": "نیست", "en": "None"}, {"percent": "62.5", "fa": "هست", "en": ""}]


@pytest.mark.parametrize(
    "method, params",
    (
        ("levels", {"levels": LEVELS}),
        ("options", {"options": LEVELS[::-1]}),
        ("interpolation", {"targets": [[0, 100], ["7.5", 90]]}),
        ("minmax", {"min": 100, "max": 75000, "log": True, "direction": "higher"}),
        ("points", {"maximum": 1000}),
        (
            "survey",
            {
                "survey_source": "ایسپا",
                "sample": 1200,
                "survey_from": "2027-03-21",
                "interval": "2.5",
            },
        ),
    ),
)
def test_the_parameters_of_every_method_come_in_as_they_went_out(drafted, method, params):
    measure = Measure.objects.of(drafted.specific).first()
    rows = rows_of(measures_file(drafted.specific))
    rows[0] |= {"method": method, "params_json": json.dumps(params, ensure_ascii=False)}

    take_in(drafted.specific, as_csv(rows), by=drafted.staff, at=drafted.at)

    written = Measure.objects.get(pk=measure.pk)
    assert (written.method, written.params) == (method, params)
    assert not checked(drafted.specific, measures_file(drafted.specific)).differs


def test_what_a_methods_own_check_refuses_is_told_beside_its_parameters(drafted):
    rows = rows_of(measures_file(drafted.specific))
    rows[0] |= {"method": "minmax", "params_json": '{"min": 5, "max": 4}'}
    rows[1] |= {"method": "survey", "params_json": '{"survey_from": "soon"}'}

    found = checked(drafted.specific, as_csv(rows))

    assert {(e["row"], e["column"]) for e in found.errors} == {
        ("2", "params_json"),
        ("3", "params_json"),
    }


# --- What is wrong ------------------------------------------------------------------------------


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


# --- What is written ----------------------------------------------------------------------------


def test_a_file_adds_changes_moves_and_removes_and_each_stands_in_the_history(drafted):
    w = drafted
    first, second = Measure.objects.of(w.specific).order_by("pk")
    rows = rows_of(measures_file(w.specific))
    new = rows[1] | {"code": "S1-03", "indicator_code": "S1-03", "lineage": "", "title_fa": "تازه"}
    rows[0] |= {"target": "18", "axis_fa": "مأموریت تازه"}
    new |= {"axis_fa": "مأموریت تازه"}

    take_in(w.specific, as_csv([rows[0], new]), by=w.staff, at=w.at)

    assert Measure.objects.get(pk=first.pk).target == 18
    assert not Measure.objects.filter(pk=second.pk).exists()
    assert not Indicator.objects.filter(axis__set=w.specific, code="S1-02").exists()
    assert w.specific.axes.get().title_fa == "مأموریت تازه"
    deeds = Change.objects.filter(set=w.specific).order_by("-pk").values_list("deed", "code")[:4]
    assert sorted(deeds) == [
        ("added", "S1-03"),
        ("changed", "S1-01"),
        ("imported", ""),
        ("removed", "S1-02"),
    ]
    said = Change.objects.get(set=w.specific, deed="imported").fields
    assert said["file"] == [None, "a.csv"]


def test_two_measures_may_swap_their_codes(drafted):
    w = drafted
    rows = rows_of(measures_file(w.specific))
    one = {
        "indicator_code": "S1-01",
        "indicator_points": "1000",
        "indicator_fa": "یکی",
        "indicator_en": "",
    }
    rows = [row | one for row in rows]
    take_in(w.specific, as_csv(rows), by=w.staff, at=w.at)
    before = dict(Measure.objects.of(w.specific).values_list("lineage", "code"))
    rows = rows_of(measures_file(w.specific))
    rows[0]["code"], rows[1]["code"] = rows[1]["code"], rows[0]["code"]

    take_in(w.specific, as_csv(rows), by=w.staff, at=w.at)

    after = dict(Measure.objects.of(w.specific).values_list("lineage", "code"))
    assert sorted(after.values()) == sorted(before.values())
    assert all(after[lineage] != code for lineage, code in before.items())


def test_a_file_is_written_only_through_the_door(drafted):
    w = drafted
    rows = rows_of(measures_file(w.specific))
    rows[0]["target"] = "18"
    before = snapshot(w.specific)

    for who, at in (
        (w.other_staff, w.at),
        (w.auditor, w.at),
        (w.staff, w.at.replace(year=w.at.year + 5)),
    ):
        with pytest.raises(Refused):
            take_in(w.specific, as_csv(rows), by=who, at=at)

    assert snapshot(w.specific) == before


def test_what_would_no_longer_be_done_as_it_was_shown_is_refused(drafted):
    w = drafted
    rows = rows_of(measures_file(w.specific))
    rows[0]["target"] = "18"
    sheet = read(MEASURES, as_csv(rows), "a.csv")
    digest = dry_run.check(MeasureLines(w.specific), sheet).digest
    Measure.objects.of(w.specific).filter(code="S1-01").update(target=17)

    with pytest.raises(Refused, match="changed since it was checked"):
        dry_run.checked_again(MeasureLines(w.specific), sheet, digest)


def test_the_example_of_the_documentation_is_taken_in(drafted):
    text = (spreadsheets_sheets.__file__.rsplit("/cycles/", 1)[0]) + "/docs/transfer.md"
    with open(text, encoding="utf-8") as file:
        example = file.read().split("```csv\n")[1].split("```")[0]

    take_in(drafted.specific, example.encode(), by=drafted.staff, at=drafted.at)

    assert drafting_total(drafted.specific) == 1000
    assert Measure.objects.of(drafted.specific).count() == 2
