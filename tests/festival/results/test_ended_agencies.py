"""Agencies that end in mid-year: listed nowhere as waiting, reminded of nothing, placed only where they were scored."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appeals.hearing import decision
from appeals.models import Appeal
from appeals.tasks import end_with_agencies as end_appeals
from config.home.waiting_tasks import Desk
from cycles.calendar import Phase
from cycles.models import Delivery, Participation
from cycles.tasks import change_register
from cycles.workflow import Refused
from festival.consequences import actions as consequences
from festival.duties import queries as duties_queries
from festival.models import ConsequenceRule, Edition, Standing
from festival.open_data.rows import ROWS
from festival.results import actions as results
from indicators.plans.tables import plan_state
from indicators.tasks import not_proposed, not_reported
from submissions.answers import actions as answers
from submissions.models import Block, Reconciliation, Stewardship, Submission, Verification
from submissions.progress import queries as progress_queries
from submissions.progress.agency_rows import of_agencies
from submissions.signing import actions as signing
from submissions.tasks import end_with_agencies as end_submissions
from submissions.tasks import not_signed
from tests import factories
from tests.factories import World, build, plan_of
from tests.worlds.answers import proposed, to_verify
from tests.worlds.reorganisations import change, let_the_clock_follow

pytestmark = pytest.mark.usefixtures("english")


def finish(w: World) -> Edition:
    """The year goes on to its ranking."""
    w.at = w.opens(Phase.FINAL) + timedelta(hours=9)
    w.edition = results.finalise(w.cycle, by=w.administrator, at=w.at)
    w.cycle = w.fresh(w.cycle)
    return w.edition


def again(person: Any) -> Any:
    """The person as the next request reads them."""
    return type(person).objects.get(pk=person.pk)


def tasks(person: Any, at: Any) -> list[str]:
    return [task.title for task in Desk(again(person), at).tasks()]


# --- Dissolved in mid-year, then the year goes to its ranking (case 12) -------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["open", "communicated", "begun", "submitted", "decided"])
def test_a_body_that_ended_is_not_listed_as_having_submitted_nothing(stage):
    w = build(stage)
    change(w, w.health)
    for name in factories.STAGES[
        factories.STAGES.index(stage) + 1 : factories.STAGES.index("final")
    ]:
        if name == "begun":
            begin_what_may_begin(w)
        else:
            getattr(factories, f"_{name}")(w)

    edition = finish(w)

    ranked = Standing.objects.filter(edition=edition).values_list(
        "participation__agency__code", flat=True
    )
    assert set(ranked) == {"MOE", "MOE-QZ"}
    assert w.health.code not in {row[0] for row in ROWS["agencies"](edition)}
    assert w.health.code not in {row[1] for row in ROWS["rankings"](edition)}
    assert not Submission.objects.filter(agency=w.health).exclude(state="ended").exists()


def begin_what_may_begin(w: World) -> None:
    w.at = w.opens(Phase.SELF_ASSESSMENT) + timedelta(hours=9)
    answers.begin(Participation.objects.active().filter(cycle=w.cycle), by=None, at=w.at)
    w.submission = Submission.objects.get(cycle=w.cycle, agency=w.power)


@pytest.mark.django_db
def test_a_body_whose_scores_were_out_leaves_the_ranking_with_its_appeals():
    w = build("heard")
    change(w, w.power)

    edition = finish(w)

    ranked = Standing.objects.filter(edition=edition).values_list(
        "participation__agency__code", flat=True
    )
    assert set(ranked) == {"MOHME", "MOE-QZ"}
    assert {row[0] for row in ROWS["lines"](edition)} == set()
    assert Appeal.objects.get().state == "ended"


@pytest.mark.django_db
def test_a_dissolution_after_the_results_are_frozen_leaves_them_as_they_are():
    w = build("final")
    before = {name: list(rows(w.edition)) for name, rows in ROWS.items()}

    change(w, w.power)
    let_the_clock_follow(w)

    assert {name: list(rows(w.edition)) for name, rows in ROWS.items()} == before
    assert w.fresh(w.submission).state == "communicated"


@pytest.mark.django_db
def test_a_begun_form_cannot_be_opened_for_a_body_that_has_ended():
    w = build("communicated")
    change(w, w.health)

    with pytest.raises(Refused, match="no longer takes part"):
        answers.begin(
            Participation.objects.filter(agency=w.health),
            by=None,
            at=w.opens(Phase.SELF_ASSESSMENT),
        )


@pytest.mark.django_db
def test_what_lapsed_or_was_signed_ends_neither_lapsed_nor_late():
    w = build("assigned")
    lapsed = signing.lapse(w.cycle, at=w.at)
    change(w, w.health)
    change(w, w.power)

    let_the_clock_follow(w)

    assert w.other in lapsed
    assert {w.fresh(s).state for s in (w.submission, w.other)} == {"ended"}


@pytest.mark.django_db
def test_the_scheduler_carries_a_change_through_on_its_day(settings):
    w = build("filed")
    change(w, w.power, days=2)
    states = []

    for days in (1, 3):
        settings.CLOCK_OFFSET = w.at + timedelta(days=days) - timezone.now()
        for task in (change_register, end_submissions, end_appeals):
            task()
        states.append(
            (w.fresh(w.power).is_active, w.fresh(w.submission).state, w.fresh(w.appeal).state)
        )

    assert states == [(True, "communicated", "filed"), (False, "ended", "ended")]


# --- Nobody is reminded, and nothing waits ------------------------------------------------------


@pytest.mark.django_db
def test_a_body_that_ended_is_reminded_of_nothing_it_had_left_to_do():
    w = build("communicated")
    left = {
        "proposal": lambda: {t.agency_id for t in not_proposed([w.cycle])},
        "plan": lambda: {t.agency_id for t in not_reported([w.cycle])},
    }
    owed = {name: w.health.pk in found() for name, found in left.items()}

    change(w, w.health)

    assert owed == {"proposal": True, "plan": True}
    assert {name: w.health.pk in found() for name, found in left.items()} == dict.fromkeys(
        owed, False
    )


@pytest.mark.django_db
def test_a_draft_of_a_body_that_ended_is_not_counted_as_unsigned():
    w = build("begun")
    before = {t.agency_id for t in not_signed([w.cycle])}

    change(w, w.health)

    assert w.health.pk in before
    assert {t.agency_id for t in not_signed([w.cycle])} == before - {w.health.pk}


@pytest.mark.django_db
def test_an_annual_plan_of_a_body_that_ended_is_neither_waiting_nor_late():
    w = build("communicated")
    change(w, w.health)

    shown = plan_state(plan_of(w, w.health), None, w.at)

    assert (shown.word, shown.tone) == ("Ended with the agency", "secondary")


@pytest.mark.django_db
def test_a_block_leaves_the_assessors_desk_with_its_agency():
    w = build("assigned")
    waited = Block.objects.visible_to(again(w.assessor), w.at).count()
    titles = tasks(w.assessor, w.at)
    verification, apart = to_verify(w), proposed(w)

    change(w, w.power)
    let_the_clock_follow(w)

    assert waited
    assert titles
    assert not Block.objects.visible_to(again(w.assessor), w.at).exists()
    assert tasks(w.assessor, w.at) == []
    assert verification not in Verification.objects.open()
    assert apart not in Reconciliation.objects.waiting_for(w.other_assessor, w.at)


@pytest.mark.django_db
def test_a_steward_owes_no_figure_for_a_body_that_ended():
    w = build("assigned")
    lines = Stewardship.objects.with_progress().get(pk=w.stewardship.pk).lines
    change(w, w.health)

    let_the_clock_follow(w)
    factories.supply(w)

    assert Stewardship.objects.with_progress().get(pk=w.stewardship.pk).lines == lines - 1
    assert w.fresh(w.stewardship).state == "supplied"


@pytest.mark.django_db
def test_the_board_counts_only_agencies_that_still_take_part():
    w = build("assigned")
    before = {row.name_en for row in of_agencies(w.cycle, provinces=None, at=w.at)}

    change(w, w.power)

    assert {row.name_en for row in of_agencies(w.cycle, provinces=None, at=w.at)} == before - {
        "Ministry of Energy"
    }
    assert progress_queries.of_assessors(w.cycle, provinces=None, at=w.at) == []


@pytest.mark.django_db
def test_an_appeal_filed_before_the_end_waits_for_no_reviewer():
    w = build("heard")
    waiting = tasks(w.reviewer, w.at)

    change(w, w.power)
    let_the_clock_follow(w)

    assert waiting
    assert tasks(w.reviewer, w.at) == []
    assert w.fresh(w.appeal).state == "ended"
    with pytest.raises(Refused):
        decision.decide(
            w.fresh(w.appeal), "dismiss", reason="x", awarded=None, by=w.reviewer, at=w.at
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("stage", "duty"), [("proposed", "communicate_indicators"), ("marked", "communicate_scores"),
                                             ("heard", "decide_appeals")])  # fmt: skip
def test_the_authority_is_late_for_no_body_that_has_ended(stage, duty):
    w = build(stage)
    long_after = w.at + timedelta(days=2000)
    owed = {
        o["agency_code"]
        for o in duties_queries.duty_occurrences(
            duties_queries.DutyFilter(duty=duty, timeliness="overdue"), long_after
        )
    }

    change(w, w.power)
    let_the_clock_follow(w)

    found = duties_queries.duty_occurrences(
        duties_queries.DutyFilter(duty=duty, timeliness="overdue"), long_after
    )
    assert "MOE" in owed
    assert "MOE" not in {o["agency_code"] for o in found}


@pytest.mark.django_db
def test_scores_that_were_communicated_in_time_stay_on_record_as_done():
    w = build("scored")
    asked = duties_queries.DutyFilter(duty="communicate_scores")
    before = list(duties_queries.duty_occurrences(asked, w.at).order_by("row"))

    change(w, w.power)
    let_the_clock_follow(w)

    assert list(duties_queries.duty_occurrences(asked, w.at).order_by("row")) == before


@pytest.mark.django_db
def test_nobody_of_a_body_that_ended_is_told_of_later_acts():
    w = build("decided")
    change(w, w.health)
    last = Delivery.objects.latest("pk").pk

    finish(w)
    results.schedule(w.edition, publish_at=w.opens(Phase.FESTIVAL), by=w.administrator, at=w.at)
    results.publish_due(at=w.opens(Phase.FESTIVAL) + timedelta(hours=1))

    told = set(Delivery.objects.filter(pk__gt=last).values_list("recipient__username", flat=True))
    assert "head" in told
    assert not told & {"other_head", "other_staff"}


@pytest.mark.django_db
def test_no_letter_is_due_to_a_body_that_has_ended():
    w = build("decided")
    finish(w)
    rule = {"words_fa": "نامه", "days": 30, "by": w.administrator, "at": w.at}
    for on in dict.fromkeys(consequences.occasions(w.cycle.year).values()):
        consequences.settle(w.cycle, on=on, kind="warning", **rule)
    change(w, w.health)

    drawn = consequences.draw(w.edition, by=w.administrator, at=w.at)

    assert ConsequenceRule.objects.exists()
    assert {c.agency.code for c in drawn} == {"MOE", "MOE-QZ"}
