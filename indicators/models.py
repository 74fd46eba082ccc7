"""What is asked: sets of indicators in three tiers (axis, indicator, measure) and the votes on them."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User, in_reach
from agencies.roles import Constituency, Role
from cycles.models import Cycle
from indicators.methods import METHODS
from indicators.workflow import SETS, SetState

FULL_POINTS = Decimal(1000)
"""What the points of a general or specific set add up to (domain notes 2.5)."""


class Kind(models.TextChoices):
    GENERAL = "general", _("General indicators")
    SPECIFIC = "specific", _("Specific indicators")
    THEMATIC = "thematic", _("Thematic indicators")


class Direction(models.TextChoices):
    HIGHER = "higher", _("More is better")
    LOWER = "lower", _("Less is better")


class Source(models.TextChoices):
    """Where a specific indicator comes from (domain notes 2.6)."""

    POLICY = "policy", _("General policies")
    PLAN = "plan", _("Development plan law")
    BUDGET = "budget", _("Budget law")
    STATUTE = "statute", _("The agency's statute")
    APPOINTMENT = "appointment", _("Priorities annexed to the head's appointment")
    INTERNATIONAL = "international", _("International index")
    BENCHMARK = "benchmark", _("Benchmarking")
    LAST_YEAR = "last_year", _("Last year's indicators")


class IndicatorSetQuerySet(models.QuerySet["IndicatorSet"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Agencies see their own; the authority its scope once proposed; communicated general sets everybody."""
        agencies = Q(agency__in=user.agency_ids(at))
        if user.holds(Role.MEMBER, at=at):
            own = [m.agency_id for m in user.memberships(at, Role.MEMBER) if m.constituency == Constituency.AGENCY]
            agencies |= Q(agency__in=own) & ~Q(state=SetState.DRAFT)
            others = any(m.constituency != Constituency.AGENCY for m in user.memberships(at, Role.MEMBER))
            if others:
                agencies |= (in_reach(user, at, (Role.MEMBER,)) | Q(agency=None)) & ~Q(state=SetState.DRAFT)
        whole = in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
        if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at):
            whole |= Q(agency=None)
        general = Q(agency=None, state=SetState.COMMUNICATED)
        scoring = in_reach(user, at, (Role.ASSESSOR, Role.REVIEWER)) & Q(state=SetState.COMMUNICATED)
        return self.filter(agencies | whole | general | scoring)

    def with_totals(self) -> Self:
        return self.annotate(
            points=models.functions.Coalesce(models.Sum("axes__indicators__measures__points"), Decimal(0)),
            measure_count=Count("axes__indicators__measures"),
        )

    def for_list(self) -> Self:
        rows = self.select_related("agency", "cycle").with_totals()
        return rows.order_by("-cycle__year", "kind", "agency__sort_key", "pk")

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
        return self.select_related("agency", "cycle")


class IndicatorSet(models.Model):
    """The indicators of one kind on which an agency (none: every agency) is assessed in a cycle."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    state = FSMField(choices=SetState.choices, default=SetState.DRAFT, protected=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=0, help_text="How often the set has been proposed")
    decided_at = models.DateTimeField(null=True, blank=True)
    communicated_at = models.DateTimeField(null=True, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    objects = IndicatorSetQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "kind", "agency"), name="one_set_a_kind_and_agency", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.SPECIFIC) ^ Q(agency__isnull=True), name="a_specific_set_is_one_agency_s"
            ),
        )

    def __str__(self) -> str:
        if self.agency is None:
            return f"{self.get_kind_display()} · {self.cycle}"
        return f"{self.get_kind_display()} · {self.agency} · {self.cycle.label}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:detail", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """What a reminder of the closing of proposals says is left."""
        return gettext("the specific indicators have not been proposed to the working group")

    @SETS.transition
    def _propose(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.proposed_by, self.proposed_at, self.round = given["proposer"], at, self.round + 1

    @SETS.transition
    def _propose_again(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.proposed_by, self.proposed_at, self.round = given["proposer"], at, self.round + 1

    @SETS.transition
    def _approve(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.decided_at = at

    @SETS.transition
    def _send_back(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.decided_at = at

    @SETS.transition
    def _reject(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.decided_at = at

    @SETS.transition
    def _communicate(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.communicated_at, self.hash = at, given["hash"]


class Titled(models.Model):
    """Something in a set with a code, a title in one or both languages, its points and its place."""

    code = models.CharField(max_length=20)
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    points = models.DecimalField(max_digits=12, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language, Persian where there is no other."""
        return self.title_fa if get_language() == "fa" else self.title_en or self.title_fa


class Axis(Titled):
    """The first tier of a set."""

    set = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="axes")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("set", "code"), name="one_axis_a_code"),)


class Indicator(Titled):
    """The second tier of a set."""

    axis = models.ForeignKey(Axis, models.CASCADE, related_name="indicators")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("axis", "code"), name="one_indicator_a_code"),)


class MeasureQuerySet(models.QuerySet["Measure"]):
    def of(self, indicator_set: IndicatorSet) -> Self:
        return self.filter(indicator__axis__set=indicator_set)

    def for_list(self) -> Self:
        return self.select_related("indicator__axis__set").order_by(
            F("indicator__axis__position"), F("indicator__position"), "position", "pk"
        )


class Measure(Titled):
    """The third tier: what is counted, in which unit, by which method, and against which target."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="measures")
    lineage = models.UUIDField(default=uuid.uuid4, help_text="The same in every year of the same measure")
    unit_fa = models.CharField(max_length=60)
    unit_en = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=6, choices=Direction, default=Direction.HIGHER)
    method = models.CharField(max_length=20, choices=[(key, method.label) for key, method in METHODS.items()])
    params = models.JSONField(default=dict, blank=True)
    base = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    floor = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    target = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    evidence_fa = models.CharField(max_length=300, blank=True)
    evidence_en = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=15, choices=Source, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    is_composed = models.BooleanField(default=False, help_text="Parameters or points are the project's, not official")

    objects = MeasureQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("indicator", "code"), name="one_measure_a_code"),)

    @property
    def unit(self) -> str:
        return self.unit_fa if get_language() == "fa" else self.unit_en or self.unit_fa

    @property
    def evidence(self) -> str:
        return self.evidence_fa if get_language() == "fa" else self.evidence_en or self.evidence_fa

    @property
    def scoring_params(self) -> dict[str, Any]:
        """What the scoring method is given besides the value: base, floor, target and its own parameters."""
        own = {"base": self.base, "floor": self.floor, "target": self.target}
        return {**{key: value for key, value in own.items() if value is not None}, **self.params}

    @property
    def is_stewarded(self) -> bool:
        """Whether the authority supplies the figure, so that the agency enters nothing."""
        return self.method == "steward"


class Choice(models.TextChoices):
    APPROVE = "approve", _("Approve")
    RETURN = "return", _("Return with changes")
    REJECT = "reject", _("Reject")


class Vote(models.Model):
    """One member's vote, with its reason, on one round of a set."""

    set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="votes")
    round = models.PositiveSmallIntegerField()
    member = models.ForeignKey(User, models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=12, choices=Constituency)
    choice = models.CharField(max_length=8, choices=Choice)
    reason = models.TextField(blank=True)
    voted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("set", "round", "member"), name="one_vote_a_member_and_round"),
            models.CheckConstraint(
                condition=Q(choice=Choice.APPROVE) | ~Q(reason=""), name="a_vote_against_has_a_reason"
            ),
        )

    def __str__(self) -> str:
        return gettext("%(choice)s (%(side)s)") % {
            "choice": self.get_choice_display(),
            "side": self.get_constituency_display(),
        }
