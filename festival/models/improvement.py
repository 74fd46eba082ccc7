"""Plans for improvement: what an agency makes of its results, item by item, and how far each item
is.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User, in_reach
from agencies.roles import OVERSEERS, SUPERIOR_ROLES
from cycles.calendar import day_of
from cycles.models import Cycle, Participation
from festival.models.editions import Edition
from festival.workflow import IMPROVEMENTS, PlanState
from submissions.models import Answer


class Status(models.TextChoices):
    """How far an item is (the words of PART's improvement plans, and one for what is given up)."""

    NONE = "none", _("No action taken")
    UNDER_WAY = "under_way", _("Action taken, not completed")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


SETTLED = (Status.COMPLETED, Status.CANCELLED)


class Ground(models.TextChoices):
    """A reason in the results for an item of a plan."""

    LOST = "lost", _("Points lost")
    FACTOR = "factor", _("An influence from outside was not accepted")
    VERIFICATION = "verification", _("Not supported at the source")
    APPEAL = "appeal", _("The appeal was dismissed")


class SignatureParams(TypedDict):
    """The parameters of signing an improvement plan."""

    signer: User


class ReturnParams(TypedDict):
    """The parameters of returning a signed plan."""

    remarks: str


class ImprovementPlanQuerySet(models.QuerySet["ImprovementPlan"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show plans to the agency's own people and its overseers; to its headquarters once the
        results are published, for a plan tells of scores.
        """
        published = Edition.objects.published(at).values("cycle")
        above = Q(agency__parent__in=user.agency_ids(at, *SUPERIOR_ROLES), cycle__in=published)
        return self.filter(
            Q(agency__in=user.agency_ids(at)) | above | in_reach(user, at, OVERSEERS)
        )

    def with_progress(self) -> Self:
        """Annotate the numbers of items that stand, that are completed and that are cancelled."""
        items = (
            ImprovementItem.objects.standing().filter(plan=OuterRef("pk")).order_by().values("plan")
        )
        current = Progress.objects.filter(
            is_current=True, item__struck_at=None, item__plan=OuterRef("pk")
        )
        by_plan = current.order_by().values("item__plan")

        def number_of(rows: models.QuerySet[models.Model, object]) -> Coalesce:
            return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)

        return self.annotate(
            items_all=number_of(items),
            items_completed=number_of(by_plan.filter(status=Status.COMPLETED)),
            items_cancelled=number_of(by_plan.filter(status=Status.CANCELLED)),
        )

    def for_list(self) -> Self:
        rows = self.select_related("agency__province", "cycle").with_progress()
        return rows.order_by("-cycle__year", "agency__sort_key", "pk")

    def with_due_items(self, until: date) -> Self:
        """Keep plans with items that are due by a day and not settled, and annotate how many
        (`due`), and the first day (`first`).
        """
        settled = Progress.objects.filter(is_current=True, status__in=SETTLED).values("item")
        due = Q(items__struck_at=None, items__due_on__lte=until) & ~Q(items__in=settled)
        counted = self.annotate(
            due=Count("items", filter=due), first=Min("items__due_on", filter=due)
        )
        return counted.filter(due__gt=0)

    def for_notices(self) -> Self:
        """Load what a notice's name and address need."""
        return self.select_related("agency", "cycle")


class ImprovementPlan(models.Model):
    """An agency's plan about the results of one cycle, due from its head by `due_on`.

    `is_compulsory` where a consequence of the results asks for it; `days_late` is counted when it
    is first signed.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    participation = models.OneToOneField(Participation, models.PROTECT, related_name="+")
    state = FSMField(choices=PlanState.choices, default=PlanState.DRAFT, protected=True)
    is_compulsory = models.BooleanField(default=False)
    due_on = models.DateField()
    begun_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    days_late = models.PositiveIntegerField(default=0)
    remarks = models.TextField(blank=True, help_text="Why it was returned")
    closed_at = models.DateTimeField(null=True, blank=True)

    # counted by `with_progress`
    items_all: int
    items_completed: int
    items_cancelled: int

    # counted by `with_due_items`
    due: int
    first: date

    objects = ImprovementPlanQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="an_improvement_plan_is_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(PlanState.SIGNED, PlanState.CLOSED))
                | Q(signed_at__isnull=False),
                name="what_is_followed_up_is_signed",
            ),
        )

    def __str__(self) -> str:
        return gettext("Improvement plan %(year)s · %(agency)s") % {
            "year": self.cycle.label,
            "agency": self.agency,
        }

    def get_absolute_url(self) -> str:
        return reverse("festival:improvement", args=[self.pk])

    def late_by(self, at: datetime) -> int:
        """Count the days by which a signature at a moment is late; an agency that has ended owes
        none.
        """
        if not self.agency.is_active:
            return 0
        return max(0, (day_of(at) - self.due_on).days)

    @IMPROVEMENTS.transition
    def _sign(self, *, at: datetime, given: SignatureParams) -> None:
        if self.signed_at is None:
            self.days_late = self.late_by(at)
        self.signed_by, self.signed_at, self.remarks = given["signer"], at, ""

    @IMPROVEMENTS.transition
    def _send_back(self, *, at: datetime, given: ReturnParams) -> None:
        self.remarks = given["remarks"]

    @IMPROVEMENTS.transition
    def _close(self, *, at: datetime, given: object) -> None:
        self.closed_at = at


class ImprovementItemQuerySet(models.QuerySet["ImprovementItem"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(plan__in=ImprovementPlan.objects.visible_to(user, at).values("pk"))

    def standing(self) -> Self:
        return self.filter(struck_at=None)

    def for_list(self) -> Self:
        """Read the measure and all reports of progress along, in the plan's order; two queries."""
        rows = self.select_related("answer__measure", "plan__agency", "plan__cycle")
        return rows.prefetch_related("progress__by").order_by("plan", "position", "pk")


class ImprovementItem(models.Model):
    """One thing to be done: what was found, what is done about it, by whom, until when, and what it
    is to reach.

    `lineage` is that of the measure it is about, by which it is found again beside the next year's
    line.
    """

    plan = models.ForeignKey(ImprovementPlan, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    answer = models.ForeignKey(Answer, models.PROTECT, null=True, blank=True, related_name="+")
    lineage = models.UUIDField(null=True, blank=True, db_index=True)
    grounds = ArrayField(models.CharField(max_length=12, choices=Ground), default=list, blank=True)
    lost = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    finding = models.TextField()
    action = models.TextField(blank=True)
    owner = models.CharField(
        max_length=200, blank=True, help_text="The post or person that answers for it"
    )
    due_on = models.DateField(null=True, blank=True)
    target = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)

    objects = ImprovementItemQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "answer"),
                condition=Q(struck_at=None),
                name="one_improvement_item_a_line",
            ),
            models.CheckConstraint(
                condition=~Q(finding=""), name="an_improvement_answers_a_finding"
            ),
            models.CheckConstraint(
                condition=Q(answer=None, lineage=None)
                | Q(answer__isnull=False, lineage__isnull=False),
                name="an_improvement_of_a_line_knows_its_lineage",
            ),
        )

    def __str__(self) -> str:
        return self.answer.measure.title if self.answer else self.finding[:80]

    @property
    def is_whole(self) -> bool:
        """Say whether it has all that a signature needs."""
        return bool(self.action and self.owner and self.due_on)

    @property
    def ground_choices(self) -> list[Ground]:
        return [Ground(code) for code in self.grounds]

    @property
    def current(self) -> "Progress | None":
        """Return the newest report of progress (needs `for_list`)."""
        return next((p for p in self.progress.all() if p.is_current), None)

    @property
    def status(self) -> Status:
        return Status(self.current.status) if self.current else Status.NONE

    def is_overdue(self, today: date) -> bool:
        """Say whether its day has passed and it is not settled (needs `for_list`)."""
        return self.due_on is not None and self.due_on < today and self.status not in SETTLED


def status_counts(items: Iterable[ImprovementItem]) -> list[tuple[Status, int]]:
    """Count the items of each status, zeros included (needs `for_list`)."""
    found = [item.status for item in items]
    return [(status, found.count(status)) for status in Status]


class Progress(models.Model):
    """How far an item is, as reported at one time; rows are added, never changed, and one is
    current.
    """

    item = models.ForeignKey(ImprovementItem, models.PROTECT, related_name="progress")
    status = models.CharField(max_length=10, choices=Status)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("item",), condition=Q(is_current=True), name="one_current_progress_an_item"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | ~Q(note=""),
                name="what_is_cancelled_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        return str(self.get_status_display())
