"""Who may do what: the roles people hold and the predicates that the workflow tables name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


AGENCY_ROLES = frozenset({Role.STAFF, Role.HEAD, Role.DEPUTY, Role.HEADQUARTERS, Role.AGENCY_ADMINISTRATOR})
AUTHORITY_ROLES = frozenset(Role) - AGENCY_ROLES
HEADS = (Role.HEAD, Role.DEPUTY)
"""Who signs for an agency: its head, and a deputy while a delegation is in force."""

SUPERIOR_ROLES = (Role.HEADQUARTERS, *HEADS)
"""The roles at a headquarters that look after its units' self-assessments."""

HOUSE_ROLES = frozenset({Role.STAFF, Role.HEADQUARTERS, Role.AGENCY_ADMINISTRATOR})
"""What an agency's administrator may grant and end: its head is appointed by the authority, a deputy by the head."""

OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Who sees the whole of their scope: the country or a province."""

SCORERS = (Role.ASSESSOR, Role.STEWARD, Role.REVIEWER)
"""Who gives points, and so says of each year that all interests are declared."""

TWO_FACTORS = frozenset(Role) - {Role.STAFF}
"""Who signs, checks, marks, decides, publishes, reads everything or lets others in: never by a password alone."""


def is_national(role: str, *, agency: Any, province: Any) -> bool:
    """Whether a role reaches the whole country, and so is given by two administrators."""
    return role in AUTHORITY_ROLES and agency is None and province is None


class Constituency(TextChoices):
    """The four sides of a working group (executive bylaw of Articles 81-82, Article 3)."""

    AUTHORITY = "authority", _("Public Administration and Recruitment Organization")
    BUDGET = "budget", _("Plan and Budget Organization")
    AGENCY = "agency", _("Representative of the agency")
    EXPERT = "expert", _("Outside expert")


@dataclass(frozen=True)
class Who:
    """A predicate over (user, object, moment) with the words a refusal needs."""

    code: str
    label: str | Promise
    holds: Callable[[Any, Any, datetime], bool]

    def __call__(self, user: Any, obj: Any, at: datetime) -> bool:
        return self.holds(user, obj, at)

    def acting(self, user: Any, obj: Any, at: datetime) -> str:
        """In which role the record says that somebody acted: a deputy's where only the delegation gave the right."""
        agency = getattr(obj, "agency_id", None)
        if user is None or not any(m.agency_id == agency for m in user.memberships(at, Role.DEPUTY)):
            return self.code
        return self.code if self(user.without(Role.DEPUTY), obj, at) else Role.DEPUTY.value


def who(label: str | Promise) -> Callable[[Callable[[Any, Any, datetime], bool]], Who]:
    """Make a predicate; people's predicates never hold for the clock (user is None) or a closed account."""

    def made(test: Callable[[Any, Any, datetime], bool]) -> Who:
        def holds(user: Any, obj: Any, at: datetime) -> bool:
            return user is not None and user.is_active and test(user, obj, at)

        return Who(test.__name__.removeprefix("is_"), label, holds)

    return made


def _of_agency(user: Any, obj: Any, at: datetime, *roles: Role) -> bool:
    return obj.agency_id is not None and any(m.agency_id == obj.agency_id for m in user.memberships(at, *roles))


def in_scope(membership: Any, agency: Any) -> bool:
    """Whether a membership reaches an agency (None: the whole country): a province's reaches its own units only."""
    if membership.province_id is None:
        return True
    return agency is not None and agency.province_id == membership.province_id


def _of_authority(user: Any, obj: Any, at: datetime, *roles: Role) -> bool:
    return any(in_scope(m, obj.agency) for m in user.memberships(at, *roles))


def _impartial(user: Any, obj: Any, at: datetime, role: Role) -> bool:
    """In scope and without tie to the agency; the authority's own dossier is for outsiders."""
    if obj.agency_id is not None and user.is_conflicted(obj.agency_id):
        return False
    own_house = obj.agency is not None and obj.agency.is_authority
    return any(in_scope(m, obj.agency) and (m.is_outsider or not own_house) for m in user.memberships(at, role))


is_clock = Who("clock", _("the calendar itself"), lambda user, obj, at: user is None)


is_everybody = Who("everybody", _("everybody"), lambda user, obj, at: True)
"""For what needs no account: whoever writes it is not known."""


@who(_("anyone signed in"))
def is_anyone(user: Any, obj: Any, at: datetime) -> bool:
    return True


