"""Sets of indicators: what one kind asks of all agencies, of one, or of a group or province, in one
cycle.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, NotRequired, Self, TypedDict

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, Province, User, in_reach
from agencies.roles import Constituency, Role
from cycles.models import PRACTICE, Cycle, Group, Participation
from indicators.workflow import SETS, SetState

FULL_POINTS = Decimal(1000)
"""What the points of a set add up to (domain notes 2.5)."""


class Kind(models.TextChoices):
    GENERAL = "general", _("General indicators")
    SPECIFIC = "specific", _("Specific indicators")
    THEMATIC = "thematic", _("Thematic indicators")


class IndicatorSetQuerySet(models.QuerySet["IndicatorSet"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show agencies their own, and their headquarters' once approved; the authority its scope
        once proposed; everybody what is communicated to more than one agency.
        """
        own = user.agency_ids(at)
        agencies = Q(agency__in=own)
        agencies |= Q(agency__units__in=own, state__in=(SetState.APPROVED, SetState.COMMUNICATED))
        if user.holds(Role.MEMBER, at=at):
            represented = [
                m.agency_id
                for m in user.memberships(at, Role.MEMBER)
                if m.constituency == Constituency.AGENCY
            ]
            agencies |= Q(agency__in=represented) & ~Q(state=SetState.DRAFT)
            others = any(
                m.constituency != Constituency.AGENCY for m in user.memberships(at, Role.MEMBER)
            )
            if others:
                agencies |= (
                    self._within(user, at, Role.MEMBER) | Q(agency=None, province=None)
                ) & ~Q(state=SetState.DRAFT)
        whole = self._within(user, at, Role.ADMINISTRATOR, Role.AUDITOR)
        if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at):
            whole |= Q(agency=None, province=None)
        general = Q(agency=None, state=SetState.COMMUNICATED)
        scoring = in_reach(user, at, (Role.ASSESSOR, Role.REVIEWER)) & Q(
            state=SetState.COMMUNICATED
        )
        seen = self.model.objects.filter(agencies | whole | general | scoring)
        return self.filter(pk__in=seen.values("pk"))

    @staticmethod
    def _within(user: User, at: datetime, *roles: str) -> Q:
        """Select the sets of agencies and of provinces within the scope of these roles."""
        if not user.holds(*roles, at=at):
            return Q(pk__in=())
        provinces = user.province_ids(at, *roles)
        if provinces is None:
            return ~Q(pk__in=())
        return Q(agency__province__in=provinces) | Q(province__in=provinces)

    def active(self) -> Self:
        """Keep all but those of agencies that have ended since their cycle was opened: nobody votes
        on them any more.
        """
        ended = Participation.objects.exclude(ended_by=None)
        return self.exclude(
            Exists(ended.filter(cycle=OuterRef("cycle"), agency=OuterRef("agency")))
        )

    def with_totals(self) -> Self:
        """Annotate the points and the number of the measures that count, those in pilot left out
        of the points.
        """
        measures = "axes__indicators__measures"
        counting = Q(**{f"{measures}__is_pilot": False})
        return self.annotate(
            points=Coalesce(models.Sum(f"{measures}__points", filter=counting), Decimal(0)),
            measure_count=Count(measures),
        )

    def for_list(self) -> Self:
        rows = self.select_related("agency", "cycle", "group", "province").with_totals()
        return rows.order_by("-cycle__year", "kind", "agency__sort_key", "pk")

    def for_notices(self) -> Self:
        """Load all that a row's name and address need."""
        return self.select_related("agency", "cycle", "group", "province")

    def before(self, indicator_set: "IndicatorSet") -> Self:
        """Keep the communicated sets of earlier years for the same whom, the latest first."""
        same = {
            key: getattr(indicator_set, key)
            for key in ("kind", "agency_id", "group_id", "province_id")
        }
        if (
            indicator_set.group is not None
        ):  # a group belongs to its cycle: the same one of another year by its code
            same["group__code"] = indicator_set.group.code
            del same["group_id"]
        earlier = Q(cycle__year__gt=PRACTICE)
        if not indicator_set.cycle.is_practice:
            earlier &= Q(cycle__year__lt=indicator_set.cycle.year)
        return self.filter(earlier, state=SetState.COMMUNICATED, **same).order_by(
            "-cycle__year", "-pk"
        )


class SetProposal(TypedDict):
    """What the transition of a proposal is given."""

    proposer: User


