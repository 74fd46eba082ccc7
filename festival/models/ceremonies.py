"""The festival's ceremonies, for what there are awards, and the committee's minutes."""

from datetime import datetime
from typing import Self

import uuid_utils.compat
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.locks import locked
from agencies.models import Agency, Level, Named, Province, User
from agencies.persian import in_locale
from agencies.roles import OVERSEERS
from cycles.models import Cycle
from festival.models.editions import Edition
from festival.places import Ranking

COMMITTEE = "committee"
"""What a category rests on where no ranking settles it."""


def in_scope(user: User, at: datetime, province: str) -> Q:
    """Narrow rows to festivals within an overseer's scope, by the path to their festival's
    province.
    """
    if not user.holds(*OVERSEERS, at=at):
        return Q(pk__in=())
    provinces = user.province_ids(at, *OVERSEERS)
    return ~Q(pk__in=()) if provinces is None else Q(**{f"{province}__in": provinces})


class CeremonyQuerySet(models.QuerySet["Ceremony"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show administrators and auditors all ceremonies; those of a province its own."""
        return self.filter(in_scope(user, at, "province"))

    def public(self, at: datetime) -> Self:
        """Keep the ceremonies of years whose results are out."""
        return self.filter(cycle__in=Edition.objects.published(at).values("cycle"))

    def get_locked(self, pk: int) -> "Ceremony":
        """Read one ceremony under a row lock, which keeps it from other acts on its awards."""
        rows = self.select_related("cycle", "province")
        return locked(rows).get(pk=pk)

    def for_list(self) -> Self:
        return self.select_related("cycle", "province").order_by(
            "-cycle__year", F("province__sort_key").asc(nulls_first=True), "pk"
        )


class Ceremony(Named):
    """The festival of a year: of the whole country (`province` None) or of one province."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")
    held_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    chair = models.CharField(
        max_length=200, blank=True, help_text="Who hands over the awards and signs for them"
    )

    agency_id = None
    agency = None

    objects = CeremonyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "province"),
                name="one_ceremony_a_province_and_year",
                nulls_distinct=False,
            ),
        )

    def get_absolute_url(self) -> str:
        return reverse("festival:ceremony", args=[self.pk])

    @property
    def code(self) -> str:
        """Return the middle of its certificates' numbers: the province's own number, 00 for the
        whole country.
        """
        return self.province.code.rpartition("-")[2] if self.province else "00"

    @property
    def reach(self) -> Agency | None:
        """Return an unsaved stand-in for its province, by which scope is judged; None for the
        country.
        """
        return Agency(province=self.province, level=Level.PROVINCIAL) if self.province else None


class CategoryScope(models.TextChoices):
    """At which ceremonies there are awards of a category."""

    NATIONAL = "national", _("At the national ceremony")
    PROVINCIAL = "provincial", _("At the provincial ceremonies")
    BOTH = "both", _("At every ceremony")
    NONE = "none", _("Not this year")


class AwardCategoryQuerySet(models.QuerySet["AwardCategory"]):
    def offered_at(self, ceremony: Ceremony) -> Self:
        level = CategoryScope.PROVINCIAL if ceremony.province_id else CategoryScope.NATIONAL
        return self.filter(cycle=ceremony.cycle_id, offered__in=(level, CategoryScope.BOTH))

    def for_list(self) -> Self:
        return self.select_related("cycle").order_by("position", "pk")


class AwardCategory(Named):
    """For what there are awards in a year, what decides on them, and how many there are at most.

    The limits are of a group where `per_group`, else of a ceremony; None: no limit. Where a ranking
    is the basis so many are proposed as commended after the winners; with no limit none is.
    """

    BASES = (*Ranking.choices, (COMMITTEE, _("Chosen by the committee")))

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    basis = models.CharField(max_length=10, choices=BASES)
    offered = models.CharField(max_length=10, choices=CategoryScope, default=CategoryScope.BOTH)
    per_group = models.BooleanField(default=False)
    most_winners = models.PositiveSmallIntegerField(null=True, blank=True)
    most_commended = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()
    is_composed = models.BooleanField(
        default=False, help_text="Not found in the festival's own practice"
    )

    agency_id = None
    agency = None

    objects = AwardCategoryQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "code"), name="one_award_category_a_code_and_year"
            ),
            models.CheckConstraint(
                condition=Q(most_winners__isnull=True) | Q(most_winners__gt=0),
                name="a_category_has_a_winner",
            ),
        )

    def get_absolute_url(self) -> str:
        return reverse("festival:award_category", args=[self.pk])

    @property
    def is_ranked(self) -> bool:
        """Say whether a ranking proposes its awards."""
        return self.basis != COMMITTEE


def minutes_path(minutes: "Minutes", filename: str) -> str:
    return f"minutes/{uuid_utils.compat.uuid7()}.pdf"


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show minutes to the secretariat alone, before and after publication."""
        return self.filter(in_scope(user, at, "ceremony__province"))

    def for_list(self) -> Self:
        return self.select_related("ceremony__cycle", "ceremony__province", "made_by").order_by(
            "number", "pk"
        )


class Minutes(models.Model):
    """The minutes of one meeting of a ceremony's committee: who was there, what was said, the
    signed paper.
    """

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField()
    held_at = models.DateTimeField()
    members = models.TextField(help_text="Who was present, a line each")
    text = models.TextField()
    file = models.FileField(upload_to=minutes_path, max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    agency_id = None
    agency = None

    objects = MinutesQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("ceremony", "number"), name="minutes_of_a_ceremony_are_numbered"
            ),
        )

    def __str__(self) -> str:
        return gettext("Minutes %(number)s · %(ceremony)s") % {
            "number": in_locale(self.number),
            "ceremony": self.ceremony,
        }

    def get_absolute_url(self) -> str:
        return reverse("festival:minutes", args=[self.pk])

    @property
    def cycle_id(self) -> int:
        return self.ceremony.cycle_id

    @property
    def province_id(self) -> int | None:
        return self.ceremony.province_id

    @property
    def present(self) -> list[str]:
        return [line.strip() for line in self.members.splitlines() if line.strip()]
