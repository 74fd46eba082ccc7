"""A self-assessment filled in from a spreadsheet: which cells are wrong, what is written, what is
not overwritten.
"""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Refused
from indicators.models import Measure
from submissions.answers import actions as answers
from submissions.answers import sheets as answers_sheets
from submissions.answers.sheet_columns import VALUES
from submissions.models import Answer
from tests.factories import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def begun() -> World:
    return build("begun")


def line(w: World, code: str) -> Answer:
    return Answer.objects.with_submission().get(submission=w.submission, measure__code=code)


def sheet(w: World, *rows: tuple[Any, ...], columns: str = "value,not_applicable,note") -> bytes:
    """Rows of a measure's code (or whatever stands for its lineage) and the
    cells of the columns.
    """
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow([str(VALUES), "lineage", *columns.split(",")])
    lineages = {
        a.measure.code: a.measure.lineage for a in w.submission.answers.select_related("measure")
    }
    writer.writerows(["", lineages.get(row[0], row[0]), *row[1:]] for row in rows)
    return file.getvalue().encode()


def address(w: World, rest: str = "") -> str:
    return f"/en/submissions/{w.submission.pk}/file/{rest}"


def upload(client: Any, w: World, content: bytes, name: str = "a.csv") -> Any:
    return client.post(address(w), {"file": SimpleUploadedFile(name, content)})


def wrong(page: Any) -> list[tuple[str, str]]:
    return [(error["row"], error["column"]) for error in page.context["check"].errors]


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_the_export_is_read_again_as_no_change(kind, visit):
    w = build("answered")
    client = visit(w, w.staff)

    content = client.get(address(w, f"{kind}/")).content
    page = upload(client, w, content, f"a.{kind}")

    assert page.context["form"].errors == {}
    assert page.context["check"].errors == []
    assert "There is nothing to write." in page.content.decode()


def test_the_export_holds_the_agency_s_lines_and_nothing_of_the_stewards(visit):
    w = build("answered")

    content = visit(w, w.staff).get(address(w, "xlsx/")).content

    rows = list(openpyxl.load_workbook(BytesIO(content)).active.values)
    header = rows[0]
    assert header[0] == "values/1"
    assert list(header[1:]) == VALUES.names
    said = {row[header.index("code")]: row[header.index("value")] for row in rows[1:]}
    assert said == dict.fromkeys(("G1-1", "G2-1", "S1-01", "S1-02"), 30)


def test_the_template_explains_every_column_in_both_languages(begun, visit):
    content = (
        visit(begun, begun.staff).get("/en/submissions/templates/values/csv/").content.decode()
    )

    rows = list(csv.reader(StringIO(content.removeprefix("\ufeff"), newline="")))
    assert [row[0] for row in rows] == ["values/1", "# fa", "# en", "# example"]
    assert all(all(row) for row in rows[1:3])


def test_a_file_fills_in_lines_and_leaves_those_that_it_does_not_have(begun, visit):
    w, client = begun, visit(begun, begun.staff)
    answers.save_answer(line(w, "G2-1"), value=Decimal(7), note="هفت", by=w.staff, at=w.at)

    page = upload(client, w, sheet(w, ("G1-1", "۴۵٫۵", "", "از سامانه")))
    unwritten = line(w, "G1-1").value
    client.post(address(w), {"token": page.context["token"]})

    assert unwritten is None
    assert (line(w, "G1-1").value, line(w, "G1-1").note) == (Decimal("45.5"), "از سامانه")
    assert (line(w, "G2-1").value, line(w, "G2-1").note) == (Decimal(7), "هفت")
    entry = Entry.objects.get(act="take_in")
    assert entry.params["file"] == "a.csv"
    assert len(entry.params["sha256"]) == 64


def test_a_column_that_is_missing_stays_and_an_empty_cell_empties(begun, visit):
    w, client = begun, visit(begun, begun.staff)
    answers.save_answer(
        line(w, "G1-1"), value=Decimal(7), note="هفت", action="خرید", by=w.staff, at=w.at
    )

    page = upload(client, w, sheet(w, ("G1-1", "", "8"), columns="note,value"))
    client.post(address(w), {"token": page.context["token"]})

    saved = line(w, "G1-1")
    assert (saved.value, saved.note, saved.action) == (Decimal(8), "", "خرید")


def test_what_people_read_of_a_line_is_not_read_from_the_file(begun, visit):
    w, client = begun, visit(begun, begun.staff)

    content = sheet(w, ("G1-1", "X", "another", "much", "1"), columns="code,title,target,value")
    page = upload(client, w, content)

    assert page.context["check"].errors == []
    assert [c["column"] for c in page.context["check"].changed[0]["changes"]] == ["value"]


