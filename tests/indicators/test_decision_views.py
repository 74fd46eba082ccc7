"""Pages on which a set is decided on and communicated."""

import pytest

from cycles.models import Entry
from indicators.models import IndicatorSet, Vote
from indicators.workflow import SetState
from indicators.working_groups import actions as working_groups
from tests.factories import PASSWORD, build
from tests.indicators.pages import address, text

pytestmark = pytest.mark.django_db


def test_proposing_asks_for_the_password_and_is_done_only_with_the_right_one(as_):
    w = build("drafted")
    client = as_(w.head, w.at)

    wrong = client.post(address(w.specific, "move", "propose"), {"password": "guess"})
    state = w.fresh(w.specific).state
    client.post(address(w.specific, "move", "propose"), {"password": PASSWORD})

    assert "This is not your password." in text(wrong)
    assert state == SetState.DRAFT
    assert w.fresh(w.specific).state == SetState.PROPOSED


def test_buttons_are_those_of_the_readers_role(as_):
    w = build("proposed")

    shown = {
        name: text(as_(w.people[name], w.at).get(address(w.specific)))
        for name in ("head", "chair", "member")
    }

    assert "Approve the set" in shown["chair"]
    assert "Approve the set" not in shown["member"]
    assert "/vote/" in shown["member"]
    assert "/vote/" not in shown["head"]


def test_a_vote_against_needs_a_reason_that_the_agency_reads_without_a_name(as_):
    w = build("proposed")
    client = as_(w.budget, w.at)

    unexplained = client.post(address(w.specific, "vote"), {"choice": "return"})
    client.post(address(w.specific, "vote"), {"choice": "return", "reason": "هدف کم است"})
    seen = {
        name: text(as_(w.people[name], w.at).get(address(w.specific)))
        for name in ("head", "administrator")
    }

    assert list(unexplained.context["form"].errors) == ["reason"]
    assert Vote.objects.get().reason == "هدف کم است"
    assert "هدف کم است" in seen["head"]
    assert "Budget" not in seen["head"].replace("Plan and Budget", "")
    assert "Budget" in seen["administrator"].replace("Plan and Budget", "")


def test_approval_without_both_who_must_concur_is_refused_and_with_them_done(as_):
    w = build("proposed")
    form = {"password": PASSWORD, "note": ""}

    working_groups.vote(w.specific, choice="approve", reason="", by=w.member, at=w.at)
    one_side = as_(w.chair, w.at).post(address(w.specific, "move", "approve"), form)
    working_groups.vote(w.specific, choice="approve", reason="", by=w.budget, at=w.at)
    as_(w.chair, w.at).post(address(w.specific, "move", "approve"), form)

    assert "Approval needs the consent of: Plan and Budget Organization." in text(one_side)
    assert w.fresh(w.specific).state == SetState.APPROVED


def test_sending_back_without_a_reason_is_refused_and_with_one_reaches_the_agency(as_):
    w = build("proposed")

    silent = as_(w.chair, w.at).post(address(w.specific, "move", "send_back"), {"note": ""})
    as_(w.chair, w.at).post(address(w.specific, "move", "send_back"), {"note": "هدف‌ها کم‌اند"})

    assert "Please give a reason" in text(silent)
    assert "هدف‌ها کم‌اند" in text(as_(w.staff, w.at).get(address(w.specific)))


def test_every_approved_set_of_a_cycle_is_communicated_in_one_act(as_):
    w = build("approved")
    client = as_(w.administrator, w.at)

    before = text(client.get("/en/indicators/communicate/1405/"))
    client.post("/en/indicators/communicate/1405/", {"password": PASSWORD})

    assert "2 approved sets are communicated" in before
    assert {s.state for s in IndicatorSet.objects.all()} == {SetState.COMMUNICATED}
    assert Entry.objects.filter(act="communicate").count() == 2


def test_communicating_is_not_open_to_a_provincial_administrator(as_):
    w = build("approved")

    as_(w.provincial_administrator, w.at).post(
        "/en/indicators/communicate/1405/", {"password": PASSWORD}
    )

    assert {s.state for s in IndicatorSet.objects.all()} == {SetState.APPROVED}
