"""Decisions on awards by the committee's minutes, and what ends or moves an award afterwards."""

from decimal import Decimal

import pytest

from agencies.models import Agency, Interest
from cycles.calendar import Phase
from cycles.models import Entry
from cycles.workflow import Refused
from festival.awards import actions as awards
from festival.awards.candidates import moved_awards
from festival.models import Award, Edition
from tests.factories import make_user
from tests.festival.awards.ceremonies import (
    SECOND,
    correct,
    decide,
    enter_agency,
    given_award,
    keep_minutes,
    lay_ceremony,
    of_province,
    proposals,
    put_forward,
)

pytestmark = pytest.mark.usefixtures("english")


# --- Decisions ----------------------------------------------------------------------------------


def test_several_are_decided_at_once_with_reasons_numbers_and_the_minutes(final):
    ceremony = lay_ceremony(final)
    made = proposals(final, ceremony)

    decided = decide(final, *made)

    assert sorted(a.number for a in decided) == [1, 2, 3]
    for award in Award.objects.filter(ceremony=ceremony).with_names():
        assert (award.state, award.decided_at, award.decided_by) == (
            "decided",
            final.at,
            final.administrator,
        )
        assert award.minutes.number == 1
        assert award.certificate_number == f"1405-00-{award.number:03}"
    assert Entry.objects.filter(act="decide", workflow="festival.award").count() == 3


def test_all_are_decided_or_none(final):
    ceremony = lay_ceremony(final)
    first, second, _third = proposals(final, ceremony)
    minutes = keep_minutes(final, ceremony)
    said = {
        first.pk: awards.Decision("winner", "because"),
        second.pk: awards.Decision("winner", " "),
    }

    with pytest.raises(Refused, match="say why"):
        awards.decide(ceremony, minutes, said, by=final.administrator, at=final.at)

    assert not Award.objects.exclude(state="proposed").exists()


def test_a_decision_names_minutes_of_its_own_committee(final):
    ceremony = lay_ceremony(final)
    first, *_others = proposals(final, ceremony)
    elsewhere = keep_minutes(final, of_province(final))

    with pytest.raises(Refused, match="another ceremony"):
        awards.decide(
            ceremony,
            elsewhere,
            {first.pk: awards.Decision("winner", "x")},
            by=final.administrator,
            at=final.at,
        )


def test_limits_hold_unless_a_place_is_shared(final):
    ceremony = lay_ceremony(final)
    enter_agency(final, "ALSO", "70", 1)
    both = [a for a in proposals(final, ceremony) if a.category.code == "total"]
    one, other = (
        put_forward(final, ceremony, agency)
        for agency in (final.power, Agency.objects.get(code="ALSO"))
    )

    with pytest.raises(Refused, match="are at most 1"):
        decide(final, one, other)
    decide(final, one)
    with pytest.raises(Refused, match="are at most 1"):
        decide(final, other)

    assert {a.rank for a in decide(final, *both)} == {"winner"}
    assert final.fresh(other).state == "proposed"


def test_a_province_decides_on_its_own_awards_and_on_no_others(final):
    ceremony = lay_ceremony(final)
    national = put_forward(final, ceremony, final.power)
    own = put_forward(
        final, of_province(final), final.unit, rank="commended", by=final.provincial_administrator
    )
    keep_minutes(final, ceremony)

    with pytest.raises(Refused, match="of the province whose festival it is"):
        decide(final, national, by=final.provincial_administrator)
    [made] = decide(final, own, by=final.provincial_administrator)

    assert made.certificate_number == "1405-26-001"
    assert final.fresh(national).state == "proposed"


def test_nobody_decides_on_an_agency_in_which_they_have_an_interest(final):
    award = put_forward(final, lay_ceremony(final), final.power)
    keep_minutes(final, award.ceremony)
    Interest.objects.create(
        user=final.administrator, agency=final.power, reason="x", declared_at=final.at
    )
    other = make_user("second_administrator", "administrator")
    tied = type(final.administrator).objects.get(pk=final.administrator.pk)

    for act in (awards.strike, awards.withdraw):
        with pytest.raises(Refused):
            act(award, reason="x", by=tied, at=final.at)
    with pytest.raises(Refused, match="without interest in the agency"):
        decide(final, award, by=tied)

    assert [a.state for a in decide(final, award, by=other)] == ["decided"]


def test_nobody_of_the_house_decides_on_the_authority_s_own_award(final):
    award = put_forward(final, lay_ceremony(final), final.power)
    Agency.objects.filter(pk=final.power.pk).update(is_authority=True)

    with pytest.raises(Refused, match="without interest"):
        decide(final, award)


