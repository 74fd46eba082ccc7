"""Who takes part: provinces, agencies, users, the roles they hold and the
interests they declare.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from agencies.national_ids import masked
from agencies.passwords import one_spelling
from agencies.persian import named, plain_text, search_key, sort_key
from agencies.roles import AGENCY_ROLES, AUTHORITY_ROLES, HEADS, Constituency, Role


class Named(models.Model):
    """Something with a Persian name, an English one where there is one, and keys to sort and search
    by.
    """

    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    sort_key = models.CharField(max_length=250, editable=False)
    search_key = models.CharField(max_length=500, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name_fa)[:250]
        self.search_key = f"{search_key(self.name_fa)} {search_key(self.name_en)}"[:500]
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """The name in the reader's language, Persian where there is no other."""
        return named(self.name_fa, self.name_en)


class Province(Named):
    """One of the 31 provinces; `code` is its ISO 3166-2 number."""

    code = models.CharField(max_length=8, unique=True)
    capital_fa = models.CharField(max_length=100)
    capital_en = models.CharField(max_length=100)


class Level(models.TextChoices):
    MINISTRY = "ministry", _("Ministry")
    PRESIDENTIAL = "presidential_org", _("Organization under the President")
    AFFILIATED = "affiliated_org", _("Affiliated organization")
    COMPANY = "state_company", _("State company")
    PUBLIC = "public_nongov", _("Public non-governmental body")
    UNIVERSITY = "university", _("University")
    JUDICIARY = "judiciary_org", _("Judiciary body")
    PROVINCIAL = "provincial_unit", _("Provincial unit")


class Sector(models.TextChoices):
    """The six festival groups that provinces and the national festival use (domain notes 2.8)."""

    INFRASTRUCTURE = "infrastructure", _("Infrastructure")
    PRODUCTION = "production", _("Production and services")
    ECONOMIC = "economic", _("Economic and financial")
    HEALTH_WELFARE = "health_welfare", _("Health and social welfare")
    CULTURE_SCIENCE = "culture_science", _("Culture, science and education")
    GENERAL_JUDICIAL = "general_judicial", _("General, security and judicial")


class AgencyQuerySet(models.QuerySet["Agency"]):
    def matching(self, text: str) -> Self:
        """Agencies whose name or code holds the text, however its letters and digits were typed."""
        return self.filter(
            Q(search_key__contains=search_key(text)) | Q(code__icontains=plain_text(text))
        )

    def visible_to(self, user: "User", at: datetime) -> Self:
        """The register: administrators and auditors see their scope, an agency's people it and its
        units.
        """
        own = user.agency_ids(at)
        seen = Q(pk__in=own) | Q(parent__in=own)
        roles = (Role.ADMINISTRATOR, Role.AUDITOR)
        if user.holds(*roles, at=at):
            provinces = user.province_ids(at, *roles)
            seen = ~Q(pk__in=()) if provinces is None else seen | Q(province__in=provinces)
        return self.filter(seen)

    def for_list(self) -> Self:
        return self.select_related("parent", "province").order_by("sort_key", "pk")


class Agency(Named):
    """An executive agency or a provincial unit of one; `code` never changes."""

    code = models.CharField(max_length=30, unique=True)
    level = models.CharField(max_length=20, choices=Level)
    sector = models.CharField(max_length=20, choices=Sector)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="units")
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="agencies"
    )
    is_authority = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    succeeded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCIAL, province__isnull=False)
                | (~Q(level=Level.PROVINCIAL) & Q(province__isnull=True)),
                name="a_provincial_unit_has_a_province",
            ),
        )


