"""What is on an assessor's desk: the lines of an axis, and the marks that they get."""

from datetime import datetime
from decimal import Decimal
from typing import Self, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User, cleared_for, in_reach
from agencies.roles import Role
from cycles.models import Cycle
from indicators.models import Axis
from submissions.models.answers import Answer
from submissions.models.self_assessments import Submission
from submissions.workflow import (
    BLOCKS,
    SEEN_AFTER_SIGNING,
    BlockState,
)


class HandIn(TypedDict):
    """Hold the hours that an assessor says a block took."""

    hours: Decimal | None


class BlockQuerySet(models.QuerySet["Block"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show an assessor the own blocks, once the agency has signed and the assessor is cleared
        for the year.
        """
        return self.held_by(user, at).filter(cleared_for(user))

    def held_by(self, user: User, at: datetime) -> Self:
        """Find blocks on somebody's desk, whether or not they may be shown yet."""
        own = self.filter(assessor=user, submission__state__in=SEEN_AFTER_SIGNING)
        return own.filter(in_reach(user, at, (Role.ASSESSOR,)))

    def with_progress(self) -> Self:
        of_block = Q(submission=OuterRef("submission"), measure__indicator__axis=OuterRef("axis"))
        lines = Answer.objects.filter(of_block).not_stewarded().order_by()
        of_axis = models.Subquery(lines.values("submission").annotate(n=Count("pk")).values("n"))
        marked = Mark.objects.filter(block=OuterRef("pk")).order_by()
        return self.annotate(
            lines=models.Case(
                models.When(is_second=True, then=models.F("drawn__len")), default=of_axis
            ),
            lines_marked=models.functions.Coalesce(
                models.Subquery(marked.values("block").annotate(n=Count("pk")).values("n")), 0
            ),
        )

    def of_line(self, answer: Answer, user: User) -> "Block | None":
        """Find the block in which this person marks the line, else that of the first marking; none
        holds a steward's.
        """
        if answer.measure.is_stewarded:
            return None
        markings = Q(is_second=False) | Q(drawn__contains=[answer.pk])
        rows = self.filter(
            markings, submission=answer.submission_id, axis=answer.measure.indicator.axis_id
        )
        own = models.Case(models.When(assessor=user, then=0), default=1)
        return rows.order_by(own, "is_second", "pk").first()

    def for_page(self) -> Self:
        return self.select_related(
            "agency__province", "cycle", "axis__set", "submission", "assessor"
        )

    def for_list(self) -> Self:
        rows = self.for_page().with_progress()
        return rows.order_by(
            "-state", "-cycle__year", "agency__sort_key", "axis__set__kind", "axis__position", "pk"
        )


class Block(models.Model):
    """The lines of one axis of one submission on one assessor's desk; of a second marking, those
    that were drawn.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="blocks")
    axis = models.ForeignKey(Axis, models.PROTECT, related_name="+")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_second = models.BooleanField(default=False)
    drawn = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Lines of a second reading"
    )
    state = FSMField(choices=BlockState.choices, default=BlockState.OPEN, protected=True)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    hours = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Spent on it, where the assessor says so",
    )

    lines: int  # those to be marked; `with_progress` counts them
    lines_marked: int  # of these, those with a mark

    objects = BlockQuerySet.as_manager()
    named_by = ("axis",)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "axis", "is_second"), name="one_block_an_axis_and_reading"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} · {self.axis}"

    @BLOCKS.transition
    def _hand_in(self, *, at: datetime, given: HandIn) -> None:
        self.handed_in_at, self.hours = at, given["hours"]


class MarkQuerySet(models.QuerySet["Mark"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show an assessor's own marks; show all marks to whoever may read the scores."""
        scored = Submission.objects.scores_visible_to(user, at).values("pk")
        return self.filter(Q(block__assessor=user) | Q(answer__submission__in=scored))

    def made_by(self, user: User) -> Self:
        """Find marks that this person wrote, or handed in after somebody else."""
        return self.filter(Q(assessor=user) | Q(block__assessor=user))


class Mark(models.Model):
    """What one line is given in one block: points with a reason, or "not applicable"; by whoever
    wrote it last.
    """

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="marks")
    block = models.ForeignKey(Block, models.PROTECT, related_name="marks")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    is_not_applicable = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    marked_at = models.DateTimeField()

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("answer", "block"), name="one_mark_a_reading"),
            models.CheckConstraint(
                condition=Q(points__isnull=True, is_not_applicable=True)
                | Q(points__gte=0, is_not_applicable=False),
                name="a_mark_is_points_or_not_applicable",
            ),
        )

    def __str__(self) -> str:
        return str(_("Not applicable") if self.is_not_applicable else self.points)
