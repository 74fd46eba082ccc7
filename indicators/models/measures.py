"""What a set holds in three tiers, axis, indicator and measure; its goals; and what changed."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import local_name
from cycles.models import PRACTICE
from indicators.models.choices import (
    CafCriterion,
    Dimension,
    Direction,
    EvidenceRule,
    Feedback,
    GoalType,
    Influence,
    Law,
    Perspective,
    ResultLevel,
    Source,
)
from indicators.models.sets import IndicatorSet
from indicators.scoring.bounds import PERCENT, bounds, wrong_bounds
from indicators.scoring.methods import METHODS
from indicators.scoring.value_bounds import ValueBounds
from indicators.workflow import SetState


class Worded(models.Model):
    """Something in a set with a code, a title in one or both languages, and its place."""

    code = models.CharField(max_length=20)
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Take the title in the reader's language, Persian where there is no other."""
        return local_name(self.title_fa, self.title_en)


class Titled(Worded):
    """A tier of a set: worded, with its points."""

    points = models.DecimalField(
        max_digits=12, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )

    class Meta:
        abstract = True


class Axis(Titled):
    """The first tier of a set."""

    set = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="axes")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("set", "code"), name="one_axis_a_code"),)


class Goal(Worded):
    """What a set's measures are for: a goal of a type, with the article or document above it that
    it comes from.
    """

    set = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="goals")
    type = models.CharField(max_length=12, choices=GoalType)
    source = models.CharField(max_length=15, choices=Source, blank=True)
    law = models.CharField(max_length=10, choices=Law, blank=True)
    article = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("set", "code"), name="one_goal_a_code"),)


class Indicator(Titled):
    """The second tier of a set."""

    axis = models.ForeignKey(Axis, models.CASCADE, related_name="indicators")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("axis", "code"), name="one_indicator_a_code"),
        )


class MeasureQuerySet(models.QuerySet["Measure"]):
    def of(self, indicator_set: IndicatorSet) -> Self:
        return self.filter(indicator__axis__set=indicator_set)

    def for_list(self) -> Self:
        return self.select_related("indicator__axis__set", "goal", "steward").order_by(
            F("indicator__axis__position"), F("indicator__position"), "position", "pk"
        )

    def communicated(self) -> Self:
        """Keep those of frozen sets of real years: the bank, in which a lineage is one measure."""
        axis_set = "indicator__axis__set"
        return self.filter(
            **{
                f"{axis_set}__state": SetState.COMMUNICATED,
                f"{axis_set}__cycle__year__gt": PRACTICE,
            }
        )


