"""Acts on the register: the agencies in it, the roles people hold, the interests they declare."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Interest, Level, Membership, Province, User
from agencies.roles import AGENCY_ROLES, Constituency, Role
from cycles.actions import Subject, administer, perform, why_not_administer
from cycles.workflow import ADMINISTRATION, Refused


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
    """Let a checked spreadsheet be written, all of it or nothing, and record each agency that it adds or changes.

    `write` comes from `resources`, which reads spreadsheets and stands above; it answers with what it wrote. `left_out`
    is how many rows of the file were wrong and knowingly not taken.
    """
    if why := why_not_administer("import_agencies", by=by, at=at):
        raise Refused(why)
    written = list(write())
    if not written:
        raise Refused(_("Nothing in the file differs from the register."))
    subjects = [Subject(agency, agency) for agency in written]
    said: dict[str, Any] = {"file": file_name, "sha256": sha256} | ({"left_out": left_out} if left_out else {})
    perform(ADMINISTRATION, subjects, "import_agencies", by=by, at=at, **said)
    return written


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
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
    """Give a user a role; agency roles name an agency, the others the country or one province."""
    needs_agency = role in AGENCY_ROLES or constituency == Constituency.AGENCY
    if needs_agency != (agency is not None):
        raise Refused(_("This role is held in an agency.") if needs_agency else _("This role names no agency."))
    if (role == Role.MEMBER) != bool(constituency):
        raise Refused(_("A working-group member, and nobody else, belongs to a constituency."))
    if sector and role != Role.MEMBER:
        raise Refused(_("Only working-group members belong to a sector."))
    membership = Membership.objects.create(
        user=user,
        role=role,
        agency=agency,
        province=province,
        constituency=constituency,
        sector=sector,
        is_chair=is_chair,
        is_outsider=is_outsider,
        valid_from=valid_from or at,
        valid_until=valid_until,
    )
    reach = scope_of(agency, province)
    administer("grant_role", membership, by=by, at=at, agency=reach, user=user.username, role=role)
    return membership


def scope_of(agency: Agency | None, province: Province | None) -> Agency | None:
    """What a role's scope is judged by: its agency, or an unsaved stand-in for its province."""
    return agency or (Agency(province=province, level=Level.PROVINCIAL) if province else None)


@transaction.atomic
def end_role(membership: Membership, *, by: User, at: datetime) -> Membership:
    """End a role now; the row and all that was done under it stay."""
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("agency", "province").get(pk=membership.pk)
    )
    if not membership.in_force(at):
        raise Refused(_("This role is not in force."))
    if membership.valid_from >= at:
        raise Refused(_("A role cannot end before it begins."))
    membership.valid_until = at
    membership.save(update_fields=["valid_until"])
    reach = scope_of(membership.agency, membership.province)
    administer("end_role", membership, by=by, at=at, agency=reach)
    return membership


@transaction.atomic
def declare_interest(*, agency: Agency, reason: str, by: User, at: datetime) -> Interest:
    """Record that `by` has an interest in an agency; from now on they neither mark, review nor vote on it."""
    interest, created = Interest.objects.get_or_create(
        user=by, agency=agency, defaults={"reason": reason, "declared_at": at}
    )
    if not created:
        raise Refused(_("You have already declared an interest in this agency."))
    administer("declare_interest", interest, by=by, at=at, agency=agency)
    return interest