@who(_("staff of the agency"))
def is_staff(user: Any, obj: Any, at: datetime) -> bool:
    return _of_agency(user, obj, at, Role.STAFF, *HEADS)


@who(_("whoever marks or decides for the authority"))
def is_officer(user: Any, obj: Any, at: datetime) -> bool:
    return bool(user.memberships(at, *SCORERS))


@who(_("the person to whom it is addressed"))
def is_recipient(user: Any, obj: Any, at: datetime) -> bool:
    return bool(obj.recipient_id == user.pk)


def _is_staff_or_clock(user: Any, obj: Any, at: datetime) -> bool:
    return user is None or is_staff(user, obj, at)


is_staff_or_clock = Who("staff", _("staff of the agency"), _is_staff_or_clock)


@who(_("the head of the agency, or a deputy by delegation"))
def is_head(user: Any, obj: Any, at: datetime) -> bool:
    return _of_agency(user, obj, at, *HEADS)


@who(_("the head of the agency in person"))
def is_principal(user: Any, obj: Any, at: datetime) -> bool:
    return _of_agency(user, obj, at, Role.HEAD)


@who(_("the headquarters of the unit"))
def is_superior(user: Any, obj: Any, at: datetime) -> bool:
    above = obj.agency.parent_id if obj.agency is not None else None
    return above is not None and bool({m.agency_id for m in user.memberships(at, *SUPERIOR_ROLES)} & {above})


@who(_("staff of the agency, or its headquarters"))
def is_staff_or_superior(user: Any, obj: Any, at: datetime) -> bool:
    return is_staff(user, obj, at) or is_superior(user, obj, at)


@who(_("an administrator in whose scope the agency is"))
def is_administrator(user: Any, obj: Any, at: datetime) -> bool:
    return _of_authority(user, obj, at, Role.ADMINISTRATOR)


@who(_("an administrator or an auditor in whose scope the agency is"))
def is_overseer(user: Any, obj: Any, at: datetime) -> bool:
    return _of_authority(user, obj, at, *OVERSEERS)


@who(_("an administrator in whose scope the person's roles are; never for oneself"))
def is_administrator_of_others(user: Any, obj: Any, at: datetime) -> bool:
    return obj.holder_id != user.pk and is_administrator(user, obj, at)


@who(_("an administrator in whose scope the agency is, or its own administrator for its staff; never for oneself"))
def is_appointer(user: Any, obj: Any, at: datetime) -> bool:
    """Of somebody (`holder_id`) to a role; a deputy is named by the head alone."""
    if obj.holder_id == user.pk or obj.role == Role.DEPUTY:
        return False
    own_house = obj.role in HOUSE_ROLES and _of_agency(user, obj, at, Role.AGENCY_ADMINISTRATOR)
    return own_house or is_administrator(user, obj, at)


@who(_("whoever may grant the role, or the head who delegated"))
def is_dismisser(user: Any, obj: Any, at: datetime) -> bool:
    if obj.role == Role.DEPUTY and obj.delegated_by_id == user.pk and is_principal(user, obj, at):
        return True
    own_house = obj.role in HOUSE_ROLES and _of_agency(user, obj, at, Role.AGENCY_ADMINISTRATOR)
    return own_house or is_administrator(user, obj, at)


@who(_("an administrator in whose scope the agency is, or its own administrator save for the head; never for oneself"))
def is_remover(user: Any, obj: Any, at: datetime) -> bool:
    """Of a leaver; a head goes only by the authority's hand."""
    if obj.holder_id == user.pk:
        return False
    own_house = obj.role != Role.HEAD and _of_agency(user, obj, at, Role.AGENCY_ADMINISTRATOR)
    return own_house or is_administrator(user, obj, at)


@who(
    _("an administrator in whose scope all the person's roles are, or an agency's own for its staff; never for oneself")
)
def is_account_keeper(user: Any, obj: Any, at: datetime) -> bool:
    """Of an account by one of its roles, each asked in turn; without a role, of the account itself."""
    if obj.holder_id == user.pk:
        return False
    own_house = (not obj.role or obj.role in HOUSE_ROLES) and _of_agency(user, obj, at, Role.AGENCY_ADMINISTRATOR)
    return own_house or is_administrator(user, obj, at)


@who(_("a national administrator, never about oneself or what one proposed"))
def is_second_administrator(user: Any, obj: Any, at: datetime) -> bool:
    return user.pk not in (obj.proposed_by_id, obj.user_id) and is_national_administrator(user, obj, at)


@who(_("whoever proposed it"))
def is_nominator(user: Any, obj: Any, at: datetime) -> bool:
    return user.pk == obj.proposed_by_id and is_national_administrator(user, obj, at)


