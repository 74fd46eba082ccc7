"""Acts on roles for the whole country: one administrator proposes, another confirms."""

from datetime import datetime
from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Membership, Province, User
from agencies.roles import Role, is_national
from cycles.administration_workflow import NOMINATIONS
from cycles.engine.perform import perform
from cycles.models import Nomination
from cycles.people import actions
from cycles.people.actions import RoleTerms
from cycles.workflow import Refused


def needs_second(
    role: str, *, by: User, at: datetime, agency: Agency | None, province: Province | None
) -> bool:
    """Say whether a role is to be proposed: any for the country, but a second administrator where
    there is only one.
    """
    if not is_national(role, agency=agency, province=province):
        return False
    return role != Role.ADMINISTRATOR or not actions.is_only_administrator(by, at)


def has_second(administrator: User, at: datetime, *, nominee: User) -> bool:
    """Say whether there is another national administrator who could confirm what this one proposes
    for somebody.
    """
    others = Membership.objects.national_administrators(at).exclude(
        user__in=(administrator, nominee)
    )
    return others.filter(user__is_active=True).exists()


@transaction.atomic
def propose(
    *, user: User, role: str, by: User, at: datetime, **terms: Unpack[RoleTerms]
) -> Nomination:
    """Propose somebody for a role of the whole country; the other national
    administrators are told.
    """
    return _propose("grant_role", user, role, by=by, at=at, terms=terms)


@transaction.atomic
def propose_invitation(
    *,
    email: str,
    name_fa: str,
    name_en: str,
    role: str,
    by: User,
    at: datetime,
    national_id: str = "",
    **terms: Unpack[RoleTerms],
) -> Nomination:
    """Propose whoever has this address; an account is made now, and its owner is written to when it
    is confirmed.
    """
    user = actions.invited_person(email, name_fa, name_en, national_id)
    return _propose("invite", user, role, by=by, at=at, terms=terms)


def _propose(
    act: str, user: User, role: str, *, by: User, at: datetime, terms: RoleTerms
) -> Nomination:
    role_held = actions.planned_role(act, user, role, by=by, at=at, **terms)
    if not is_national(role, agency=role_held.agency, province=role_held.province):
        raise Refused(_("Only a role for the whole country needs a second administrator."))
    if not has_second(by, at, nominee=user):
        raise Refused(
            _(
                "There is no second national administrator who could confirm: appoint one first. "
                "An administrator who is the only one left, because the roles of all others "
                "have ended, "
                "appoints the second alone."
            )
        )
    nomination = Nomination(
        user=user,
        role=role,
        constituency=role_held.constituency,
        sector=role_held.sector,
        is_chair=role_held.is_chair,
        is_outsider=role_held.is_outsider,
        valid_from=terms.get("valid_from"),
        valid_until=terms.get("valid_until"),
        is_invitation=act == "invite",
        proposed_by=by,
        proposed_at=at,
    )
    same = {
        "user": user,
        "role": role,
        "constituency": nomination.constituency,
        "sector": nomination.sector,
    }
    if Nomination.objects.waiting().filter(**same).exists():
        raise Refused(_("This role waits for a second administrator already."))

    nomination.save()
    perform(NOMINATIONS, [nomination], "propose", by=by, at=at, user=user.username, role=role)
    return nomination


@transaction.atomic
def decide(
    nomination: Nomination, name: str, *, by: User, at: datetime, note: str = ""
) -> Nomination:
    """Confirm, decline or withdraw a proposal; confirmed it becomes a role, from now or from the
    day it names.
    """
    if name == "decline" and not note:
        raise Refused(_("Say why the role is declined."))
    [nomination] = perform(
        NOMINATIONS, [nomination], name, by=by, at=at, note=note, decided_by=by.pk
    )
    if name == "confirm":
        _appoint(nomination, by=by, at=at)
    return nomination


def _appoint(nomination: Nomination, *, by: User, at: datetime) -> None:
    """Give the role that was proposed, by the second administrator's hand."""
    if not nomination.user.is_active:
        raise Refused(_("This account is closed."))
    act = "invite" if nomination.is_invitation else "grant_role"
    role = actions.planned_role(
        act,
        nomination.user,
        nomination.role,
        by=by,
        at=at,
        constituency=nomination.constituency,
        sector=nomination.sector,
        is_chair=nomination.is_chair,
        is_outsider=nomination.is_outsider,
        valid_from=max(nomination.valid_from or at, at),
        valid_until=nomination.valid_until,
    )
    actions.appoint(act, role, by=by, at=at, proposed_by=nomination.proposed_by_id)
