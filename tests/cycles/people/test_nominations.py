"""Roles for the whole country: proposed by one national administrator, confirmed by another."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation

from agencies.models import Membership, User
from agencies.roles import Role
from config.home.waiting_tasks import Desk
from cycles.models import Delivery, Entry, Nomination
from cycles.notices import delivery
from cycles.people import accounts, nominations
from cycles.people import actions as people
from cycles.workflow import Refused
from tests.factories import EPOCH, PASSWORD, World, build, make_user, second_administrator

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def w(settings: Any) -> World:
    world = build("people")
    world.at = EPOCH + 30 * DAY
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


@pytest.fixture
def second(w: World) -> User:
    return second_administrator(w)


def propose(w: World, role: str = Role.ASSESSOR, **changed: Any) -> Nomination:
    return nominations.propose(
        **({"user": w.stranger, "role": role, "by": w.administrator, "at": w.at} | changed)
    )


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="config.accounts.backends.PasswordBackend")
    return client


@pytest.mark.parametrize("role", ["administrator", "assessor", "steward", "reviewer", "auditor"])
def test_a_national_role_is_not_given_by_one_alone(w: World, second: User, role: str) -> None:
    with pytest.raises(Refused, match="proposed by one administrator and confirmed by another"):
        people.grant_role(user=w.stranger, role=role, by=w.administrator, at=w.at)
    with pytest.raises(Refused, match="proposed by one administrator and confirmed by another"):
        people.invite(
            email="new@example.org", name_fa="ن", name_en="", role=role, by=w.administrator, at=w.at
        )

    assert not Membership.objects.filter(user=w.stranger).exists()
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_members_national_seat_takes_two_and_an_agencys_representative_one(
    w: World, second: User
) -> None:
    with pytest.raises(Refused, match="confirmed by another"):
        people.grant_role(
            user=w.stranger, role="member", constituency="expert", by=w.administrator, at=w.at
        )

    representative = people.grant_role(
        user=w.stranger,
        role="member",
        constituency="agency",
        agency=w.health,
        by=w.administrator,
        at=w.at,
    )

    assert representative.in_force(w.at)


def test_a_role_of_a_province_or_an_agency_is_given_by_one(w: World, second: User) -> None:
    for given in (
        {"role": "assessor", "province": w.province},
        {"role": "head", "agency": w.health},
    ):
        assert people.grant_role(user=w.stranger, by=w.administrator, at=w.at, **given).in_force(
            w.at
        )


def test_the_second_administrator_makes_it_a_role_and_the_record_names_both(
    w: World, second: User
) -> None:
    nomination = propose(w, valid_until=w.at + 90 * DAY)

    nomination = nominations.decide(nomination, "confirm", by=second, at=w.at + DAY)

    role = Membership.objects.get(user=w.stranger)
    assert (role.role, role.valid_from, role.valid_until) == (
        "assessor",
        w.at + DAY,
        w.at + 90 * DAY,
    )
    assert (nomination.state, nomination.decided_by) == ("confirmed", second)
    acts = Entry.objects.order_by("pk").values_list("act", "actor_id", "actor_role")
    assert [*acts] == [
        ("propose", w.administrator.pk, "first_administrator"),
        ("confirm", second.pk, "second_administrator"),
        ("grant_role", second.pk, "appointer"),
    ]
    assert Entry.objects.get(act="grant_role").params["proposed_by"] == w.administrator.pk


def test_neither_the_proposer_nor_the_nominee_nor_anybody_else_confirms(
    w: World, second: User
) -> None:
    third = make_user("third_administrator", Role.ADMINISTRATOR)
    nomination = propose(w, user=second)

    for person in (
        w.administrator,
        second,
        w.provincial_administrator,
        w.auditor,
        w.head,
        w.stranger,
    ):
        with pytest.raises(Refused):
            nominations.decide(nomination, "confirm", by=User.objects.get(pk=person.pk), at=w.at)
    nominations.decide(nomination, "confirm", by=third, at=w.at)

    assert second.membership_set.filter(role="assessor").count() == 1


def test_the_table_itself_holds_no_role_that_its_proposer_confirmed(w: World, second: User) -> None:
    facts = {"role": "assessor", "proposed_by": w.administrator, "proposed_at": w.at}
    wrong = {
        "user": w.stranger,
        "state": "confirmed",
        "decided_by": w.administrator,
        "decided_at": w.at,
    }
    with (
        pytest.raises(IntegrityError, match="a_second_administrator_confirms"),
        transaction.atomic(),
    ):
        Nomination.objects.create(**facts, **wrong)
    with pytest.raises(IntegrityError, match="nobody_nominates_themselves"), transaction.atomic():
        Nomination.objects.create(user=w.administrator, **facts)


def test_what_is_declined_or_withdrawn_gives_no_role_and_is_decided_once(
    w: World, second: User
) -> None:
    declined, withdrawn = propose(w), propose(w, "auditor")

    with pytest.raises(Refused, match="Say why"):
        nominations.decide(declined, "decline", by=second, at=w.at)
    nominations.decide(declined, "decline", by=second, at=w.at, note="unknown to us")
    with pytest.raises(Refused):
        nominations.decide(withdrawn, "withdraw", by=second, at=w.at)
    nominations.decide(withdrawn, "withdraw", by=w.administrator, at=w.at)
    for nomination in (declined, withdrawn):
        with pytest.raises(Refused, match="not possible"):
            nominations.decide(nomination, "confirm", by=second, at=w.at)

    assert not Membership.objects.filter(user=w.stranger).exists()


def test_an_only_administrator_appoints_a_second_alone_on_record_and_nobody_else(w: World) -> None:
    for act in (people.grant_role, nominations.propose):
        with pytest.raises(Refused):
            act(user=w.stranger, role="auditor", by=w.administrator, at=w.at)

    people.grant_role(user=w.stranger, role="administrator", by=w.administrator, at=w.at)

    assert Entry.objects.get(act="grant_role").params["alone"] is True
    with pytest.raises(Refused, match="confirmed by another"):
        people.grant_role(user=w.staff, role="administrator", by=w.administrator, at=w.at)


def test_a_closed_administrator_is_no_second_one(w: World, second: User) -> None:
    accounts.close_account(second, by=w.administrator, at=w.at, note="on leave")

    for role in ("assessor", "administrator"):
        with pytest.raises(Refused, match="no second national administrator"):
            propose(w, role)
        with pytest.raises(Refused, match="confirmed by another"):
            people.grant_role(user=w.stranger, role=role, by=w.administrator, at=w.at)
    people.end_role(second.membership_set.get(), by=w.administrator, at=w.at)
    people.grant_role(user=w.stranger, role="administrator", by=w.administrator, at=w.at)
    assert w.fresh(w.stranger).holds(Role.ADMINISTRATOR, at=w.at)


def test_the_same_role_waits_once(w: World, second: User) -> None:
    propose(w)

    with pytest.raises(Refused, match="waits for a second administrator already"):
        propose(w, by=second)


def test_the_others_are_told_and_find_it_on_their_desk(w: World, second: User) -> None:
    nomination = propose(w)

    told = Delivery.objects.filter(entry__act="propose", channel="inbox").values_list(
        "recipient", flat=True
    )
    assert set(told) == {second.pk}
    waits = "national role waits for a second administrator"
    desks = {
        person: [t.title for t in Desk(person, w.at).tasks()]
        for person in (w.administrator, second)
    }
    assert any(waits in title for title in desks[second])
    assert not any(waits in title for title in desks[w.administrator])

    nominations.decide(nomination, "confirm", by=second, at=w.at)
    told = Delivery.objects.filter(entry__act="confirm", channel="inbox").values_list(
        "recipient", flat=True
    )
    assert set(told) == {w.administrator.pk, w.auditor.pk}


def test_who_is_invited_to_a_national_role_is_written_to_when_it_is_confirmed(
    w: World, second: User
) -> None:
    given = {"email": "new@example.org", "name_fa": "نو", "name_en": "", "role": "reviewer"}
    nomination = nominations.propose_invitation(**given, by=w.administrator, at=w.at)
    delivery.tell(at=w.at)
    before = [m for m in mail.outbox if m.to == ["new@example.org"]]

    nominations.decide(nomination, "confirm", by=second, at=w.at)
    delivery.tell(at=w.at)

    [message] = [m for m in mail.outbox if m.to == ["new@example.org"]]
    assert before == []
    assert "/password/reset/key/" in message.body


def test_by_the_pages_one_proposes_and_the_other_confirms_each_with_the_password(
    w: World, second: User
) -> None:
    first, other = client_of(w.administrator), client_of(second)
    url = f"/en/cycles/people/{w.stranger.pk}/grant/"

    unsigned = first.post(url, {"role": "assessor"})
    wrong = first.post(url, {"role": "assessor", "password": "guess"})
    assert set(unsigned.context["form"].errors) == set(wrong.context["form"].errors) == {"password"}
    first.post(url, {"role": "assessor", "password": PASSWORD})
    nomination = Nomination.objects.get()

    page = other.get("/en/cycles/nominations/").content.decode()
    confirm = f"/en/cycles/nominations/{nomination.pk}/confirm/"
    assert confirm in page
    assert confirm not in first.get("/en/cycles/nominations/").content.decode()
    other.post(confirm, {"note": ""})
    assert not Membership.objects.filter(user=w.stranger).exists()
    other.post(confirm, {"note": "", "password": PASSWORD})
    assert Membership.objects.get(user=w.stranger).role == "assessor"
