"""What the actions on appeals promise."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from agencies.models import Interest
from appeals.drafting import actions as drafting
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal
from appeals.workflow import DECISIONS
from cycles.calendar import Phase
from cycles.models import Entry
from cycles.workflow import Refused
from submissions.models import Answer, Mark, NodeScore, Score
from tests.factories import EPOCH, build

TICK = timedelta(microseconds=1)
pytestmark = pytest.mark.django_db


def line(world, code="G1-1"):
    return Answer.objects.select_related("measure", "submission").get(
        submission=world.submission, measure__code=code
    )


def review_opens(world):
    return world.opens(Phase.APPEAL_REVIEW, world.power)


def draft(world, at, code="G1-1", value=Decimal(60)):
    fields = {"ground": "value", "argument": "The value is 60", "proposed_value": value}
    return drafting.save_draft(line(world, code), fields=fields, by=world.staff, at=at)


def test_the_window_is_fourteen_times_twenty_four_hours_from_the_communication():
    world = build("scored")

    closes = world.closes(Phase.APPEAL, world.power)

    assert closes - world.fresh(world.submission).communicated_at == timedelta(hours=14 * 24)
    assert world.closes(Phase.APPEAL_REVIEW, world.power) - closes == timedelta(hours=14 * 24)


def test_an_appeal_is_filed_in_the_last_microsecond_and_not_on_the_stroke():
    world = build("drafted_appeal")
    closes = world.submission.communicated_at + timedelta(hours=14 * 24)

    with translation.override("en"), pytest.raises(Refused, match="Appeal closed on"):
        drafting.file([world.appeal], by=world.head, at=closes)
    state = world.fresh(world.appeal).state
    [filed] = drafting.file([world.appeal], by=world.head, at=closes - TICK)

    assert state == "draft"
    assert filed.state == "filed"


def test_drafting_ends_with_the_window():
    world = build("scored")
    closes = world.closes(Phase.APPEAL, world.power)

    with pytest.raises(Refused):
        draft(world, closes)

    assert not Appeal.objects.exists()
    assert draft(world, closes - TICK).proposed_points == 200


def test_nothing_is_appealed_before_scores_are_communicated():
    world = build("marked")

    with pytest.raises(Refused):
        draft(world, world.at)

    assert not Appeal.objects.exists()


def test_staff_draft_but_only_the_head_files():
    world = build("drafted_appeal")

    for person in (world.staff, world.other_head, world.administrator, world.reviewer):
        with pytest.raises(Refused):
            drafting.file([world.appeal], by=person, at=world.at)

    assert world.fresh(world.appeal).state == "draft"


def test_all_are_filed_or_none():
    world = build("drafted_appeal")
    second = draft(world, world.at, "G2-1", Decimal(35))
    drafting.file([second], by=world.head, at=world.at)
    entries = Entry.objects.count()

    with pytest.raises(Refused):
        drafting.file([world.appeal, second], by=world.head, at=world.at)

    assert world.fresh(world.appeal).state == "draft"
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("name", ("uphold", "uphold_partly"))
def test_a_score_never_falls_through_an_appeal(name):
    world = build("heard")
    current = line(world).scores.get(is_current=True)

    with translation.override("en"), pytest.raises(Refused, match="may not fall"):
        decision.decide(
            world.appeal,
            name,
            reason="Less",
            awarded=current.points - Decimal("0.0000000001"),
            by=world.reviewer,
            at=review_opens(world),
        )

    assert line(world).scores.get(is_current=True) == current
    assert world.fresh(world.appeal).state == "filed"


def test_a_proposal_below_the_score_cannot_be_upheld_in_whole():
    world = build("scored")
    appeal = draft(world, world.at, value=Decimal(10))
    [appeal] = drafting.file([appeal], by=world.head, at=world.at)

    hearing.share_out(world.cycle, by=None, at=review_opens(world))

    with pytest.raises(Refused):
        decision.decide(
            appeal, "uphold", reason="As proposed", by=world.reviewer, at=review_opens(world)
        )

    assert line(world).scores.get(is_current=True).points == 100


def test_points_over_the_ceiling_are_refused_in_plain_digits():
    world = build("heard")

    with translation.override("en"), pytest.raises(Refused, match=r"between 0 and 300\."):
        decision.decide(
            world.appeal,
            "uphold",
            reason="More",
            awarded=Decimal(301),
            by=world.reviewer,
            at=review_opens(world),
        )


def test_upheld_the_line_and_the_totals_follow():
    world = build("heard")

    decision.decide(
        world.appeal,
        "uphold",
        reason="The register agrees",
        by=world.reviewer,
        at=review_opens(world),
    )

    score = line(world).scores.get(is_current=True)
    total = NodeScore.objects.get(
        run=world.fresh(world.submission).current_run, submission=world.submission, kind=""
    )
    current = Score.objects.filter(answer__submission=world.submission, is_current=True)
    assert (score.basis, score.points) == ("appeal", Decimal(200))
    assert total.points == sum(s.points for s in current)


def test_dismissed_the_score_stays():
    world = build("heard")
    before = line(world).scores.get(is_current=True)

    decision.decide(
        world.appeal, "dismiss", reason="No new proof", by=world.reviewer, at=review_opens(world)
    )

    assert line(world).scores.get(is_current=True) == before


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_needs_a_reason(name):
    world = build("heard")

    with pytest.raises(Refused):
        decision.decide(world.appeal, name, reason=" ", by=world.reviewer, at=review_opens(world))


@pytest.mark.parametrize("name", DECISIONS)
def test_a_conflicted_reviewer_is_refused(name):
    world = build("heard")
    Interest.objects.create(
        user=world.reviewer, agency=world.power, reason="Family", declared_at=EPOCH
    )

    with pytest.raises(Refused):
        decision.decide(
            world.appeal,
            name,
            reason="Because",
            awarded=Decimal(200),
            by=world.reviewer,
            at=review_opens(world),
        )

    assert world.fresh(world.appeal).state == "filed"


def test_who_marked_the_line_does_not_review_it():
    world = build("heard")
    Mark.objects.filter(answer=line(world)).update(assessor=world.reviewer)

    with pytest.raises(Refused):
        decision.decide(
            world.appeal, "dismiss", reason="Because", by=world.reviewer, at=review_opens(world)
        )

    assert world.fresh(world.appeal).state == "filed"


def test_review_is_a_duty_late_is_accepted_and_counted():
    world = build("heard")
    late = world.closes(Phase.APPEAL_REVIEW, world.power) + timedelta(days=2, hours=1)

    decision.decide(world.appeal, "dismiss", reason="No new proof", by=world.reviewer, at=late)

    assert Entry.objects.get(act="dismiss").days_late == 3


def test_nothing_is_decided_before_the_appeal_window_has_closed():
    world = build("heard")

    with pytest.raises(Refused):
        decision.decide(
            world.appeal,
            "dismiss",
            reason="Early",
            by=world.reviewer,
            at=review_opens(world) - TICK,
        )
