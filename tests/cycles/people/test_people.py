"""Who belongs to an agency: invitations, roles of the house, leavers, the head's deputies, lost
devices.
"""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from agencies.models import Membership, User, people_visible_to
from agencies.roles import Role
from cycles.models import Delivery, Entry
from cycles.notices import delivery
from cycles.people import accounts, delegations
from cycles.people import actions as people
from cycles.workflow import Refused
from submissions.answers import actions as answers_actions
from submissions.signing import actions as signing
from tests.factories import EPOCH, PASSWORD, World, build, deputise, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def w() -> World:
    world = build("people")
    world.at = EPOCH + 30 * DAY
    return world


@pytest.fixture
def as_(monkeypatch: pytest.MonkeyPatch) -> Any:
    def client_of(user: User, at: Any) -> Client:
        monkeypatch.setattr("cycles.clock.now", lambda: at)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


def delegate(w: World, **changed: Any) -> Membership:
    given = {
        "user": w.staff,
        "valid_from": None,
        "valid_until": w.at + 10 * DAY,
        "letter": "12/345",
        "by": w.head,
    }
    return delegations.delegate(w.power, **(given | {"at": w.at} | changed))


def invite(w: World, email: str = "new@example.org", **changed: Any) -> Membership:
    given = {"name_fa": "نوآمده", "name_en": "Newcomer", "role": "staff", "agency": w.power}
    return people.invite(
        email=email, **(given | {"by": w.agency_administrator, "at": w.at} | changed)
    )


def again(user: User) -> User:
    """As the next request loads them."""
    return User.objects.get(pk=user.pk)


# --- Deputies -----------------------------------------------------------------------------------


def test_a_deputy_signs_within_the_period_and_not_a_second_after_and_the_record_says_so() -> None:
    w = build("answered")
    until = w.at + 2 * DAY
    delegate(w, valid_from=w.at + DAY, valid_until=until)
    deputy = again(w.staff)

    for at in (w.at + DAY - SECOND, until):
        with pytest.raises(Refused, match="a deputy by delegation"):
            signing.move(w.submission, "submit", by=deputy, at=at)
    signed = signing.move(w.submission, "submit", by=deputy, at=until - SECOND)

    assert signed.state == "submitted"
    assert Entry.objects.get(act="submit").actor_role == "deputy"
    delegated = Entry.objects.get(act="delegate")
    assert (delegated.actor_role, delegated.params["letter"]) == ("principal", "12/345")


def test_what_a_deputy_does_by_a_role_of_their_own_is_recorded_under_that_role() -> None:
    w = build("answered")
    delegate(w)
    made = deputise(w)  # who is nothing but a deputy
    answer = w.submission.answers.select_related("measure", "submission").get(measure__code="G1-1")

    for person in (again(w.staff), w.deputy):
        signing.move(w.submission, "submit", by=person, at=w.at)
        signing.move(w.submission, "withdraw", by=w.head, at=w.at)
        answers_actions.save_answer(answer, value=7, note="", by=person, at=w.at)

    assert made.in_force(w.at)
    assert {e.actor_role for e in Entry.objects.filter(act="submit")} == {"deputy"}
    assert {e.actor_role for e in Entry.objects.filter(act="withdraw")} == {"head"}
    assert not again(w.staff).without(Role.DEPUTY).holds(Role.DEPUTY, at=w.at)


def test_only_the_head_delegates_and_a_deputy_does_not(w: World) -> None:
    deputise(w)

    for name in ("staff", "deputy", "agency_administrator", "administrator", "other_head"):
        with pytest.raises(Refused):
            delegate(w, by=w.people[name], user=w.headquarters)


@pytest.mark.parametrize("user", ["other_staff", "stranger", "head", "representative"])
def test_a_deputy_is_one_of_the_agencys_own_people(w: World, user: str) -> None:
    with pytest.raises(Refused, match="among the other people"):
        delegate(w, user=w.people[user])


def test_a_delegation_lies_ahead_has_a_letter_and_does_not_outlast_the_head(w: World) -> None:
    with pytest.raises(Refused, match="lies ahead"):
        delegate(w, valid_until=w.at)
    with pytest.raises(Refused, match="has a letter"):
        delegate(w, letter="")
    Membership.objects.filter(user=w.head).update(valid_until=w.at + 5 * DAY)
    w.people["head"] = again(w.head)
    with pytest.raises(Refused, match="outlast"):
        delegate(w)

    made = delegate(w, valid_from=w.at - DAY, valid_until=w.at + 5 * DAY)

    assert made.valid_from == w.at


