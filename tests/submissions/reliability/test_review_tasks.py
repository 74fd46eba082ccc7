"""What follows from a study of the marks: tasks opened once, closed with a reason; and hours and
cost.
"""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Refused
from submissions.models import Block, Expense, Reliability, ReviewTask, Score
from submissions.progress import costs
from submissions.reliability import actions as reliability
from tests.factories import build
from tests.submissions.reliability.test_actions import measured, read_twice
from tests.worlds.answers import review_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def study_of(world, **found):
    """A finished study that found what is given."""
    asked = {"asked_by": world.administrator, "asked_at": world.at, "finished_at": world.at}
    nothing = {
        "marks": 9,
        "agreement": None,
        "severity": [],
        "copying": [],
        "halo": [],
        "saturated": [],
    }
    return Reliability.objects.create(cycle=world.cycle, result=nothing | found, **asked)


def row(assessor, *, flagged=True, **figures):
    return {"assessor": assessor.pk, "flagged": flagged, "lines": 9} | figures


def kinds():
    return [(t.kind, t.assessor_id, t.measure_id) for t in ReviewTask.objects.order_by("pk")]


# --- Tasks --------------------------------------------------------------------------------------


def test_measuring_opens_a_task_for_each_assessor_who_stands_out():
    world = read_twice()

    study = measured(world)

    severe = {r["assessor"] for r in study.result["severity"] if r["flagged"]}
    assert severe == {world.assessor.pk, world.other_assessor.pk}
    opened = ReviewTask.objects.filter(kind="severity")
    assert {t.assessor_id for t in opened} == severe
    assert all(
        t.figures == next(r for r in study.result["severity"] if r["assessor"] == t.assessor_id)
        for t in opened
    )


def test_every_kind_of_finding_opens_its_task_and_what_does_not_stand_out_none():
    world = build("marked")
    measure = world.submission.answers.first().measure
    study = study_of(
        world,
        severity=[row(world.assessor), row(world.other_assessor, flagged=False)],
        copying=[row(world.assessor)],
        halo=[row(world.other_assessor)],
        saturated=[{"measure": measure.pk, "agencies": 10, "flagged": True}],
        agreement={"lines": 40, "alpha": 0.4, "interval": {"low": 0.2, "high": 0.6}},
    )

    reliability._open_tasks(study, at=world.at)

    assert kinds() == [
        ("severity", world.assessor.pk, None),
        ("copying", world.assessor.pk, None),
        ("halo", world.other_assessor.pk, None),
        ("saturated", None, measure.pk),
        ("agreement", None, None),
    ]


@pytest.mark.parametrize("alpha", [None, 0.667, 0.9])
def test_marks_that_agree_open_no_task(alpha):
    world = build("marked")

    reliability._open_tasks(study_of(world, agreement={"lines": 40, "alpha": alpha}), at=world.at)

    assert kinds() == []


def test_a_later_study_opens_another_task_only_once_the_open_one_is_closed():
    world = build("marked")
    found = {"copying": [row(world.assessor)], "agreement": {"lines": 9, "alpha": 0.1}}
    for _time in range(2):
        reliability._open_tasks(study_of(world, **found), at=world.at)
    assert len(kinds()) == 2

    reliability.close(
        ReviewTask.objects.get(kind="copying"),
        outcome="Talked over",
        by=world.administrator,
        at=world.at,
    )
    reliability._open_tasks(study_of(world, **found), at=world.at)

    assert [t.state for t in ReviewTask.objects.filter(kind="copying").order_by("pk")] == [
        "closed",
        "open",
    ]
    assert ReviewTask.objects.filter(kind="agreement").count() == 1


def test_closing_needs_a_reason_is_recorded_and_changes_no_score():
    world = build("marked")
    task, before = review_task(world), list(Score.objects.order_by("pk").values())

    with pytest.raises(Refused, match="came to"):
        reliability.close(task, outcome=" ", by=world.administrator, at=world.at)
    task = reliability.close(
        task, outcome="The suggestions were right", by=world.administrator, at=world.at
    )

    assert (task.state, task.closed_by, task.outcome) == (
        "closed",
        world.administrator,
        "The suggestions were right",
    )
    assert Entry.objects.get(act="close").note == "The suggestions were right"
    assert list(Score.objects.order_by("pk").values()) == before


