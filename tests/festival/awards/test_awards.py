"""Awards: proposed by the standings, decided by the committee, under embargo until the moment,
revoked in the open.
"""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import tablib
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import Agency, Interest, Province
from cycles.calendar import Phase
from cycles.models import Cycle, Entry
from cycles.workflow import Refused
from festival.awards import actions as awards
from festival.awards import ceremonies
from festival.awards.candidates import candidates, moved_awards
from festival.models import Award, AwardCategory, Ceremony, Edition, Standing
from festival.places import Ranking
from festival.results import actions as results
from tests.factories import PASSWORD, build, make_user
from tests.festival.awards.ceremonies import (
    REASON,
    correct,
    decide,
    enter,
    given_award,
    group_of,
    keep_minutes,
    laid,
    of_code,
    of_province,
    proposals,
    put_forward,
)

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def visit(clock):
    """A client signed in as somebody, at a moment."""

    def visiting(user=None, at=None):
        clock(at)
        client = Client()
        if user:
            client.force_login(user)
        return client

    return visiting


def proposed(ceremony, edition, code):
    """Whom the standings put forward in a category: agencies by rank."""
    found = [c for c in candidates(ceremony, edition) if c.category.code == code]
    return {(c.standing.participation.agency.code, c.rank.value) for c in found}


# --- Ceremonies and categories ------------------------------------------------------------------


def test_one_act_lays_the_country_s_ceremony_and_one_of_each_province_and_twice_does_no_harm(final):
    Province.objects.create(
        code="IR-01", name_fa="مرکزی", name_en="Markazi", capital_fa="اراک", capital_en="Arak"
    )

    first = ceremonies.lay_ceremonies(final.cycle, by=final.administrator, at=final.at)
    again = ceremonies.lay_ceremonies(final.cycle, by=final.administrator, at=final.at)

    assert {c.province.code if c.province else None for c in first} == {None, "IR-26", "IR-01"}
    assert again == []
    assert Entry.objects.filter(act="lay_ceremonies").count() == 3
    with pytest.raises(Refused, match="national administrator"):
        ceremonies.lay_ceremonies(final.cycle, by=final.provincial_administrator, at=final.at)


def test_categories_come_from_the_starter_and_next_year_from_the_year_before(final):
    made = ceremonies.take_over_categories(final.cycle, by=final.administrator, at=final.at)
    fields = {"name_fa": "عنوان ویژه", "basis": "committee", "offered": "national"}
    ceremonies.save_category(
        final.cycle, code="special", fields=fields, is_new=True, by=final.administrator, at=final.at
    )
    following = Cycle.objects.create(year=final.cycle.year + 1, preset=final.cycle.preset)

    copied = ceremonies.take_over_categories(following, by=final.administrator, at=final.at)

    assert {"total", "general", "specific", "growth", "service_desk", "elites", "outstanding"} < {
        c.code for c in made
    }
    assert {c.code for c in copied} == {c.code for c in made} | {"special"}
    assert [c.position for c in copied] == sorted(c.position for c in copied)
    assert {c.code for c in made if c.is_composed} == {"thematic"}
    with pytest.raises(Refused, match="categories already"):
        ceremonies.take_over_categories(following, by=final.administrator, at=final.at)


def test_a_category_changes_until_an_award_in_it_is_decided(final):
    ceremony = laid(final)
    given = put_forward(final, ceremony, final.power)
    said = {
        "code": "service_desk",
        "fields": {"name_fa": "خدمت"},
        "by": final.administrator,
        "at": final.at,
    }
    ceremonies.save_category(final.cycle, **said)

    decide(final, given)

    with pytest.raises(Refused, match="it stays as it is"):
        ceremonies.save_category(final.cycle, **said)
    assert of_code(final, "service_desk").name_fa == "خدمت"


def test_a_province_sets_its_own_ceremony_and_no_other(final):
    national, own = laid(final), of_province(final)
    fields = {"place": "تالار شهر", "chair": "استاندار"}

    ceremonies.set_ceremony(own, fields=fields, by=final.provincial_administrator, at=final.at)

    assert final.fresh(own).place == "تالار شهر"
    with pytest.raises(Refused, match="of the province whose festival it is"):
        ceremonies.set_ceremony(
            national, fields=fields, by=final.provincial_administrator, at=final.at
        )
    with pytest.raises(Refused, match="Nothing was changed"):
        ceremonies.set_ceremony(own, fields=fields, by=final.provincial_administrator, at=final.at)