def test_the_table_holds_no_deputy_without_head_and_end_and_nobody_else_with_one(w: World) -> None:
    plain = {"agency": w.power, "valid_from": EPOCH}
    for wrong in (
        {"user": w.staff, "role": "deputy", "delegated_by": w.head},
        {"user": w.staff, "role": "deputy", "valid_until": EPOCH + DAY},
        {"user": w.head, "role": "deputy", "valid_until": EPOCH + DAY, "delegated_by": w.head},
        {"user": w.staff, "role": "staff", "delegated_by": w.head},
    ):
        with (
            pytest.raises(IntegrityError, match="a_deputy_has_a_head_and_an_end"),
            transaction.atomic(),
        ):
            Membership.objects.create(**plain, **wrong)


def test_a_head_ends_own_delegations_and_those_of_nobody_else(w: World) -> None:
    second = make_user("second_head", Role.HEAD, agency=w.power)
    made = delegate(w)

    with pytest.raises(Refused):
        people.end_role(made, by=second, at=w.at + DAY)
    people.end_role(made, by=w.head, at=w.at + DAY)

    assert w.fresh(made).valid_until == w.at + DAY


def test_a_head_who_is_relieved_takes_the_delegations_along(w: World) -> None:
    current, coming = delegate(w), delegate(w, user=w.headquarters, valid_from=w.at + 5 * DAY)
    role = w.head.membership_set.get()

    people.end_role(role, by=w.administrator, at=w.at + DAY)

    assert w.fresh(current).valid_until == w.at + DAY
    assert not Membership.objects.filter(pk=coming.pk).exists()
    assert Entry.objects.filter(act="end_role").count() == 3


def test_a_head_delegates_by_the_page_with_the_password_and_sees_the_letter(
    w: World, as_: Any
) -> None:
    client, typed = (
        as_(w.head, w.at),
        {"user": w.staff.pk, "valid_until": "2020-02-20", "letter": "۱۲/۳۴۵"},
    )

    unsigned = client.post("/en/cycles/delegation/", typed)
    client.post("/en/cycles/delegation/", typed | {"password": PASSWORD})

    assert set(unsigned.context["form"].errors) == {"password"}
    assert Membership.objects.get(role=Role.DEPUTY).user == w.staff
    assert "12/345" in client.get("/en/cycles/delegation/").content.decode()
    assert (
        "/en/cycles/delegation/" in client.get(f"/en/cycles/people/{w.head.pk}/").content.decode()
    )


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