@who(_("a national administrator, never for oneself"))
def is_first_administrator(user: Any, obj: Any, at: datetime) -> bool:
    """Who proposes a national role for somebody else."""
    return user.pk != obj.user_id and is_national_administrator(user, obj, at)


@who(_("a national administrator"))
def is_national_administrator(user: Any, obj: Any, at: datetime) -> bool:
    return any(m.province_id is None for m in user.memberships(at, Role.ADMINISTRATOR))


def _is_national_officer_or_clock(user: Any, obj: Any, at: datetime) -> bool:
    if user is None:
        return True
    return user.is_active and any(m.province_id is None for m in user.memberships(at, Role.ADMINISTRATOR, Role.AUDITOR))


is_national_officer_or_clock = Who(
    "national_officer", _("a national administrator or an auditor"), _is_national_officer_or_clock
)


def _keeps(user: Any, obj: Any, at: datetime) -> bool:
    """An administrator for a set of several agencies: of the country, or of the province whose set it is."""
    held = user.memberships(at, Role.ADMINISTRATOR)
    return any(m.province_id is None or m.province_id == obj.province_id for m in held)


@who(_("an administrator of the country, or of the province whose festival it is"))
def is_festival_keeper(user: Any, obj: Any, at: datetime) -> bool:
    return _keeps(user, obj, at)


@who(_("an administrator of the country, or of the province whose festival it is, without interest in the agency"))
def is_awarder(user: Any, obj: Any, at: datetime) -> bool:
    """Of an award; the authority's own is for outsiders, as its dossier is."""
    if user.is_conflicted(obj.agency_id):
        return False
    held = user.memberships(at, Role.ADMINISTRATOR)
    keeps = [m for m in held if m.province_id is None or m.province_id == obj.province_id]
    return any(m.is_outsider or not obj.agency.is_authority for m in keeps)


@who(_("whoever owns the set: the agency's staff, or an administrator where it is for several agencies"))
def is_owner(user: Any, obj: Any, at: datetime) -> bool:
    return _keeps(user, obj, at) if obj.agency_id is None else is_staff(user, obj, at)


@who(
    _("whoever answers for the set: the agency's head or deputy, or an administrator where it is for several agencies")
)
def is_proposer(user: Any, obj: Any, at: datetime) -> bool:
    return _keeps(user, obj, at) if obj.agency_id is None else is_head(user, obj, at)


@who(_("whoever sets targets of single agencies: the headquarters for its units, else an administrator"))
def is_target_setter(user: Any, obj: Any, at: datetime) -> bool:
    if obj.agency_id is None:
        return _keeps(user, obj, at)
    return _of_agency(user, obj, at, Role.HEADQUARTERS, Role.STAFF, *HEADS)


@who(_("a member of the working group who did not propose the set and has no interest in the agency"))
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
    return any(m.is_chair and m.sector in ("", obj.sector) for m in user.memberships(at, Role.MEMBER))


@who(_("the chair of this working group, or a national administrator"))
def is_convenor(user: Any, obj: Any, at: datetime) -> bool:
    return is_presiding(user, obj, at) or is_national_administrator(user, obj, at)


@who(_("an assessor in scope, without interest in the agency"))
def is_assessor(user: Any, obj: Any, at: datetime) -> bool:
    return _impartial(user, obj, at, Role.ASSESSOR)


@who(_("the assessor whose training it is"))
def is_trainee(user: Any, obj: Any, at: datetime) -> bool:
    return obj.assessor_id == user.pk and bool(user.memberships(at, Role.ASSESSOR))


def _is_assessor_or_clock(user: Any, obj: Any, at: datetime) -> bool:
    return user is None or is_assessor(user, obj, at)


is_assessor_or_clock = Who("assessor", _("an assessor in scope, without interest in the agency"), _is_assessor_or_clock)


@who(_("one of the two assessors who marked the line"))
def is_reader(user: Any, obj: Any, at: datetime) -> bool:
    return user.pk in obj.readers and is_assessor(user, obj, at)


@who(_("the other of the two assessors who marked the line"))
def is_other_reader(user: Any, obj: Any, at: datetime) -> bool:
    return user.pk != obj.proposed_by_id and is_reader(user, obj, at)


@who(_("an administrator in scope, without interest in the agency, who did not mark the line"))
def is_moderator(user: Any, obj: Any, at: datetime) -> bool:
    return user.pk not in obj.readers and _impartial(user, obj, at, Role.ADMINISTRATOR)