class SetCommunication(TypedDict):
    """What the transition of a communication is given: the content's hash, and the quarter from
    which on targets are broken down.
    """

    hash: str
    quarter: NotRequired[int]


class IndicatorSet(models.Model):
    """The indicators of one kind on which an agency, a group or a province (none of them: every
    agency) is assessed.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")
    state = FSMField(choices=SetState.choices, default=SetState.DRAFT, protected=True)
    years = models.PositiveSmallIntegerField(
        default=1, help_text="How many years a general set is issued for"
    )
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(
        default=0, help_text="How often the set has been proposed"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    communicated_at = models.DateTimeField(null=True, blank=True)
    quarter = models.PositiveSmallIntegerField(
        default=1,
        help_text="The quarter in whose window targets are broken down: the first open after "
        "communication",
    )
    hash = models.CharField(max_length=64, blank=True)

    objects = IndicatorSetQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "kind", "agency", "group", "province"),
                name="one_set_a_kind_and_whom",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="general", agency=None, group=None, province=None)
                | Q(kind="specific", agency__isnull=False, group=None, province=None)
                | (
                    Q(kind="thematic", agency=None)
                    & (
                        Q(group__isnull=False, province=None)
                        | Q(group=None, province__isnull=False)
                    )
                ),
                name="a_set_s_kind_says_for_whom_it_is",
            ),
            models.CheckConstraint(
                condition=Q(years=1) | Q(years=2, kind="general"),
                name="a_general_set_may_be_for_two_years",
            ),
        )

    def __str__(self) -> str:
        if whom := self.whom:
            return f"{self.get_kind_display()} · {whom} · {self.cycle.label}"
        return f"{self.get_kind_display()} · {self.cycle}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:detail", args=[self.pk])

    @property
    def whom(self) -> Agency | Group | Province | None:
        """Name whose set it is; None for every agency."""
        return self.agency or self.group or self.province

    @property
    def sector(self) -> str:
        """Name the sector whose working group decides on it; "" where it concerns several."""
        return self.agency.sector if self.agency else ""

    @staticmethod
    def left_to_do(count: int) -> str:
        """Name what a reminder of the closing of proposals says is left."""
        return gettext("the specific indicators have not been proposed to the working group")

    @SETS.transition
    def _propose(self, *, at: datetime, given: SetProposal) -> None:
        self.proposed_by, self.proposed_at, self.round = given["proposer"], at, self.round + 1

    @SETS.transition
    def _propose_again(self, *, at: datetime, given: SetProposal) -> None:
        self.proposed_by, self.proposed_at, self.round = given["proposer"], at, self.round + 1

    @SETS.transition
    def _approve(self, *, at: datetime, given: object) -> None:
        self.decided_at = at

    @SETS.transition
    def _send_back(self, *, at: datetime, given: object) -> None:
        self.decided_at = at

    @SETS.transition
    def _reject(self, *, at: datetime, given: object) -> None:
        self.decided_at = at

    @SETS.transition
    def _communicate(self, *, at: datetime, given: SetCommunication) -> None:
        self.communicated_at, self.hash, self.quarter = at, given["hash"], given.get("quarter", 1)

    @SETS.transition
    def _carry_over(self, *, at: datetime, given: SetCommunication) -> None:
        self.communicated_at, self.hash, self.quarter = at, given["hash"], given.get("quarter", 1)


NOT_BEGUN = "not_begun"
STAGES = [(NOT_BEGUN, _("Not begun")), *SetState.choices]
"""The stages of an agency's own indicators."""


def with_stage(participations: models.QuerySet[Participation]) -> models.QuerySet[Any]:
    """Find participations annotated with the stage of their agency's specific set: its key, state,
    points, measures, votes.

    `stage` is the state of the set, NOT_BEGUN where there is none. One statement for any number of
    agencies.
    """
    own = IndicatorSet.objects.filter(
        cycle=OuterRef("cycle"), agency=OuterRef("agency"), kind=Kind.SPECIFIC
    )
    totals: models.QuerySet[Any] = own.with_totals()
    voters = own.annotate(
        n=Count("votes__member", filter=Q(votes__round=F("round")), distinct=True)
    )
    return participations.annotate(
        stage=Coalesce(models.Subquery(own.values("state")), Value(NOT_BEGUN)),
        set_pk=models.Subquery(own.values("pk")),
        set_round=models.Subquery(own.values("round")),
        points=models.Subquery(totals.values("points")),
        measures=models.Subquery(totals.values("measure_count")),
        voters=models.Subquery(voters.values("n")),
    )
