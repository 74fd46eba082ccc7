"""What stands in the way of communicating the scores of an agency: one table, read for all agencies
at once.

Each row says which things are not yet settled; a submission that has one of them is not
communicated. A new blocker is a new row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Exists, F, Min, Model, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from agencies.postgres_arrays import array
from cycles.calendar import Phase
from cycles.models import Window
from submissions.models import (
    Clarification,
    Reconciliation,
    Submission,
    Verification,
)
from submissions.workflow import SIGNED, ClarificationState, ReconciliationState


@dataclass(frozen=True)
class Blocker:
    """One row: `things` are what is not settled at a moment, each with its `submission`; lines
    without a score are sorted by `_LINES` instead.

    `page` is the address where it is settled; its argument is the first of the things' `by`.
    """

    code: str
    label: str | Promise
    page: str
    things: Callable[[datetime], QuerySet[Model]] | None = None
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


_LINES = """
    WITH unscored AS MATERIALIZED (
        SELECT a.id, a.submission_id, s.cycle_id, i.axis_id, m.method
        FROM submissions_submission s
        JOIN submissions_answer a ON a.submission_id = s.id
        JOIN indicators_measure m ON m.id = a.measure_id
        JOIN indicators_indicator i ON i.id = m.indicator_id
        LEFT JOIN submissions_score score
            ON score.answer_id = a.id AND score.is_current AND score.basis <> 'self'
        WHERE s.id = ANY(%(submissions)s::bigint[]) AND s.state = ANY(%(signed)s::text[])
          AND score.id IS NULL
    ),
    sorted AS (
        SELECT line.submission_id, line.cycle_id,
               CASE WHEN line.method = 'steward' THEN 'unsupplied'
                    WHEN desk.id IS NULL THEN 'on_no_desk'
                    WHEN apart.line_id IS NULL THEN 'unmarked' END AS code
        FROM unscored line
        LEFT JOIN submissions_block desk
            ON desk.submission_id = line.submission_id AND desk.axis_id = line.axis_id
            AND NOT desk.is_second
        LEFT JOIN (
            SELECT DISTINCT line_id FROM submissions_reconciliation WHERE state <> 'agreed'
        ) apart ON apart.line_id = line.id
    )
    SELECT code, submission_id, count(*), min(cycle_id) FROM sorted
    WHERE code IS NOT NULL GROUP BY code, submission_id
"""
"""Counts the lines of what is signed that have no agreed score, by what they wait for.

They are found once, before anything else is asked of them: left to the planner, a year whose
statistics are not up to date took half a minute for two thousand agencies.
"""

_APART = Reconciliation.objects.exclude(state=ReconciliationState.AGREED)


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
        "unsigned",
        _("Self-assessment not signed"),
        "submissions:detail",
        things=_unsigned_submissions,
    ),
    Blocker("on_no_desk", _("Lines on nobody's desk"), "submissions:assign"),
    Blocker("unmarked", _("Lines whose block is not handed in"), "submissions:assign"),
    Blocker(
        "unsupplied",
        _("Figures that a steward has not supplied"),
        "submissions:stewards",
        by="cycle",
    ),
    Blocker(
        "apart",
        _("Two marks not reconciled"),
        "submissions:reconciliation",
        things=_open_reconciliations,
        by="pk",
    ),
    Blocker(
        "unverified",
        _("Lines still to be verified"),
        "submissions:verification",
        things=_open_verifications,
        by="pk",
    ),
    Blocker(
        "asked",
        _("Questions the agency may still answer"),
        "submissions:line",
        things=_open_questions,
        by="line",
    ),
)


def of_submissions(
    submissions: Iterable[Submission], at: datetime
) -> dict[int, list[BlockerCount]]:
    """Find what stands in the way of each, by key, in the table's order; at most a query for each
    row of the table, however many.
    """
    keys = [s.pk for s in submissions]
    of_lines = _unscored_lines(keys)
    found: dict[int, list[BlockerCount]] = {}
    for blocker in BLOCKERS:
        counts = of_lines.get(blocker.code, [])
        if blocker.things is not None:
            counts = _count(blocker, blocker.things(at).filter(submission__in=keys))
        for submission, count, first in counts:
            found.setdefault(submission, []).append(BlockerCount(blocker, count, first))
    return found


Counts = list[tuple[int, int, int]]
"""For each submission, by key, how many things it has and the argument of their page."""


def _count(blocker: Blocker, things: QuerySet[Model]) -> Counts:
    of_submissions = things.order_by().values("submission")
    counted = of_submissions.annotate(things=Count("pk"), first=Min(blocker.by))
    return list(counted.values_list("submission", "things", "first"))


def _unscored_lines(keys: Iterable[int]) -> dict[str, Counts]:
    """Count the lines without a score of these submissions, by the code of their blocker."""
    given = {"submissions": array(keys), "signed": array(SIGNED)}
    found: dict[str, Counts] = {}
    by = {blocker.code: blocker.by for blocker in BLOCKERS}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, given)
        for code, submission, count, cycle in cursor:
            first = {"submission": submission, "cycle": cycle}[by[code]]
            found.setdefault(code, []).append((submission, count, first))
    return found


def sentence(submission: Submission, counts: Iterable[BlockerCount]) -> str:
    """Say why the scores of an agency cannot be communicated yet."""
    return gettext("%(agency)s cannot be communicated yet. %(why)s.") % {
        "agency": submission.agency,
        "why": "; ".join(count.words for count in counts),
    }