# --- Withdrawn and revoked ----------------------------------------------------------------------


def test_before_publication_an_award_is_withdrawn_and_afterwards_revoked_in_the_open(scheduled):
    award = given_award(scheduled)
    moment, by = scheduled.edition.publish_at, scheduled.administrator

    with pytest.raises(Refused, match="not public yet"):
        awards.revoke(award, reason="x", by=by, at=scheduled.opens(Phase.FESTIVAL))
    with pytest.raises(Refused, match="can only be revoked"):
        awards.withdraw(award, reason="x", by=by, at=moment)
    with pytest.raises(Refused, match="Give the reason"):
        awards.revoke(award, reason=" ", by=by, at=moment)
    awards.revoke(award, reason="داده‌ها نادرست بود", by=by, at=moment)

    found = Award.objects.public(moment).get()
    assert (found.state, found.ended_reason) == ("revoked", "داده‌ها نادرست بود")


def test_the_agency_is_told_of_a_revocation_and_of_nothing_before(scheduled):
    award = given_award(scheduled)
    inbox = scheduled.head.pk
    told = Entry.objects.filter(workflow="festival.award", deliveries__recipient=inbox)
    assert not told.exists()

    awards.revoke(award, reason="x", by=scheduled.administrator, at=scheduled.edition.publish_at)

    assert [e.act for e in told.distinct()] == ["revoke"]


def test_a_withdrawn_award_is_seen_by_nobody_outside_the_secretariat(scheduled):
    award = given_award(scheduled)
    awards.withdraw(award, reason="x", by=scheduled.administrator, at=scheduled.at)
    moment = scheduled.edition.publish_at

    assert not Award.objects.public(moment).exists()
    assert not Award.objects.visible_to(scheduled.head, moment).exists()
    assert Award.objects.visible_to(scheduled.auditor, moment).exists()


# --- After a correction -------------------------------------------------------------------------


def test_after_a_correction_nothing_moves_and_what_stands_otherwise_is_listed(final):
    ceremony = lay_ceremony(final)
    decided = decide(final, *proposals(final, ceremony))

    following = correct(final, place=2, percent=Decimal("55.00"))
    listed = moved_awards(Award.objects.filter(ceremony=ceremony).with_names(), following)

    assert [m.award.category.code for m in listed] == ["total"]
    assert (listed[0].stood, listed[0].stands) == ((1, Decimal("70.00")), (2, Decimal("55.00")))
    assert {final.fresh(a).state for a in decided} == {"decided"}
    assert {final.fresh(a).standing.edition for a in decided} == {final.edition}


def test_what_a_correction_has_moved_is_confirmed_with_a_reason_or_withdrawn(final):
    ceremony = lay_ceremony(final)
    decide(final, *proposals(final, ceremony))
    of = {a.category.code: a for a in Award.objects.filter(ceremony=ceremony).with_names()}
    following = correct(final, place=2, percent=Decimal("55.00"))
    said = {"by": final.administrator, "at": final.at}

    with pytest.raises(Refused, match="No correction has changed"):
        awards.confirm(of["general"], reason="x", **said)
    awards.confirm(of["total"], reason="کمیته تأیید کرد", **said)

    assert final.fresh(of["total"]).standing.edition == following
    assert moved_awards(Award.objects.filter(ceremony=ceremony).with_names(), following) == []
    with pytest.raises(Refused, match="No correction has changed"):
        awards.confirm(of["total"], reason="again", **said)


def test_undecided_proposals_on_an_earlier_edition_are_made_anew_before_a_decision(final):
    ceremony = lay_ceremony(final)
    made = proposals(final, ceremony)
    following = correct(final, place=1, percent=Decimal("66.00"))

    with pytest.raises(Refused, match="earlier edition"):
        decide(final, made[0])
    again = proposals(final, ceremony)

    assert {final.fresh(a).state for a in made} == {"withdrawn"}
    assert {a.standing.edition for a in again} == {following}
    assert len(again) == len(made)


def test_an_award_that_rests_on_an_edition_that_is_not_out_waits_for_it(scheduled):
    moment = scheduled.edition.publish_at
    ceremony = lay_ceremony(scheduled)
    correct(scheduled, percent=Decimal("66.00"))
    scheduled.at = moment
    decide(scheduled, *proposals(scheduled, ceremony))

    assert not Award.objects.public(moment).exists()
    Edition.objects.filter(number=2).update(state="scheduled", publish_at=moment + SECOND)
    assert not Award.objects.public(moment).exists()
    assert Award.objects.public(moment + SECOND).count() == 3
