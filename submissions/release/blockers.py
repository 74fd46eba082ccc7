"""What stands in the way of communicating the scores of an agency: one table, read for all agencies
at once.

Each row says which things are not yet settled; a submission that has one of them is not
communicated. A new blocker is a new row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Min, Model, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
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
    things: Callable[[datetime], QuerySet[Model]]
    page: str
    by: str = "submission"


@dataclass(frozen=True)
class BlockerCount:
    """A blocker that one agency has: how many of its things, and the argument of the page that
    leads to the first.
    """

    blocker: Blocker
    count: int
    first: int

    @property
    def url(self) -> str:
        """Where it is settled."""
        return reverse(self.blocker.page, args=[self.first])

    @property
    def words(self) -> str:
        return f"{self.blocker.label}: {in_locale(self.count)}"


def _unsigned_submissions(at: datetime) -> QuerySet[Submission]:
    return Submission.objects.in_work().annotate(submission=F("pk"))


def _unscored_lines(at: datetime) -> AnswerQuerySet:
    """Find lines of what is signed that have no agreed score."""
    return Answer.objects.filter(submission__state__in=SIGNED).unscored()


_DESK = Block.objects.filter(
    submission=OuterRef("submission"), axis=OuterRef("measure__indicator__axis"), is_second=False
)
_APART = Reconciliation.objects.exclude(state=ReconciliationState.AGREED)


def _lines_on_no_desk(at: datetime) -> QuerySet[Answer]:
    return _unscored_lines(at).not_stewarded().filter(~Exists(_DESK))


def _lines_without_figure(at: datetime) -> QuerySet[Answer]:
    return (
        _unscored_lines(at).filter(measure__method="steward").annotate(cycle=F("submission__cycle"))
    )


def _unmarked_lines(at: datetime) -> QuerySet[Answer]:
    return (
        _unscored_lines(at)
        .not_stewarded()
        .filter(Exists(_DESK))
        .exclude(Exists(_APART.filter(line=OuterRef("pk"))))
    )


def _open_reconciliations(at: datetime) -> QuerySet[Reconciliation]:
    return _APART.filter(submission__state__in=SIGNED)


def _open_verifications(at: datetime) -> QuerySet[Verification]:
    return Verification.objects.open().filter(submission__state__in=SIGNED)


def _open_questions(at: datetime) -> QuerySet[Clarification]:
    """Find questions that may still be replied to; one whose window has closed no longer waits for
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


BLOCKERS = (
    Blocker(
        "unsigned", _("Self-assessment not signed"), _unsigned_submissions, "submissions:detail"
    ),
    Blocker("on_no_desk", _("Lines on nobody's desk"), _lines_on_no_desk, "submissions:assign"),
    Blocker(
        "unmarked", _("Lines whose block is not handed in"), _unmarked_lines, "submissions:assign"
    ),
    Blocker(
        "unsupplied",
        _("Figures that a steward has not supplied"),
        _lines_without_figure,
        "submissions:stewards",
        by="cycle",
    ),
    Blocker(
        "apart",
        _("Two marks not reconciled"),
        _open_reconciliations,
        "submissions:reconciliation",
        by="pk",
    ),
    Blocker(
        "unverified",
        _("Lines still to be verified"),
        _open_verifications,
        "submissions:verification",
        by="pk",
    ),
    Blocker(
        "asked",
        _("Questions the agency may still answer"),
        _open_questions,
        "submissions:line",
        by="line",
    ),
)


def of_submissions(
    submissions: Iterable[Submission], at: datetime
) -> dict[int, list[BlockerCount]]:
    """Find what stands in the way of each, by key, in the table's order; a query for each row of
    the table, however many.
    """
    keys = [s.pk for s in submissions]
    found: dict[int, list[BlockerCount]] = {}
    for blocker in BLOCKERS:
        things = blocker.things(at).filter(submission__in=keys).order_by().values("submission")
        counted = things.annotate(things=Count("pk"), first=Min(blocker.by))
        for submission, count, first in counted.values_list("submission", "things", "first"):
            found.setdefault(submission, []).append(BlockerCount(blocker, count, first))
    return found


def sentence(submission: Submission, counts: Iterable[BlockerCount]) -> str:
    """Say why the scores of an agency cannot be communicated yet."""
    return gettext("%(agency)s cannot be communicated yet. %(why)s.") % {
        "agency": submission.agency,
        "why": "; ".join(count.words for count in counts),
    }