def test_nobody_closes_a_task_on_their_own_marks(visit):
    world = build("marked")
    task = review_task(world)
    ReviewTask.objects.filter(pk=task.pk).update(assessor=world.administrator)

    with pytest.raises(Refused, match="never about one's own marks"):
        reliability.close(task, outcome="x", by=world.administrator, at=world.at)

    visit(world, world.administrator).post(url("close_task", task.pk), {"note": "x"})
    assert world.fresh(task).state == "open"


def test_the_page_of_a_study_lists_its_tasks_and_takes_the_reason(visit):
    world = build("marked")
    task = review_task(world)
    client = visit(world, world.administrator)

    assert "9 of 9 marks are exactly" in client.get(url("close_task", task.pk)).content.decode()
    nothing = client.post(url("close_task", task.pk), {"note": ""}).content.decode()
    assert "came to" in nothing
    client.post(url("close_task", task.pk), {"note": "Talked over"})
    Reliability.objects.update(finished_at=None)
    page = client.get(url("reliability", world.cycle.pk)).content.decode()

    assert "Talked over" in page
    assert "Copies what" in page


def test_two_open_tasks_on_one_subject_cannot_be():
    world = build("marked")
    task = review_task(world)

    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewTask.objects.create(
            cycle=world.cycle,
            study=task.study,
            kind="copying",
            assessor=world.assessor,
            figures={},
            opened_at=world.at,
        )


# --- Hours and cost -----------------------------------------------------------------------------


def test_what_nobody_said_is_not_measured_and_not_zero():
    found = costs.costs_of(build("marked").cycle)

    assert (found.first, found.second, found.verification, found.other, found.amount) == (None,) * 5
    assert (found.hours, found.hours_each, found.amount_each, found.assessed) == (
        None,
        None,
        None,
        1,
    )


def test_hours_and_expenses_are_added_up_and_shared_among_the_agencies_assessed():
    world = build("marked")
    Block.objects.filter(pk=world.block.pk).update(hours=Decimal("7.25"))
    for amount, hours in ((Decimal(1_000_001), Decimal("2.5")), (Decimal(1_000_000), None)):
        costs.spend(
            world.cycle, label="چاپ", amount=amount, hours=hours, spent_on=world.at.date(), by=world.administrator,
            at=world.at,
        )  # fmt: skip

    found = costs.costs_of(world.cycle)

    assert (found.first, found.other, found.hours) == (
        Decimal("7.25"),
        Decimal("2.5"),
        Decimal("9.75"),
    )
    assert (found.amount, found.amount_each, found.hours_each) == (
        2_000_001,
        2_000_001,
        Decimal("9.75"),
    )


def test_an_expense_that_is_struck_leaves_the_sums_and_stays_on_record():
    world = build("marked")
    of = {"label": "چاپ", "amount": Decimal(1000), "spent_on": world.at.date()}
    expense = costs.spend(world.cycle, **of, by=world.administrator, at=world.at)

    costs.strike(expense, by=world.administrator, at=world.at)

    assert costs.costs_of(world.cycle).amount is None
    assert Expense.objects.count() == 1
    with pytest.raises(Refused, match="already"):
        costs.strike(expense, by=world.administrator, at=world.at)


@pytest.mark.parametrize("name", ["provincial_administrator", "auditor", "assessor", "head"])
def test_nobody_else_enters_an_expense(name):
    world = build("marked")
    of = {"label": "x", "amount": Decimal(1), "spent_on": world.at.date()}

    with pytest.raises(Refused, match="national administrator"):
        costs.spend(world.cycle, **of, by=getattr(world, name), at=world.at)

    assert not Expense.objects.exists()


def test_the_page_enters_an_expense_in_persian_digits_and_strikes_it(visit):
    world = build("marked")
    client = visit(world, world.administrator)
    address = url("costs", world.cycle.pk)

    assert client.get(address).content.decode().count("not measured") >= 5
    wrong = client.post(
        address, {"label": "Print", "amount": "-1", "spent_on": "1405/05/01"}
    ).content.decode()
    assert 'value="Print"' in wrong
    client.post(
        address, {"label": "Print", "amount": "۱۲۰۰۰۰۰", "hours": "", "spent_on": "1405/05/01"}
    )
    page = client.get(address).content.decode()
    assert "1,200,000 rials" in page
    client.post(url("expense_strike", Expense.objects.get().pk))

    assert "1,200,000" not in client.get(address).content.decode()
    assert "Enter an expense" not in visit(world, world.auditor).get(address).content.decode()
