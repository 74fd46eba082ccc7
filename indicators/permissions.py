"""Who may propose indicators, deliberate on them and set targets."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.roles import (
    HEADS,
    Constituency,
    Role,
    administers_set,
    in_scope,
    is_head,
    is_national_administrator,
    is_staff,
    of_agency,
    who,
)


@who(
    _(
        "whoever owns the set: the agency's staff, or an administrator where it is for "
        "several agencies"
    )
)
def is_owner(user: Any, obj: Any, at: datetime) -> bool:
    return administers_set(user, obj, at) if obj.agency_id is None else is_staff(user, obj, at)


@who(
    _(
        "whoever answers for the set: the agency's head or deputy, or an administrator where it "
        "is for several agencies"
    )
)
def is_proposer(user: Any, obj: Any, at: datetime) -> bool:
    return administers_set(user, obj, at) if obj.agency_id is None else is_head(user, obj, at)


@who(
    _(
        "whoever sets targets of single agencies: the headquarters for its units, else an "
        "administrator"
    )
)
def is_target_setter(user: Any, obj: Any, at: datetime) -> bool:
    if obj.agency_id is None:
        return administers_set(user, obj, at)
    return of_agency(user, obj, at, Role.HEADQUARTERS, Role.STAFF, *HEADS)


@who(
    _("a member of the working group who did not propose the set and has no interest in the agency")
)
def is_member(user: Any, obj: Any, at: datetime) -> bool:
    return bool(seats(user, obj, at))


@who(_("the chair of the working group"))
def is_chair(user: Any, obj: Any, at: datetime) -> bool:
    return any(m.is_chair for m in seats(user, obj, at))


@who(_("the working group, and whoever owns the set"))
def is_deliberating(user: Any, obj: Any, at: datetime) -> bool:
    return is_member(user, obj, at) or is_owner(user, obj, at)


@who(_("the chair of this working group"))
def is_presiding(user: Any, obj: Any, at: datetime) -> bool:
    return any(
        m.is_chair and m.sector in ("", obj.sector) for m in user.memberships(at, Role.MEMBER)
    )


@who(_("the chair of this working group, or a national administrator"))
def is_convenor(user: Any, obj: Any, at: datetime) -> bool:
    return is_presiding(user, obj, at) or is_national_administrator(user, obj, at)


def seats(user: Any, obj: Any, at: datetime) -> list[Any]:
    """Find the memberships by which a user sits in the working group on a set.

    An agency's representative sits on that agency's set only; everybody else only without an
    interest in it, and where the membership names a sector, on that sector's sets; who proposed
    never votes.
    """
    if obj.proposed_by_id == user.pk:
        return []
    found = []
    for membership in user.memberships(at, Role.MEMBER):
        if membership.constituency == Constituency.AGENCY:
            if membership.agency_id == obj.agency_id:
                found.append(membership)
        elif (
            membership.sector in ("", obj.sector)
            and (
                in_scope(membership, obj.agency)
                or (obj.province_id and membership.province_id == obj.province_id)
            )
            and not (obj.agency_id and user.is_conflicted(obj.agency_id))
        ):
            found.append(membership)
    return found
