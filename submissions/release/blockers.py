"""What stands in the way of communicating the scores of an agency: one table, read for all agencies
at once.

Each row says which things are not yet settled; a submission that has one of them is not
communicated. A new obstacle is a new row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import localised
from cycles.calendar import Phase
from cycles.models import Window
from submissions.models import (
    Answer,
    Block,
    Clarification,
    Reconciliation,
    Submission,
    Verification,
)
from submissions.models.answers import AnswerQuerySet
from submissions.workflow import SIGNED, ClarificationState, ReconciliationState


@dataclass(frozen=True)
class Blocker:
    """One row: `things` are what is not settled at a moment, each with its `submission`.

    `page` is the address where it is settled; its argument is the first of the things' `by`.
    """

    code: str
    label: str | Promise
    things: Callable[[datetime], QuerySet[Any]]
    page: str
    by: str = "submission"


@dataclass(frozen=True)
class BlockerCount:
    """An obstacle that one agency has: how many of its things, and the argument of the page that
    leads to the first.
    """

    obstacle: Blocker
    count: int
    first: int

    @property
    def url(self) -> str:
        """Where it is settled."""
        return reverse(self.obstacle.page, args=[self.first])

    @property
    def words(self) -> str:
        return f"{self.obstacle.label}: {localised(self.count)}"


def _unsigned(at: datetime) -> QuerySet[Any]:
    return Submission.objects.in_work().annotate(submission=F("pk"))


def _unscored(at: datetime) -> AnswerQuerySet:
    """Lines of what is signed that have no agreed score."""
    return Answer.objects.filter(submission__state__in=SIGNED).unscored()


_DESK = Block.objects.filter(
    submission=OuterRef("submission"), axis=OuterRef("measure__indicator__axis"), is_second=False
)
_APART = Reconciliation.objects.exclude(state=ReconciliationState.AGREED)


def _on_no_desk(at: datetime) -> QuerySet[Answer]:
    return _unscored(at).not_stewarded().filter(~Exists(_DESK))


def _unsupplied(at: datetime) -> QuerySet[Answer]:
    return _unscored(at).filter(measure__method="steward").annotate(cycle=F("submission__cycle"))


def _unmarked(at: datetime) -> QuerySet[Answer]:
    return (
        _unscored(at)
        .not_stewarded()
        .filter(Exists(_DESK))
        .exclude(Exists(_APART.filter(line=OuterRef("pk"))))
    )


def _unreconciled(at: datetime) -> QuerySet[Reconciliation]:
    return _APART.filter(submission__state__in=SIGNED)


def _unverified(at: datetime) -> QuerySet[Verification]:
    return Verification.objects.open().filter(submission__state__in=SIGNED)


def _unanswered(at: datetime) -> QuerySet[Clarification]:
    """Questions that may still be replied to; one whose window has closed no longer waits for
    anything.
    """
    of_line = {
        "cycle": OuterRef("cycle"),
        "agency": OuterRef("agency"),
        "line": OuterRef("line_id"),
    }
    still = Window.objects.filter(phase=Phase.CLARIFICATION, closes_at__gt=at, **of_line)
    return Clarification.objects.filter(
        Exists(still), state=ClarificationState.ASKED, submission__state__in=SIGNED
    )


OBSTACLES = (
    Blocker("unsigned", _("Self-assessment not signed"), _unsigned, "submissions:detail"),
    Blocker("on_no_desk", _("Lines on nobody's desk"), _on_no_desk, "submissions:assign"),
    Blocker("unmarked", _("Lines whose block is not handed in"), _unmarked, "submissions:assign"),
    Blocker(
        "unsupplied",
        _("Figures that a steward has not supplied"),
        _unsupplied,
        "submissions:stewards",
        by="cycle",
    ),
    Blocker(
        "apart", _("Two marks not reconciled"), _unreconciled, "submissions:reconciliation", by="pk"
    ),
    Blocker(
        "unverified",
        _("Lines still to be verified"),
        _unverified,
        "submissions:verification",
        by="pk",
    ),
    Blocker(
        "asked",
        _("Questions the agency may still answer"),
        _unanswered,
        "submissions:line",
        by="line",
    ),
)


def found(submissions: Iterable[Submission], at: datetime) -> dict[int, list[BlockerCount]]:
    """What stands in the way of each, by key, in the table's order; a query for each row of the
    table, however many.
    """
    keys = [s.pk for s in submissions]
    met: dict[int, list[BlockerCount]] = {}
    for obstacle in OBSTACLES:
        things = obstacle.things(at).filter(submission__in=keys).order_by().values("submission")
        counted = things.annotate(things=Count("pk"), first=Min(obstacle.by))
        for submission, count, first in counted.values_list("submission", "things", "first"):
            met.setdefault(submission, []).append(BlockerCount(obstacle, count, first))
    return met


def sentence(submission: Submission, met: Iterable[BlockerCount]) -> str:
    """Why the scores of an agency cannot be communicated yet."""
    return gettext("%(agency)s cannot be communicated yet. %(why)s.") % {
        "agency": submission.agency,
        "why": "; ".join(m.words for m in met),
    }
