"""Delegations and invitations as a head and an administrator give them."""

from datetime import timedelta
from typing import Any

from agencies.models import Membership, User
from cycles.people import actions as people
from cycles.people import delegations
from tests.factories import World

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


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