# --- Whom the standings put forward -------------------------------------------------------------


def test_the_first_is_proposed_as_winner_and_the_next_as_commended_where_the_category_says_so(
    final,
):
    ceremony = laid(final)
    enter(final, "SECOND", "65", 2)
    enter(final, "THIRD", "60", 3)

    assert proposed(ceremony, final.edition, "total") == {
        ("MOE", "winner"),
        ("SECOND", "commended"),
    }
    assert proposed(ceremony, final.edition, "general") == {("MOE", "winner")}


def test_equal_places_are_all_proposed(final):
    ceremony = laid(final)
    enter(final, "ALSO", "70", 1)
    enter(final, "THIRD", "60", 3)
    enter(final, "TOO", "60", 3)

    found = proposed(ceremony, final.edition, "total")

    assert found == {
        ("MOE", "winner"),
        ("ALSO", "winner"),
        ("THIRD", "commended"),
        ("TOO", "commended"),
    }


def test_nobody_is_proposed_with_less_than_the_year_asks_or_without_having_submitted(final):
    ceremony = laid(final)
    enter(final, "SILENT", "0", 2, submitted=False)
    enter(final, "LOW", "50", 2, growth=Decimal(30), growth_place=1)
    Cycle.objects.filter(pk=final.cycle.pk).update(minimum_to_win=60)
    edition = Edition.objects.get()

    assert proposed(ceremony, edition, "total") == {("MOE", "winner")}
    assert proposed(ceremony, edition, "growth") == set()
    Cycle.objects.filter(pk=final.cycle.pk).update(minimum_to_win=71)
    assert candidates(ceremony, Edition.objects.get()) == []


def test_what_is_given_once_goes_to_the_highest_over_all_groups_and_growth_must_be_growth(final):
    ceremony = laid(final)
    power = Standing.objects.get(participation__agency=final.power)
    Standing.objects.filter(pk=power.pk).update(growth=Decimal("4.00"), growth_place=1)
    other = Standing.objects.get(participation__agency=final.health).group
    enter(final, "GROWN", "61", 1, group=other, growth=Decimal("9.50"), growth_place=1)
    enter(final, "FALLEN", "62", 2, growth=Decimal("-1.00"), growth_place=2)

    found = proposed(ceremony, final.edition, "growth")

    assert found == {("GROWN", "winner"), ("MOE", "commended")}


def test_a_province_s_ceremony_concerns_its_own_groups_only(final):
    laid(final)
    enter(final, "QZ-1", "80", 1, group=group_of(final, final.province))

    assert proposed(of_province(final), final.edition, "total") == {("QZ-1", "winner")}
    national = Ceremony.objects.get(province=None)
    assert proposed(national, final.edition, "total") == {("MOE", "winner")}


def test_proposals_are_made_once_and_what_was_struck_stays_struck(final):
    ceremony = laid(final)
    made = proposals(final, ceremony)
    total = next(a for a in made if a.category.code == "total")
    awards.strike(total, reason="کمیته نپذیرفت", by=final.administrator, at=final.at)

    with pytest.raises(Refused, match="nobody to propose"):
        awards.propose(ceremony, by=final.administrator, at=final.at)

    assert {a.category.code for a in made} == {"total", "general", "specific"}
    assert final.fresh(total).state == "withdrawn"
    assert "Place 1" in total.reason_en
    assert "70.00 percent" in total.reason_en
    assert "رتبهٔ ۱" in total.reason


def test_as_many_queries_for_a_hundred_agencies_as_for_three(final):
    ceremony = laid(final)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            candidates(ceremony, Edition.objects.select_related("cycle").get())
        return len(captured)

    before = asked()
    for number in range(100):
        enter(final, f"N{number}", "60", 2)

    assert asked() == before


# --- By hand ------------------------------------------------------------------------------------


