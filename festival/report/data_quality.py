"""How far the scores of a year can be relied on, and what they took: figures without anybody's name
or key.

What was not measured is None, which is not zero.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef

from cycles.models import Cycle
from submissions.models import (
    Finding,
    Mark,
    Reconciliation,
    Reliability,
    ReviewTask,
    Score,
    Verification,
)
from submissions.progress.costs import Costs, costs_of
from submissions.scoring.verification_effect import RULE
from submissions.workflow import BlockState, ReviewState, VerificationState

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class MarkReliability:
    """The last reliability study; severities in percent of the ceiling, None if not compared."""

    at: datetime
    alpha: Decimal | None
    low: Decimal | None
    high: Decimal | None
    assessors: int
    most_severe: Decimal | None
    most_lenient: Decimal | None
    copying: int
    halo: int
    saturated: int


@dataclass(frozen=True)
class VerificationOutcome:
    """The lines that were verified at the source: how many were drawn, what was found, what it cost
    in points.
    """

    drawn: int
    supported: int
    partly: int
    unsupported: int
    points_lost: Decimal

    @property
    def concluded_count(self) -> int:
        return self.supported + self.partly + self.unsupported


@dataclass(frozen=True)
class DataQuality:
    """`readings` are the lines that two assessors have marked; `apart` those of them that had to be
    reconciled.
    """

    measured: MarkReliability | None
    readings: int
    apart: int
    verified: VerificationOutcome
    reviews_open: int
    reviews_closed: int
    costs: Costs

    @property
    def rule(self) -> str:
        """Return in words the rule by which a verification's finding lowers a score."""
        return str(RULE)

    @property
    def apart_percent(self) -> Decimal | None:
        return self.apart * HUNDRED / self.readings if self.readings else None


def data_quality(cycle: Cycle, at: datetime) -> DataQuality:
    """Gather the figures of a cycle as of a moment; about a dozen queries."""
    reviews = Counter(ReviewTask.objects.filter(cycle=cycle).values_list("state", flat=True))
    return DataQuality(
        measured=_mark_reliability(cycle, at),
        readings=_double_marked_lines(cycle),
        apart=Reconciliation.objects.filter(cycle=cycle).count(),
        verified=_verification_outcome(cycle),
        reviews_open=reviews[ReviewState.OPEN],
        reviews_closed=reviews[ReviewState.CLOSED],
        costs=costs_of(cycle),
    )


def _mark_reliability(cycle: Cycle, at: datetime) -> MarkReliability | None:
    study = Reliability.objects.filter(cycle=cycle, finished_at__lte=at).order_by("-pk").first()
    if study is None or study.result is None or study.finished_at is None:
        return None
    found = study.result
    agreed = found["agreement"] or {}
    interval = agreed.get("interval") or {}
    effects = [row["effect"] for row in found["severity"]]
    return MarkReliability(
        at=study.finished_at,
        alpha=_statistic(agreed.get("alpha")),
        low=_statistic(interval.get("low")),
        high=_statistic(interval.get("high")),
        assessors=len(effects),
        most_severe=_statistic(min(effects) * 100) if effects else None,
        most_lenient=_statistic(max(effects) * 100) if effects else None,
        copying=sum(1 for row in found["copying"] if row["flagged"]),
        halo=sum(1 for row in found["halo"] if row["flagged"]),
        saturated=len(found["saturated"]),
    )


def _statistic(figure: float | None) -> Decimal | None:
    """Return a statistic as a decimal; the page rounds it, once."""
    return None if figure is None else Decimal(repr(figure))


def _double_marked_lines(cycle: Cycle) -> int:
    """Count the lines whose two marks are both handed in."""
    first = Mark.objects.filter(
        answer=OuterRef("answer"), block__is_second=False, block__state=BlockState.HANDED_IN
    ).order_by()
    second = Mark.objects.filter(
        block__cycle=cycle, block__is_second=True, block__state=BlockState.HANDED_IN
    )
    return second.filter(Exists(first)).count()


def _verification_outcome(cycle: Cycle) -> VerificationOutcome:
    rows = Verification.objects.filter(cycle=cycle)
    found = Counter(
        rows.filter(state=VerificationState.CONCLUDED).values_list("finding", flat=True)
    )
    return VerificationOutcome(
        drawn=rows.count(),
        supported=found[Finding.SUPPORTED],
        partly=found[Finding.PARTLY],
        unsupported=found[Finding.UNSUPPORTED],
        points_lost=_points_lost(cycle),
    )


def _points_lost(cycle: Cycle) -> Decimal:
    """Add up the points that verification took off, whatever appeals gave back later."""
    lowered = Score.objects.filter(answer__submission__cycle=cycle, basis=Score.Basis.VERIFICATION)
    had: dict[int, Decimal] = {}
    lost = Decimal(0)
    rows = Score.objects.filter(answer__in=lowered.values("answer"), points__isnull=False)
    for answer, basis, points in rows.order_by("pk").values_list("answer_id", "basis", "points"):
        if basis == Score.Basis.AGREED:
            had[answer] = points or Decimal(0)
        elif basis == Score.Basis.VERIFICATION:
            lost += had.get(answer, points or Decimal(0)) - (points or Decimal(0))
    return lost
