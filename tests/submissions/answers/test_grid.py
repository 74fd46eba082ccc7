"""The grid of units × measures: what a headquarters enters for its units, cell by cell, and the
documents it gives."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Delivery, Entry, Participation
from cycles.workflow import Refused
from indicators.models import Measure
from indicators.sets import targets
from submissions.answers import actions as answers
from submissions.answers import headquarters
from submissions.models import Answer
from submissions.signing import actions as signing
from tests.factories import World, build, make_user
from tests.submissions.answers.units import address, line, unit, with_units

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def seen(client: Any, w: World, rest: str = "") -> str:
    return client.get(address(w) + rest).context["grid"].seen


def cells(page: Any) -> dict[str, Any]:
    return {c.answer.measure.code: c for row in page.context["grid"].rows for c in row.cells if c}


@pytest.mark.parametrize(
    ("who", "status"),
    (
        ("headquarters", 200),
        ("head", 200),
        ("staff", 404),
        ("unit_head", 404),
        ("other_head", 404),
        ("auditor", 404),
    ),
)
def test_the_grid_is_there_for_the_headquarters_of_units(begun, visit, who, status):
    client = visit(begun, begun.people[who])

    assert client.get(address(begun)).status_code == status
    assert (address(begun) in client.get("/en/submissions/").content.decode()) == (status == 200)


def test_the_grid_shows_general_measures_and_those_given_down_and_no_stewards(visit):
    w = build("communicated")
    given = Measure.objects.of(w.specific).order_by("pk").first()
    rows = [targets.AgencyTarget(given.pk, w.unit.pk, target=Decimal(18))]
    targets.set_targets(w.specific, rows, by=w.headquarters, at=w.opens(Phase.MONITORING))
    w.at = w.opens(Phase.SELF_ASSESSMENT)
    answers.begin(Participation.objects.filter(cycle=w.cycle), by=None, at=w.at)
    client = visit(w, w.headquarters)

    grid = client.get(address(w)).context["grid"]
    shown = [
        [m.code for m in client.get(f"{address(w)}?axis={a.pk}").context["grid"].measures]
        for a in grid.axes
    ]

    assert shown == [["G1-1"], ["G2-1"], [given.code]]


@pytest.mark.parametrize("count", (1, 3))
def test_a_page_takes_the_same_queries_for_any_number_of_units(visit, count):
    w = with_units(count)
    client = visit(w, w.headquarters)
    client.get(address(w))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(address(w))

    assert len(page.context["grid"].rows) == count
    assert len(queries) == QUERIES


QUERIES = 10


def test_values_are_entered_and_the_unit_is_told_and_has_its_own_entry(visit):
    w = with_units(3)
    client = visit(w, w.headquarters)
    body = {"seen": seen(client, w)}
    body |= {
        f"v-{line(w, of=code).pk}": value
        for code, value in (("MOE-QZ", "۴۵٫۵"), ("MOE-1", "7"), ("MOE-2", ""))
    }

    answer = client.post(address(w), body)

    assert answer.status_code == 302
    assert [line(w, of=code).value for code in ("MOE-QZ", "MOE-1", "MOE-2")] == [
        Decimal("45.5"),
        Decimal(7),
        None,
    ]
    assert line(w).updated_by == w.headquarters
    entries = Entry.objects.filter(act="fill")
    assert {e.object_pk for e in entries} == {unit(w).pk, unit(w, "MOE-1").pk}
    assert Delivery.objects.filter(entry__in=entries, recipient=w.unit_head).exists()


def test_a_page_that_changes_nothing_writes_nothing_and_confirms_nothing(begun, visit):
    w, client = begun, visit(begun, begun.headquarters)
    Answer.objects.filter(pk=line(w).pk).update(value=40, prefilled_from=4)

    client.post(address(w), {"seen": seen(client, w), f"v-{line(w).pk}": "40"})

    assert line(w).prefilled_from == 4
    assert not Entry.objects.filter(act="fill").exists()


def test_everything_is_saved_together_or_shown_again_with_what_is_wrong(visit):
    w = with_units(3)
    client = visit(w, w.headquarters)
    body = {"seen": seen(client, w)}
    body |= {
        f"v-{line(w, of=code).pk}": value
        for code, value in (("MOE-QZ", "45"), ("MOE-1", "much"), ("MOE-2", "-1"))
    }

    page = client.post(address(w), body)

    wrong = {row.submission.agency.code: row.cells[0].error for row in page.context["grid"].rows}
    assert page.status_code == 422
    assert wrong == {
        "MOE-QZ": "", "MOE-1": "Enter one number, such as 1200 or 12.5.", "MOE-2": "The value may not be negative.",
    }  # fmt: skip
    assert [row.cells[0].text for row in page.context["grid"].rows if not row.cells[0].error] == [
        "45"
    ]
    assert line(w).value is None


def test_what_the_unit_typed_meanwhile_is_shown_beside_and_replaced_only_knowingly(begun, visit):
    w, client = begun, visit(begun, begun.headquarters)
    before = seen(client, w)
    answers.save_answer(line(w), value=Decimal(33), by=w.unit_head, at=w.at)

    page = client.post(address(w), {"seen": before, f"v-{line(w).pk}": "45"})
    kept = line(w).value
    again = client.post(address(w), {"seen": page.context["grid"].seen, f"v-{line(w).pk}": "45"})

    cell = cells(page)["G1-1"]
    assert (page.status_code, cell.text, cell.theirs) == (422, "45", "33")
    assert "The unit has entered 33 meanwhile" in page.content.decode()
    assert kept == 33
    assert again.status_code == 302
    assert line(w).value == 45


def test_what_was_not_touched_never_overwrites_what_the_unit_typed_meanwhile(begun, visit):
    w, client = begun, visit(begun, begun.headquarters)
    before = seen(client, w)
    answers.save_answer(line(w), value=Decimal(33), by=w.unit_head, at=w.at)

    client.post(address(w), {"seen": before, f"v-{line(w).pk}": ""})

    assert line(w).value == 33


def test_a_wrong_cell_does_not_forget_what_was_seen(begun, visit):
    w, client = begun, visit(begun, begun.headquarters)
    before = seen(client, w)
    answers.save_answer(line(w), value=Decimal(33), by=w.unit_head, at=w.at)

    page = client.post(address(w), {"seen": before, f"v-{line(w).pk}": "much"})
    page = client.post(address(w), {"seen": page.context["grid"].seen, f"v-{line(w).pk}": "45"})

    assert cells(page)["G1-1"].theirs == "33"
    assert line(w).value == 33


def test_what_the_unit_says_does_not_apply_is_not_overruled(begun, visit):
    w, client = begun, visit(begun, begun.headquarters)
    before = seen(client, w)
    answers.save_answer(line(w), claims_not_applicable=True, note="ندارد", by=w.unit_head, at=w.at)

    page = client.post(address(w), {"seen": before, f"v-{line(w).pk}": "45"})

    assert page.status_code == 422
    assert "does not apply" in cells(page)["G1-1"].error
    assert line(w).value is None


def test_a_signed_unit_is_shown_and_not_entered(begun, visit):
    w, client = begun, visit(begun, begun.headquarters)
    answers.save_answer(line(w), value=Decimal(33), by=w.unit_head, at=w.at)
    before = seen(client, w)
    signing.move(unit(w), "submit", by=w.unit_head, at=w.at)

    page = client.get(address(w))
    client.post(address(w), {"seen": before, f"v-{line(w).pk}": "45"})

    [row] = page.context["grid"].rows
    assert "Submitted" in row.closed
    assert f'name="v-{line(w).pk}"' not in page.content.decode()
    assert line(w).value == 33


def test_the_act_refuses_another_agencys_line_and_another_agencys_headquarters(begun):
    w = begun
    a = line(w)
    tokens = {a.pk: a.token("value")}

    with pytest.raises(Refused, match="does not belong"):
        headquarters.fill_units(
            [w.other], {a.pk: Decimal(1)}, seen=tokens, by=w.headquarters, at=w.at
        )
    with pytest.raises(Refused, match="is for the headquarters"):
        headquarters.fill_units(
            [unit(w)], {a.pk: Decimal(1)}, seen=tokens, by=w.other_head, at=w.at
        )


def test_of_several_units_all_are_entered_or_none(visit):
    w = with_units(3)
    lines = [line(w, of=code) for code in ("MOE-QZ", "MOE-1")]
    tokens = {a.pk: a.token("value") for a in lines}
    answers.save_answer(
        lines[1],
        value=Decimal(9),
        by=make_user("x", "staff", agency=lines[1].submission.agency),
        at=w.at,
    )
    units = [a.submission for a in lines]

    with pytest.raises(answers.AnswerChanged):
        headquarters.fill_units(
            units, {a.pk: Decimal(1) for a in lines}, seen=tokens, by=w.headquarters, at=w.at
        )

    assert [line(w, of=code).value for code in ("MOE-QZ", "MOE-1")] == [None, 9]