def test_by_hand_an_agency_is_put_forward_where_it_belongs_and_nowhere_else(final):
    ceremony = laid(final)
    own = of_province(final)
    group = Standing.objects.get(participation__agency=final.power).group
    put_forward(final, ceremony, final.power)

    with pytest.raises(Refused, match="already"):
        put_forward(final, ceremony, final.power)
    with pytest.raises(Refused, match="no agency of this province"):
        put_forward(final, own, final.power)
    with pytest.raises(Refused, match="no such award at this ceremony"):
        put_forward(final, own, final.unit, "transformation")
    with pytest.raises(Refused, match="name the group"):
        put_forward(final, ceremony, final.power, "total")
    with pytest.raises(Refused, match="given once"):
        put_forward(final, ceremony, final.power, "elites", group=group)
    with pytest.raises(Refused, match="not in this group"):
        put_forward(final, ceremony, final.health, "total", group=group)
    with pytest.raises(Refused, match="in one sentence"):
        put_forward(final, ceremony, final.power, "elites", reason=" ")
    assert put_forward(final, ceremony, final.power, "total", group=group).standing.place == 1
    assert put_forward(final, ceremony, final.power, "transformation").standing is None


def test_by_hand_nobody_wins_below_the_minimum_or_without_having_submitted(final):
    ceremony = laid(final)
    Cycle.objects.filter(pk=final.cycle.pk).update(minimum_to_win=71)

    with pytest.raises(Refused, match="below which nobody wins"):
        put_forward(final, ceremony, final.power)
    with pytest.raises(Refused, match="submitted no self-assessment"):
        put_forward(final, ceremony, final.health)

    assert put_forward(final, ceremony, final.power, rank="commended").rank == "commended"
    assert put_forward(final, ceremony, final.health, rank="commended").rank == "commended"


# --- Decisions ----------------------------------------------------------------------------------


def test_several_are_decided_at_once_with_reasons_numbers_and_the_minutes(final):
    ceremony = laid(final)
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
    ceremony = laid(final)
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
    ceremony = laid(final)
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
    ceremony = laid(final)
    enter(final, "ALSO", "70", 1)
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
    ceremony = laid(final)
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
    award = put_forward(final, laid(final), final.power)
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
    award = put_forward(final, laid(final), final.power)
    Agency.objects.filter(pk=final.power.pk).update(is_authority=True)

    with pytest.raises(Refused, match="without interest"):
        decide(final, award)


def test_minutes_are_of_a_meeting_that_was_held_and_keep_their_signed_paper(final):
    ceremony = laid(final)
    paper = ContentFile(b"%PDF-1.7 signed", name="../up/صورت‌جلسه.pdf")

    with pytest.raises(Refused, match="not been held"):
        keep_minutes(final, ceremony, held_at=final.at + SECOND)
    kept = keep_minutes(final, ceremony, file=paper)
    second = keep_minutes(final, ceremony)

    assert (kept.number, second.number, kept.present) == (1, 2, ["نخست", "دوم"])
    assert kept.file_name == "صورت‌جلسه.pdf"
    assert Entry.objects.of(kept).get().params["sha256"] == kept.sha256 != ""


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
    ceremony = laid(final)
    decided = decide(final, *proposals(final, ceremony))

    following = correct(final, place=2, percent=Decimal("55.00"))
    listed = moved_awards(Award.objects.filter(ceremony=ceremony).with_names(), following)

    assert [m.award.category.code for m in listed] == ["total"]
    assert (listed[0].stood, listed[0].stands) == ((1, Decimal("70.00")), (2, Decimal("55.00")))
    assert {final.fresh(a).state for a in decided} == {"decided"}
    assert {final.fresh(a).standing.edition for a in decided} == {final.edition}


def test_what_a_correction_has_moved_is_confirmed_with_a_reason_or_withdrawn(final):
    ceremony = laid(final)
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


def test_undecided_proposals_of_an_earlier_edition_are_made_anew_and_not_decided_before(final):
    ceremony = laid(final)
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
    ceremony = laid(scheduled)
    correct(scheduled, percent=Decimal("66.00"))
    scheduled.at = moment
    decide(scheduled, *proposals(scheduled, ceremony))

    assert not Award.objects.public(moment).exists()
    Edition.objects.filter(number=2).update(state="scheduled", publish_at=moment + SECOND)
    assert not Award.objects.public(moment).exists()
    assert Award.objects.public(moment + SECOND).count() == 3


