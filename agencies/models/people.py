"""Who takes part: provinces, agencies, users, the roles they hold and the
interests they declare.
"""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from agencies.national_ids import mask
from agencies.passwords import one_spelling
from agencies.persian import local_name
from agencies.roles import AGENCY_ROLES, Role
from agencies.statements import Statement, slot

if TYPE_CHECKING:
    from agencies.models.memberships import Membership


def _memberships() -> "models.QuerySet[Membership]":
    rows: models.QuerySet[Membership] = apps.get_model("agencies", "Membership").objects.all()
    return rows.filter(user=slot("user")).select_related("agency", "province")


MEMBERSHIPS: "Statement[Membership]" = Statement(_memberships)


DECLARATIONS = """
    SELECT '', agency_id FROM agencies_interest WHERE user_id = %(user)s
    UNION ALL SELECT kind, year FROM agencies_clearance WHERE user_id = %(user)s
"""


class ClearanceKind(models.TextChoices):
    INTERESTS = "interests", _("All interests declared")
    TRAINING = "training", _("Reference lines marked")


class AssessedYear(Protocol):
    """A cycle, as far as clearances are asked of it."""

    @property
    def year(self) -> int: ...
    @property
    def calibration_percent(self) -> int: ...


class User(AbstractUser):
    """A person who signs in, by e-mail or user name, without regard to letter case."""

    # what Django declares as fields and we have not
    first_name: Any = None
    last_name: Any = None
    name_fa = models.CharField(max_length=150, blank=True)
    name_en = models.CharField(max_length=150, blank=True)
    national_id = models.CharField(
        max_length=10,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text="By which the government's identity provider names the person; see "
        "agencies.national_ids",
    )
    language = models.CharField(
        max_length=2, choices=[("fa", _("Persian")), ("en", _("English"))], default="fa"
    )
    mobile = models.CharField(max_length=16, blank=True)
    mails_news = models.BooleanField(
        default=True, help_text=_("What was done, where it is no official notice")
    )
    mails_reminders = models.BooleanField(default=True, help_text=_("Deadlines that come near"))
    texts_reminders = models.BooleanField(
        default=False, help_text=_("The last reminders of a deadline")
    )

    class Meta(AbstractUser.Meta):
        abstract = False
        constraints = (
            models.UniqueConstraint(Lower("username"), name="one_user_name_whatever_its_case"),
            models.UniqueConstraint(
                Lower("email"), name="one_address_whatever_its_case", condition=~Q(email="")
            ),
            models.CheckConstraint(
                condition=Q(national_id__regex=r"^[0-9]{10}$"), name="a_national_id_has_ten_digits"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Choose the name in the reader's language."""
        return local_name(self.name_fa or self.name_en, self.name_en) or self.username

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else one_spelling(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(None if raw_password is None else one_spelling(raw_password))

    @property
    def masked_national_id(self) -> str:
        return mask(self.national_id)

    @cached_property
    def all_memberships(self) -> list["Membership"]:
        found = MEMBERSHIPS.fetch(user=self.pk)
        for membership in found:
            membership.user = self
        return found

    @cached_property
    def declarations(self) -> list[tuple[str, int]]:
        """Read ("", agency) for each interest, (kind, year) for each clearance; one query for
        both.
        """
        with connection.cursor() as cursor:
            cursor.execute(DECLARATIONS, {"user": self.pk})
            return list(cursor.fetchall())

    @property
    def declared_interests(self) -> frozenset[int]:
        return frozenset(agency for kind, agency in self.declarations if not kind)

    def read_declared_anew(self) -> None:
        """Forget the declarations that were read before, because there is a new one."""
        self.__dict__.pop("declarations", None)

    def cleared_years(self, kind: str) -> list[int]:
        """List the assessed years for which this user has a clearance of a kind."""
        return [year for held, year in self.declarations if held == kind]

    def without(self, role: str) -> "User":
        """Answer with this user as they would be without a role."""
        other = copy(self)
        other.all_memberships = [m for m in self.all_memberships if m.role != role]
        return other

    def memberships(self, at: datetime, *roles: str) -> list["Membership"]:
        """List the memberships in force at a moment, of these roles (none named: all); one query a
        user.
        """
        return [
            m for m in self.all_memberships if m.in_force(at) and (not roles or m.role in roles)
        ]

    def holds(self, *roles: str, at: datetime) -> bool:
        return bool(self.memberships(at, *roles))

    def agency_ids(self, at: datetime, *roles: str) -> list[int]:
        """List the agencies to which an agency role ties this user."""
        return [m.agency_id for m in self.memberships(at, *(roles or AGENCY_ROLES)) if m.agency_id]

    def province_ids(self, at: datetime, *roles: str) -> list[int] | None:
        """List the provinces in which any of the roles is held; None when one is held for the whole
        country.
        """
        held = self.memberships(at, *roles)
        return (
            None
            if any(m.province_id is None for m in held)
            else [m.province_id for m in held if m.province_id]
        )

    def oversees_the_country(self, at: datetime) -> bool:
        """Say whether this is a national administrator or auditor, who sees results before they are
        published.
        """
        roles = (Role.ADMINISTRATOR, Role.AUDITOR)
        return self.holds(*roles, at=at) and self.province_ids(at, *roles) is None

    @property
    def tied_to(self) -> frozenset[int]:
        """List the agencies to which this user belongs or ever belonged, or in which there is a
        declared interest.
        """
        return self.declared_interests | {m.agency_id for m in self.all_memberships if m.agency_id}

    def is_conflicted(self, agency_id: int) -> bool:
        """Say whether this user belongs or ever belonged to the agency, or declared an interest in
        it.
        """
        return agency_id in self.tied_to

    def is_cleared(self, cycle: AssessedYear) -> bool:
        """Say whether a cycle's work may be shown: all interests declared, and its training passed
        where it has one.
        """
        trained = not cycle.calibration_percent or cycle.year in self.cleared_years(
            ClearanceKind.TRAINING
        )
        return trained and self.has_stated_interests(cycle)

    def has_stated_interests(self, cycle: AssessedYear) -> bool:
        """Say whether this user has stated for a cycle that all interests are declared."""
        return cycle.year in self.cleared_years(ClearanceKind.INTERESTS)


def in_reach(user: User, at: datetime, roles: Sequence[str], agency: str = "agency") -> Q:
    """Select the rows (by the path to their agency) within the scope in which `user` holds one of
    the authority `roles`.
    """
    if not user.holds(*roles, at=at):
        return Q(pk__in=())
    provinces = user.province_ids(at, *roles)
    # an empty Q would vanish when another is joined to it by "or", and with it the whole country
    return ~Q(pk__in=()) if provinces is None else Q(**{f"{agency}__province__in": provinces})


def cleared_for(user: User) -> Q:
    """Select the rows of cycles whose work may be shown to a user: `User.is_cleared` in SQL."""
    trained = Q(cycle__calibration_percent=0) | Q(
        cycle__year__in=user.cleared_years(ClearanceKind.TRAINING)
    )
    return Q(cycle__year__in=user.cleared_years(ClearanceKind.INTERESTS)) & trained
