"""Compute the scores of self-assessments, and order their computation."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from agencies.models import User
from agencies.statements import Statement, keys_slot
from cycles.engine.perform import perform
from cycles.jobs import actions as jobs
from cycles.models import Cycle
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, ScoreRun, Submission
from submissions.scoring import totals
from submissions.workflow import MOVES, RUNS, SubmissionState


@transaction.atomic
def complete(
    submissions: Iterable[Submission], *, by: User | None, at: datetime
) -> list[Submission]:
    """Move to "marked" the signed self-assessments among these whose every line has a score.

    Called by whoever has just scored lines and added them up, which holds the submissions: of two
    who do so at once the later sees what the earlier scored.
    """
    done = SCORED_IN_FULL.fetch(keys=[s.pk for s in submissions])
    return perform(MOVES, done, "complete", by=by, at=at) if done else []


def _scored_in_full() -> QuerySet[Submission]:
    waiting = Answer.objects.filter(submission=OuterRef("pk")).unscored()
    signed = Submission.objects.filter(pk__in=keys_slot("keys"), state=SubmissionState.SUBMITTED)
    return signed.filter(~Exists(waiting))


SCORED_IN_FULL: Statement[Submission] = Statement(_scored_in_full)


@transaction.atomic
def rescore(
    answer: Answer,
    *,
    basis: str,
    state: LineState,
    points: Decimal | None,
    reason: str,
    by: User,
    at: datetime,
) -> ScoreRun:
    """Give one line new points (an appeal, a correction) and add its agency up again; called by who
    decided.
    """
    perform(
        MOVES,
        [answer.submission],
        "rescore",
        by=by,
        at=at,
        note=reason,
        line=answer.pk,
        basis=basis,
        points=points,
    )
    totals.put([(answer, state, points, reason)], basis=basis, by=by, at=at)
    return totals.compute([answer.submission], why=f"{basis}: {answer.pk}", by=by, at=at)


@transaction.atomic
def order_run(cycle: Cycle, *, by: User, at: datetime) -> ScoreRun:
    """Ask for the totals of a whole cycle to be computed, as an official act."""
    perform(RUNS, [cycle], "compute", by=by, at=at)
    run = totals.request_run(cycle, why=totals.ORDERED, by=by, at=at)
    jobs.order("scores", run, by=by, at=at)
    return run