# --- The embargo --------------------------------------------------------------------------------

ADDRESSES = {
    "awards": lambda a: ("festival:awards", a.cycle.year),
    "certificate in Persian": lambda a: ("festival:certificate", a.uuid, "fa"),
    "certificate in English": lambda a: ("festival:certificate", a.uuid, "en"),
    "verification": lambda a: ("verify_certificates", a.uuid),
    "list": lambda a: ("festival:ceremony_list", a.ceremony_id),
    "list as a file": lambda a: ("festival:ceremony_list_file", a.ceremony_id, "xlsx"),
}


@pytest.mark.parametrize("who", (None, "head", "other_head", "assessor", "stranger"))
def test_one_second_before_there_is_nothing_and_one_second_after_everything(scheduled, visit, who):
    award = given_award(scheduled)
    moment, user = scheduled.edition.publish_at, getattr(scheduled, who) if who else None
    urls = {name: reverse(of(award)[0], args=of(award)[1:]) for name, of in ADDRESSES.items()}

    before = visit(user, moment - 5 * SECOND)
    early = {name: before.get(url).status_code for name, url in urls.items()}
    after = visit(user, moment + SECOND)
    late = {name: after.get(url) for name, url in urls.items()}

    assert set(early.values()) == {404}
    assert {response.status_code for response in late.values()} == {200}
    assert "Ministry of Energy" in late["awards"].content.decode()
    assert "Service without interruption" in late["verification"].content.decode()


def test_the_very_moment_divides(scheduled):
    given_award(scheduled)
    moment = scheduled.edition.publish_at

    assert not Award.objects.public(moment - timedelta(microseconds=1)).exists()
    assert Award.objects.public(moment).exists()


def test_nothing_is_public_that_is_only_proposed(scheduled):
    proposals(scheduled, laid(scheduled))

    assert not Award.objects.public(scheduled.edition.publish_at).exists()


def test_whoever_reads_awards_early_stands_in_the_record_once_a_day(scheduled, visit):
    award = given_award(scheduled)
    for _again in range(2):
        visit(scheduled.auditor, scheduled.at).get(
            reverse("festival:ceremony", args=[award.ceremony_id])
        )
        visit(scheduled.auditor, scheduled.at).get(
            reverse("festival:ceremony_list", args=[award.ceremony_id])
        )

    rows = Entry.objects.filter(act="read_embargoed", actor_id=scheduled.auditor.pk)
    assert [r.params["what"] for r in rows] == ["awards"]
    later = visit(scheduled.auditor, scheduled.edition.publish_at + SECOND)
    assert later.get(reverse("festival:ceremony", args=[award.ceremony_id])).status_code == 200
    assert rows.count() == 1


def test_what_waits_for_a_later_edition_is_read_on_record_by_the_secretariat_and_not_at_all_by_others(
    scheduled, visit
):
    ceremony = laid(scheduled)
    correct(scheduled, percent=Decimal("66.00"))
    scheduled.at = scheduled.edition.publish_at
    decide(scheduled, *proposals(scheduled, ceremony))
    url, moment = reverse("festival:ceremony_list", args=[ceremony.pk]), scheduled.at + SECOND

    pages = [
        visit(user, moment).get(url).content.decode()
        for user in (None, scheduled.head, scheduled.auditor)
    ]

    assert ["Ministry of Energy" in page for page in pages] == [False, False, True]
    assert Entry.objects.filter(act="read_embargoed").get().actor_id == scheduled.auditor.pk


def test_a_province_reads_its_own_ceremony_early_on_record_and_no_other(scheduled, visit):
    national, own = laid(scheduled), of_province(scheduled)
    client = visit(scheduled.provincial_administrator, scheduled.at)

    assert client.get(reverse("festival:ceremony", args=[own.pk])).status_code == 200
    assert client.get(reverse("festival:ceremony", args=[national.pk])).status_code == 404
    assert Entry.objects.filter(act="read_embargoed").get().object_pk == own.pk


