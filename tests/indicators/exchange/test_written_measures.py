"""What a sheet of measures writes."""

import pytest

from cycles.spreadsheets import dry_run
from cycles.spreadsheets import sheets as spreadsheets_sheets
from cycles.spreadsheets.sheets import read
from cycles.workflow import Refused
from indicators.exchange.columns import MEASURES
from indicators.exchange.measures import MeasureLines
from indicators.models import Change, Indicator, Measure
from tests.indicators.exchange.measure_sheets import (
    as_csv,
    drafting_total,
    measures_file,
    rows_of,
    snapshot,
    take_in,
)

pytestmark = pytest.mark.django_db


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