@who(_("the assessor to whom these lines are assigned, after declaring all interests and passing the training"))
def is_assigned(user: Any, obj: Any, at: datetime) -> bool:
    return obj.assessor_id == user.pk and user.is_cleared(obj.cycle) and is_assessor(user, obj, at)


@who(_("the assessor who verifies the line, after declaring all interests and the training; never one who marks it"))
def is_verifier(user: Any, obj: Any, at: datetime) -> bool:
    return is_assigned(user, obj, at) and not obj.is_marked_by(user)


@who(_("a national administrator, never about one's own marks"))
def is_closer(user: Any, obj: Any, at: datetime) -> bool:
    return obj.assessor_id != user.pk and is_national_administrator(user, obj, at)


@who(_("whoever keeps the set of the measure: an administrator of all whom it is for"))
def is_set_keeper(user: Any, obj: Any, at: datetime) -> bool:
    return _keeps(user, obj, at) if obj.agency_id is None else is_administrator(user, obj, at)


def may_be_steward(user: Any, obj: Any, at: datetime) -> bool:
    """Whether a person's stewardship reaches all whom the measure is for: the country, a province or one agency."""
    held = user.memberships(at, Role.STEWARD) if user.is_active else ()
    return any(in_scope(m, obj.agency) or (obj.province_id and m.province_id == obj.province_id) for m in held)


@who(_("the steward of the measure, after declaring all interests"))
def is_steward(user: Any, obj: Any, at: datetime) -> bool:
    return obj.steward_id == user.pk and user.has_stated_interests(obj.cycle) and may_be_steward(user, obj, at)


@who(_("the steward of the measure, or an administrator for agencies in which the steward has an interest"))
def is_supplier(user: Any, obj: Any, at: datetime) -> bool:
    """Of which agencies is said by `is_figure_giver`."""
    return is_steward(user, obj, at) or bool(user.memberships(at, Role.ADMINISTRATOR))


@who(_("the steward of the measure, or, where the steward has an interest in the agency, an administrator without one"))
def is_figure_giver(user: Any, obj: Any, at: datetime) -> bool:
    """Of one agency's figure (`agency`, `steward`); that of the authority itself is for outsiders."""
    if _impartial(obj.steward, obj, at, Role.STEWARD):
        return bool(user.pk == obj.steward.pk)
    return user.pk != obj.steward.pk and _impartial(user, obj, at, Role.ADMINISTRATOR)


@who(_("an appeal reviewer in scope, without interest in the agency"))
def is_impartial_reviewer(user: Any, obj: Any, at: datetime) -> bool:
    return _impartial(user, obj, at, Role.REVIEWER)


def may_review(user: Any, obj: Any, at: datetime) -> bool:
    """Whether an appeal may be given to somebody: who had a part in the score (`handlers`) never reviews it."""
    return is_impartial_reviewer(user, obj, at) and user.pk not in obj.handlers


@who(
    _("the reviewer to whom the appeal is given, after declaring all interests; never one who had a part in the score")
)
def is_reviewer(user: Any, obj: Any, at: datetime) -> bool:
    return obj.reviewer_id == user.pk and user.has_stated_interests(obj.cycle) and may_review(user, obj, at)


@who(_("the person who is asked"))
def is_asked(user: Any, obj: Any, at: datetime) -> bool:
    """Of whoever gave the score, while they give points for the authority."""
    return obj.addressee_id == user.pk and bool(user.memberships(at, *SCORERS, Role.ADMINISTRATOR))


def _is_administrator_or_clock(user: Any, obj: Any, at: datetime) -> bool:
    return user is None or is_administrator(user, obj, at)


is_administrator_or_clock = Who(
    "administrator", _("an administrator in whose scope the agency is"), _is_administrator_or_clock
)


def seats(user: Any, obj: Any, at: datetime) -> list[Any]:
    """The memberships by which a user sits in the working group on a set.

    An agency's representative sits on that agency's set only; everybody else only without an interest in it, and
    where the membership names a sector, on that sector's sets; who proposed never votes.
    """
    if obj.proposed_by_id == user.pk:
        return []
    found = []
    for m in user.memberships(at, Role.MEMBER):
        if m.constituency == Constituency.AGENCY:
            if m.agency_id == obj.agency_id:
                found.append(m)
        elif (
            m.sector in ("", obj.sector)
            and (in_scope(m, obj.agency) or (obj.province_id and m.province_id == obj.province_id))
            and not (obj.agency_id and user.is_conflicted(obj.agency_id))
        ):
            found.append(m)
    return found