# --- Pages --------------------------------------------------------------------------------------


def test_the_committee_s_day_from_the_standings_to_the_list(scheduled, visit):
    at, by = scheduled.at, scheduled.administrator
    client = visit(by, at)
    year = scheduled.cycle.year
    client.post(reverse("festival:ceremonies", args=[year]))
    client.post(reverse("festival:award_categories", args=[year]))
    ceremony = Ceremony.objects.get(province=None)

    def url(name):
        return reverse(f"festival:{name}", args=[ceremony.pk])

    client.post(
        url("ceremony_edit"),
        {"name_fa": "جشنواره", "held_on": "1406/06/04", "place": "تالار", "chair": "رئیس"},
    )
    client.post(url("award_propose"))
    said = {
        "category": of_code(scheduled, "elites").pk,
        "agency": "MOE",
        "rank": "commended",
        "reason": REASON,
    }
    client.post(url("award_add"), said)
    held = {
        "held_at": f"{at - timedelta(hours=3):%Y-%m-%d %H:%M}",
        "members": "یک\nدو",
        "text": "بررسی شد",
    }
    client.post(url("minutes_new"), held)
    form = {"minutes": ceremony.minutes.get().pk, "password": PASSWORD}
    for a in Award.objects.all():
        form |= {f"take-{a.pk}": "on", f"rank-{a.pk}": a.rank, f"reason-{a.pk}": a.reason}
    client.post(url("award_decide"), form)

    page = client.get(url("ceremony")).content.decode()
    listed = client.get(url_of_list(ceremony, "csv"))
    rows = tablib.Dataset().load(listed.content.decode().removeprefix("\ufeff"), format="csv").dict

    assert "Top in all indicators" in page
    assert str(ceremony.cycle.year) in page
    assert [r["rank"] for r in rows] == ["commended", "winner", "winner", "winner"]
    assert [r["category"] for r in rows] == ["elites", "total", "general", "specific"]
    assert Ceremony.objects.get(pk=ceremony.pk).held_on.isoformat() == "2027-08-26"


def url_of_list(ceremony, form):
    return reverse("festival:ceremony_list_file", args=[ceremony.pk, form])


def test_a_decision_without_the_password_or_a_reason_keeps_what_was_typed(scheduled, visit):
    award = put_forward(scheduled, laid(scheduled), scheduled.power)
    keep_minutes(scheduled, award.ceremony)
    form = {
        f"take-{award.pk}": "on",
        f"rank-{award.pk}": "winner",
        f"reason-{award.pk}": "",
        "password": "wrong",
    }
    form |= {"minutes": award.ceremony.minutes.get().pk, f"reason_en-{award.pk}": "typed before"}

    page = visit(scheduled.administrator, scheduled.at).post(
        reverse("festival:award_decide", args=[award.ceremony_id]), form
    )

    text = page.content.decode()
    assert "it stands on the certificate" in text
    assert "typed before" in text
    assert "This is not your password." in text
    assert scheduled.fresh(award).state == "proposed"


def test_a_decider_with_an_interest_is_offered_the_others_only(scheduled, visit):
    ceremony = laid(scheduled)
    enter(scheduled, "SECOND", "65", 2)
    Interest.objects.create(
        user=scheduled.administrator, agency=scheduled.power, reason="x", declared_at=scheduled.at
    )
    proposals(scheduled, ceremony)
    keep_minutes(scheduled, ceremony)

    page = visit(scheduled.administrator, scheduled.at).get(
        reverse("festival:award_decide", args=[ceremony.pk])
    )

    text = page.content.decode()
    assert "Organization SECOND" in text
    assert "Ministry of Energy" not in text
    assert "3 proposals are of agencies in which you have an interest" in text


def test_the_page_lists_what_rests_on_an_earlier_edition(scheduled, visit):
    ceremony = laid(scheduled)
    decide(scheduled, *proposals(scheduled, ceremony))
    correct(scheduled, place=2, percent=Decimal("55.00"))

    page = visit(scheduled.administrator, scheduled.at).get(
        reverse("festival:ceremony", args=[ceremony.pk])
    )

    text = page.content.decode()
    assert "Rests on an earlier edition" in text
    assert "place 1, 70.00" in text
    assert "place 2, 55.00" in text
    assert "Confirm after the correction" in text


