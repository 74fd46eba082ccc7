"""The register of international indices (Article 83): indices, their editions as published, regions
to compare with.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.persian import local_name, sort_key
from festival.countries import HOME, name_of
from indicators.models import Direction


class RegionQuerySet(models.QuerySet["Region"]):
    def for_list(self) -> Self:
        return self.order_by("position", "pk")


class Region(models.Model):
    """A named list of countries to compare with; which countries belong to it is the
    administrators' to say.
    """

    code = models.SlugField(max_length=20, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    countries = ArrayField(models.CharField(max_length=3))
    position = models.PositiveSmallIntegerField(default=0)

    objects = RegionQuerySet.as_manager()
    cycle_id = agency_id = agency = None

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language, Persian where there is no other."""
        return local_name(self.name_fa, self.name_en)

    @property
    def country_names(self) -> list[str]:
        """Name its countries in the reader's language."""
        return sorted((name_of(code) for code in self.countries), key=sort_key)


class IndexQuerySet(models.QuerySet["Index"]):
    def followed(self) -> Self:
        """Select indices shown to the public; the others keep all their editions."""
        return self.filter(is_active=True)

    def for_list(self) -> Self:
        return (
            self.select_related("vision_region")
            .prefetch_related("agencies")
            .order_by("position", "code", "pk")
        )


class Index(models.Model):
    """An international index that is followed; `code` never changes.

    The vision target is a score, or a place among the countries of `vision_region` (none: of the
    world), by a year. `plan` names the plan that its recommendations feed.
    """

    code = models.CharField(max_length=20, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    publisher = models.CharField(max_length=200)
    address = models.CharField(max_length=200, blank=True)
    direction = models.CharField(max_length=6, choices=Direction, default=Direction.HIGHER)
    scale_fa = models.CharField(max_length=100, blank=True)
    scale_en = models.CharField(max_length=100, blank=True)
    agencies = models.ManyToManyField(Agency, related_name="+", blank=True)
    vision_score = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    vision_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    vision_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+"
    )
    vision_year = models.PositiveSmallIntegerField(null=True, blank=True)
    plan = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = IndexQuerySet.as_manager()
    cycle_id = agency_id = agency = None

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][A-Z0-9-]*$"),
                name="an_index_has_a_code_in_capital_letters",
            ),
            models.CheckConstraint(
                condition=Q(vision_score=None, vision_rank=None, vision_year=None)
                | (
                    Q(vision_year__isnull=False)
                    & (Q(vision_score__isnull=False) | Q(vision_rank__gte=1))
                ),
                name="a_vision_target_has_its_year",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("festival:index", args=[self.code])

    @property
    def name(self) -> str:
        """Return the name in the reader's language, Persian where there is no other."""
        return local_name(self.name_fa, self.name_en)

    @property
    def scale(self) -> str:
        """Between which numbers its scores lie, in words."""
        return local_name(self.scale_fa, self.scale_en)

    @property
    def is_higher_better(self) -> bool:
        return self.direction == Direction.HIGHER


class IndexEditionQuerySet(models.QuerySet["IndexEdition"]):
    def current(self) -> Self:
        """Select the editions that no revision has superseded."""
        return self.filter(is_current=True)

    def for_list(self) -> Self:
        return self.select_related("supersedes").order_by("-year", "-is_current", "-pk")


class IndexEdition(models.Model):
    """What a publisher said of one year, and where; a revision is a row of its own that supersedes
    the one before.

    `country_count` is how many countries the publisher ranked; `sha256` names the file it was
    imported from.
    """

    index = models.ForeignKey(Index, models.PROTECT, related_name="editions")
    label = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    published_on = models.DateField(null=True, blank=True)
    country_count = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=400)
    sha256 = models.CharField(max_length=64, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="revision"
    )
    is_current = models.BooleanField(default=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects = IndexEditionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("index", "year"),
                condition=Q(is_current=True),
                name="one_current_edition_an_index_and_year",
            ),
            models.UniqueConstraint(
                fields=("index", "year"),
                condition=Q(supersedes=None),
                name="one_first_edition_an_index_and_year",
            ),
        )

    def __str__(self) -> str:
        return f"{self.index_id} · {self.label} · {self.year}"

    @property
    def is_revised(self) -> bool:
        """Say whether the publisher had published other figures before."""
        return self.supersedes_id is not None


class IndexValueQuerySet(models.QuerySet["IndexValue"]):
    def current(self) -> Self:
        return self.filter(edition__is_current=True)

    def of_home(self) -> Self:
        return self.filter(country=HOME)


class IndexValue(models.Model):
    """One country in one edition: score and rank as published, or that it is not covered this year.

    A country of which the edition says nothing has no row: that is not known, which is a third
    thing.
    """

    class State(models.TextChoices):
        PUBLISHED = "published", _("Published")
        NOT_COVERED = "not_covered", _("Not covered this year")

    edition = models.ForeignKey(IndexEdition, models.PROTECT, related_name="values_held")
    country = models.CharField(max_length=3)
    score = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=11, choices=State, default=State.PUBLISHED)

    objects = IndexValueQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("edition", "country"), name="one_value_an_edition_and_country"
            ),
            models.CheckConstraint(
                condition=Q(state="published") & (Q(score__isnull=False) | Q(rank__isnull=False))
                | Q(state="not_covered", score=None, rank=None),
                name="who_is_not_covered_has_neither_score_nor_rank",
            ),
            models.CheckConstraint(
                condition=Q(rank=None) | Q(rank__gte=1), name="ranks_count_from_one"
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{3}$"), name="a_country_by_its_three_letters"
            ),
        )

    def __str__(self) -> str:
        return (
            f"{self.country} · {self.score if self.score is not None else self.get_state_display()}"
        )
