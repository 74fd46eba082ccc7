"""What waits for whom on the desk."""

from datetime import timedelta

import pytest

from cycles.calendar import Phase
from cycles.models import Window
from festival.report import actions as report
from festival.results import actions as results
from indicators.plans import actions as plans
from tests.config.home.desks import desk_of, titles_of
from tests.factories import (
    build,
    lay_plan,
    plan_of,
    report_quarter,
    second_administrator,
)

SIGN = "Review and sign the self-assessment"

TASKS = {
    "planned": {"administrator": ["A planned cycle is not open yet"], "head": [], "auditor": []},
    "open": {"administrator": [], "head": [], "staff": []},
    "drafted": {
        "administrator": ["Propose the general set"],
        "staff": ["Propose specific indicators"],
        "head": ["Propose specific indicators"],
        "other_staff": ["Propose specific indicators"],
        "member": [],
    },
    "proposed": {
        "staff": [],
        "member": ["2 sets wait for your vote"],
        "budget": ["2 sets wait for your vote"],
        "representative": ["1 set waits for your vote"],
        "chair": ["2 sets wait for your vote", "2 sets wait for a decision"],
        "stranger": [],
    },
    "approved": {
        "administrator": ["2 approved sets wait to be communicated"],
        "member": [],
        "chair": [],
    },
    "begun": {
        "staff": ["4 lines are not complete yet"],
        "head": ["4 lines are not complete yet", SIGN],
        "other_head": ["2 lines are not complete yet", SIGN],
        "headquarters": [],
        "assessor": [],
    },
    "answered": {"staff": [], "head": [SIGN]},
    "submitted": {"staff": [], "head": [], "administrator": []},
    "assigned": {
        "assessor": ["3 blocks of lines wait for marks"],
        "other_assessor": [],
        "interested": [],
    },
    "marked": {
        "administrator": ["The scores of 1 agency wait to be communicated"],
        "provincial_administrator": [],
        "assessor": [],
    },
    "scored": {
        "head": ["Your scores are here; you may appeal line by line"],
        "other_head": [],
        "administrator": [],
    },
    "drafted_appeal": {
        "head": [
            "Your scores are here; you may appeal line by line",
            "1 appeal is drafted but not filed",
        ],
        "staff": [
            "Your scores are here; you may appeal line by line",
            "1 appeal is drafted but not filed",
        ],
        "reviewer": [],
    },
    "final": {
        "administrator": ["Draw up and approve the Article 82 report"],
        "head": ["Your scores are here"],
    },
}


@pytest.mark.parametrize("stage", TASKS)
def test_each_person_finds_what_waits_for_them(db, stage):
    world = build(stage)

    assert {name: titles_of(world, name) for name in TASKS[stage]} == TASKS[stage]


def test_a_submission_without_assessor_waits_for_the_administrator_in_scoring(db):
    world = build("submitted")
    opens = world.opens(Phase.SCORING)

    assert titles_of(world, "administrator", opens - timedelta(seconds=1)) == []
    assert titles_of(world, "administrator", opens) == [
        "1 submission has no assessor",
        "1 measure has no steward",
    ]


def test_an_appeal_waits_for_the_reviewer_from_the_opening_of_review(db):
    world = build("heard")
    opens = world.opens(Phase.APPEAL_REVIEW, world.power)

    assert titles_of(world, "reviewer", opens - timedelta(seconds=1)) == []
    assert titles_of(world, "reviewer", opens) == ["1 appeal waits for a decision"]


def test_the_festival_asks_for_report_moment_and_delivery_and_then_for_nothing(db):
    world = build("final")
    for language in ("fa", "en"):
        [asked] = report.ask_for_report(
            world.edition, languages=[language], by=world.administrator, at=world.at
        )
        kept = report.store_report(asked, pdf=b"%PDF-", at=world.at)
        for approver in (world.administrator, second_administrator(world)):
            report.approve_report(kept, by=approver, at=world.at)

    assert titles_of(world, "administrator") == ["Set the moment of publication"]
    moment = world.opens(Phase.FESTIVAL)
    results.schedule(world.edition, publish_at=moment, by=world.administrator, at=world.at)
    assert titles_of(world, "administrator") == [
        "Record to whom the Article 82 report was delivered"
    ]
    for addressee in ("president", "parliament"):
        report.deliver(
            world.edition, addressee=addressee, letter="1/82", by=world.administrator, at=world.at
        )
    assert titles_of(world, "administrator") == []


def test_the_annual_plan_waits_for_the_agency_and_then_each_open_quarter(db):
    world = build("communicated")
    lay_plan(world, signed=False)

    assert titles_of(world, "staff") == ["Lay the annual plan"]
    assert titles_of(world, "head") == ["Lay the annual plan"]
    plans.move_plan(plan_of(world), "sign", by=world.head, at=world.at)
    [task] = desk_of(world, "staff").tasks()
    assert (task.title, task.done, task.whole) == ("Report quarter 1", 0, 2)
    report_quarter(world, 1)
    assert titles_of(world, "staff") == []
    opens = Window.objects.get(cycle=world.cycle, phase=Phase.MONITORING, quarter=2).opens_at
    assert titles_of(world, "staff", opens) == ["Report quarter 2"]


def test_a_plan_that_can_no_longer_be_signed_waits_for_nobody(db):
    world = build("communicated")

    assert titles_of(world, "staff", world.opens(Phase.MONITORING)) == ["Lay the annual plan"]
    assert titles_of(world, "staff", world.closes(Phase.MONITORING)) == []


def test_only_the_head_is_sent_to_sign_appeals(db):
    world = build("drafted_appeal")

    [head] = [t for t in desk_of(world, "head").tasks() if "drafted" in t.title]
    [staff] = [t for t in desk_of(world, "staff").tasks() if "drafted" in t.title]

    assert (head.button, head.url.endswith(f"/appeals/agencies/{world.submission.pk}/file/")) == (
        "Sign and file",
        True,
    )
    assert (staff.button, staff.url.endswith(f"/appeals/agencies/{world.submission.pk}/")) == (
        "Look",
        True,
    )
    assert head.until == world.closes(Phase.APPEAL, world.power)


def test_a_task_that_counts_says_how_much_is_done(db):
    [task] = desk_of(build("begun"), "staff").tasks()

    assert (task.done, task.whole) == (0, 4)
