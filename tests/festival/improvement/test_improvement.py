"""Plans for improvement: suggested by the results, signed, followed up, shown beside the next
self-assessment.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import User
from cycles.calendar import Phase
from cycles.models import Delivery, Entry, Participation
from cycles.workflow import Refused
from festival.improvement import actions as improvement
from festival.improvement import suggestions
from festival.models import Found, ImprovementItem, ImprovementPlan, Progress, Status
from submissions.models import ExternalFactor, Submission, Verification
from tests.factories import PASSWORD, build, make_agency
from tests.worlds.answers import power_line
from tests.worlds.closing import (
    SAID,
    earlier_plan,
    followed_up,
    improvement_item,
    plan_for_improvement,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"festival:{name}", args=args)


def at_work(client, clock, world, name, at=None):
    clock(at or world.at)
    client.force_login(
        User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def begun(world):
    return improvement.begin(world.submission, by=world.staff, at=world.at)


def written(world, plan=None):
    """A plan with one whole item about the line that lost most."""
    plan = plan or begun(world)
    [item] = improvement.adopt(
        plan, [suggestions.suggest(world.submission)[0].answer.pk], by=world.staff, at=world.at
    )
    improvement.save_item(
        plan, {**SAID, "target": Decimal(45)}, item=item, by=world.staff, at=world.at
    )
    return plan


def signed(world, at=None):
    return improvement.move(written(world), "sign", by=world.head, at=at or world.at)


# --- What the results suggest -------------------------------------------------------------------


def test_lines_that_lost_points_are_suggested_the_heaviest_first():
    world = build("scored")

    found = [
        (s.answer.measure.code, s.lost, s.grounds) for s in suggestions.suggest(world.submission)
    ]

    lost = (Found.LOST,)
    assert [(code, points) for code, points, _grounds in found] == [
        ("G1-1", Decimal(200)),
        ("S1-01", Decimal(200)),
        ("G1-2", Decimal(150)),
        ("G2-1", Decimal(100)),
    ]
    assert {grounds for _code, _lost, grounds in found} == {lost}


def test_findings_at_the_source_refused_factors_and_dismissed_appeals_speak_for_a_line_with_their_words():
    world = build("decided")
    line = power_line(world)
    Verification.objects.create(
        cycle=world.cycle, agency=world.power, submission=world.submission, line=line, why=["lot"],
        assessor=world.other_assessor, drawn_at=world.at, state="concluded", place="source", finding="unsupported",
        text="The register says otherwise", concluded_at=world.at,
    )  # fmt: skip
    ExternalFactor.objects.create(
        answer=line, kind="law", text="x", claimed_by=world.staff, claimed_at=world.at, verdict="rejected",
        verdict_reason="The act is older", judged_by=world.assessor, judged_at=world.at,
    )  # fmt: skip
    type(world.appeal).objects.filter(pk=world.appeal.pk).update(
        state="dismissed", decision_reason="Nothing new"
    )

    found = {s.answer: s for s in suggestions.suggest(world.submission)}

    assert set(found[line].grounds) == {Found.LOST, Found.VERIFICATION, Found.FACTOR, *(
        [Found.APPEAL] if world.appeal.answer_id == line.pk else []
    )}  # fmt: skip
    assert {"The register says otherwise", "The act is older"} <= set(found[line].reasons)
    contested = next(s for answer, s in found.items() if answer.pk == world.appeal.answer_id)
    assert Found.APPEAL in contested.grounds
    assert "Nothing new" in contested.finding


def test_a_supported_line_and_a_measure_in_its_trial_year_suggest_nothing():
    world = build("scored")
    line = power_line(world)
    type(line.measure).objects.filter(pk=line.measure_id).update(is_pilot=True)

    assert line.pk not in {s.answer.pk for s in suggestions.suggest(world.submission)}
    assert all(s.lost > 0 for s in suggestions.suggest(world.submission))


def test_suggesting_takes_the_same_queries_for_any_number_of_lines():
    world = build("scored")

    with CaptureQueriesContext(connection) as few:
        suggestions.suggest(world.submission)
    for number in range(30):
        line = power_line(world)
        measure = line.measure
        measure.pk, measure.code, measure.lineage = None, f"X{number}", None
        measure.lineage = type(measure)._meta.get_field("lineage").default()
        measure.save()
        line.pk, line.measure = None, measure
        line.save()
    with CaptureQueriesContext(connection) as many:
        suggestions.suggest(world.submission)

    assert len(many) == len(few) == 5


# --- Drafting and signing -----------------------------------------------------------------------


def test_a_plan_waits_for_the_scores_of_its_agency():
    world = build("marked")

    with pytest.raises(Refused, match="once the scores of the agency have been communicated"):
        begun(world)
    assert not ImprovementPlan.objects.exists()


def test_nothing_is_suggested_to_an_agency_before_its_scores_are_communicated(client, clock):
    world = build("marked")
    plan = plan_for_improvement(world)
    at_work(client, clock, world, "staff")

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

    first, second = begun(world), begun(world)

    assert first == second
    closes = world.closes(Phase.FESTIVAL)
    assert first.due_on == (closes - timedelta(hours=12)).date()
    assert Entry.objects.filter(act="begin", workflow="festival.improvementplan").count() == 1


def test_findings_are_taken_up_once_and_only_such_as_are_suggested():
    world = build("scored")
    plan = begun(world)
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
    plan = begun(world)

    with pytest.raises(Refused, match="about none"):
        improvement.save_item(plan, {**SAID, "target": Decimal(3)}, by=world.staff, at=world.at)
    made = improvement.save_item(plan, {**SAID, "target": None}, by=world.staff, at=world.at)

    assert (made.answer, made.is_whole, made.position) == (None, True, 1)


@pytest.mark.parametrize("lacking", ("action", "owner", "due_on"))
def test_a_plan_is_not_signed_while_an_item_lacks_something(lacking):
    world = build("scored")
    plan = begun(world)
    empty = {**SAID, "target": None, lacking: None if lacking == "due_on" else ""}
    improvement.save_item(plan, empty, by=world.staff, at=world.at)

    with pytest.raises(Refused, match="1 item lacks"):
        improvement.move(plan, "sign", by=world.head, at=world.at)


def test_an_empty_plan_is_not_signed_and_staff_do_not_sign():
    world = build("scored")

    with pytest.raises(Refused, match="no item yet"):
        improvement.move(begun(world), "sign", by=world.head, at=world.at)
    with pytest.raises(Refused, match="head of the agency"):
        improvement.move(written(world), "sign", by=world.staff, at=world.at)


@pytest.mark.parametrize(("after", "late"), ((0, 0), (1, 1), (40, 40)))
def test_a_signature_after_the_day_counts_its_days_and_stands_in_the_record(after, late):
    world = build("scored")
    plan = written(world)
    at = world.closes(Phase.FESTIVAL) - timedelta(hours=1) + after * DAY

    plan = improvement.move(plan, "sign", by=world.head, at=at)

    assert (plan.state, plan.days_late, plan.signed_by) == ("signed", late, world.head)
    entry = Entry.objects.get(act="sign", workflow="festival.improvementplan")
    assert (entry.params["late"], len(entry.params["digest"])) == (late, 64)


def test_what_is_struck_before_signing_is_no_part_of_the_plan():
    world = build("scored")
    plan = written(world)
    item = plan.items.get()

    improvement.strike_item(item, by=world.staff, at=world.at)

    assert list(plan.items.standing()) == []
    assert ImprovementItem.objects.filter(pk=item.pk).exists()


def test_a_signed_plan_is_returned_with_a_reason_the_agency_is_told_and_its_lateness_stays():
    world = build("scored")
    late = world.closes(Phase.FESTIVAL) + 3 * DAY
    plan = signed(world, at=late)

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
    signed(world)
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
    signed(world)
    item = ImprovementItem.objects.for_list().get()

    with pytest.raises(Refused, match="why the item is cancelled"):
        improvement.report_progress(item, status="cancelled", note=" ", by=world.staff, at=world.at)
    with pytest.raises(IntegrityError, match="what_is_cancelled"), transaction.atomic():
        Progress.objects.create(item=item, status="cancelled", by=world.staff, at=world.at)


def test_a_plan_is_closed_when_nothing_of_it_is_open():
    world = build("scored")
    plan = signed(world)
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
    plan = begun(world)
    earlier, later = plan.due_on - 10 * DAY, plan.due_on + 10 * DAY

    first = improvement.impose(taking_part, due_on=earlier, by=world.administrator, at=world.at)
    second = improvement.impose(taking_part, due_on=later, by=world.administrator, at=world.at)

    assert (first.is_compulsory, first.due_on, second.due_on) == (True, plan.due_on, later)
    of_health = Participation.objects.get(cycle=world.cycle, agency=world.health)
    assert (
        improvement.impose(of_health, due_on=later, by=world.administrator, at=world.at).state
        == "draft"
    )


# --- Pages --------------------------------------------------------------------------------------


def test_an_agency_goes_from_its_results_to_a_signed_plan_page_by_page(client, clock):
    world = build("scored")
    at_work(client, clock, world, "staff")

    assert "Results without a plan yet" in client.get(url("improvements")).content.decode()
    there = client.post(url("improvement_begin", world.submission.pk))
    plan = ImprovementPlan.objects.get()
    assert there["Location"] == url("findings", plan.pk)
    page = client.get(there["Location"]).content.decode()
    assert "Lost 200.00 of 300 points" in page
    key = suggestions.suggest(world.submission)[0].answer.pk
    client.post(url("findings", plan.pk), {"line": [key]})
    item = plan.items.get()
    typed = {
        "finding": "x",
        "action": "آموزش",
        "owner": "مدیرکل",
        "due_on": "1406/09/10",
        "target": "۴۵٫۵",
    }
    assert client.post(url("improvement_item", item.pk), typed).status_code == 302
    item.refresh_from_db()
    assert (item.due_on, item.target) == (date(2027, 12, 1), Decimal("45.5"))
    at_work(client, clock, world, "head")
    client.post(url("improvement_move", plan.pk, "sign"), {"password": PASSWORD})

    assert world.fresh(plan).state == "signed"
    assert "Report progress" in client.get(url("improvement", plan.pk)).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    (
        ({"finding": "x", "due_on": "soon"}, "Enter a date"),
        ({"finding": "x", "target": "many"}, "Enter one number"),
    ),
)
def test_what_is_typed_wrongly_is_said_and_kept(client, clock, typed, said):
    world = build("scored")
    item = improvement_item(world)
    at_work(client, clock, world, "staff")

    page = client.post(
        url("improvement_item", item.pk), {**typed, "action": "this stays"}
    ).content.decode()

    assert said in page
    assert "this stays" in page
    assert world.fresh(item).action == SAID["action"]


def test_the_day_of_an_item_comes_back_as_it_is_typed(client, clock):
    world = build("scored")
    item = improvement_item(world)
    at_work(client, clock, world, "staff")

    page = client.get(url("improvement_item", item.pk)).content.decode()

    assert 'value="2027-12-01"' in page


def _items(plan, numbers):
    rows = (ImprovementItem(plan=plan, position=n, **SAID) for n in numbers)
    ImprovementItem.objects.bulk_create(rows)


def test_a_plan_takes_the_same_queries_for_any_number_of_items(client, clock):
    world = build("scored")
    plan = plan_for_improvement(world, "signed")
    at_work(client, clock, world, "staff")
    counts = []
    for numbers in (range(1, 3), range(3, 30)):
        _items(plan, numbers)
        for item in plan.items.filter(position__in=numbers):
            Progress.objects.create(item=item, status="under_way", by=world.staff, at=world.at)
        client.get(url("improvement", plan.pk))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("improvement", plan.pk)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_list_takes_the_same_queries_for_any_number_of_agencies_and_counts_items(client, clock):
    world = build("scored")
    item = followed_up(world)
    Progress.objects.create(item=item, status="completed", by=world.staff, at=world.at)
    _items(item.plan, [7])
    at_work(client, clock, world, "administrator")
    counts = []
    for numbers in (range(1), range(1, 12)):
        for n in numbers:
            agency = make_agency(f"X{n}", f"دستگاه {n}", f"Agency {n}")
            of = {"cycle": world.cycle, "agency": agency}
            entered = Participation.objects.create(**of, name_fa=agency.name_fa)
            ImprovementPlan.objects.create(
                **of, participation=entered, due_on=date(2027, 9, 30), begun_at=world.at
            )
        client.get(url("improvements"))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url("improvements")).content.decode()
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert "1 of 2" in page


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_the_list_is_handed_out_as_a_file_of_what_is_shown(client, clock, kind):
    world = build("scored")
    followed_up(world)
    at_work(client, clock, world, "administrator")

    whole = client.get(url("improvements_file", kind))
    none = client.get(f"{url('improvements_file', kind)}?state=closed")

    assert whole.status_code == none.status_code == 200
    if kind == "csv":
        assert "MOE" in whole.content.decode()
        assert "MOE" not in none.content.decode()
    assert client.get(url("improvements_file", "pdf")).status_code == 404


def test_a_headquarters_reads_a_unit_s_plan_only_once_the_results_are_published(client, clock):
    world = build("scheduled")
    unit = Submission.objects.get(cycle=world.cycle, agency=world.unit)
    of = {"cycle": world.cycle, "agency": world.unit, "participation": unit.participation}
    plan = ImprovementPlan.objects.create(**of, due_on=date(2027, 9, 30), begun_at=world.at)

    before = (
        at_work(client, clock, world, "headquarters").get(url("improvement", plan.pk)).status_code
    )
    after = at_work(client, clock, world, "headquarters", world.edition.publish_at + DAY)

    assert (before, after.get(url("improvement", plan.pk)).status_code) == (404, 200)


# --- Beside the next self-assessment ------------------------------------------------------------


def test_last_year_s_items_stand_beside_this_year_s_self_assessment_with_target_and_value(
    client, clock
):
    world = build("answered")
    item = earlier_plan(world)
    Progress.objects.create(item=item, status="under_way", by=world.staff, at=world.at)
    at_work(client, clock, world, "staff")
    slot = url("last_plan", world.submission.pk)

    workspace = client.get(
        reverse("submissions:detail", args=[world.submission.pk])
    ).content.decode()
    page = client.get(slot).content.decode()
    part = client.get(slot, headers={"HX-Request": "true"}).content.decode()

    assert f'href="{slot}"' in workspace
    assert f'hx-get="{slot}"' in workspace
    assert "<html" in page
    assert "<html" not in part
    for text in (page, part):
        assert "Action taken, not completed" in text
        assert "target set then: 45" in text
        assert "value now: 30" in text


def test_the_slot_of_a_line_shows_the_items_on_its_measure_and_of_another_line_nothing(
    client, clock
):
    world = build("answered")
    item = earlier_plan(world)
    line = power_line(world)
    other = world.submission.answers.exclude(pk=line.pk).first()
    at_work(client, clock, world, "staff")
    slot = url("last_plan", world.submission.pk)

    of_line = client.get(f"{slot}?line={line.pk}", headers={"HX-Request": "true"}).content.decode()
    of_other = client.get(
        f"{slot}?line={other.pk}", headers={"HX-Request": "true"}
    ).content.decode()

    assert item.action in of_line
    assert of_other.strip() == ""


def test_whoever_may_not_read_the_plan_is_told_of_none(client, clock):
    world = build("assigned")
    item = earlier_plan(world)
    at_work(client, clock, world, "assessor")

    page = client.get(url("last_plan", world.submission.pk)).content.decode()

    assert "no signed improvement plan" in page
    assert item.action not in page
