"""What agencies contest, and what was decided."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_fsm import FSMField

from agencies.models import Agency, User, in_reach
from agencies.roles import Role
from agencies.text import localised
from appeals.workflow import APPEALS, DECIDED, AppealState
from cycles.models import Cycle
from submissions.models import Answer, Mark, StewardFigure, Submission


class Ground(models.TextChoices):
    VALUE = "value", _("The value")
    EVIDENCE = "evidence", _("Evidence not considered")
    FORMULA = "formula", _("The formula")
    APPLICABILITY = "applicability", _("Applicability of the measure")
    STEWARD = "steward", _("The steward's figure")
    VERIFICATION = "verification", _("The verification at the source")
    PROCEDURE = "procedure", _("The procedure")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Agencies see their own; the authority, once filed, its scope; reviewers what they may decide."""
        filed = ~Q(state=AppealState.DRAFT) & ~Q(state=AppealState.WITHDRAWN, filed_at__isnull=True)
        whole = in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR)) & filed
        own = Q(agency__in=user.agency_ids(at))
        of_line = {"answer": OuterRef("answer")}
        figured = Exists(StewardFigure.objects.made_by(user).filter(**of_line))
        marked = Exists(Mark.objects.made_by(user).filter(**of_line)) | figured
        conflicts = [a for a in {m.agency_id for m in user.memberships(at)} if a]
        declared = user.interest_set.values("agency")
        review = (
            in_reach(user, at, (Role.REVIEWER,)) & filed & ~Q(agency__in=conflicts) & ~Q(agency__in=declared) & ~marked
        )
        return self.filter(whole | own | review)

    def undecided(self) -> Self:
        return self.filter(state=AppealState.FILED)

    def decided(self) -> Self:
        return self.filter(state__in=DECIDED)

    def for_list(self) -> Self:
        return self.select_related(
            "agency", "agency__province", "cycle", "answer__measure", "decided_by", "submission"
        ).order_by("-cycle__year", "agency__sort_key", "pk")

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
        return self.select_related("agency", "answer__measure")


class Appeal(models.Model):
    """An agency's objection to the score of one line, with what it proposes and what was decided."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="+")
    state = FSMField(choices=AppealState.choices, default=AppealState.DRAFT, protected=True)
    ground = models.CharField(max_length=15, choices=Ground, default=Ground.VALUE)
    proposed_value = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    proposed_points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    argument = models.TextField()
    points_before = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    filed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    decided_points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("answer",), condition=~Q(state=AppealState.WITHDRAWN), name="one_live_appeal_a_line"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision_reason="")),
                name="a_decision_has_its_author_moment_and_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} · {self.answer.measure}"

    def get_absolute_url(self) -> str:
        return reverse("appeals:detail", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """What a reminder of the closing says is left, with so many drafts."""
        said = ngettext("%(count)s drafted appeal is not filed", "%(count)s drafted appeals are not filed", count)
        return said % {"count": localised(count)}

    def was_marked_by(self, user: User) -> bool:
        """Whether this person marked the line, or gave or signed its figure as its steward; makes a query or two."""
        of_line = {"answer": self.answer_id}
        marks, figures = Mark.objects.made_by(user).filter(**of_line), StewardFigure.objects.made_by(user)
        return marks.exists() or figures.filter(**of_line).exists()

    @APPEALS.transition
    def _file(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.filed_at, self.filed_by = at, given["signer"]

    @APPEALS.transition
    def _withdraw(self, *, at: datetime, given: dict[str, Any]) -> None:
        pass

    def _decide(self, at: datetime, given: dict[str, Any]) -> None:
        self.decided_at, self.decided_by = at, given["reviewer"]
        self.decision_reason, self.decided_points = given["reason"], given["points"]

    @APPEALS.transition
    def _uphold(self, *, at: datetime, given: dict[str, Any]) -> None:
        self._decide(at, given)

    @APPEALS.transition
    def _uphold_partly(self, *, at: datetime, given: dict[str, Any]) -> None:
        self._decide(at, given)

    @APPEALS.transition
    def _dismiss(self, *, at: datetime, given: dict[str, Any]) -> None:
        self._decide(at, given)

    @APPEALS.transition
    def _declare_inadmissible(self, *, at: datetime, given: dict[str, Any]) -> None:
        self._decide(at, given)
