"""Acts on the register: agencies, invitations, and the roles that people hold."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from uuid_utils import uuid7

from agencies.locks import locked
from agencies.models import Agency, Membership, Province, User
from agencies.roles import AGENCY_ROLES, Constituency, Role, is_national
from cycles.administration_workflow import ADMINISTRATION
from cycles.engine.perform import AdministrationTarget, administer, perform, why_not_administer
from cycles.people.accounts import sign_out
from cycles.workflow import Refused


@transaction.atomic
def import_agencies(
    write: Callable[[], Sequence[Agency]],
    *,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[Agency]:
    """Let a checked spreadsheet be written, all of it or nothing, and record each agency that it
    adds or changes.

    `write` comes from `register/agency_sheets.py`, which reads spreadsheets and stands above; it
    answers with what it wrote. `left_out` is how many rows of the file were wrong and knowingly not
    taken.
    """
    if why := why_not_administer("import_agencies", by=by, at=at):
        raise Refused(why)
    written = list(write())
    if not written:
        raise Refused(_("Nothing in the file differs from the register."))
    subjects = [AdministrationTarget(agency, agency) for agency in written]
    params: dict[str, Any] = {"file": file_name, "sha256": sha256}
    if left_out:
        params["left_out"] = left_out
    perform(ADMINISTRATION, subjects, "import_agencies", by=by, at=at, **params)
    return written


class RoleTerms(TypedDict, total=False):
    """What a role says beside its holder and its name: where it is held, and from when until when;
    of a member the side and the sector of the working group.
    """

    agency: Agency | None
    province: Province | None
    constituency: str
    sector: str
    is_chair: bool
    is_outsider: bool
    valid_from: datetime | None
    valid_until: datetime | None


# --- Roles --------------------------------------------------------------------------------------


@transaction.atomic
def grant_role(
    *, user: User, role: str, by: User, at: datetime, **terms: Unpack[RoleTerms]
) -> Membership:
    """Give a user a role; agency roles name an agency, the others the country or one province.

    One for the whole country is given by two administrators: see `nominations`.
    """
    return _give("grant_role", user, role, by=by, at=at, **terms)


@transaction.atomic
def invite(
    *,
    email: str,
    name_fa: str,
    name_en: str,
    role: str,
    by: User,
    at: datetime,
    national_id: str = "",
    **terms: Unpack[RoleTerms],
) -> Membership:
    """Give whoever has this address a role, with an account without a password where there is none
    yet.

    The notice that goes there holds the link by which the person chooses one; whether there was an
    account already is told to nobody. The national ID is noted of a new account alone.
    """
    return _give(
        "invite", invited_person(email, name_fa, name_en, national_id), role, by=by, at=at, **terms
    )


@transaction.atomic
def invite_again(membership: Membership, *, by: User, at: datetime) -> Membership:
    """Send an invitation with a new link to somebody who has not chosen a password yet."""
    membership = _lock(membership)
    if membership.valid_until is not None and membership.valid_until <= at:
        raise Refused(_("This role is not in force."))
    if membership.user.has_usable_password():
        raise Refused(
            _(
                "This person has chosen a password already. A forgotten one is reset on the "
                "sign-in page."
            )
        )
    administer("invite_again", membership, by=by, at=at, agency=membership.reach)
    return membership


def invited_person(email: str, name_fa: str, name_en: str, national_id: str = "") -> User:
    """Find whoever has this address, or make the account; of two who ask at once, both get the same
    person.
    """
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        if national_id and User.objects.filter(national_id=national_id).exists():
            raise Refused(_("This national ID belongs to another account."))
        taken = User.objects.filter(username__iexact=email).exists()
        person = User(
            username=uuid7().hex if taken else email.lower(),
            email=email,
            name_fa=name_fa,
            name_en=name_en,
        )
        person.national_id = national_id or None
        person.set_unusable_password()
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError:
            return User.objects.get(email__iexact=email)
        found = person
    return found


def _give(
    act: str, user: User, role: str, *, by: User, at: datetime, **terms: Unpack[RoleTerms]
) -> Membership:
    """Give a role by one of the acts that give roles; never one that takes a second
    administrator.
    """
    membership = planned_role(act, user, role, by=by, at=at, **terms)
    national = is_national(role, agency=membership.agency, province=membership.province)
    alone = national and role == Role.ADMINISTRATOR and is_only_administrator(by, at)
    if national and not alone:
        raise Refused(
            _(
                "A role for the whole country is proposed by one administrator and confirmed "
                "by another."
            )
        )
    return appoint(act, membership, by=by, at=at, **({"alone": True} if alone else {}))


def is_only_administrator(administrator: User, at: datetime) -> bool:
    """Say whether nobody else administers the country; whose account is closed counts until the
    role is ended, too.
    """
    return not Membership.objects.national_administrators(at).exclude(user=administrator).exists()


def appoint(
    act: str, membership: Membership, *, by: User, at: datetime, **params: Any
) -> Membership:
    """Write a planned role and record it."""
    membership.save()
    reach, user = membership.reach, membership.user
    administer(
        act,
        membership,
        by=by,
        at=at,
        agency=reach,
        user=user.username,
        role=membership.role,
        **params,
    )
    return membership


def _why_not_whole(role: str, agency: Agency | None, *, constituency: str, sector: str) -> str:
    """Say what a role lacks, or has too much of, "" when it is whole."""
    needs_agency = role in AGENCY_ROLES or constituency == Constituency.AGENCY
    if role == Role.DEPUTY:
        return _("A deputy is named by the head, by delegation.")
    if needs_agency and agency is None:
        return _("This role is held in an agency.")
    if agency is not None and not needs_agency:
        return _("This role names no agency.")
    if (role == Role.MEMBER) != bool(constituency):
        return _("A working-group member, and nobody else, belongs to a constituency.")
    if sector and role != Role.MEMBER:
        return _("Only working-group members belong to a sector.")
    if agency is not None and not agency.is_active:
        return _("%(agency)s has ended: nobody has a role in it.") % {"agency": agency}
    return ""


def planned_role(
    act: str,
    user: User,
    role: str,
    *,
    by: User,
    at: datetime,
    agency: Agency | None = None,
    province: Province | None = None,
    constituency: str = "",
    sector: str = "",
    is_chair: bool = False,
    is_outsider: bool = False,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Membership:
    """Make a role, not yet written, that is whole, within the giver's reach and not held
    already.
    """
    if why := _why_not_whole(role, agency, constituency=constituency, sector=sector):
        raise Refused(why)
    if valid_until is not None and valid_until <= (valid_from or at):
        raise Refused(_("The role must end after it begins."))
    place: dict[str, Any] = {
        "agency": agency,
        "province": province,
        "constituency": constituency,
        "sector": sector,
    }
    membership = Membership(
        user=user,
        role=role,
        is_chair=is_chair,
        is_outsider=is_outsider,
        valid_from=valid_from or at,
        valid_until=valid_until,
        **place,
    )
    # first whether one may at all: what a person holds beyond one's scope is not told by a refusal
    if why := why_not_administer(act, by=by, at=at, agency=membership.reach, obj=membership):
        raise Refused(why)
    if Membership.objects.filter(user=user, role=role, **place).ending_after(at).exists():
        raise Refused(_("This person holds this role already."))
    return membership


def _lock(membership: Membership) -> Membership:
    rows = Membership.objects.select_related("agency", "province", "user")
    return locked(rows).get(pk=membership.pk)


@transaction.atomic
def end_role(membership: Membership, *, by: User, at: datetime, note: str = "") -> Membership:
    """End a role now, or withdraw one that has not begun; all that was done under it stays.

    A head takes the delegations along.
    """
    membership = _lock(membership)
    if membership.valid_until is not None and membership.valid_until <= at:
        raise Refused(_("This role is not in force."))
    for row in (membership, *_delegations_of([membership], at)):
        administer("end_role", row, by=by, at=at, agency=row.reach, note=note)
        end_at(row, at)
    return membership


def end_at(membership: Membership, at: datetime) -> None:
    """End a role that the record has ended already: one that never was in force leaves no other
    trace.
    """
    if membership.valid_from < at:
        membership.valid_until = at
        membership.save(update_fields=["valid_until"])
    else:
        membership.delete()


def _delegations_of(ended: Sequence[Membership], at: datetime) -> list[Membership]:
    """Find what heads whose roles end have delegated: nobody signs on behalf of a head who has
    left.
    """
    rows = (
        Membership.objects.ending_after(at)
        .select_related("agency", "province", "user")
        .order_by("pk")
    )
    delegations: list[Membership] = []
    for m in ended:
        if m.role == Role.HEAD:
            delegations += rows.filter(role=Role.DEPUTY, agency=m.agency_id, delegated_by=m.user_id)
    return delegations


@transaction.atomic
def remove_leaver(
    person: User, agency: Agency, *, by: User, at: datetime, note: str = ""
) -> list[Membership]:
    """End all roles of somebody who leaves an agency and sign them out everywhere; what they did
    stays.
    """
    rows = locked(Membership.objects.filter(user=person, agency=agency))
    held = list(rows.ending_after(at).select_related("agency", "province", "user").order_by("pk"))
    if not held:
        raise Refused(_("%(person)s has no role in this agency.") % {"person": person})
    held += [d for d in _delegations_of(held, at) if d.user_id != person.pk]
    perform(
        ADMINISTRATION,
        [AdministrationTarget(m, agency) for m in held],
        "remove_leaver",
        by=by,
        at=at,
        note=note,
    )
    for m in held:
        end_at(m, at)
    sign_out(person)
    return held
