"""The roles that people hold, and the interests that they declare."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.people import ClearanceKind, User
from agencies.models.register import Agency, Level, Province, Sector
from agencies.roles import AGENCY_ROLES, AUTHORITY_ROLES, HEADS, Constituency, Role


def with_roles(users: Iterable[User]) -> list[User]:
    """Load the memberships, interests and clearances of users; three queries for any number of
    them.
    """
    users = list(users)
    memberships: dict[int, list[Membership]] = {u.pk: [] for u in users}
    for m in Membership.objects.filter(user__in=users).select_related("agency", "province"):
        memberships[m.user_id].append(m)
    declarations: dict[int, list[tuple[str, int]]] = {u.pk: [] for u in users}
    for user_id, agency_id in Interest.objects.filter(user__in=users).values_list(
        "user_id", "agency_id"
    ):
        declarations[user_id].append(("", agency_id))
    for user_id, kind, year in Clearance.objects.filter(user__in=users).values_list(
        "user_id", "kind", "year"
    ):
        declarations[user_id].append((kind, year))
    for user in users:
        user.all_memberships = memberships[user.pk]
        user.declarations = declarations[user.pk]
    return users


def people_visible_to(user: User, at: datetime) -> models.QuerySet[User]:
    """Select whom a user sees: oneself; as administrator or auditor everybody, as a province's
    those with a role in it.

    An agency's head and its administrators see its people, those who have left among them.
    """
    if user.oversees_the_country(at):
        return User.objects.all()
    held = Membership.objects.visible_to(user, at).values("user")
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=held))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Keep a user's own roles; for administrators and auditors those within their scope, for an
        agency's head and its administrators those in it.
        """
        if user.oversees_the_country(at):
            return self.all()
        seen = Q(user=user) | Q(agency__in=user.agency_ids(at, *HEADS, Role.AGENCY_ADMINISTRATOR))
        provinces = user.province_ids(at, Role.ADMINISTRATOR, Role.AUDITOR)
        if provinces:
            seen |= Q(province__in=provinces) | Q(agency__province__in=provinces)
        return self.filter(seen)

    def colleagues(self, agency: "Agency", at: datetime) -> Self:
        """Keep the roles in force in one agency, of people whose accounts are open."""
        return self.in_force(at).filter(agency=agency, role__in=AGENCY_ROLES, user__is_active=True)

    def national_administrators(self, at: datetime) -> Self:
        """Keep the roles in force of the country's administrators."""
        return self.in_force(at).filter(role=Role.ADMINISTRATOR, province=None)

    def in_force(self, at: datetime) -> Self:
        """Keep the roles that are held at a moment."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)

    def for_list(self) -> Self:
        return self.select_related("user", "agency", "province", "delegated_by").order_by(
            "valid_from", "pk"
        )

    def for_notices(self) -> Self:
        """Load what the name of a membership needs."""
        return self.select_related("agency", "province")

    def ending_after(self, at: datetime) -> Self:
        """Keep the roles that end after a moment, or never."""
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
        return self.user

    @property
    def reach(self) -> Agency | None:
        """Find what the scope of a role is judged by: its agency, or an unsaved stand-in for its
        province; None for the country.
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
        """Keep a user's own interests; for administrators and auditors all of them."""
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

    Kind = ClearanceKind

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
