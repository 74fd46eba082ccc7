"""What agencies answer, with their evidence; what assessors mark; and how it scores."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User, cleared, in_reach
from agencies.persian import localised
from agencies.roles import SUPERIOR_ROLES, Role
from cycles.clashes import digest
from cycles.models import Cycle, Participation
from indicators.models import Axis, Bounded, Measure, MeasureTarget
from indicators.scoring.methods import points
from indicators.scoring.statutory_tree import LineState
from submissions.workflow import (
    BLOCKS,
    IN_WORK,
    MOVES,
    SEEN_AFTER_SIGNING,
    BlockState,
    SubmissionState,
)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Agencies see their own, headquarters their units', the authority its scope, assessors
        what they mark or verify once it is signed and they are cleared for the year.
        """
        seen = Q(agency__in=user.agency_ids(at))
        if above := user.agency_ids(at, *SUPERIOR_ROLES):
            seen |= Q(agency__parent__in=above)
        seen |= in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
        if user.holds(Role.ASSESSOR, at=at):
            assigned = Block.objects.filter(assessor=user).values("submission")
            verified = Submission.objects.filter(verifications__assessor=user).values("pk")
            theirs = (Q(pk__in=assigned) | Q(pk__in=verified)) & Q(state__in=SEEN_AFTER_SIGNING)
            seen |= theirs & in_reach(user, at, (Role.ASSESSOR,)) & cleared(user)
        seen |= in_reach(user, at, (Role.REVIEWER,)) & Q(state=SubmissionState.COMMUNICATED)
        return self.filter(seen)

    def scores_visible_to(self, user: User, at: datetime) -> Self:
        """Whose agreed scores may be read: the authority's scope, but nobody's own agency before
        they are communicated.

        Assessors are not among the readers: each knows the marks of their own desk.
        """
        out = Q(state=SubmissionState.COMMUNICATED)
        own = Q(agency__in=user.agency_ids(at))
        whole = in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR)) & (out | ~own)
        return self.filter(whole | out & (own | in_reach(user, at, (Role.REVIEWER,))))

    def with_progress(self) -> Self:
        """Annotates the lines the agency must fill in, and those that lack nothing
        (`completeness`).
        """
        mine = ~Q(answers__measure__method="steward")
        return self.annotate(
            lines=Count("answers", filter=mine),
            lines_done=Count("answers", filter=mine & Q(answers__lacking=[])),
        )

    def active(self) -> Self:
        return self.filter(participation__ended_by=None)

    def in_work(self) -> Self:
        """What the agency may still change: drafts, and what its headquarters returned."""
        return self.filter(state__in=IN_WORK)

    def with_block_counts(self) -> Self:
        blocks = Block.objects.filter(submission=OuterRef("pk")).order_by().values("submission")
        counted = blocks.annotate(n=Count("pk")).values("n")
        return self.annotate(
            blocks_total=models.functions.Coalesce(models.Subquery(counted), 0),
            blocks_done=models.functions.Coalesce(
                models.Subquery(counted.filter(state=BlockState.HANDED_IN)), 0
            ),
        )

    def for_list(self) -> Self:
        rows = (
            self.select_related("agency", "agency__province", "cycle")
            .with_progress()
            .with_block_counts()
        )
        return rows.order_by("-cycle__year", "agency__sort_key", "pk")

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
        return self.select_related("agency", "cycle")


