"""The lines of a self-assessment: what an agency answers, and how it scores."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from cycles.clashes import digest
from indicators.models import Bounded, Measure, MeasureTarget
from indicators.scoring.methods import points
from indicators.scoring.statutory_tree import LineState
from submissions.models.self_assessments import Submission

if TYPE_CHECKING:
    from submissions.models.blocks import Block


class TextPart(Enum):
    """Where on a line's pages a text has its place, in this order."""

    REASON = "reason"
    """Asked where the value stands out."""
    EXPLANATION = "explanation"
    ANALYSIS = "analysis"
    """Asked where the cycle wants the line analysed."""


@dataclass(frozen=True)
class AnswerText:
    """One text that an agency writes on a line: its field, and how pages and sheets present it."""

    name: str
    label: Promise
    heading: Promise
    """What a sheet says of its column."""
    part: TextPart
    max_length: int = 3000
    help_text: str | Promise = ""


ANSWER_TEXTS = (
    AnswerText(
        name="note",
        label=_("Explanation"),
        heading=_("How the figure was reached; where it does not apply, why"),
        part=TextPart.EXPLANATION,
        max_length=5000,
        help_text=_("How the figure was reached; where the measure does not apply, why."),
    ),
    AnswerText(
        name="strengths",
        label=_("Strengths"),
        heading=_("Strengths"),
        part=TextPart.ANALYSIS,
    ),
    AnswerText(
        name="weaknesses",
        label=_("Weaknesses"),
        heading=_("Weaknesses"),
        part=TextPart.ANALYSIS,
    ),
    AnswerText(
        name="action",
        label=_("Action"),
        heading=_("What will be done to improve"),
        part=TextPart.ANALYSIS,
        help_text=_("What will be done to improve."),
    ),
    AnswerText(
        name="outlier_reason",
        label=_("Why the value is unusual"),
        heading=_("Why the value is unusual, where it stands out"),
        part=TextPart.REASON,
        help_text=_("Asked where the value stands out against last year or the group."),
    ),
)


def in_page_order(texts: Iterable[AnswerText]) -> list[AnswerText]:
    """Sort texts by their part, as the pages of a line show them."""
    parts = list(TextPart)
    return sorted(texts, key=lambda text: parts.index(text.part))


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(submission__in=Submission.objects.visible_to(user, at).values("pk"))

    def for_page(self) -> Self:
        """Read lines with the measure's three tiers, in the set's order."""
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
        """Read lines with who fills each in; one query."""
        return self.prefetch_related("assignee")

    def with_submission(self) -> Self:
        """Read lines with all that decides who may do what with them."""
        return self.select_related(
            "submission__agency__province",
            "submission__cycle",
            "measure__indicator__axis__set",
            "own",
        )

    def on_desk(self, block: "Block") -> Self:
        """Find the lines of a block; what a steward supplies is on no assessor's desk."""
        if block.is_second:
            return self.filter(pk__in=block.drawn)
        return self.filter(
            submission=block.submission_id, measure__indicator__axis=block.axis_id
        ).not_stewarded()

    def not_stewarded(self) -> Self:
        """Leave out the lines that a steward supplies for all agencies."""
        return self.exclude(measure__method="steward")

    def with_evidence_count(self) -> Self:
        live = Q(evidence__withdrawn_at__isnull=True)
        return self.annotate(evidence_count=Count("evidence", filter=live, distinct=True))

    def with_counts(self) -> Self:
        """Annotate live files and external factors, and those of the factors that name no file."""
        live = Q(factors__withdrawn_at__isnull=True)
        return self.with_evidence_count().annotate(
            factor_count=Count("factors", filter=live, distinct=True),
            unproven_count=Count("factors", filter=live & Q(factors__evidence=None), distinct=True),
        )

    def unscored(self) -> Self:
        """Find lines without an agreed score."""
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

    TEXTS = ANSWER_TEXTS
    """From these draw the form, the sheet, what is signed, and the pages that show a line; a text
    that is to be added has its field above and its row there.
    """
    TEXT_FIELDS = tuple(text.name for text in ANSWER_TEXTS)

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
    def token_of(value: object) -> str:
        """Digest what a field says, by which a form knows whether it is still what was seen."""
        return digest({"": value})

    def token(self, name: str) -> str:
        return self.token_of(getattr(self, name))

    @property
    def texts_beside_note(self) -> list[tuple[AnswerText, str]]:
        """List what the agency wrote besides its explanation, in the order of the parts."""
        return [
            (text, getattr(self, text.name))
            for text in in_page_order(self.TEXTS)
            if text.name != "note" and getattr(self, text.name)
        ]

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
    def scoring_params(self) -> dict[str, object]:
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


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show the agency's own points to whoever sees the line, and all others to whoever may read
        the scores.
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
