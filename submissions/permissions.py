"""Who may answer, mark, moderate, verify and give figures."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.models import User
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


def _is_staff_or_clock(user: User | None, obj: Any, at: datetime) -> bool:
    return user is None or is_staff(user, obj, at)


is_staff_or_clock = Who("staff", _("staff of the agency"), _is_staff_or_clock)


@who(_("the headquarters of the unit"))
def is_superior(user: User, obj: Any, at: datetime) -> bool:
    above = obj.agency.parent_id if obj.agency is not None else None
    return above is not None and bool(
        {m.agency_id for m in user.memberships(at, *SUPERIOR_ROLES)} & {above}
    )


@who(_("staff of the agency, or its headquarters"))
def is_staff_or_superior(user: User, obj: Any, at: datetime) -> bool:
    return is_staff(user, obj, at) or is_superior(user, obj, at)


@who(_("an assessor in scope, without interest in the agency"))
def is_assessor(user: User, obj: Any, at: datetime) -> bool:
    return is_impartial(user, obj, at, Role.ASSESSOR)


@who(_("the assessor whose training it is"))
def is_trainee(user: User, obj: Any, at: datetime) -> bool:
    return obj.assessor_id == user.pk and bool(user.memberships(at, Role.ASSESSOR))


def _is_assessor_or_clock(user: User | None, obj: Any, at: datetime) -> bool:
    return user is None or is_assessor(user, obj, at)


is_assessor_or_clock = Who(
    "assessor", _("an assessor in scope, without interest in the agency"), _is_assessor_or_clock
)


@who(_("one of the two assessors who marked the line"))
def is_reader(user: User, obj: Any, at: datetime) -> bool:
    return user.pk in obj.readers and is_assessor(user, obj, at)


@who(_("the other of the two assessors who marked the line"))
def is_other_reader(user: User, obj: Any, at: datetime) -> bool:
    return user.pk != obj.proposed_by_id and is_reader(user, obj, at)


@who(_("an administrator in scope, without interest in the agency, who did not mark the line"))
def is_moderator(user: User, obj: Any, at: datetime) -> bool:
    return user.pk not in obj.readers and is_impartial(user, obj, at, Role.ADMINISTRATOR)


@who(
    _(
        "the assessor to whom these lines are assigned, after declaring all interests and passing "
        "the training"
    )
)
def is_assigned(user: User, obj: Any, at: datetime) -> bool:
    return obj.assessor_id == user.pk and user.is_cleared(obj.cycle) and is_assessor(user, obj, at)


@who(
    _(
        "the assessor who verifies the line, after declaring all interests and the training; "
        "never one who marks it"
    )
)
def is_verifier(user: User, obj: Any, at: datetime) -> bool:
    return is_assigned(user, obj, at) and not obj.is_marked_by(user)


@who(_("a national administrator, never about one's own marks"))
def is_closer(user: User, obj: Any, at: datetime) -> bool:
    return obj.assessor_id != user.pk and is_national_administrator(user, obj, at)


@who(_("whoever keeps the set of the measure: an administrator of all whom it is for"))
def is_set_keeper(user: User, obj: Any, at: datetime) -> bool:
    return (
        administers_set(user, obj, at) if obj.agency_id is None else is_administrator(user, obj, at)
    )


def may_be_steward(user: User, obj: Any, at: datetime) -> bool:
    """Whether a person's stewardship reaches all whom the measure is for: the country, a province
    or one agency.
    """
    held = user.memberships(at, Role.STEWARD) if user.is_active else ()
    return any(
        in_scope(m, obj.agency) or (obj.province_id and m.province_id == obj.province_id)
        for m in held
    )


@who(_("the steward of the measure, after declaring all interests"))
def is_steward(user: User, obj: Any, at: datetime) -> bool:
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
def is_supplier(user: User, obj: Any, at: datetime) -> bool:
    """Let them work on the measure; `is_figure_giver` decides for each agency."""
    return is_steward(user, obj, at) or bool(user.memberships(at, Role.ADMINISTRATOR))


@who(
    _(
        "the steward of the measure, or, where the steward has an interest in the agency, an "
        "administrator without one"
    )
)
def is_figure_giver(user: User, obj: Any, at: datetime) -> bool:
    """Of one agency's figure (`agency`, `steward`); that of the authority
    itself is for outsiders.
    """
    if is_impartial(obj.steward, obj, at, Role.STEWARD):
        return bool(user.pk == obj.steward.pk)
    return user.pk != obj.steward.pk and is_impartial(user, obj, at, Role.ADMINISTRATOR)


@who(_("an appeal reviewer in scope, without interest in the agency"))
def is_impartial_reviewer(user: User, obj: Any, at: datetime) -> bool:
    return is_impartial(user, obj, at, Role.REVIEWER)