class User(AbstractUser):
    """A person who signs in, by e-mail or user name, without regard to letter case."""

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
        """The name in the reader's language."""
        return named(self.name_fa or self.name_en, self.name_en) or self.username

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else one_spelling(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(None if raw_password is None else one_spelling(raw_password))

    @property
    def masked_national_id(self) -> str:
        return masked(self.national_id)

    @cached_property
    def all_memberships(self) -> list["Membership"]:
        return list(self.membership_set.select_related("agency", "province"))

    @cached_property
    def declared(self) -> list[tuple[str, int]]:
        """("", agency) for each interest, (kind, year) for each clearance; one query for both."""
        interests = self.interest_set.values_list(Value(""), "agency_id")
        return list(interests.union(self.clearance_set.values_list("kind", "year"), all=True))

    @property
    def declared_interests(self) -> frozenset[int]:
        return frozenset(agency for kind, agency in self.declared if not kind)

    def read_declared_anew(self) -> None:
        """Forget what was declared when it was last asked: more has just been said."""
        self.__dict__.pop("declared", None)

    def cleared_years(self, kind: str) -> list[int]:
        """The assessed years for which this user has a clearance of a kind."""
        return [year for held, year in self.declared if held == kind]

    def without(self, role: str) -> "User":
        """This user as they would be without a role."""
        other = copy(self)
        other.all_memberships = [m for m in self.all_memberships if m.role != role]
        return other

    def memberships(self, at: datetime, *roles: str) -> list["Membership"]:
        """The memberships in force at a moment, of these roles (none named:
        all); one query a user.
        """
        return [
            m for m in self.all_memberships if m.in_force(at) and (not roles or m.role in roles)
        ]

    def holds(self, *roles: str, at: datetime) -> bool:
        return bool(self.memberships(at, *roles))

    def agency_ids(self, at: datetime, *roles: str) -> list[int]:
        """Agencies to which an agency role ties this user."""
        return [m.agency_id for m in self.memberships(at, *(roles or AGENCY_ROLES)) if m.agency_id]

    def province_ids(self, at: datetime, *roles: str) -> list[int] | None:
        """Provinces in which any of the roles is held; None when one is held
        for the whole country.
        """
        held = self.memberships(at, *roles)
        return (
            None
            if any(m.province_id is None for m in held)
            else [m.province_id for m in held if m.province_id]
        )

    def oversees_the_country(self, at: datetime) -> bool:
        """Whether this is a national administrator or auditor, who sees results before they are
        published.
        """
        roles = (Role.ADMINISTRATOR, Role.AUDITOR)
        return self.holds(*roles, at=at) and self.province_ids(at, *roles) is None

    @property
    def tied_to(self) -> frozenset[int]:
        """The agencies to which this user belongs or ever belonged, or in which there is a declared
        interest.
        """
        return self.declared_interests | {m.agency_id for m in self.all_memberships if m.agency_id}

    def is_conflicted(self, agency_id: int) -> bool:
        """Whether this user belongs or ever belonged to the agency, or
        declared an interest in it.
        """
        return agency_id in self.tied_to

    def is_cleared(self, cycle: Any) -> bool:
        """Whether a cycle's work may be shown: all interests declared, and its training passed
        where it has one.
        """
        trained = not cycle.calibration_percent or cycle.year in self.cleared_years(
            Clearance.Kind.TRAINING
        )
        return trained and self.has_stated_interests(cycle)

    def has_stated_interests(self, cycle: Any) -> bool:
        """Whether this user has said for a cycle that all interests are declared."""
        return cycle.year in self.cleared_years(Clearance.Kind.INTERESTS)


def with_roles(users: Iterable[User]) -> list[User]:
    """These users with their memberships, interests and clearances loaded: three queries for any
    number of them.
    """
    users = list(users)
    memberships: dict[int, list[Membership]] = {u.pk: [] for u in users}
    for m in Membership.objects.filter(user__in=users).select_related("agency", "province"):
        memberships[m.user_id].append(m)
    declared: dict[int, list[tuple[str, int]]] = {u.pk: [] for u in users}
    for user_id, agency_id in Interest.objects.filter(user__in=users).values_list(
        "user_id", "agency_id"
    ):
        declared[user_id].append(("", agency_id))
    for user_id, kind, year in Clearance.objects.filter(user__in=users).values_list(
        "user_id", "kind", "year"
    ):
        declared[user_id].append((kind, year))
    for user in users:
        user.all_memberships, user.declared = memberships[user.pk], declared[user.pk]
    return users


def in_reach(user: User, at: datetime, roles: Sequence[str], agency: str = "agency") -> Q:
    """The rows (by the path to their agency) within the scope in which `user` holds one of the
    authority `roles`.
    """
    if not user.holds(*roles, at=at):
        return Q(pk__in=())
    provinces = user.province_ids(at, *roles)
    # an empty Q would vanish when another is joined to it by "or", and with it the whole country
    return ~Q(pk__in=()) if provinces is None else Q(**{f"{agency}__province__in": provinces})


def cleared(user: User) -> Q:
    """The rows of cycles whose work may be shown to this user: `User.is_cleared` in SQL."""
    trained = Q(cycle__calibration_percent=0) | Q(
        cycle__year__in=user.cleared_years(Clearance.Kind.TRAINING)
    )
    return Q(cycle__year__in=user.cleared_years(Clearance.Kind.INTERESTS)) & trained


def people_visible_to(user: User, at: datetime) -> models.QuerySet[User]:
    """Oneself; for administrators and auditors everybody, for a province's those with a role in it.

    An agency's head and its administrators see its people, those who have left among them.
    """
    if user.oversees_the_country(at):
        return User.objects.all()
    held = Membership.objects.visible_to(user, at).values("user")
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=held))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """One's own; for administrators and auditors those within their scope, for an agency's head
        and its administrators those in it.
        """
        if user.oversees_the_country(at):
            return self.all()
        seen = Q(user=user) | Q(agency__in=user.agency_ids(at, *HEADS, Role.AGENCY_ADMINISTRATOR))
        provinces = user.province_ids(at, Role.ADMINISTRATOR, Role.AUDITOR)
        if provinces:
            seen |= Q(province__in=provinces) | Q(agency__province__in=provinces)
        return self.filter(seen)

    def colleagues(self, agency: "Agency", at: datetime) -> Self:
        """The roles in force in one agency, of people whose accounts are open."""
        return self.in_force(at).filter(agency=agency, role__in=AGENCY_ROLES, user__is_active=True)

    def national_administrators(self, at: datetime) -> Self:
        """The roles in force of the country's administrators."""
        return self.in_force(at).filter(role=Role.ADMINISTRATOR, province=None)

    def in_force(self, at: datetime) -> Self:
        """Held at a moment."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)

    def for_list(self) -> Self:
        return self.select_related("user", "agency", "province", "delegated_by").order_by(
            "valid_from", "pk"
        )

    def for_notices(self) -> Self:
        """With all that a row's name needs."""
        return self.select_related("agency", "province")

    def ending_after(self, at: datetime) -> Self:
        """In force at a moment or to come."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at))


class Membership(models.Model):
    """A role a user holds, in an agency, in a province, or for the whole country, from a moment
    until another.

    A deputy's is a delegation: `delegated_by` is the head who gave it, and it always has an end.
    """

    user = models.ForeignKey(User, models.PROTECT)
    role = models.CharField(max_length=24, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True)
    constituency = models.CharField(max_length=12, choices=Constituency, blank=True)
    sector = models.CharField(
        max_length=20, choices=Sector, blank=True, help_text=_("None: every working group")
    )
    is_chair = models.BooleanField(default=False)
    is_outsider = models.BooleanField(default=False, help_text=_("Not employed by the authority"))
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    delegated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    role__in=sorted(AGENCY_ROLES), agency__isnull=False, province__isnull=True
                )
                | Q(role=Role.MEMBER, constituency=Constituency.AGENCY, agency__isnull=False)
                | (
                    Q(role__in=sorted(AUTHORITY_ROLES), agency__isnull=True)
                    & ~Q(constituency=Constituency.AGENCY)
                ),
                name="an_agency_role_names_an_agency",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.MEMBER) ^ Q(constituency=""),
                name="only_members_have_a_constituency",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.MEMBER) | Q(sector=""), name="only_members_have_a_sector"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="a_membership_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=(
                    Q(role=Role.DEPUTY, delegated_by__isnull=False, valid_until__isnull=False)
                    & ~Q(delegated_by=models.F("user"))
                )
                | (~Q(role=Role.DEPUTY) & Q(delegated_by__isnull=True)),
                name="a_deputy_has_a_head_and_an_end",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.scope}"

    @property
    def holder(self) -> User:
        """Whose role it is."""
        return self.user

    @property
    def reach(self) -> Agency | None:
        """What its scope is judged by: its agency, or an unsaved stand-in for its province; None
        for the country.
        """
        return self.agency or (
            Agency(province=self.province, level=Level.PROVINCIAL) if self.province else None
        )

    @property
    def scope(self) -> str:
        return str(self.agency or self.province or _("National"))

    def in_force(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """One's own; all of them for administrators and auditors, and for nobody else."""
        return (
            self.all()
            if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at)
            else self.filter(user=user)
        )


class Interest(models.Model):
    """An interest a user declared in an agency: they neither mark, review nor vote on it from then
    on.
    """

    user = models.ForeignKey(User, models.PROTECT)
    agency = models.ForeignKey(Agency, models.PROTECT)
    reason = models.TextField()
    declared_at = models.DateTimeField()

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "agency"), name="one_interest_an_agency"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.agency}"


class Clearance(models.Model):
    """What somebody has done before an assessed year's work is shown to them; `year` is a cycle's,
    0 in practice.
    """

    class Kind(models.TextChoices):
        INTERESTS = "interests", _("All interests declared")
        TRAINING = "training", _("Reference lines marked")

    user = models.ForeignKey(User, models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "kind", "year"), name="one_clearance_a_kind_and_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()} · {self.year}"
