"""Leave the signature of a head to a deputy, for a time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Membership, User
from agencies.roles import Role
from cycles.engine.perform import administer
from cycles.models import Entry
from cycles.workflow import Refused


@transaction.atomic
def delegate(
    agency: Agency,
    *,
    user: User,
    valid_from: datetime | None,
    valid_until: datetime,
    letter: str,
    by: User,
    at: datetime,
    note: str = "",
) -> Membership:
    """Let one of the agency's own people sign in the head's stead, from now or later until a moment
    that is named.

    It reaches neither back nor beyond the head's own term.
    """
    valid_from = max(valid_from or at, at)
    if valid_until <= valid_from:
        raise Refused(_("A delegation ends after it begins, and lies ahead."))
    if not letter:
        raise Refused(_("A delegation has a letter: give its number."))
    people = Membership.objects.colleagues(agency, at)
    if user.pk == by.pk or not people.filter(user=user).exists():
        raise Refused(_("A deputy is chosen among the other people of the agency."))
    terms = [m.valid_until for m in by.memberships(at, Role.HEAD) if m.agency_id == agency.pk]
    ends = [end for end in terms if end is not None]
    if len(ends) == len(terms) and ends and valid_until > max(ends):
        raise Refused(_("A delegation does not outlast the head's own term."))
    membership = Membership.objects.create(
        user=user,
        role=Role.DEPUTY,
        agency=agency,
        delegated_by=by,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    params: dict[str, Any] = {
        "note": note,
        "letter": letter,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    administer("delegate", membership, by=by, at=at, agency=agency, user=user.username, **params)
    return membership


def letters_of(delegations: Iterable[Membership]) -> dict[int, str]:
    """Read the number of the letter of each delegation, by its key, as the record has it."""
    rows = Entry.objects.filter(act="delegate", model=Membership._meta.label_lower)
    rows = rows.filter(object_pk__in=[m.pk for m in delegations])
    return {pk: str(params["letter"]) for pk, params in rows.values_list("object_pk", "params")}
