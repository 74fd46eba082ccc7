"""What is said about a line beside its value: outside influences, colleagues' comments, an
assessor's question.
"""

from datetime import datetime
from typing import Self, TypedDict

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User
from agencies.roles import AGENCY_ROLES
from cycles.models import Cycle
from submissions.models.answers import Answer
from submissions.models.evidence import Evidence
from submissions.models.self_assessments import Submission
from submissions.workflow import CLARIFICATIONS, ClarificationState


class FactorKind(models.TextChoices):
    """What an agency could not have prevented (executive bylaw of Articles 81-82: requirements from
    others).
    """

    LAW = "law", _("A new law or ruling")
    BUDGET = "budget", _("Budget not allotted")
    OTHERS = "others", _("Another agency did not do its part")
    ECONOMY = "economy", _("Prices, exchange rate or sanctions")
    DISASTER = "disaster", _("Natural disaster or epidemic")
    OTHER = "other", _("Something else")


class Verdict(models.TextChoices):
    WAITING = "waiting", _("Not yet judged")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class FactorQuerySet(models.QuerySet["ExternalFactor"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(answer__in=Answer.objects.visible_to(user, at).values("pk"))

    def live(self) -> Self:
        return self.filter(withdrawn_at=None).order_by("pk")


class ExternalFactor(models.Model):
    """An influence from outside that the agency names for a line; the assessor accepts or rejects
    it with a reason.
    """

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=10, choices=FactorKind)
    text = models.TextField()
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.WAITING)
    verdict_reason = models.TextField(blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = FactorQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict=Verdict.WAITING, judged_at=None)
                | (Q(judged_at__isnull=False) & ~Q(verdict_reason="")),
                name="a_verdict_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:80]}"


class CommentQuerySet(models.QuerySet["LineComment"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show comments to an agency's people and its headquarters alone."""
        own = user.agency_ids(at, *AGENCY_ROLES)
        below = Submission.objects.visible_to(user, at).filter(agency__parent__in=own).values("pk")
        return self.filter(Q(answer__submission__agency__in=own) | Q(answer__submission__in=below))

    def for_line(self, answer: Answer) -> Self:
        return self.filter(answer=answer).select_related("by").order_by("written_at", "pk")


class LineComment(models.Model):
    """What one colleague tells the others about a line; no part of what is signed."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="comments")
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = CommentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:80]


class Reply(TypedDict):
    text: str
    writer: User


class ClarificationQuerySet(models.QuerySet["Clarification"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(line__in=Answer.objects.visible_to(user, at).values("pk"))

    def for_notices(self) -> Self:
        return self.select_related("line__measure")


class Clarification(models.Model):
    """A question an assessor asks about one line; its window, `Window.line`, closes for the agency
    by itself.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    line = models.OneToOneField(Answer, models.PROTECT, related_name="clarification")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = FSMField(
        choices=ClarificationState.choices, default=ClarificationState.ASKED, protected=True
    )
    question = models.TextField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    objects = ClarificationQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.line)

    def get_absolute_url(self) -> str:
        return reverse("submissions:line", args=[self.line_id])

    @CLARIFICATIONS.transition
    def _reply(self, *, at: datetime, given: Reply) -> None:
        self.reply, self.replied_by, self.replied_at = given["text"], given["writer"], at
