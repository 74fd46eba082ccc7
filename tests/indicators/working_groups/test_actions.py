"""What the working group does with a set: votes by measure, suggestions, decisions, ranks, rules,
meetings.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from agencies.models import Interest
from cycles.calendar import Phase
from cycles.models import Delivery, Entry
from cycles.workflow import Refused
from indicators.models import (
    Change,
    Comment,
    Meeting,
    Outcome,
    Review,
    Suggestion,
    Vote,
    WorkingGroup,
)
from indicators.sets import approval
from indicators.tally import verdicts
from indicators.working_groups import actions as working_groups
from indicators.working_groups import meetings
from tests.factories import build
from tests.worlds.institution import goal, power_measure

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


@pytest.fixture
def w():
    return build("proposed")


def vote(w, who, choice="approve", **more):
    reason = "" if choice == "approve" else "because"
    return working_groups.vote(
        w.specific, choice=choice, reason=reason, by=w.people[who], at=w.at, **more
    )


def settle(w, outcome="approved", **more):
    m = power_measure(w)
    return working_groups.settle(
        w.specific, lineage=m.lineage, outcome=outcome, by=w.chair, at=w.at, **more
    )


# --- Votes --------------------------------------------------------------------------------------


def test_a_vote_on_a_measure_goes_before_the_same_member_s_vote_on_the_set(w):
    m = power_measure(w)
    vote(w, "member")
    vote(w, "budget")
    vote(w, "budget", "return", lineage=m.lineage, rating="slack")

    found = verdicts(w.specific)

    assert not found[m.lineage].is_approved
    assert found[m.lineage].withheld == ("budget",)
    assert all(v.is_approved for key, v in found.items() if key != m.lineage)
    assert not approval.concur(w.specific)


def test_a_vote_on_the_set_replaces_ones_votes_and_the_ledger_keeps_all(
    w,
):
    vote(w, "budget", "reject", lineage=power_measure(w).lineage)
    vote(w, "budget")

    assert [v.choice for v in Vote.objects.filter(member=w.budget)] == ["approve"]
    assert Entry.objects.filter(act="vote", actor_id=w.budget.pk).count() == 2


def test_whoever_has_an_interest_or_proposed_the_set_does_not_vote(w):
    Interest.objects.create(user=w.expert, agency=w.power, reason="Family", declared_at=w.at)

    for who in ("expert", "head", "administrator"):
        with pytest.raises(Refused, match="is for"):
            vote(w, who)


def test_a_vote_on_a_measure_that_is_not_there_is_refused(w):
    with pytest.raises(Refused, match="does not stand"):
        vote(
            w, "member", lineage=w.general.axes.first().indicators.first().measures.first().lineage
        )


# --- Suggestions, comments, decisions -----------------------------------------------------------


def test_a_suggestion_keeps_what_differs_and_stands_beside_the_proposal(w):
    m = power_measure(w)

    made = working_groups.suggest(
        w.specific,
        lineage=m.lineage,
        values={"points": D(600), "target": D(15)},
        reason="کم است",
        by=w.expert,
        at=w.at,
    )

    assert made.values == {"target": "15"}
    assert made.constituency == "expert"
    assert Review.objects.get(set=w.specific, lineage=m.lineage).proposed["target"] == "20"
    m.refresh_from_db()
    assert m.target == 20


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"target": D(20)}, "Nothing differs"),
        ({"target": D(0)}, "more than zero"),
        ({"points": D(0)}, "more than zero"),
        ({"target": "many"}, "is no number"),
        ({"method": "linear"}, "cannot be suggested"),
    ],
)
def test_an_unsound_suggestion_is_refused_and_keeps_nothing(w, values, why):
    with pytest.raises(Refused, match=why):
        working_groups.suggest(
            w.specific,
            lineage=power_measure(w).lineage,
            values=values,
            reason="x",
            by=w.expert,
            at=w.at,
        )
    assert not Suggestion.objects.exists()


def test_agreed_values_are_written_into_the_set_and_kept_beside_what_was_proposed(w):
    vote(w, "member")
    vote(w, "budget")

    review = settle(w, values={"target": D(15)}, reason="میانگین سه سال")

    m = power_measure(w)
    assert m.target == 15
    assert (review.proposed["target"], review.agreed) == ("20", {"target": "15"})
    assert Change.objects.get(deed="agreed").fields == {"target": ["20", "15"]}
    assert approval.move(w.specific, "approve", by=w.chair, at=w.at).state == "approved"
    assert set(Review.objects.filter(set=w.specific).values_list("outcome", flat=True)) == {
        Outcome.APPROVED
    }


def test_agreed_points_that_no_longer_make_a_thousand_hinder_approval(w):
    vote(w, "member")
    vote(w, "budget")
    settle(w, values={"points": D(590)}, reason="x")

    with pytest.raises(Refused, match="exactly 1,000"):
        approval.move(w.specific, "approve", by=w.chair, at=w.at)


def test_no_measure_is_approved_against_votes_and_a_returned_one_holds_the_set(w):
    vote(w, "member")
    with pytest.raises(Refused, match="consent of: Plan and Budget"):
        settle(w)
    vote(w, "budget")
    settle(w, "returned", reason="هدف روشن نیست")

    with pytest.raises(Refused, match="goes back to the agency"):
        approval.move(w.specific, "approve", by=w.chair, at=w.at)


def test_other_values_or_a_return_need_a_reason(w):
    vote(w, "member")
    vote(w, "budget")

    for more in ({"values": {"target": D(15)}}, {"outcome": "returned"}, {"outcome": "rejected"}):
        with pytest.raises(Refused, match=r"reason|say why"):
            settle(w, **more)


def test_the_agency_takes_a_suggestion_into_a_returned_set_and_proposes_it_again(w):
    m = power_measure(w)
    made = working_groups.suggest(
        w.specific, lineage=m.lineage, values={"target": D(15)}, reason="x", by=w.expert, at=w.at
    )
    with pytest.raises(Refused):
        working_groups.take_suggestion(made, by=w.staff, at=w.at)
    approval.move(w.specific, "send_back", by=w.chair, at=w.at, note="هدف")

    working_groups.take_suggestion(made, by=w.staff, at=w.at)
    again = approval.move(w.specific, "propose_again", by=w.head, at=w.at)

    assert power_measure(w).target == 15
    rounds = Review.objects.filter(set=again, lineage=m.lineage).order_by("round")
    assert [(r.round, r.proposed["target"]) for r in rounds] == [(1, "20"), (2, "15")]
    assert verdicts(again)[m.lineage].cast == 0


def test_the_group_and_the_agency_comment_and_nobody_else(w):
    for who in ("member", "representative", "staff"):
        working_groups.comment(
            w.specific, text="چرا؟", lineage=power_measure(w).lineage, by=w.people[who], at=w.at
        )
    for who in ("other_staff", "assessor", "auditor"):
        with pytest.raises(Refused, match="is for"):
            working_groups.comment(w.specific, text="?", by=w.people[who], at=w.at)
    with pytest.raises(Refused, match="write the comment"):
        working_groups.comment(w.specific, text="  ", by=w.member, at=w.at)

    assert [c.constituency for c in Comment.objects.order_by("pk")] == ["authority", "agency", ""]


def test_goals_are_ranked_each_with_a_place_of_its_own(w):
    first, second = goal(w), w.specific.goals.create(code="O2", title_fa="دیگر", type="strategic")

    for wrong in ({first.pk: 1}, {first.pk: 1, second.pk: 1}, {first.pk: 1, second.pk: 3}):
        with pytest.raises(Refused, match="place of its own"):
            working_groups.rank_goals(w.specific, wrong, by=w.member, at=w.at)
    working_groups.rank_goals(w.specific, {first.pk: 2, second.pk: 1}, by=w.member, at=w.at)
    working_groups.rank_goals(w.specific, {first.pk: 1, second.pk: 2}, by=w.member, at=w.at)

    assert {r.goal_id: r.rank for g in (first, second) for r in g.ranks.all()} == {
        first.pk: 1,
        second.pk: 2,
    }


# --- Rules and meetings -------------------------------------------------------------------------


def test_the_rules_of_a_sectors_group_decide_and_the_ledger_keeps_the_former():
    w = build("drafted")
    rules = {"quorum": 3, "concurring": ["authority"], "majority": 60, "chair_casts": False}
    meetings.set_rules(w.cycle, sector=w.power.sector, **rules, by=w.administrator, at=w.at)
    w.specific = approval.move(w.specific, "propose", by=w.head, at=w.at)
    w.at = w.opens(Phase.APPROVAL)
    vote(w, "member")
    vote(w, "expert")

    assert not approval.concur(w.specific)
    vote(w, "chair")
    assert approval.concur(w.specific)
    params = Entry.objects.get(act="set_rules").params
    assert (params["was"]["quorum"], params["became"]["quorum"]) == (2, 3)


@pytest.mark.parametrize(
    "wrong", [{"quorum": 0}, {"majority": 100}, {"concurring": ["nobody"]}, {"sector": "moon"}]
)
def test_rules_by_which_nothing_could_be_decided_are_refused(wrong):
    w = build("open")
    rules = {
        "sector": "",
        "quorum": 2,
        "concurring": [],
        "majority": 50,
        "chair_casts": True,
    } | wrong

    with pytest.raises(Refused, match="no rules"):
        meetings.set_rules(w.cycle, **rules, by=w.administrator, at=w.opens(Phase.PROPOSAL))
    assert not WorkingGroup.objects.exists()


def convene(w, sets=None, **more):
    facts = {
        "sector": w.power.sector,
        "held_at": w.at + timedelta(days=1),
        "place": "تالار",
        "by": w.chair,
        "at": w.at,
    }
    return meetings.convene(w.cycle, sets=[w.specific] if sets is None else sets, **facts | more)


def test_a_meeting_is_convened_told_to_the_members_and_minuted_once(w):
    meeting = convene(w)
    told = set(
        Delivery.objects.filter(entry__act="convene").values_list("recipient__username", flat=True)
    )
    item = meeting.agenda.get()
    given = {
        "minutes": "بحث شد",
        "resolutions": {item.pk: "تصویب"},
        "present": {w.chair.pk: "authority"},
    }

    with pytest.raises(Refused, match="after the meeting"):
        meetings.minute(meeting, **given, by=w.chair, at=w.at)
    held = meetings.minute(meeting, **given, by=w.chair, at=meeting.held_at)

    assert told == {"member", "budget", "expert"}
    assert (held.number, held.state, held.minuted_by) == (1, "held", w.chair)
    assert held.agenda.get().resolution == "تصویب"
    assert [a.member for a in held.attendance.all()] == [w.chair]
    with pytest.raises(Refused, match="is not possible"):
        meetings.minute(held, **given, by=w.chair, at=meeting.held_at)
    with pytest.raises(Refused, match="convened meeting"):
        meetings.cancel(held, by=w.chair, at=meeting.held_at)


def test_a_set_is_not_decided_on_before_the_meeting_convened_on_it(w):
    meeting = convene(w)
    for who in ("member", "budget", "expert"):
        vote(w, who)
    settle(w)

    with pytest.raises(Refused, match="is to discuss this set"):
        approval.move(w.specific, "approve", by=w.chair, at=w.at)
    meetings.cancel(meeting, by=w.chair, at=w.at)

    assert approval.move(w.specific, "approve", by=w.chair, at=w.at).state == "approved"


def test_a_meeting_needs_an_agenda_of_its_own_sector_and_lies_ahead(w):
    for more, why in (
        ({"sets": []}, "at least one set"),
        ({"sets": [w.general]}, "not before this working group"),
        ({"held_at": w.at - timedelta(minutes=1)}, "lies ahead"),
    ):
        with pytest.raises(Refused, match=why):
            convene(w, **more)
    with pytest.raises(Refused, match="is for"):
        convene(w, by=w.member)
    assert not Meeting.objects.exists()
