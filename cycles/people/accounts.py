"""Acts on people's accounts: closing one, opening it again, the national ID by which a provider
names its owner.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Agency, Membership, User
from cycles.administration_workflow import ADMINISTRATION
from cycles.clashes import Seen
from cycles.engine.perform import AdministrationTarget, administer, why_not_administer
from cycles.notices import letters
from cycles.workflow import Refused, Windows


def why_not_keep(act: str, person: User, *, by: User, at: datetime) -> str:
    """Say why `by` may not do an act on this account, "" when they may: every role that it has is
    asked for.
    """
    subjects = [AdministrationTarget(m, m.reach) for m in _roles(person, at)] or [
        AdministrationTarget(person)
    ]
    move, windows = ADMINISTRATION[act], Windows(())
    refusals = (
        ADMINISTRATION.why_not(one, move, by=by, at=at, windows=windows) for one in subjects
    )
    return next(filter(None, refusals), "")


@transaction.atomic
def close_account(person: User, *, by: User, at: datetime, note: str) -> User:
    """Let nobody in by this account, from this moment; its roles stay and do nothing until it is
    opened again.
    """
    person = _lock(person)
    _check("close_account", person, by=by, at=at, note=note)
    if not person.is_active:
        raise Refused(_("This account is closed already."))

    # the act comes first: whoever has no open account is told nothing
    administer("close_account", person, by=by, at=at, agency=_reach(person, at), note=note)
    person.is_active = False
    person.save(update_fields=["is_active"])
    sign_out(person)
    return person


@transaction.atomic
def open_account(person: User, *, by: User, at: datetime, note: str) -> User:
    """Let the owner of a closed account in again, with the roles that have not ended meanwhile.

    By a new password only, to which a link is sent: whoever had the old one when the account was
    closed keeps out.
    """
    person = _lock(person)
    _check("open_account", person, by=by, at=at, note=note)
    if person.is_active:
        raise Refused(_("This account is open."))

    person.is_active = True
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    letters.order(person, language=person.language, at=at)
    administer("open_account", person, by=by, at=at, agency=_reach(person, at), note=note)
    return person


@transaction.atomic
def identify(
    person: User,
    *,
    national_id: str,
    by: User,
    at: datetime,
    note: str = "",
    letter: str = "",
    seen: Seen | None = None,
) -> User:
    """Say by which national ID the identity provider knows somebody; "" takes it away. The record
    has not the number.

    Whoever may say that could let a stranger in, so only the authority may, in whose scope all the
    roles lie.
    """
    person = _lock(person)
    if why := why_not_keep("identify", person, by=by, at=at):
        raise Refused(why)
    if seen is not None:
        seen.check()
    if person.national_id == (national_id or None):
        raise Refused(_("Nothing was changed."))
    if national_id and User.objects.filter(national_id=national_id).exists():
        raise Refused(_("This national ID belongs to another account."))

    person.national_id = national_id or None
    person.save(update_fields=["national_id"])
    reach = _reach(person, at)
    administer(
        "identify",
        person,
        by=by,
        at=at,
        agency=reach,
        note=note,
        letter=letter,
        removed=not national_id,
    )
    sign_out(person)
    return person


def _check(act: str, person: User, *, by: User, at: datetime, note: str) -> None:
    if why := why_not_keep(act, person, by=by, at=at):
        raise Refused(why)
    if not note:
        raise Refused(_("Say why: the reason is kept in the record."))


def _lock(person: User) -> User:
    return locked(User.objects.all()).get(pk=person.pk)


def _roles(person: User, at: datetime) -> list[Membership]:
    rows = Membership.objects.ending_after(at).filter(user=person)
    return list(rows.select_related("user", "agency", "province").order_by("pk"))


def _reach(person: User, at: datetime) -> Agency | None:
    """Find the agency under which the act stands in the record: that of the person's first role."""
    return next((m.reach for m in _roles(person, at)), None)


def sign_out(person: User) -> None:
    """Sign a person out of every browser, at once."""
    for session in UserSession.objects.filter(user=person):
        session.end()


def with_factors(people: QuerySet[User]) -> QuerySet[Any]:
    """Annotate people with whether there is a second factor; recovery codes alone are none."""
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return people.annotate(has_second_factor=Exists(factors))


@transaction.atomic
def reset_second_factor(
    person: User, *, by: User, at: datetime, note: str, letter: str = ""
) -> User:
    """Take a lost second factor and its recovery codes from an account, and sign it out everywhere.

    Only somebody in whose scope all its roles lie may, so that nobody opens the way to more than is
    theirs.
    """
    if not note:
        raise Refused(_("Say why the second factor is reset and how you made sure who asks."))
    factors = locked(Authenticator.objects.filter(user=person), with_keys=True)
    if not factors:
        raise Refused(_("%(person)s has no second factor.") % {"person": person})
    roles = (
        Membership.objects.ending_after(at).filter(user=person).select_related("agency", "province")
    )
    reaches = [m.reach for m in roles] or [None]
    for reach in reaches[1:]:
        if why := why_not_administer("reset_factor", by=by, at=at, agency=reach, obj=person):
            raise Refused(why)
    administer("reset_factor", person, by=by, at=at, agency=reaches[0], note=note, letter=letter)
    factors.delete()
    sign_out(person)
    return person
