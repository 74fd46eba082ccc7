"""Who belongs to an agency: roles of the house, leavers, and lost devices."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from agencies.models import Membership, people_visible_to
from agencies.roles import Role
from cycles.models import Delivery, Entry
from cycles.people import accounts
from cycles.people import actions as people
from cycles.workflow import Refused
from tests.cycles.people.memberships import DAY, again, delegate
from tests.factories import EPOCH, PASSWORD, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


# --- Roles --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["staff", "headquarters", "agency_administrator"])
def test_an_agency_administrator_grants_and_ends_the_roles_of_the_house(
    w: World, role: str
) -> None:
    granted = people.grant_role(
        user=w.stranger, role=role, agency=w.power, by=w.agency_administrator, at=w.at
    )

    people.end_role(granted, by=w.agency_administrator, at=w.at + DAY)

    assert w.fresh(granted).valid_until == w.at + DAY


def test_an_agency_administrator_makes_no_head_deputy_officer_nor_anybody_elsewhere(
    w: World,
) -> None:
    by = {"by": w.agency_administrator, "at": w.at}
    for wrong in (
        {"role": "head", "agency": w.power},
        {"role": "deputy", "agency": w.power},
        {"role": "staff", "agency": w.health},
        {"role": "assessor"},
        {"role": "administrator"},
    ):
        with pytest.raises(Refused):
            people.grant_role(user=w.stranger, **wrong, **by)
    with pytest.raises(Refused):
        people.end_role(w.head.membership_set.get(), **by)
    assert not Membership.objects.filter(user=w.stranger).exists()


def test_nobody_grants_a_role_to_themselves(w: World) -> None:
    for by, given in (
        (w.agency_administrator, {"role": "staff", "agency": w.power}),
        (w.administrator, {"role": "assessor"}),
        (w.administrator, {"role": "head", "agency": w.power}),
    ):
        with pytest.raises(Refused, match="never for oneself"):
            people.grant_role(user=by, by=by, at=w.at, **given)
        with pytest.raises(Refused, match="never for oneself"):
            people.invite(email=by.email.upper(), name_fa="", name_en="", by=by, at=w.at, **given)


def test_a_head_and_an_administrator_see_present_and_past_people_but_no_interests(
    w: World, visit: Any
) -> None:
    people.end_role(w.staff.membership_set.get(), by=w.administrator, at=w.at)
    at = w.at + DAY

    for name in ("head", "agency_administrator"):
        seen = set(people_visible_to(again(w.people[name]), at))
        assert seen == {w.head, w.staff, w.headquarters, w.agency_administrator, w.representative}
    assert set(people_visible_to(again(w.headquarters), at)) == {w.headquarters}
    page = (
        visit(w.agency_administrator, at).get(f"/en/cycles/people/{w.staff.pk}/").content.decode()
    )
    assert "Second factor" in page
    assert "Declared interests" not in page


# --- Leavers ------------------------------------------------------------------------------------


def test_a_leaver_is_out_everywhere_at_once_and_what_was_done_stays(w: World, visit: Any) -> None:
    by = {"agency": w.power, "by": w.administrator, "at": w.at}
    people.grant_role(user=w.staff, role="headquarters", **by)
    coming = people.grant_role(
        user=w.staff, role="agency_administrator", valid_from=w.at + 9 * DAY, **by
    )
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post("/en/accounts/login/", {"login": "staff", "password": PASSWORD})
        assert browser.get("/en/account/").status_code == 200
    acts = Entry.objects.count()

    page = visit(w.agency_administrator, w.at + DAY)
    page.post(
        f"/en/cycles/people/{w.staff.pk}/leaves/{w.power.pk}/",
        {"note": "retired", "password": PASSWORD},
    )

    assert not again(w.staff).memberships(w.at + DAY)
    assert not Membership.objects.filter(pk=coming.pk).exists()
    rows = Entry.objects.filter(act="remove_leaver")
    assert [(e.actor_id, e.note) for e in rows] == [(w.agency_administrator.pk, "retired")] * 3
    assert Entry.objects.count() == acts + 3
    for browser in browsers:
        assert "/accounts/login/" in browser.get("/en/account/")["Location"]


def test_a_head_is_removed_by_the_authority_alone_and_nobody_removes_oneself(w: World) -> None:
    deputy = delegate(w, user=w.headquarters)

    with pytest.raises(Refused, match="save for the head"):
        people.remove_leaver(w.head, w.power, by=w.agency_administrator, at=w.at + DAY)
    with pytest.raises(Refused, match="never for oneself"):
        people.remove_leaver(
            w.agency_administrator, w.power, by=w.agency_administrator, at=w.at + DAY
        )
    people.remove_leaver(w.head, w.power, by=w.administrator, at=w.at + DAY)

    assert w.fresh(deputy).valid_until == w.at + DAY


# --- Lost devices -------------------------------------------------------------------------------


def test_an_administrator_resets_a_second_factor_with_a_reason_that_is_recorded(
    w: World, visit: Any
) -> None:
    Authenticator.objects.create(user=w.head, type="totp", data={})
    Authenticator.objects.create(user=w.head, type="recovery_codes", data={})

    with pytest.raises(Refused, match="Say why"):
        accounts.reset_second_factor(w.head, by=w.administrator, at=w.at, note="")
    with pytest.raises(Refused, match="in whose scope"):
        accounts.reset_second_factor(w.head, by=w.provincial_administrator, at=w.at, note="lost")
    visit(w.administrator, w.at).post(
        f"/en/cycles/people/{w.head.pk}/reset/", {"note": "lost; called back", "password": PASSWORD}
    )

    assert not Authenticator.objects.filter(user=w.head).exists()
    assert Entry.objects.get(act="reset_factor").note == "lost; called back"
    assert Delivery.objects.filter(recipient=w.head, is_official=True).exists()


def test_nobody_resets_the_factor_of_somebody_whose_roles_reach_further(w: World) -> None:
    Membership.objects.create(user=w.unit_head, role=Role.ASSESSOR, valid_from=EPOCH)
    Authenticator.objects.create(user=w.unit_head, type="totp", data={})

    with pytest.raises(Refused, match="in whose scope"):
        accounts.reset_second_factor(
            w.unit_head, by=w.provincial_administrator, at=w.at, note="lost"
        )


def test_the_secret_of_a_second_factor_rests_encrypted(w: World) -> None:
    TOTP.activate(w.head, "JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get(user=w.head).data)
