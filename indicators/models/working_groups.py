"""Working groups: their rules, meetings and minutes, and what members vote, suggest, say and decide
on each measure.

What is said of a measure names it by its lineage, so that it outlives the measure's removal from a
returned set.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Sector, User
from agencies.persian import local_name
from agencies.roles import Constituency
from cycles.models import Cycle
from indicators.models.measures import Goal
from indicators.models.sets import IndicatorSet


def both_finalise() -> list[str]:
    """Name the two that finalise indicators together (executive bylaw, Article 3(b))."""
    return [Constituency.AUTHORITY.value, Constituency.BUDGET.value]


class WorkingGroupQuerySet(models.QuerySet["WorkingGroup"]):
    def for_list(self) -> Self:
        return self.select_related("cycle").order_by("-cycle__year", "sector", "pk")


class WorkingGroup(models.Model):
    """The working group of one sector in a cycle (no sector: what concerns several), and the rules
    by which it decides.

    `quorum` is how many members must have voted; `concurring` the constituencies all of whose votes
    must approve; `majority` the percent of votes that approvals must exceed; `chair_casts` whether
    the chair's vote breaks a tie.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    sector = models.CharField(max_length=20, choices=Sector, blank=True)
    quorum = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    concurring = ArrayField(
        models.CharField(max_length=12, choices=Constituency), default=both_finalise, blank=True
    )
    majority = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(99)])
    chair_casts = models.BooleanField(default=True)

    objects = WorkingGroupQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "sector"), name="one_group_a_sector_and_cycle"
            ),
            models.CheckConstraint(
                condition=Q(quorum__gte=1, majority__lte=99), name="rules_that_can_be_met"
            ),
        )

    agency_id = None
    agency = None

    def __str__(self) -> str:
        return gettext("Working group “%(sector)s” · %(year)s") % {
            "sector": self.name,
            "year": self.cycle.label,
        }

    def get_absolute_url(self) -> str:
        return reverse("indicators:groups", args=[self.cycle.year])

    @property
    def name(self) -> str:
        return self.get_sector_display() if self.sector else gettext("General indicators")

    @property
    def sides(self) -> str:
        """Name the constituencies that must concur."""
        return (
            gettext(" and ").join(str(Constituency(side).label) for side in self.concurring) or "—"
        )


class Choice(models.TextChoices):
    APPROVE = "approve", _("Approve")
    RETURN = "return", _("Return with changes")
    REJECT = "reject", _("Reject")


class Rating(models.TextChoices):
    """How a target compares with what the agency could reach."""

    SLACK = "slack", _("Slack")
    FAIR = "fair", _("Fair")
    UNATTAINABLE = "unattainable", _("Unattainable")


class Vote(models.Model):
    """One member's vote, with its reason, on one round of a set: on one measure, or on all that
    have no vote of theirs.

    A vote on a measure goes before the same member's vote on the whole set.
    """

    set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="votes")
    round = models.PositiveSmallIntegerField()
    lineage = models.UUIDField(null=True, blank=True, help_text="The measure; none: the whole set")
    member = models.ForeignKey(User, models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=12, choices=Constituency)
    is_chair = models.BooleanField(default=False)
    choice = models.CharField(max_length=8, choices=Choice)
    rating = models.CharField(max_length=12, choices=Rating, blank=True)
    reason = models.TextField(blank=True)
    voted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("set", "round", "member", "lineage"),
                name="one_vote_a_member_and_round",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(choice=Choice.APPROVE) | ~Q(reason=""),
                name="a_vote_against_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(choice)s (%(side)s)") % {
            "choice": self.get_choice_display(),
            "side": self.get_constituency_display(),
        }


class Comment(models.Model):
    """What a member or somebody of the agency says of a measure, or of the set; rows are only
    added.
    """

    set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="comments")
    round = models.PositiveSmallIntegerField()
    lineage = models.UUIDField(null=True, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    constituency = models.CharField(
        max_length=12, choices=Constituency, blank=True, help_text="None: whoever owns it"
    )
    text = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class Suggestion(models.Model):
    """Other values that a member suggests for a measure of a proposed set, with the reason; the
    newest counts.
    """

    set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="suggestions")
    round = models.PositiveSmallIntegerField()
    lineage = models.UUIDField()
    member = models.ForeignKey(User, models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=12, choices=Constituency)
    values = models.JSONField(
        help_text="{field: value}, of points, base, floor, target, titles and definition"
    )
    reason = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason[:60]


class Outcome(models.TextChoices):
    OPEN = "open", _("Not decided")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned for changes")
    REJECTED = "rejected", _("Rejected")


class Review(models.Model):
    """One measure before the working group in one round: as proposed, as agreed, and what was
    decided and why.
    """

    set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    lineage = models.UUIDField()
    code = models.CharField(max_length=20)
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    proposed = models.JSONField(help_text="{field: value} as the agency proposed it")
    agreed = models.JSONField(
        default=dict, blank=True, help_text="{field: value} where the group agreed on another"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("set", "round", "lineage"), name="one_review_a_measure_and_round"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=(Outcome.OPEN, Outcome.APPROVED)) | ~Q(reason=""),
                name="a_review_against_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code}: {self.get_outcome_display()}"

    @property
    def title(self) -> str:
        return local_name(self.title_fa, self.title_en)


class GoalRank(models.Model):
    """The place (1 the most important) that a member gives a goal of a set."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="ranks")
    member = models.ForeignKey(User, models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("goal", "member"), name="one_rank_a_member_and_goal"),
        )

    def __str__(self) -> str:
        return f"{self.goal}: {self.rank}"
