"""A head leaves the signature to a deputy, under a letter and for a time."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Membership
from agencies.roles import Role
from cycles.models import Entry
from cycles.people import actions as people
from cycles.workflow import Refused
from submissions.answers import actions as answers_actions
from submissions.signing import actions as signing
from tests.cycles.people.memberships import DAY, SECOND, again, delegate
from tests.factories import EPOCH, PASSWORD, World, build, deputise, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


# --- Deputies -----------------------------------------------------------------------------------


def test_a_deputy_signs_within_the_period_on_record_and_not_a_second_after() -> None:
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
    w: World, visit: Any
) -> None:
    client, typed = (
        visit(w.head, w.at),
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