class Measure(Titled):
    """The third tier: what is counted, in which unit, by which method, and against which target.

    `points` is the ceiling. `lineage` is the same in every year of the same measure; within a set
    it stands once.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="measures")
    lineage = models.UUIDField(default=uuid.uuid4, db_index=True)
    definition_fa = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    unit_fa = models.CharField(max_length=60)
    unit_en = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=6, choices=Direction, default=Direction.HIGHER)
    method = models.CharField(
        max_length=20, choices=[(key, method.label) for key, method in METHODS.items()]
    )
    params = models.JSONField(default=dict, blank=True)
    base = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    floor = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    target = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    lowest = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    highest = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    is_additive = models.BooleanField(
        default=False, help_text="Parts of the value add up: units share one target"
    )
    evidence_rule = models.CharField(max_length=10, choices=EvidenceRule, blank=True)
    evidence_fa = models.CharField(max_length=300, blank=True)
    evidence_en = models.CharField(max_length=300, blank=True)
    steward = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    law = models.CharField(max_length=10, choices=Law, blank=True)
    article = models.CharField(max_length=60, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    goal = models.ForeignKey(Goal, models.SET_NULL, null=True, blank=True, related_name="measures")
    source = models.CharField(max_length=15, choices=Source, blank=True)
    result_level = models.CharField(max_length=10, choices=ResultLevel, blank=True)
    dimension = models.CharField(max_length=15, choices=Dimension, blank=True)
    perspective = models.CharField(max_length=10, choices=Perspective, blank=True)
    caf_criterion = models.PositiveSmallIntegerField(choices=CafCriterion, null=True, blank=True)
    budget_line = models.CharField(max_length=60, blank=True)
    responsible_unit = models.CharField(max_length=200, blank=True)
    responsible_post = models.CharField(max_length=200, blank=True)
    resources = models.TextField(blank=True)
    trend = models.JSONField(
        default=list, blank=True, help_text="Values of past years: [[year, value as text], ...]"
    )
    influence = models.CharField(max_length=10, choices=Influence, blank=True)
    feedback = models.CharField(max_length=10, choices=Feedback, blank=True)
    ideal = models.TextField(
        blank=True, help_text="What one would measure if nothing stood in the way"
    )
    compromise = models.TextField(
        blank=True, help_text="Why something else is measured, where it is"
    )
    links = ArrayField(
        models.UUIDField(), default=list, blank=True, help_text="Lineages that must be read with it"
    )
    is_pilot = models.BooleanField(
        default=False, help_text="In its trial year: scored and shown, never counted"
    )
    is_composed = models.BooleanField(
        default=False, help_text="Parameters or points are the project's, not official"
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("indicator", "code"), name="one_measure_a_code"),
        )

    @property
    def definition(self) -> str:
        return local_name(self.definition_fa, self.definition_en)

    @property
    def unit(self) -> str:
        return local_name(self.unit_fa, self.unit_en)

    @property
    def asks_evidence(self) -> bool:
        """Tell whether a value needs at least one document; a measure without a rule asks where it
        names its evidence.
        """
        if self.evidence_rule:
            return self.evidence_rule == EvidenceRule.REQUIRED
        return bool(self.evidence_fa or self.evidence_en)

    @property
    def evidence(self) -> str:
        return local_name(self.evidence_fa, self.evidence_en)

    @property
    def basis(self) -> str:
        """Name the article of which act, and what else is said of its legal basis, in the reader's
        words.
        """
        act = f"{self.get_law_display()} {self.article}".strip() if self.law else ""
        return " · ".join(part for part in (act, self.legal_basis) if part)

    @property
    def scoring_params(self) -> dict[str, object]:
        """Collect what the scoring method is given besides the value: base, floor, target and its
        own parameters.
        """
        own = {"base": self.base, "floor": self.floor, "target": self.target}
        return {**{key: value for key, value in own.items() if value is not None}, **self.params}

    def bounds(self, params: Mapping[str, object] | None = None) -> ValueBounds:
        """Find the bounds of a value; `params` where an agency's own target stands in place
        of the general.
        """
        return bounds(
            self.method,
            self.scoring_params if params is None else params,
            lowest=self.lowest,
            highest=self.highest,
            is_percent=not PERCENT.isdisjoint((self.unit_fa.strip(), self.unit_en.strip().lower())),
        )

    def wrong_params(self, params: Mapping[str, object] | None = None) -> list[str]:
        """Say what is wrong with its parameters and bounds; `params` where an agency's own target
        stands.
        """
        held = self.scoring_params if params is None else params
        return METHODS[self.method].check(held) or wrong_bounds(
            self.method, held, self.lowest, self.highest
        )

    def why_unfit(self, value: Decimal, params: Mapping[str, object] | None = None) -> str:
        """Say why a value cannot be one of this measure's, in a sentence that names the bound; ""
        when it can.
        """
        held = self.scoring_params if params is None else params
        return METHODS[self.method].unfit(value, held) or self.bounds(held).why_outside(value)

    @property
    def is_stewarded(self) -> bool:
        """Tell whether the authority supplies the figure, so that the agency enters nothing."""
        return self.method == "steward"


class ChangeQuerySet(models.QuerySet["Change"]):
    def for_list(self) -> Self:
        return self.select_related("by").order_by("-pk")


class Change(models.Model):
    """One change of a set before it was frozen: what, by whom, and each field before and after.
    Rows are only added.
    """

    class Deed(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        REMOVED = "removed", _("Removed")
        COPIED = "copied", _("Copied from an earlier set")
        IMPORTED = "imported", _("Imported from a file")
        FILLED = "filled", _("Filled from the catalogue")
        AGREED = "agreed", _("Agreed in the working group")

    set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="changes")
    deed = models.CharField(max_length=10, choices=Deed)
    lineage = models.UUIDField(
        null=True, blank=True, help_text="The measure; none: the set as a whole"
    )
    code = models.CharField(max_length=20, blank=True)
    title_fa = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    fields = models.JSONField(default=dict, help_text="{field: [before, after]}")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("set", "lineage"), name="change_by_measure"),)

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.code}"

    @property
    def title(self) -> str:
        return local_name(self.title_fa, self.title_en)
