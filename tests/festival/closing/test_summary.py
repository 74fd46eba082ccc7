"""How a year was closed, counted; the chapter that tells it; what the public and the desks read of
it.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import User
from config.home.waiting_tasks import Desk
from cycles.calendar import midnight
from cycles.models import Participation
from festival.closing import summary
from festival.improvement import actions as improvement
from festival.models import (
    Consequence,
    ConsequenceRule,
    ImprovementItem,
    ImprovementPlan,
    Progress,
    Status,
)
from festival.surveys import actions as surveys
from tests.factories import build, make_agency, make_user
from tests.worlds.closing import SAID, consequence, followed_up, improvement_item, survey

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def another_plan(world, code, **fields):
    agency = make_agency(code, f"دستگاه {code}", f"Agency {code}")
    entered = Participation.objects.create(cycle=world.cycle, agency=agency, name_fa=agency.name_fa)
    made = {"due_on": world.edition.publish_at.date(), "begun_at": world.at} | fields
    return ImprovementPlan.objects.create(
        cycle=world.cycle, agency=agency, participation=entered, **made
    )


def closed_year():
    """A signed plan with three items, a late draft, a compulsory one; two consequences; a survey
    with five answers.
    """
    world = build("scheduled")
    item = followed_up(world)
    ImprovementItem.objects.bulk_create(
        ImprovementItem(plan=item.plan, position=n, **SAID) for n in (2, 3)
    )
    for status, current in (("under_way", False), ("completed", True)):
        Progress.objects.create(
            item=item, status=status, by=world.staff, at=world.at, is_current=current
        )
    struck = ImprovementItem.objects.create(plan=item.plan, position=4, struck_at=world.at, **SAID)
    Progress.objects.create(item=struck, status="completed", by=world.staff, at=world.at)
    another_plan(world, "LATE")
    ahead = world.edition.publish_at.date() + 60 * DAY
    another_plan(world, "MUST", is_compulsory=True, due_on=ahead)
    first = consequence(world)
    Consequence.objects.create(
        cycle=world.cycle,
        agency=world.health,
        edition=world.edition,
        rule=first.rule,
        state="waived",
        reason="x",
    )
    world.at = world.edition.publish_at + 10 * DAY
    held = survey(world)
    for n in range(5):
        agency = make_agency(f"S{n}", f"نمونه {n}", f"Office {n}")
        Participation.objects.create(cycle=world.cycle, agency=agency, name_fa=agency.name_fa)
        staff = make_user(f"s{n}", "staff", agency=agency)
        said = {q.pk: "سریع‌تر" if q.kind == "text" else 2 for q in held.questions.all()}
        surveys.answer(held, agency, said, by=staff, at=world.at)
    return world, held


def test_plans_items_consequences_and_the_survey_are_counted():
    world, held = closed_year()

    found = summary.closing(world.cycle, held.closes_at)

    assert (found.begun, found.planned.plans, found.late, found.compulsory) == (3, 1, 1, 1)
    assert dict(found.planned.items) == {
        Status.NONE: 2, Status.UNDER_WAY: 0, Status.COMPLETED: 1, Status.CANCELLED: 0,
    }  # fmt: skip
    assert (found.planned.items_all, found.planned.items_completed) == (3, 1)
    [warnings] = found.consequences
    assert (warnings.kind, warnings.due, warnings.done, warnings.waived) == ("warning", 1, 0, 1)
    assert (found.survey.returned, found.survey.asked) == (5, 10)
    assert [a.mean for a in found.survey.answers] == [Decimal(2), None, None]
    assert found.measures == 3
    assert all(count == 0 for _flag, count in found.flagged)


def test_before_the_results_are_frozen_measures_are_left_out_and_none_is_not_zero():
    world = build("open")

    found = summary.closing(world.cycle, world.at)

    assert (found.flagged, found.survey, found.consequences, found.planned.plans) == (
        None,
        None,
        [],
        0,
    )


@pytest.mark.parametrize(
    ("language", "told"),
    (
        (
            "en",
            (
                "Closing the year",
                "Items: Completed",
                "5 of 10 agencies have answered",
                "Letter of warning",
            ),
        ),
        ("fa", ("۵ از ۱۰ دستگاه", "۲٫۰۰")),
    ),
)
def test_the_chapter_tells_it_in_both_languages_and_names_no_agency(language, told):
    world, held = closed_year()
    with translation.override(language):
        text = render_to_string(
            "festival/report_closing.html",
            {"closing": summary.closing(world.cycle, held.closes_at)},
        )

    assert [words for words in told if words not in text] == []
    for name in ("Ministry of Energy", "وزارت نیرو", "Agency LATE"):
        assert name not in text


def test_the_figures_take_the_same_queries_for_any_number_of_agencies():
    world, held = closed_year()
    summary.closing(world.cycle, held.closes_at)
    with CaptureQueriesContext(connection) as few:
        summary.closing(world.cycle, held.closes_at)
    for n in range(20):
        another_plan(world, f"Z{n}")
    with CaptureQueriesContext(connection) as many:
        summary.closing(world.cycle, held.closes_at)

    assert len(few) == len(many) <= 14


def test_the_public_reads_counts_and_no_agency_of_the_plans(client, clock):
    world, _held = closed_year()
    clock(world.at)
    with translation.override("en"):
        page = client.get(reverse("festival:followed", args=[world.cycle.year])).content.decode()

    assert "1 agency has signed a plan for improvement." in page
    assert "1 of 3 items in these plans are completed." in page
    assert SAID["action"] not in page
    assert ConsequenceRule.objects.get().words_fa not in page


# --- Desks --------------------------------------------------------------------------------------


def _tasks(name, at):
    with translation.override("en"):
        return {task.title: task for task in Desk(User.objects.get(username=name), at).tasks()}


PLAN, SIGN = "Draw up an improvement plan from the results", "Finish and sign the improvement plan"


def test_published_results_ask_their_agencies_for_a_plan_until_plans_are_due():
    world = build("scheduled")
    out = world.edition.publish_at

    assert PLAN not in _tasks("staff", out - timedelta(seconds=1))
    assert PLAN in _tasks("staff", out)
    assert PLAN not in _tasks("staff", world._window("festival", None).closes_at)
    improvement.begin(world.submission, by=world.staff, at=out)
    found = _tasks("head", out)
    assert PLAN not in found
    assert found[SIGN].until.date() >= world._window("festival", None).closes_at.date()


def test_items_stand_on_the_desk_a_month_before_their_day_and_until_they_are_settled():
    world = build("scheduled")
    item = followed_up(world)
    due = midnight(item.due_on)
    title = "1 item of the improvement plan is due"

    assert title not in _tasks("staff", due - 31 * DAY)
    assert title in _tasks("staff", due - 29 * DAY)
    for status, current in (("completed", False), ("under_way", True)):
        Progress.objects.create(
            item=item, status=status, by=world.staff, at=due, is_current=current
        )
    assert title in _tasks("staff", due)
    Progress.objects.filter(item=item).update(is_current=False)
    Progress.objects.create(item=item, status="cancelled", note="x", by=world.staff, at=due)
    assert title not in _tasks("staff", due)


def test_a_returned_plan_an_open_survey_and_due_letters_stand_on_their_desks():
    world = build("scheduled")
    improvement_item(world, "returned")
    consequence(world)
    early, out = world.edition.publish_at - timedelta(hours=1), world.edition.publish_at
    world.at = out
    survey(world)

    assert {"The improvement plan was returned", "Say how the assessment went"} <= set(
        _tasks("staff", out)
    )
    assert "1 letter that follows from the results is due" not in _tasks("administrator", early)
    assert "1 letter that follows from the results is due" in _tasks("administrator", out)
    assert "1 letter that follows from the results is due" not in _tasks(
        "provincial_administrator", out
    )
