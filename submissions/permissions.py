"""Who may answer, mark, moderate, verify and give figures."""

from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.roles import (
    SUPERIOR_ROLES,
    Role,
    Who,
    administers_set,
    in_scope,
    is_administrator,
    is_impartial,
    is_national_administrator,
    is_staff,
    who,
)
from cycles.models import Cycle


class AgencyRow(Protocol):
    """Type a row that concerns an agency, or with None the whole country."""

    @property
    def agency_id(self) -> int | None: ...

    @property
    def agency(self) -> Agency | None: ...


class CycleRow(AgencyRow, Protocol):
    @property
    def cycle(self) -> Cycle: ...


class SetRow(AgencyRow, Protocol):
    """Type a row of an indicator set: the country's, a province's or one agency's."""

    @property
    def province_id(self) -> int | None: ...


class AssignedRow(CycleRow, Protocol):
    """Type work that is on one assessor's desk."""

    @property
    def assessor_id(self) -> int | None: ...


class VerifiedRow(AssignedRow, Protocol):
    def is_marked_by(self, user: User) -> bool: ...


class DoublyMarkedRow(AgencyRow, Protocol):
    """Type a line that two assessors marked (`readers`)."""

    @property
    def readers(self) -> frozenset[int]: ...

    @property
    def proposed_by_id(self) -> int | None: ...


class StewardedRow(SetRow, Protocol):
    @property
    def cycle(self) -> Cycle: ...

    @property
    def steward_id(self) -> int: ...


class FigureRow(AgencyRow, Protocol):
    """Type one agency's figure, in the hands of a steward."""

    @property
    def steward(self) -> User: ...


def _is_staff_or_clock(user: User | None, obj: AgencyRow, at: datetime) -> bool:
    return user is None or is_staff(user, obj, at)


is_staff_or_clock = Who("staff", _("staff of the agency"), _is_staff_or_clock)


def _is_headquarters(user: User | None, obj: AgencyRow, at: datetime) -> bool:
    if user is None or not user.is_active or obj.agency is None or obj.agency.parent_id is None:
        return False
    mine = {m.agency_id for m in user.memberships(at, *SUPERIOR_ROLES)}
    return obj.agency.parent_id in mine


# the codes are those of the record, which knows the headquarters as "superior"
is_headquarters = Who("superior", _("the headquarters of the unit"), _is_headquarters)


def _is_staff_or_headquarters(user: User | None, obj: AgencyRow, at: datetime) -> bool:
    return is_staff(user, obj, at) or is_headquarters(user, obj, at)


is_staff_or_headquarters = Who(
    "staff_or_superior", _("staff of the agency, or its headquarters"), _is_staff_or_headquarters
)


@who(_("an assessor in scope, without interest in the agency"))
def is_assessor(user: User, obj: AgencyRow, at: datetime) -> bool:
    return is_impartial(user, obj, at, Role.ASSESSOR)


@who(_("the assessor whose training it is"))
def is_trainee(user: User, obj: AssignedRow, at: datetime) -> bool:
    return obj.assessor_id == user.pk and bool(user.memberships(at, Role.ASSESSOR))


def _is_assessor_or_clock(user: User | None, obj: AgencyRow, at: datetime) -> bool:
    return user is None or is_assessor(user, obj, at)


is_assessor_or_clock = Who(
    "assessor", _("an assessor in scope, without interest in the agency"), _is_assessor_or_clock
)


@who(_("one of the two assessors who marked the line"))
def is_reader(user: User, obj: DoublyMarkedRow, at: datetime) -> bool:
    return user.pk in obj.readers and is_assessor(user, obj, at)


@who(_("the other of the two assessors who marked the line"))
def is_other_reader(user: User, obj: DoublyMarkedRow, at: datetime) -> bool:
    return user.pk != obj.proposed_by_id and is_reader(user, obj, at)


@who(_("an administrator in scope, without interest in the agency, who did not mark the line"))
def is_moderator(user: User, obj: DoublyMarkedRow, at: datetime) -> bool:
    return user.pk not in obj.readers and is_impartial(user, obj, at, Role.ADMINISTRATOR)


@who(
    _(
        "the assessor to whom these lines are assigned, after declaring all interests and passing "
        "the training"
    )
)
def is_assigned(user: User, obj: AssignedRow, at: datetime) -> bool:
    return obj.assessor_id == user.pk and user.is_cleared(obj.cycle) and is_assessor(user, obj, at)


@who(
    _(
        "the assessor who verifies the line, after declaring all interests and the training; "
        "never one who marks it"
    )
)
def is_verifier(user: User, obj: VerifiedRow, at: datetime) -> bool:
    return is_assigned(user, obj, at) and not obj.is_marked_by(user)


@who(_("a national administrator, never about one's own marks"))
def is_closer(user: User, obj: AssignedRow, at: datetime) -> bool:
    return obj.assessor_id != user.pk and is_national_administrator(user, obj, at)


@who(_("whoever keeps the set of the measure: an administrator of all whom it is for"))
def is_set_keeper(user: User, obj: SetRow, at: datetime) -> bool:
    return (
        administers_set(user, obj, at) if obj.agency_id is None else is_administrator(user, obj, at)
    )


def may_be_steward(user: User, obj: SetRow, at: datetime) -> bool:
    """Say whether a person's stewardship reaches all whom the measure is for: the country, a
    province or one agency.
    """
    held = user.memberships(at, Role.STEWARD) if user.is_active else ()
    return any(
        in_scope(m, obj.agency) or (obj.province_id and m.province_id == obj.province_id)
        for m in held
    )


@who(_("the steward of the measure, after declaring all interests"))
def is_steward(user: User, obj: StewardedRow, at: datetime) -> bool:
    return (
        obj.steward_id == user.pk
        and user.has_stated_interests(obj.cycle)
        and may_be_steward(user, obj, at)
    )


@who(
    _(
        "the steward of the measure, or an administrator for agencies in which the steward has "
        "an interest"
    )
)
def is_supplier(user: User, obj: StewardedRow, at: datetime) -> bool:
    """Let them work on the measure; `is_figure_giver` decides for each agency."""
    return is_steward(user, obj, at) or bool(user.memberships(at, Role.ADMINISTRATOR))


@who(
    _(
        "the steward of the measure, or, where the steward has an interest in the agency, an "
        "administrator without one"
    )
)
def is_figure_giver(user: User, obj: FigureRow, at: datetime) -> bool:
    """Let one person give an agency's figure (`agency`, `steward`); that of the authority itself is
    for outsiders.
    """
    if is_impartial(obj.steward, obj, at, Role.STEWARD):
        return bool(user.pk == obj.steward.pk)
    return user.pk != obj.steward.pk and is_impartial(user, obj, at, Role.ADMINISTRATOR)


@who(_("an appeal reviewer in scope, without interest in the agency"))
def is_impartial_reviewer(user: User, obj: AgencyRow, at: datetime) -> bool:
    return is_impartial(user, obj, at, Role.REVIEWER)
