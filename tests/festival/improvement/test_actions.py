"""Improvement plans drafted, signed and followed up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cycles.calendar import Phase
from cycles.models import Delivery, Entry, Participation
from cycles.workflow import Refused
from festival.improvement import actions as improvement
from festival.improvement import suggestions
from festival.models import ImprovementItem, ImprovementPlan, Progress, Status
from tests.factories import build
from tests.festival.improvement.plans import DAY, begin_plan, sign_plan, write_plan
from tests.festival.visits import at_work, url
from tests.worlds.answers import power_line
from tests.worlds.closing import (
    SAID,
    improvement_item,
    plan_for_improvement,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


# --- Drafting and signing -----------------------------------------------------------------------


def test_a_plan_waits_for_the_scores_of_its_agency():
    world = build("marked")

    with pytest.raises(Refused, match="once the scores of the agency have been communicated"):
        begin_plan(world)
    assert not ImprovementPlan.objects.exists()


def test_nothing_is_suggested_to_an_agency_before_its_scores_are_communicated(client, clock):
    world = build("marked")
    plan = plan_for_improvement(world)
    at_work(client, clock, world.at, "staff")

    assert client.get(url("findings", plan.pk))["Location"] == url("improvement", plan.pk)
    with pytest.raises(Refused, match="communicated"):
        improvement.adopt(plan, [power_line(world).pk], by=world.staff, at=world.at)


def test_who_filed_nothing_plans_once_the_results_are_published():
    world = build("scheduled")
    world.other = world.fresh(world.other)
    before, after = world.edition.publish_at - timedelta(seconds=1), world.edition.publish_at

    with pytest.raises(Refused, match="communicated"):
        improvement.begin(world.other, by=world.other_staff, at=before)
    plan = improvement.begin(world.other, by=world.other_staff, at=after)

    assert (plan.agency, plan.state) == (world.health, "draft")


def test_a_plan_begun_twice_is_one_plan_due_on_the_last_day_of_the_festival():
    world = build("scored")

    first, second = begin_plan(world), begin_plan(world)

    assert first == second
    closes = world.closes(Phase.FESTIVAL)
    assert first.due_on == (closes - timedelta(hours=12)).date()
    assert Entry.objects.filter(act="begin", workflow="festival.improvementplan").count() == 1


def test_findings_are_taken_up_once_and_only_such_as_are_suggested():
    world = build("scored")
    plan = begin_plan(world)
    keys = [s.answer.pk for s in suggestions.suggest(world.submission)][:2]

    improvement.adopt(plan, keys, by=world.staff, at=world.at)
    again = improvement.adopt(plan, keys, by=world.staff, at=world.at)

    assert again == []
    assert [i.answer_id for i in plan.items.order_by("position")] == keys
    assert all(
        i.lineage == i.answer.measure.lineage for i in plan.items.select_related("answer__measure")
    )
    with pytest.raises(Refused, match="suggested"):
        improvement.adopt(plan, [0], by=world.staff, at=world.at)


def test_a_line_stands_in_a_plan_once_even_past_the_acts():
    world = build("scored")
    item = improvement_item(world)

    with pytest.raises(IntegrityError, match="one_improvement_item_a_line"), transaction.atomic():
        ImprovementItem.objects.create(
            plan=item.plan, position=2, answer=item.answer, lineage=item.lineage, finding="x"
        )


def test_an_item_of_the_agency_s_own_has_no_next_target():
    world = build("scored")
    plan = begin_plan(world)

    with pytest.raises(Refused, match="about none"):
        improvement.save_item(plan, {**SAID, "target": Decimal(3)}, by=world.staff, at=world.at)
    made = improvement.save_item(plan, {**SAID, "target": None}, by=world.staff, at=world.at)

    assert (made.answer, made.is_whole, made.position) == (None, True, 1)


@pytest.mark.parametrize("lacking", ("action", "owner", "due_on"))
def test_a_plan_is_not_signed_while_an_item_lacks_something(lacking):
    world = build("scored")
    plan = begin_plan(world)
    empty = {**SAID, "target": None, lacking: None if lacking == "due_on" else ""}
    improvement.save_item(plan, empty, by=world.staff, at=world.at)

    with pytest.raises(Refused, match="1 item lacks"):
        improvement.move(plan, "sign", by=world.head, at=world.at)


def test_an_empty_plan_is_not_signed_and_staff_do_not_sign():
    world = build("scored")

    with pytest.raises(Refused, match="no item yet"):
        improvement.move(begin_plan(world), "sign", by=world.head, at=world.at)
    with pytest.raises(Refused, match="head of the agency"):
        improvement.move(write_plan(world), "sign", by=world.staff, at=world.at)


@pytest.mark.parametrize(("after", "late"), ((0, 0), (1, 1), (40, 40)))
def test_a_signature_after_the_day_counts_its_days_and_stands_in_the_record(after, late):
    world = build("scored")
    plan = write_plan(world)
    at = world.closes(Phase.FESTIVAL) - timedelta(hours=1) + after * DAY

    plan = improvement.move(plan, "sign", by=world.head, at=at)

    assert (plan.state, plan.days_late, plan.signed_by) == ("signed", late, world.head)
    entry = Entry.objects.get(act="sign", workflow="festival.improvementplan")
    assert (entry.params["late"], len(entry.params["digest"])) == (late, 64)


def test_what_is_struck_before_signing_is_no_part_of_the_plan():
    world = build("scored")
    plan = write_plan(world)
    item = plan.items.get()

    improvement.strike_item(item, by=world.staff, at=world.at)

    assert list(plan.items.standing()) == []
    assert ImprovementItem.objects.filter(pk=item.pk).exists()


def test_a_signed_plan_is_returned_with_a_told_reason_and_its_lateness_stays():
    world = build("scored")
    late = world.closes(Phase.FESTIVAL) + 3 * DAY
    plan = sign_plan(world, at=late)

    with pytest.raises(Refused, match="Say why"):
        improvement.move(plan, "send_back", by=world.administrator, at=late)
    plan = improvement.move(
        plan, "send_back", by=world.administrator, at=late, note="No date is realistic"
    )
    told = Delivery.objects.filter(entry__act="send_back", channel="inbox").values_list(
        "recipient__username", flat=True
    )
    again = improvement.move(plan, "sign", by=world.head, at=late + 9 * DAY)

    assert (plan.state, plan.remarks) == ("returned", "No date is realistic")
    assert set(told) == {"staff", "head"}
    assert (again.state, again.remarks, again.days_late) == ("signed", "", 4)


# --- Followed up --------------------------------------------------------------------------------


def test_progress_is_added_never_changed_and_the_newest_holds():
    world = build("scored")
    sign_plan(world)
    item = ImprovementItem.objects.for_list().get()
    assert item.status == Status.NONE

    for status, note in ((Status.UNDER_WAY, "begun"), (Status.COMPLETED, "")):
        improvement.report_progress(item, status=status, note=note, by=world.staff, at=world.at)

    held = ImprovementItem.objects.for_list().get()
    assert held.status == Status.COMPLETED
    assert [(p.status, p.is_current) for p in Progress.objects.order_by("pk")] == [
        ("under_way", False),
        ("completed", True),
    ]


def test_what_is_cancelled_has_its_reason():
    world = build("scored")
    sign_plan(world)
    item = ImprovementItem.objects.for_list().get()

    with pytest.raises(Refused, match="why the item is cancelled"):
        improvement.report_progress(item, status="cancelled", note=" ", by=world.staff, at=world.at)
    with pytest.raises(IntegrityError, match="what_is_cancelled"), transaction.atomic():
        Progress.objects.create(item=item, status="cancelled", by=world.staff, at=world.at)


def test_a_plan_is_closed_when_nothing_of_it_is_open():
    world = build("scored")
    plan = sign_plan(world)
    item = ImprovementItem.objects.for_list().get()

    with pytest.raises(Refused, match="1 item is neither completed nor cancelled"):
        improvement.move(plan, "close", by=world.head, at=world.at)
    improvement.report_progress(item, status="completed", note="", by=world.staff, at=world.at)
    plan = improvement.move(plan, "close", by=world.head, at=world.at)

    assert (plan.state, plan.closed_at) == ("closed", world.at)


def test_progress_of_a_draft_is_refused():
    world = build("scored")
    item = improvement_item(world)

    with pytest.raises(Refused, match="Draft"):
        improvement.report_progress(item, status="completed", note="", by=world.staff, at=world.at)


def test_a_compulsory_plan_is_begun_if_need_be_and_its_day_is_never_made_earlier():
    world = build("scored")
    taking_part = Participation.objects.get(cycle=world.cycle, agency=world.power)
    plan = begin_plan(world)
    earlier, later = plan.due_on - 10 * DAY, plan.due_on + 10 * DAY

    first = improvement.impose(taking_part, due_on=earlier, by=world.administrator, at=world.at)
    second = improvement.impose(taking_part, due_on=later, by=world.administrator, at=world.at)

    assert (first.is_compulsory, first.due_on, second.due_on) == (True, plan.due_on, later)
    of_health = Participation.objects.get(cycle=world.cycle, agency=world.health)
    assert (
        improvement.impose(of_health, due_on=later, by=world.administrator, at=world.at).state
        == "draft"
    )
