"""An invitation makes an account, whose owner chooses the password."""

import re
import threading
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from agencies.models import User
from agencies.roles import Role
from cycles.models import Delivery, Entry
from cycles.notices import delivery
from cycles.people import actions as people
from cycles.workflow import Refused
from tests.cycles.people.memberships import DAY, again, invite
from tests.factories import EPOCH, PASSWORD, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


# --- Invitations --------------------------------------------------------------------------------


def link_in(message: Any) -> str:
    return re.search(r"https?://[^/\s]+(/\S+/password/reset/key/\S+)", message.body)[1]


def test_who_is_invited_chooses_the_password_by_a_link_that_stands_nowhere_else(
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
    w: World, visit: Any
) -> None:
    client, answers = visit(w.agency_administrator, w.at), []
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


def test_agencies_are_offered_the_roles_of_the_house_the_authority_all_but_deputy(
    w: World, visit: Any
) -> None:
    house = visit(w.agency_administrator, w.at).get("/en/cycles/people/invite/").context["form"]
    whole = visit(w.administrator, w.at).get("/en/cycles/people/invite/").context["form"]

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