class Submission(models.Model):
    """The self-assessment of one agency in one cycle."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    participation = models.OneToOneField(Participation, models.PROTECT, related_name="+")
    state = FSMField(choices=SubmissionState.choices, default=SubmissionState.DRAFT, protected=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    content_hash = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    remarks = models.TextField(blank=True, help_text="Why its headquarters returned it")
    returned_at = models.DateTimeField(null=True, blank=True)
    communicated_at = models.DateTimeField(null=True, blank=True)
    current_run = models.ForeignKey(
        "ScoreRun",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        # no index: nobody looks a run's submissions up, and the end of a run changes thousands at
        # once
    )
    provisional_run = models.ForeignKey(
        "ScoreRun", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # the totals as they were communicated; the current run holds what they are after appeals

    lines: int  # those that the agency must fill in; `with_progress` counts them
    lines_done: int  # of these, those that lack nothing

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "agency"), name="one_submission_an_agency_and_cycle"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="signed_when_and_by_whom_go_together",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} · {self.cycle.label}"

    def get_absolute_url(self) -> str:
        """Where whoever is told of it reads on: its scores, once they are out."""
        page = "report" if self.state == SubmissionState.COMMUNICATED else "detail"
        return reverse(f"submissions:{page}", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """What a reminder of the closing says is left, with so many lines not complete."""
        if not count:
            return gettext("the self-assessment is not signed")
        return ngettext(
            "%(count)s line is not complete and the self-assessment is not signed",
            "%(count)s lines are not complete and the self-assessment is not signed",
            count,
        ) % {"count": localised(count)}

    @MOVES.transition
    def _submit(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.submitted_at, self.submitted_by, self.content_hash = at, given["signer"], given["hash"]
        self.checked_at, self.checked_by, self.returned_at, self.remarks = None, None, None, ""

    @MOVES.transition
    def _withdraw(self, *, at: datetime, given: dict[str, Any]) -> None:
        self._unsign()

    @MOVES.transition
    def _send_back(self, *, at: datetime, given: dict[str, Any]) -> None:
        self._unsign()
        self.returned_at, self.remarks = at, given["remarks"]

    @MOVES.transition
    def _stand(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.submitted_at, self.submitted_by, self.content_hash = (
            given["signed_at"],
            given["signer"],
            given["hash"],
        )

    def _unsign(self) -> None:
        self.submitted_at, self.submitted_by, self.content_hash = None, None, ""
        self.checked_at, self.checked_by = None, None

    @MOVES.transition
    def _lapse(self, *, at: datetime, given: dict[str, Any]) -> None:
        pass

    @MOVES.transition
    def _reopen(self, *, at: datetime, given: dict[str, Any]) -> None:
        pass

    @MOVES.transition
    def _complete(self, *, at: datetime, given: dict[str, Any]) -> None:
        pass

    @MOVES.transition
    def _take_back(self, *, at: datetime, given: dict[str, Any]) -> None:
        pass

    @MOVES.transition
    def _end_with_agency(self, *, at: datetime, given: dict[str, Any]) -> None:
        pass

    @MOVES.transition
    def _communicate(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.communicated_at, self.provisional_run_id = at, given["run"]


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(submission__in=Submission.objects.visible_to(user, at).values("pk"))

    def for_page(self) -> Self:
        """With the measure's three tiers, in the set's order."""
        axis = "measure__indicator__axis"
        order = (
            f"{axis}__set__kind",
            f"{axis}__position",
            "measure__indicator__position",
            "measure__position",
            "pk",
        )
        return self.select_related(f"{axis}__set", "own").order_by(*order)

    def with_people(self) -> Self:
        """With who fills each line in; one query."""
        return self.prefetch_related("assignee")

    def with_submission(self) -> Self:
        """With all that decides who may do what with the line."""
        return self.select_related(
            "submission__agency__province",
            "submission__cycle",
            "measure__indicator__axis__set",
            "own",
        )

    def on_desk(self, block: "Block") -> Self:
        """The lines of a block; what a steward supplies is on no assessor's desk."""
        if block.is_second:
            return self.filter(pk__in=block.drawn)
        return self.filter(
            submission=block.submission_id, measure__indicator__axis=block.axis_id
        ).not_stewarded()

    def not_stewarded(self) -> Self:
        """Without the lines that a steward supplies for all agencies."""
        return self.exclude(measure__method="steward")

    def with_evidence_count(self) -> Self:
        live = Q(evidence__withdrawn_at__isnull=True)
        return self.annotate(evidence_count=Count("evidence", filter=live, distinct=True))

    def with_counts(self) -> Self:
        """Annotates live files and external factors, and those of the factors that name no file."""
        live = Q(factors__withdrawn_at__isnull=True)
        return self.with_evidence_count().annotate(
            factor_count=Count("factors", filter=live, distinct=True),
            unproven_count=Count("factors", filter=live & Q(factors__evidence=None), distinct=True),
        )

    def unscored(self) -> Self:
        """Lines without an agreed score."""
        scored = Score.objects.filter(answer=OuterRef("pk"), is_current=True).exclude(
            basis=Score.Basis.SELF
        )
        return self.filter(~Exists(scored))


