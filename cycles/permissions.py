"""Who may keep the register, people's roles and the official record."""

from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from agencies.roles import (
    HOUSE_ROLES,
    SCORERS,
    Actor,
    AgencyMatter,
    Role,
    Who,
    is_administrator,
    is_national_administrator,
    of_agency,
    who,
)


class Addressed(Protocol):
    """A notice, or anything else that is sent to one person."""

    @property
    def recipient_id(self) -> int: ...


class HeldMatter(AgencyMatter, Protocol):
    """A role or an account of a person (`holder_id`), which an act is to change."""

    @property
    def holder_id(self) -> int | None: ...
    @property
    def role(self) -> str: ...
    @property
    def delegated_by_id(self) -> int | None: ...


class Proposal(Protocol):
    """A national role that one administrator proposes for somebody."""

    @property
    def user_id(self) -> int: ...
    @property
    def proposed_by_id(self) -> int: ...


@who(_("whoever marks or decides for the authority"))
def is_officer(user: Actor, obj: object, at: datetime) -> bool:
    return bool(user.memberships(at, *SCORERS))


@who(_("the person to whom it is addressed"))
def is_recipient(user: Actor, obj: Addressed, at: datetime) -> bool:
    return obj.recipient_id == user.pk


@who(_("the head of the agency in person"))
def is_principal(user: Actor, obj: AgencyMatter, at: datetime) -> bool:
    return of_agency(user, obj, at, Role.HEAD)


@who(_("an administrator in whose scope the person's roles are; never for oneself"))
def is_administrator_of_others(user: Actor, obj: HeldMatter, at: datetime) -> bool:
    return obj.holder_id != user.pk and is_administrator(user, obj, at)


@who(
    _(
        "an administrator in whose scope the agency is, or its own administrator for its staff; "
        "never for oneself"
    )
)
def is_appointer(user: Actor, obj: HeldMatter, at: datetime) -> bool:
    """Say whether a user may give the holder a role; a deputy is named by the head alone."""
    if obj.holder_id == user.pk or obj.role == Role.DEPUTY:
        return False
    own_house = obj.role in HOUSE_ROLES and of_agency(user, obj, at, Role.AGENCY_ADMINISTRATOR)
    return own_house or is_administrator(user, obj, at)


@who(_("whoever may grant the role, or the head who delegated"))
def may_end_role(user: Actor, obj: HeldMatter, at: datetime) -> bool:
    if obj.role == Role.DEPUTY and obj.delegated_by_id == user.pk and is_principal(user, obj, at):
        return True
    own_house = obj.role in HOUSE_ROLES and of_agency(user, obj, at, Role.AGENCY_ADMINISTRATOR)
    return own_house or is_administrator(user, obj, at)


@who(
    _(
        "an administrator in whose scope the agency is, or its own administrator save for the "
        "head; never for oneself"
    )
)
def may_remove_leaver(user: Actor, obj: HeldMatter, at: datetime) -> bool:
    """Say whether a user may remove a leaver from an agency; only the authority removes a head."""
    if obj.holder_id == user.pk:
        return False
    own_house = obj.role != Role.HEAD and of_agency(user, obj, at, Role.AGENCY_ADMINISTRATOR)
    return own_house or is_administrator(user, obj, at)


@who(
    _(
        "an administrator in whose scope all the person's roles are, or an agency's own for its "
        "staff; never for oneself"
    )
)
def is_account_keeper(user: Actor, obj: HeldMatter, at: datetime) -> bool:
    """Say whether a user may keep an account, by one of its roles, each asked in turn; without a
    role, by the account itself.
    """
    if obj.holder_id == user.pk:
        return False
    own_house = (not obj.role or obj.role in HOUSE_ROLES) and of_agency(
        user, obj, at, Role.AGENCY_ADMINISTRATOR
    )
    return own_house or is_administrator(user, obj, at)


@who(_("a national administrator, never about oneself or what one proposed"))
def is_second_administrator(user: Actor, obj: Proposal, at: datetime) -> bool:
    return user.pk not in (obj.proposed_by_id, obj.user_id) and is_national_administrator(
        user, obj, at
    )


@who(_("whoever proposed it"))
def is_nominator(user: Actor, obj: Proposal, at: datetime) -> bool:
    return user.pk == obj.proposed_by_id and is_national_administrator(user, obj, at)


@who(_("a national administrator, never for oneself"))
def is_first_administrator(user: Actor, obj: Proposal, at: datetime) -> bool:
    """Say whether a user may propose somebody else for a national role."""
    return user.pk != obj.user_id and is_national_administrator(user, obj, at)


def _is_national_officer_or_clock(user: Actor | None, obj: object, at: datetime) -> bool:
    if user is None:
        return True
    return user.is_active and any(
        m.province_id is None for m in user.memberships(at, Role.ADMINISTRATOR, Role.AUDITOR)
    )


is_national_officer_or_clock = Who(
    "national_officer", _("a national administrator or an auditor"), _is_national_officer_or_clock
)