def test_an_agency_administrator_makes_no_head_no_deputy_no_officer_and_nobody_elsewhere(
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


def test_a_head_and_an_administrator_see_the_agencys_people_past_ones_too_and_no_interests(
    w: World, as_: Any
) -> None:
    people.end_role(w.staff.membership_set.get(), by=w.administrator, at=w.at)
    at = w.at + DAY

    for name in ("head", "agency_administrator"):
        seen = set(people_visible_to(again(w.people[name]), at))
        assert seen == {w.head, w.staff, w.headquarters, w.agency_administrator, w.representative}
    assert set(people_visible_to(again(w.headquarters), at)) == {w.headquarters}
    page = as_(w.agency_administrator, at).get(f"/en/cycles/people/{w.staff.pk}/").content.decode()
    assert "Second factor" in page
    assert "Declared interests" not in page


# --- Invitations --------------------------------------------------------------------------------


def link_in(message: Any) -> str:
    return re.search(r"https?://[^/\s]+(/\S+/password/reset/key/\S+)", message.body)[1]


def test_an_invitation_makes_an_account_whose_owner_chooses_the_password_by_a_link_that_stands_nowhere_else(
    w: World, client: Client
) -> None:
    made = invite(w, "New@Example.org")

    delivery.tell(at=w.at)

    [message] = mail.outbox
    link = link_in(message)
    key = link.rstrip("/").rpartition("/")[2].partition("-")[2]
    assert message.to == ["New@Example.org"]
    assert "۷ روز" in message.body
    assert not made.user.has_usable_password()
    rows = [str(list(model.objects.values())) for model in (Entry, Delivery, User)]
    assert key not in "".join(rows)
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert again(made.user).check_password(PASSWORD)
    assert "password1" not in client.get(link, follow=True).content.decode()  # it works once


def test_a_lapsed_link_opens_nothing_and_invite_again_sends_a_new_one(
    w: World, client: Client, settings: Any
) -> None:
    made = invite(w)
    delivery.tell(at=w.at)
    settings.PASSWORD_RESET_TIMEOUT = -1
    old = client.get(link_in(mail.outbox[0]), follow=True)

    settings.PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
    people.invite_again(made, by=w.agency_administrator, at=w.at + DAY)
    delivery.tell(at=w.at + DAY)

    assert old.context["token_fail"]
    assert "password1" in client.get(link_in(mail.outbox[1]), follow=True).content.decode()


def test_who_has_a_password_is_not_invited_again(w: World) -> None:
    with pytest.raises(Refused, match="chosen a password already"):
        people.invite_again(w.staff.membership_set.get(), by=w.agency_administrator, at=w.at)


def test_an_address_that_has_an_account_gets_the_role_and_the_answer_is_the_same(
    w: World, as_: Any
) -> None:
    client, answers = as_(w.agency_administrator, w.at), []
    before = again(w.stranger)
    for email in ("STRANGER@example.org", "nobody@example.org"):
        typed = {
            "email": email,
            "name_fa": "دیگری",
            "role": "staff",
            "agency": w.power.pk,
            "password": PASSWORD,
        }
        answer = client.post("/en/cycles/people/invite/", typed)
        answers.append((answer.status_code, answer["Location"]))

    assert answers[0] == answers[1]
    after = again(w.stranger)
    assert after.holds(Role.STAFF, at=w.at)
    assert (after.name_fa, after.password) == (before.name_fa, before.password)
    delivery.tell(at=w.at)
    assert not any(
        "/password/reset/key/" in m.body for m in mail.outbox if m.to == ["stranger@example.org"]
    )


def test_what_somebody_holds_elsewhere_is_not_told_by_a_refusal(w: World) -> None:
    for email in (w.assessor.email, "nobody@example.org"):
        with pytest.raises(Refused, match="is for an administrator"):
            invite(w, email, role="assessor", agency=None, by=w.provincial_administrator)
    assert not User.objects.filter(email="nobody@example.org").exists()


def test_an_agency_administrator_is_offered_the_house_and_an_administrator_every_role_but_the_deputys(
    w: World, as_: Any
) -> None:
    house = as_(w.agency_administrator, w.at).get("/en/cycles/people/invite/").context["form"]
    whole = as_(w.administrator, w.at).get("/en/cycles/people/invite/").context["form"]

    assert [role for role, _label in house.fields["role"].choices] == [
        "staff",
        "headquarters",
        "agency_administrator",
    ]
    assert "province" not in house.fields
    assert {role for role, _label in whole.fields["role"].choices} == set(Role.values) - {"deputy"}


@pytest.mark.django_db(transaction=True)
def test_two_invitations_of_one_address_at_once_make_one_person() -> None:
    world = build("people")
    world.at = EPOCH + 30 * DAY
    for trial in range(10):
        start, outcomes = threading.Barrier(2), []

        def send(role, trial=trial, start=start, outcomes=outcomes):
            try:
                start.wait()
                outcomes.append(invite(world, f"twice{trial}@example.org", role=role).user_id)
            finally:
                connection.close()

        threads = [threading.Thread(target=send, args=[role]) for role in ("staff", "headquarters")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        [person] = User.objects.filter(email=f"twice{trial}@example.org")
        assert outcomes == [person.pk, person.pk]
        assert person.membership_set.count() == 2


# --- Leavers ------------------------------------------------------------------------------------


def test_a_leaver_is_out_everywhere_at_once_and_what_was_done_stays(w: World, as_: Any) -> None:
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

    page = as_(w.agency_administrator, w.at + DAY)
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
    w: World, as_: Any
) -> None:
    Authenticator.objects.create(user=w.head, type="totp", data={})
    Authenticator.objects.create(user=w.head, type="recovery_codes", data={})

    with pytest.raises(Refused, match="Say why"):
        accounts.reset_second_factor(w.head, by=w.administrator, at=w.at, note="")
    with pytest.raises(Refused, match="in whose scope"):
        accounts.reset_second_factor(w.head, by=w.provincial_administrator, at=w.at, note="lost")
    as_(w.administrator, w.at).post(
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
