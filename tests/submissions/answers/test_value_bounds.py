"""Every way in refuses a value outside its measure's bounds, names the bound, and leaves the
database as it was.
"""

from decimal import Decimal

import pytest
from django.utils import translation

from appeals.drafting.forms import AppealForm
from appeals.models import Ground
from config.rehearsal import values as rehearsal_values
from cycles.spreadsheets.dry_run import check
from cycles.spreadsheets.sheet_files import write_rows
from cycles.spreadsheets.sheets import read
from cycles.workflow import Refused
from submissions.answers import actions as answers
from submissions.answers.forms import AnswerForm
from submissions.answers.sheet_columns import VALUES, AnswerLines
from submissions.models import Answer, Document
from submissions.verification.forms import VerificationForm
from tests.factories import build

TOO_MUCH = "The value may not be more than 100."


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def line(db):
    """A line that asks for a share in percent."""
    world = build("begun")
    found = Answer.objects.filter(
        submission__cycle=world.cycle, measure__unit_en="percent"
    ).select_related("measure__indicator__axis__set", "own", "submission__agency")
    asked = next(a for a in found.order_by("pk") if str(a.bounds) == "from 0 to 100")
    asked.world = world
    return asked


def test_the_form_refuses_115_percent_and_shows_the_bounds_beside_the_field(line):
    form = AnswerForm({"value": "۱۱۵"}, answer=line)

    assert form.errors["value"] == [TOO_MUCH]
    assert form["value"].help_text == "Possible values: from 0 to 100."


def test_the_act_refuses_it_too_and_nothing_is_saved(line):
    with pytest.raises(Refused, match="more than 100"):
        answers.save_answer(line, by=line.world.staff, at=line.world.at, value=Decimal(115))

    assert Answer.objects.get(pk=line.pk).value == line.value


def test_a_sheet_names_the_cell_and_shows_the_bounds(line):
    rows = [{"lineage": str(line.measure.lineage), "value": Decimal("105.9")}]
    lines = AnswerLines(line.submission)

    found = check(lines, read(VALUES, write_rows(VALUES, rows, "csv"), "x.csv"))

    assert [(e["row"], e["column"], e["message"]) for e in found.errors] == [
        ("2", "value", TOO_MUCH)
    ]
    assert next(
        row["bounds"]
        for row in lines.rows(lines.lines())
        if row["lineage"] == str(line.measure.lineage)
    )


def test_an_appeal_cannot_propose_it(line):
    fields = {"ground": Ground.VALUE, "proposed_value": "115", "argument": "ـ"}

    form = AppealForm(
        fields, grounds=[Ground.VALUE], documents=Document.objects.none(), answer=line
    )

    assert form.errors["proposed_value"] == [TOO_MUCH]


def test_a_verification_cannot_find_it(line):
    form = VerificationForm({"found_value": "115"}, line=line, user=line.world.staff)

    assert form.errors["found_value"] == [TOO_MUCH]


def test_a_balance_may_be_negative_where_its_measure_allows_it(line):
    line.measure.lowest = Decimal(-1000)

    assert AnswerForm({"value": "-12.5"}, answer=line).errors == {}


def test_the_demonstration_invents_no_share_above_its_bound(line):
    for skill in (Decimal("0.5"), Decimal(1), Decimal("1.15")):
        value = rehearsal_values.value_at(line.measure, Decimal(100), float(skill), None)
        assert line.why_unfit(value) == ""
