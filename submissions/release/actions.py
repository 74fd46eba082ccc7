"""Communicate the scores of a year's agencies."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from agencies.models import User
from agencies.postgres_arrays import array
from cycles.calendar import Binding, Phase
from cycles.engine.perform import perform
from cycles.workflow import Refused
from submissions.models import Submission
from submissions.release import blockers
from submissions.scoring import totals
from submissions.workflow import MOVES


@transaction.atomic
def communicate(
    submissions: Sequence[Submission], *, by: User, at: datetime, note: str = "", letter: str = ""
) -> list[Submission]:
    """Communicate scores: each agency's 14 days to appeal start now, the reviewers' next 14 days
    after them.

    Refused while anything stands in the way of one of them (`blockers`). The totals computed now
    stay with each as its provisional ones; the record names their run and the digest of what it
    added up. As many queries for two thousand agencies as for one, but for the batches in which
    rows are written.
    """
    if not submissions:
        return []
    if found := blockers.of_submissions(submissions, at):
        raise Refused({s: blockers.sentence(s, found[s.pk]) for s in submissions if s.pk in found})
    run = totals.compute(submissions, why=totals.COMMUNICATED, by=by, at=at)
    submissions = perform(
        MOVES,
        submissions,
        "communicate",
        by=by,
        at=at,
        note=note,
        letter=letter,
        run=run.pk,
        digest=run.input_digest,
    )
    _open_windows(submissions, at=at)
    return submissions


_WINDOWS = """
    INSERT INTO cycles_window (cycle_id, agency_id, phase, quarter, opens_at, closes_at, binding)
    SELECT s.cycle_id, s.agency_id, term.phase, 0, term.opens_at, term.closes_at, term.binding
    FROM submissions_submission s
    JOIN cycles_cycle c ON c.id = s.cycle_id
    CROSS JOIN LATERAL (
        SELECT %(at)s::timestamptz AS appeal_opens,
               %(at)s::timestamptz + c.appeal_days * interval '24 hours' AS review_opens
    ) moment
    CROSS JOIN LATERAL (VALUES
        (%(appeal)s, appeal_opens, review_opens, %(hard)s),
        (%(review)s, review_opens, review_opens + c.review_days * interval '24 hours', %(duty)s)
    ) term (phase, opens_at, closes_at, binding)
    WHERE s.id = ANY(%(submissions)s::bigint[])
    ORDER BY s.id, term.opens_at
"""


def _open_windows(submissions: Sequence[Submission], *, at: datetime) -> None:
    """Open each agency's days to appeal, and after them its reviewers' days; one statement."""
    given: dict[str, str | datetime] = {
        "at": at,
        "appeal": Phase.APPEAL.value,
        "hard": Binding.HARD.value,
        "review": Phase.APPEAL_REVIEW.value,
        "duty": Binding.DUTY.value,
        "submissions": array([s.pk for s in submissions]),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WINDOWS, given)
