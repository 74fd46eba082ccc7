"""The register: provinces, and the agencies that are assessed or assess."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.base import ModelBase
from django.utils.translation import gettext_lazy as _

from agencies.persian import local_name, plain_text, search_key, sort_key
from agencies.roles import Role

if TYPE_CHECKING:
    from agencies.models.people import User


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

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        self.sort_key = sort_key(self.name_fa)[:250]
        self.search_key = f"{search_key(self.name_fa)} {search_key(self.name_en)}"[:500]
        super().save(
            force_insert=force_insert,
            force_update=force_update,
            using=using,
            update_fields=update_fields,
        )

    @property
    def name(self) -> str:
        """Choose the name in the reader's language, Persian where there is no other."""
        return local_name(self.name_fa, self.name_en)


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
        """Keep agencies whose name or code holds the text, however its signs were typed."""
        return self.filter(
            Q(search_key__contains=search_key(text)) | Q(code__icontains=plain_text(text))
        )

    def visible_to(self, user: "User", at: datetime) -> Self:
        """Keep the agencies that a user sees in the register: administrators and auditors their
        scope, an agency's people it and its units.
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
