"""Where two assessors read the same line: the marks that lie too far apart, and how they came
together.
"""

from datetime import datetime
from decimal import Decimal
from typing import Self, TypedDict

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField

from agencies.models import Agency, User
from cycles.models import Cycle
from submissions.models.answers import Answer
from submissions.models.blocks import Mark
from submissions.models.self_assessments import Submission
from submissions.workflow import RECONCILIATIONS, ReconciliationState, SubmissionState


class Agreement(TypedDict):
    """Name whoever agrees to a proposed value."""

    reader: User


class Proposal(TypedDict):
    """Hold a value between two marks: points or that the line does not apply (`void`), and why."""

    reader: User
    points: Decimal | None
    void: bool
    reason: str


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show a reconciliation to the two assessors of the line, and to whoever may read its
        scores; there is none before both have handed in.
        """
        scored = Submission.objects.scores_visible_to(user, at).values("pk")
        return self.filter(
            Q(first__block__assessor=user)
            | Q(second__block__assessor=user)
            | Q(submission__in=scored)
        )

    def waiting_for(self, user: User, at: datetime) -> Self:
        """Find those of an assessor's own lines in which the next word is theirs."""
        own = self.filter(Q(first__block__assessor=user) | Q(second__block__assessor=user))
        waiting = own.exclude(state=ReconciliationState.AGREED).exclude(proposed_by=user)
        return waiting.exclude(submission__state=SubmissionState.ENDED)

    def for_list(self) -> Self:
        assessors = (
            "first__block__assessor",
            "second__block__assessor",
            "proposed_by",
            "agreed_by",
        )
        return self.select_related(
            "agency", "cycle", "submission", "line__measure", *assessors
        ).order_by("-state", "-cycle__year", "agency__sort_key", "line__measure__position", "pk")


class Reconciliation(models.Model):
    """Two marks on one line further apart than the cycle allows, until one value is agreed; the
    path is kept.

    Points are None until a value is proposed, and where the line is agreed not to apply.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="reconciliations")
    line = models.OneToOneField(Answer, models.PROTECT, related_name="reconciliation")
    first = models.OneToOneField(Mark, models.PROTECT, related_name="+")
    second = models.OneToOneField(Mark, models.PROTECT, related_name="+")
    state = FSMField(
        choices=ReconciliationState.choices, default=ReconciliationState.APART, protected=True
    )
    points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    is_not_applicable = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    objects = ReconciliationQuerySet.as_manager()
    named_by = ("line__measure", "first__block", "second__block")

    def __str__(self) -> str:
        return f"{self.line} · {self.agency}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:reconciliation", args=[self.pk])

    @property
    def readers(self) -> tuple[int, int]:
        """The two assessors who answer for the marks."""
        return self.first.block.assessor_id, self.second.block.assessor_id

    @RECONCILIATIONS.transition
    def _propose(self, *, at: datetime, given: Proposal) -> None:
        self._take_over(given)
        self.proposed_by, self.proposed_at = given["reader"], at

    @RECONCILIATIONS.transition
    def _agree(self, *, at: datetime, given: Agreement) -> None:
        self.agreed_by, self.agreed_at = given["reader"], at

    @RECONCILIATIONS.transition
    def _settle(self, *, at: datetime, given: Proposal) -> None:
        self._take_over(given)
        self.agreed_by, self.agreed_at = given["reader"], at

    def _take_over(self, given: Proposal) -> None:
        self.points, self.is_not_applicable, self.reason = (
            given["points"],
            given["void"],
            given["reason"],
        )
