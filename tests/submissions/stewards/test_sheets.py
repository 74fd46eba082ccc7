"""Figures go out as a spreadsheet and come back from one."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cycles.models import Cycle, Entry, Participation
from indicators.models import Measure
from submissions.models import (
    Answer,
    Score,
    StewardFigure,
    Submission,
)
from submissions.stewards import actions as stewards
from tests.factories import build
from tests.submissions.stewards.figures import tie, url
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def sheet_of(client, world):
    content = client.get(url("figures_file", world.stewardship.pk, "xlsx")).content
    return openpyxl.load_workbook(BytesIO(content))


def as_file(book, name="figures.xlsx"):
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def checked(client, world, file):
    return client.post(url("figures_import", world.stewardship.pk), {"file": file})


def test_the_prepared_sheet_comes_back_the_same_with_last_year_s_percent(visit):
    world = build("assigned")
    last = Cycle.objects.create(year=world.cycle.year - 1, preset=world.cycle.preset)
    part = Participation.objects.create(
        cycle=last, agency=world.power, level=world.power.level, sector=world.power.sector
    )
    before = Submission.objects.create(
        cycle=last, agency=world.power, participation=part, state="communicated"
    )
    same = Measure.objects.get(pk=world.stewardship.measure_id)
    same.pk, same.code = None, "last"  # the same lineage in last year's set
    same.save()
    old = Answer.objects.create(submission=before, measure=same)
    Score.objects.create(
        answer=old, basis="steward", state="scored", points="213", scored_at=world.at
    )
    client = visit(world, world.steward)
    book = sheet_of(client, world)
    rows = {row[1].value: row for row in book.worksheets[0].iter_rows(min_row=2)}

    assert [c.value for c in rows["MOE"]][1:4] == ["MOE", "Ministry of Energy", 71]
    rows["MOE"][4].value, rows["MOHME"][5].value, rows["MOHME"][6].value = (
        78.25,
        "true",
        "Not theirs",
    )
    found = checked(client, world, as_file(book))
    assert (len(found.context["check"].changed), found.context["check"].errors) == (2, [])
    assert not StewardFigure.objects.exists()
    client.post(url("figures_import", world.stewardship.pk), {"token": found.context["token"]})

    assert StewardFigure.objects.get(answer=steward_line(world)).percent == Decimal("78.25")
    assert StewardFigure.objects.get(answer=steward_line(world, world.health)).note == "Not theirs"
    entry = Entry.objects.filter(act="take_in", model="submissions.stewardship").get()
    assert (entry.params["rows"], entry.params["file"]) == (2, "figures.xlsx")
    again = checked(client, world, as_file(sheet_of(client, world))).context["check"]
    assert (again.differs, again.errors) == (False, [])


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("MOE,120,,", "percent", "less than or equal to 100"),
        ("MOE,-1,,", "percent", "greater than or equal to 0"),
        ("MOE,many,,", "percent", "Enter one number"),
        ('MOE,"12,5",,', "percent", "may part decimals or thousands"),
        ("MOE,5,true,", "percent", "not both"),
        ("MOE,,true,", "note", "Say why"),
        ("MOE,,,alone", "percent", "A note alone"),
        ("MOE,,maybe,", "not_applicable", "“true” or “false”"),
        ("NONE,5,,", "code", "No agency with this code"),
        ("MOE-QZ,5,,", "code", "declared an interest"),
        ("MOE,5,,=1+1", "note", "may not begin with"),
        ("MOE,5,,\nMOE,6,,", "code", "stands twice"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_row_column_and_reason(visit, row, column, why):
    world = build("assigned")
    tie(world, world.unit)
    file = SimpleUploadedFile(
        "figures.csv",
        f"figures/1,code,percent,not_applicable,note\n,{row.replace(chr(10), chr(10) + ',')}".encode(),
    )

    found = checked(visit(world, world.steward), world, file).context["check"]

    assert (found.errors[0]["row"], found.errors[0]["column"]) == (
        "3" if "\n" in row else "2",
        column,
    )
    assert why in found.errors[0]["message"]
    assert not StewardFigure.objects.exists()


def test_what_is_changed_between_check_and_confirmation_is_not_written_over(visit):
    world = build("assigned")
    client = visit(world, world.steward)
    file = SimpleUploadedFile("figures.csv", b"figures/1,code,percent\n,MOE,70")
    token = checked(client, world, file).context["token"]
    stewards.save_figures(
        world.stewardship, {steward_line(world).pk: figure("40")}, by=world.steward, at=world.at
    )

    client.post(url("figures_import", world.stewardship.pk), {"token": token})

    assert StewardFigure.objects.get().percent == 40


def test_an_administrator_s_sheet_holds_the_lines_that_the_steward_may_not_give(visit):
    world = build("assigned")
    tie(world)

    steward = sheet_of(visit(world, world.steward), world).worksheets[0]
    administrator = sheet_of(visit(world, world.administrator), world).worksheets[0]

    assert [row[1] for row in steward.values][1:] == ["MOHME", "MOE-QZ"] or len(
        list(steward.values)
    ) == 3
    assert [row[1] for row in administrator.values][1:] == ["MOE"]