def test_each_wrong_cell_is_named(begun, visit):
    w, client = begun, visit(begun, begun.staff)
    levels = [{"percent": percent, "fa": "سطح", "en": "Level"} for percent in (0, 50, 100)]
    Measure.objects.filter(code="S1-01").update(
        method="levels", params={"levels": levels}, target=None
    )
    rows = (
        ("G1-2", "5", "", ""),  # a steward's
        ("0198f0c2-7a1e-7c55-9d5e-3f1b8a6c2d10", "5", "", ""),  # nobody's
        ("not one", "5", "", ""),
        ("G1-1", "much", "", ""),
        ("G2-1", "5", "true", "چون"),
        ("S1-02", "", "true", ""),
        ("S1-01", "9", "", ""),  # of three levels
    )

    page = upload(client, w, sheet(w, *rows))

    assert wrong(page) == [
        ("2", "lineage"),
        ("3", "lineage"),
        ("4", "lineage"),
        ("5", "value"),
        ("6", "not_applicable"),
        ("7", "note"),
        ("8", "value"),
    ]
    assert page.context["token"] == ""


@pytest.mark.parametrize(
    ("value", "note"),
    (("-1", ""), ("1.5 million", ""), ("123456789012345678901", ""), ("1", "x" * 5001)),
)
def test_the_file_may_say_no_more_than_the_form_of_the_line(begun, visit, value, note):
    page = upload(visit(begun, begun.staff), begun, sheet(begun, ("G1-1", value, "", note)))

    assert wrong(page) == [("2", "note" if note else "value")]


def test_one_line_stands_in_a_file_once_however_its_lineage_is_spelt(begun, visit):
    lineage = str(line(begun, "G1-1").measure.lineage)

    page = upload(
        visit(begun, begun.staff),
        begun,
        sheet(begun, ("G1-1", "1", "", ""), (lineage.upper(), "2", "", "")),
    )

    assert wrong(page) == [("3", "lineage")]


def test_a_line_that_two_measures_share_is_filled_in_on_the_page(begun, visit):
    Measure.objects.filter(code="G2-1").update(lineage=line(begun, "G1-1").measure.lineage)

    page = upload(visit(begun, begun.staff), begun, sheet(begun, ("G1-1", "1", "", "")))

    assert wrong(page) == [("2", "lineage")]
    assert "on the page" in page.context["check"].errors[0]["message"]


def test_what_a_colleague_changes_after_the_check_is_told_and_not_overwritten(begun, visit):
    w, client = begun, visit(begun, begun.staff)
    page = upload(client, w, sheet(w, ("G1-1", "45", "", ""), ("G2-1", "5", "", "")))
    answers.save_answer(line(w, "G1-1"), value=Decimal(7), by=w.head, at=w.at)

    answer = client.post(address(w), {"token": page.context["token"]}, follow=True)

    assert "has changed since it was checked" in answer.content.decode()
    assert (line(w, "G1-1").value, line(w, "G2-1").value) == (Decimal(7), None)
    assert not Entry.objects.filter(act="take_in").exists()


def test_what_a_colleague_changes_in_the_very_moment_is_named(begun):
    w = begun
    a = line(w, "G1-1")
    given, seen = {a.pk: {"value": Decimal(45)}}, {a.pk: {"value": a.token("value")}}
    answers.save_answer(a, value=Decimal(7), by=w.head, at=w.at)

    with pytest.raises(Refused, match="“Measure G1-1” since the file was checked"):
        answers_sheets.import_answers(
            w.submission,
            lambda: (given, seen),
            by=w.staff,
            at=w.at,
            file_name="a.csv",
            sha256="0" * 64,
        )

    assert line(w, "G1-1").value == Decimal(7)


def test_what_a_colleague_writes_elsewhere_meanwhile_stays(begun, visit):
    w, client = begun, visit(begun, begun.staff)
    page = upload(client, w, sheet(w, ("G1-1", "45"), columns="value"))
    answers.save_answer(line(w, "G1-1"), note="از همکار", by=w.head, at=w.at)
    answers.save_answer(line(w, "G2-1"), value=Decimal(3), by=w.head, at=w.at)

    client.post(address(w), {"token": page.context["token"]})

    assert (line(w, "G1-1").value, line(w, "G1-1").note) == (Decimal(45), "از همکار")
    assert line(w, "G2-1").value == Decimal(3)


def test_right_rows_are_taken_alone_only_when_that_is_asked_for(begun, visit):
    w, client = begun, visit(begun, begun.staff)
    page = upload(client, w, sheet(w, ("G1-1", "45", "", ""), ("G2-1", "much", "", "")))

    client.post(address(w), {"token": page.context["token"]})
    untouched = line(w, "G1-1").value
    client.post(address(w), {"token": page.context["token"], "take": "right"})

    assert untouched is None
    assert line(w, "G1-1").value == Decimal(45)
    assert Entry.objects.get(act="take_in").params["left_out"] == 1


def test_a_signed_self_assessment_takes_no_file_but_goes_out_as_one(visit):
    w = build("submitted")
    client = visit(w, w.staff)

    answer = client.get(address(w), follow=True)
    export = client.get(address(w, "csv/"))

    assert "is not possible" in answer.content.decode()
    assert "Download the lines" in answer.content.decode()
    assert export.status_code == 200