def test_the_public_narrows_by_festival_and_category_and_sees_what_was_revoked(scheduled, visit):
    award = given_award(scheduled)
    unit = put_forward(
        scheduled, of_province(scheduled), scheduled.unit, "elites", rank="commended"
    )
    decide(scheduled, unit)
    moment = scheduled.edition.publish_at
    awards.revoke(award, reason="Wrong data", by=scheduled.administrator, at=moment)
    client, url = (
        visit(None, moment + SECOND),
        reverse("festival:awards", args=[scheduled.cycle.year]),
    )

    every, national, province = (
        client.get(url + q).content.decode() for q in ("", "?festival=national", "?festival=IR-26")
    )
    elites = client.get(url + "?category=elites").content.decode()

    assert "Wrong data" in every
    assert "Revoked" in national
    assert "Qazvin Regional Water" in every
    assert "Qazvin Regional Water" in province
    assert "Qazvin Regional Water" in elites
    assert "Qazvin Regional Water" not in national
    assert "Ministry of Energy" not in province
    assert "Ministry of Energy" not in elites
    assert client.get(url + "?festival=nowhere").status_code == 200


@pytest.mark.parametrize("name", ("ceremony", "ceremony_list", "award_decide", "awards"))
def test_pages_take_the_same_queries_for_many_awards(scheduled, visit, name):
    ceremony = laid(scheduled)
    moment = scheduled.edition.publish_at
    AwardCategory.objects.update(most_winners=None, most_commended=None)
    decide(scheduled, put_forward(scheduled, ceremony, scheduled.power))
    put_forward(scheduled, ceremony, scheduled.power, "elites")
    client = visit(scheduled.administrator, moment + SECOND)
    url = reverse(
        f"festival:{name}", args=[scheduled.cycle.year if name == "awards" else ceremony.pk]
    )

    def asked():
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    before = asked()
    for number in range(12):
        agency = enter(scheduled, f"N{number}", "60", 2).participation.agency
        decide(scheduled, put_forward(scheduled, ceremony, agency))
        put_forward(scheduled, ceremony, agency, "elites")

    assert asked() == before


def test_the_secretariat_finds_its_ceremonies_from_the_public_page(scheduled, visit):
    laid(scheduled)
    year = scheduled.cycle.year

    years = visit(scheduled.provincial_administrator, scheduled.at).get(
        reverse("festival:award_years")
    )
    page = visit(scheduled.provincial_administrator, scheduled.at).get(
        reverse("festival:ceremonies", args=[year])
    )

    assert reverse("festival:ceremonies", args=[year]) in years.content.decode()
    assert "Shahid Rajaei Festival of Qazvin" in page.content.decode()
    assert "National Shahid Rajaei Festival" not in page.content.decode()


def test_cells_that_a_spreadsheet_would_reckon_with_are_made_harmless(scheduled, visit):
    award = put_forward(scheduled, laid(scheduled), scheduled.power, reason="=1+1")
    decide(scheduled, award)

    answer = visit(scheduled.administrator, scheduled.at).get(url_of_list(award.ceremony, "csv"))

    assert ",'=1+1," in answer.content.decode()
    xlsx = visit(scheduled.administrator, scheduled.at).get(url_of_list(award.ceremony, "xlsx"))
    assert (
        tablib.Dataset().load(io.BytesIO(xlsx.content), format="xlsx").dict[0]["reason"] == "'=1+1"
    )


def test_there_are_no_awards_before_there_are_results(db):
    world = build("decided")
    world.at = world.opens(Phase.FINAL) + timedelta(hours=9)
    ceremony = laid(world)

    with pytest.raises(Refused, match="no results yet"):
        awards.propose(ceremony, by=world.administrator, at=world.at)
    with pytest.raises(Refused, match="no results yet"):
        put_forward(world, ceremony, world.power)
    results.finalise(world.cycle, by=world.administrator, at=world.at)
    assert {Ranking(a.category.basis) for a in proposals(world, ceremony)} == {
        Ranking.TOTAL,
        Ranking.GENERAL,
        Ranking.SPECIFIC,
    }
