"""Who may do what: the roles people hold and the predicates that the workflow tables name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    STAFF = "staff", _("Agency staff")
    HEAD = "head", _("Head of the agency")
    DEPUTY = "deputy", _("Deputy of the head, by delegation")
    HEADQUARTERS = "headquarters", _("Headquarters checker")
    AGENCY_ADMINISTRATOR = "agency_administrator", _("Agency administrator")
    ADMINISTRATOR = "administrator", _("Administrator")
    MEMBER = "member", _("Working-group member")
    ASSESSOR = "assessor", _("Assessor")
    STEWARD = "steward", _("Steward of a measure")
    REVIEWER = "reviewer", _("Appeal reviewer")
    AUDITOR = "auditor", _("Auditor")


AGENCY_ROLES = frozenset(
    {Role.STAFF, Role.HEAD, Role.DEPUTY, Role.HEADQUARTERS, Role.AGENCY_ADMINISTRATOR}
)
AUTHORITY_ROLES = frozenset(Role) - AGENCY_ROLES
HEADS = (Role.HEAD, Role.DEPUTY)
"""Who signs for an agency: its head, and a deputy while a delegation is in force."""

SUPERIOR_ROLES = (Role.HEADQUARTERS, *HEADS)
"""The roles at a headquarters that look after its units' self-assessments."""

HOUSE_ROLES = frozenset({Role.STAFF, Role.HEADQUARTERS, Role.AGENCY_ADMINISTRATOR})
"""What an agency's administrator may grant and end: its head is appointed by the authority, a
deputy by the head.
"""

OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Who sees the whole of their scope: the country or a province."""

SCORERS = (Role.ASSESSOR, Role.STEWARD, Role.REVIEWER)
"""Who gives points, and so says of each year that all interests are declared."""

TWO_FACTORS = frozenset(Role) - {Role.STAFF}
"""Who signs, checks, marks, decides, publishes, reads everything or lets others in: never by a
password alone.
"""


def is_national(role: str, *, agency: object, province: object) -> bool:
    """Say whether a role reaches the whole country, and so is given by two administrators."""
    return role in AUTHORITY_ROLES and agency is None and province is None


class Constituency(TextChoices):
    """The four sides of a working group (executive bylaw of Articles 81-82, Article 3)."""

    AUTHORITY = "authority", _("Public Administration and Recruitment Organization")
    BUDGET = "budget", _("Plan and Budget Organization")
    AGENCY = "agency", _("Representative of the agency")
    EXPERT = "expert", _("Outside expert")


class ProvinceScope(Protocol):
    """Anything that belongs to a province, or with None to the whole country."""

    @property
    def province_id(self) -> int | None: ...


class AssessedAgency(ProvinceScope, Protocol):
    """An agency, as far as a predicate asks for its place."""

    @property
    def is_authority(self) -> bool: ...


class AgencyMatter(Protocol):
    """An object that concerns one agency, or with None the whole country."""

    @property
    def agency_id(self) -> int | None: ...
    @property
    def agency(self) -> AssessedAgency | None: ...


class HeldRole(ProvinceScope, Protocol):
    """A membership, as far as a predicate asks for its reach."""

    @property
    def agency_id(self) -> int | None: ...
    @property
    def is_outsider(self) -> bool: ...


class Actor(Protocol):
    """A user, as far as a predicate asks for roles and interests."""

    @property
    def pk(self) -> int: ...
    @property
    def is_active(self) -> bool: ...
    def memberships(self, at: datetime, *roles: str) -> Sequence[HeldRole]: ...
    def is_conflicted(self, agency_id: int) -> bool: ...
    def without(self, role: str) -> "Actor": ...


ActorT = TypeVar("ActorT", bound=Actor)
ObjectT = TypeVar("ObjectT")


@dataclass(frozen=True)
class Who:
    """A predicate over (user, object, moment) with the words a refusal needs.

    The table of moves names predicates over objects of many types: each takes its own, and the
    table asks it only about those.
    """

    code: str
    label: str | Promise
    holds: Callable[..., bool]

    def __call__(self, user: Actor | None, obj: object, at: datetime) -> bool:
        return self.holds(user, obj, at)

    def acting_role(self, user: Actor | None, obj: object, at: datetime) -> str:
        """Name the role in which the record says that somebody acted: a deputy's where only the
        delegation gave the right.
        """
        agency = getattr(obj, "agency_id", None)
        if user is None or not any(
            m.agency_id == agency for m in user.memberships(at, Role.DEPUTY)
        ):
            return self.code
        return self.code if self(user.without(Role.DEPUTY), obj, at) else Role.DEPUTY.value


def who(label: str | Promise) -> Callable[[Callable[[ActorT, ObjectT, datetime], bool]], Who]:
    """Make a predicate; people's predicates never hold for the clock (user is None) or a closed
    account.
    """

    def make(test: Callable[[ActorT, ObjectT, datetime], bool]) -> Who:
        def holds(user: ActorT | None, obj: ObjectT, at: datetime) -> bool:
            return user is not None and user.is_active and test(user, obj, at)

        return Who(test.__name__.removeprefix("is_"), label, holds)

    return make


def of_agency(user: Actor, obj: AgencyMatter, at: datetime, *roles: Role) -> bool:
    return obj.agency_id is not None and any(
        m.agency_id == obj.agency_id for m in user.memberships(at, *roles)
    )


def in_scope(membership: ProvinceScope, agency: ProvinceScope | None) -> bool:
    """Say whether a membership reaches an agency (None: the whole country): a province's reaches
    its own units only.
    """
    if membership.province_id is None:
        return True
    return agency is not None and agency.province_id == membership.province_id


def of_authority(user: Actor, obj: AgencyMatter, at: datetime, *roles: Role) -> bool:
    return any(in_scope(m, obj.agency) for m in user.memberships(at, *roles))


def is_impartial(user: Actor, obj: AgencyMatter, at: datetime, role: Role) -> bool:
    """Say whether a user is in scope and without tie to the agency; the authority's own dossier is
    for outsiders.
    """
    if obj.agency_id is not None and user.is_conflicted(obj.agency_id):
        return False
    own_house = obj.agency is not None and obj.agency.is_authority
    return any(
        in_scope(m, obj.agency) and (m.is_outsider or not own_house)
        for m in user.memberships(at, role)
    )


is_clock = Who("clock", _("the calendar itself"), lambda user, obj, at: user is None)


@who(_("anyone signed in"))
def is_anyone(user: Actor, obj: object, at: datetime) -> bool:
    return True


@who(_("staff of the agency"))
def is_staff(user: Actor, obj: AgencyMatter, at: datetime) -> bool:
    return of_agency(user, obj, at, Role.STAFF, *HEADS)


@who(_("the head of the agency, or a deputy by delegation"))
def is_head(user: Actor, obj: AgencyMatter, at: datetime) -> bool:
    return of_agency(user, obj, at, *HEADS)


@who(_("an administrator in whose scope the agency is"))
def is_administrator(user: Actor, obj: AgencyMatter, at: datetime) -> bool:
    return of_authority(user, obj, at, Role.ADMINISTRATOR)


@who(_("an administrator or an auditor in whose scope the agency is"))
def is_overseer(user: Actor, obj: AgencyMatter, at: datetime) -> bool:
    return of_authority(user, obj, at, *OVERSEERS)


@who(_("a national administrator"))
def is_national_administrator(user: Actor, obj: object, at: datetime) -> bool:
    return any(m.province_id is None for m in user.memberships(at, Role.ADMINISTRATOR))


def administers_set(user: Actor, obj: ProvinceScope, at: datetime) -> bool:
    """Say whether a user is an administrator for a set of several agencies: of the country, or of
    the province whose set it is.
    """
    held = user.memberships(at, Role.ADMINISTRATOR)
    return any(m.province_id is None or m.province_id == obj.province_id for m in held)


def _is_administrator_or_clock(user: Actor | None, obj: AgencyMatter, at: datetime) -> bool:
    return user is None or is_administrator(user, obj, at)


is_administrator_or_clock = Who(
    "administrator", _("an administrator in whose scope the agency is"), _is_administrator_or_clock
)