class Answer(Bounded, models.Model):
    """One line: what an agency says of one measure. Empty value, claim of not applicable and zero
    are three things.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="answers")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    own = models.ForeignKey(MeasureTarget, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    note = models.TextField(blank=True)
    claims_not_applicable = models.BooleanField(default=False)
    prefilled_from = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="The quarter whose report the value comes from, until the agency confirms it",
    )
    strengths = models.TextField(blank=True)
    weaknesses = models.TextField(blank=True)
    action = models.TextField(blank=True, help_text="What will be done to improve")
    outliers = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        help_text="Against what the value stands out",
    )
    outlier_reason = models.TextField(blank=True)
    lacking = ArrayField(
        models.CharField(max_length=14),
        default=list,
        blank=True,
        help_text="What the line lacks: `completeness`",
    )
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ready_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    evidence_count: int  # live files; `with_evidence_count` counts them
    unproven_count: int  # external factors that name no file; `with_counts` counts them

    TEXTS = ("note", "strengths", "weaknesses", "action", "outlier_reason")
    """What an agency says of a line in words, in the order in which form, sheet and version show
    it.
    """

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("submission", "measure"), name="one_answer_a_measure"),
            models.CheckConstraint(
                condition=Q(claims_not_applicable=False) | (Q(value__isnull=True) & ~Q(note="")),
                name="not_applicable_has_a_reason_and_no_value",
            ),
        )

    def __str__(self) -> str:
        return str(self.measure)

    @staticmethod
    def token_of(said: Any) -> str:
        """A short name of what a field says, by which a form knows whether it is still what was
        seen.
        """
        return digest({"": said})

    def token(self, name: str) -> str:
        return self.token_of(getattr(self, name))

    @property
    def self_points(self) -> Decimal | None:
        """Points by the method for the value entered; None where there is none (needs `measure`
        loaded).
        """
        if self.value is None or self.measure.is_stewarded:
            return None
        m = self.measure
        return points(m.method, self.value, ceiling=m.points, params=self.scoring_params)

    @property
    def scoring_params(self) -> dict[str, Any]:
        """The measure's parameters, with the agency's own target in place of the general one (needs
        `own` loaded).
        """
        return self.measure.scoring_params | (self.own.scoring_params if self.own else {})

    @property
    def target(self) -> Decimal | None:
        """The target that holds for this agency."""
        return self.own.target if self.own and self.own.target is not None else self.measure.target

    @property
    def self_state(self) -> LineState:
        if self.measure.is_stewarded:
            return LineState.UNDER_REVIEW
        if self.claims_not_applicable:
            return LineState.NOT_APPLICABLE
        return LineState.NOT_ANSWERED if self.value is None else LineState.SCORED


class BlockQuerySet(models.QuerySet["Block"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Blocks to mark: the assessor's own, once the agency has signed and the assessor is
        cleared for the year.
        """
        return self.held_by(user, at).filter(cleared(user))

    def held_by(self, user: User, at: datetime) -> Self:
        """Blocks on somebody's desk, whether or not they may be shown yet."""
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
        """The block in which this person marks the line, else that of the first reading; none holds
        a steward's.
        """
        if answer.measure.is_stewarded:
            return None
        readings = Q(is_second=False) | Q(drawn__contains=[answer.pk])
        rows = self.filter(
            readings, submission=answer.submission_id, axis=answer.measure.indicator.axis_id
        )
        own = models.Case(models.When(assessor=user, then=0), default=1)
        return rows.order_by(own, "is_second", "pk").first()

    def for_list(self) -> Self:
        rows = self.select_related(
            "agency", "cycle", "axis__set", "submission", "assessor"
        ).with_progress()
        return rows.order_by(
            "-state", "-cycle__year", "agency__sort_key", "axis__set__kind", "axis__position", "pk"
        )


class Block(models.Model):
    """The lines of one axis of one submission on one assessor's desk; of a second reading, those
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
    def _hand_in(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.handed_in_at, self.hours = at, given["hours"]


class MarkQuerySet(models.QuerySet["Mark"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """An assessor's own; all marks for whoever may read the scores."""
        scored = Submission.objects.scores_visible_to(user, at).values("pk")
        return self.filter(Q(block__assessor=user) | Q(answer__submission__in=scored))

    def made_by(self, user: User) -> Self:
        """Marks that this person wrote, or handed in after somebody else."""
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


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """The agency's own points for whoever sees the line; all others for whoever may read the
        scores.
        """
        scored = Submission.objects.scores_visible_to(user, at).values("pk")
        own = Q(basis=Score.Basis.SELF, answer__in=Answer.objects.visible_to(user, at).values("pk"))
        return self.filter(own | Q(answer__submission__in=scored))


class Score(models.Model):
    """The points of a line on one basis; rows are added, never changed, and one is current."""

    class Basis(models.TextChoices):
        SELF = "self", _("Self-assessment")
        AGREED = "agreed", _("Assessors")
        VERIFICATION = "verified", _("Verification at the source")
        STEWARD = "steward", _("Steward")
        APPEAL = "appeal", _("Appeal")
        CORRECTION = "correction", _("Correction")

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="scores")
    basis = models.CharField(max_length=10, choices=Basis)
    state = models.CharField(max_length=16, choices=LineState)
    points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    reason = models.TextField(blank=True)
    scored_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    scored_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("answer",),
                condition=Q(is_current=True),
                include=("basis", "state", "points"),  # totals are added up from the index alone
                name="one_current_score_a_line",
            ),
            models.CheckConstraint(
                condition=Q(state=LineState.SCORED, points__isnull=False)
                | (~Q(state=LineState.SCORED) & Q(points__isnull=True)),
                name="points_only_when_scored",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_basis_display()}: {self.points}"
