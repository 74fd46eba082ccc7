"""Communicate the scores of a year's agencies."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from agencies.models import User
from cycles.calendar import Binding, Phase
from cycles.engine.perform import perform
from cycles.models import Window
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
    windows = []
    for s in submissions:
        closes = at + timedelta(hours=24 * s.cycle.appeal_days)
        ends = closes + timedelta(hours=24 * s.cycle.review_days)
        rows = (
            (Phase.APPEAL, at, closes, Binding.HARD),
            (Phase.APPEAL_REVIEW, closes, ends, Binding.DUTY),
        )
        windows += [
            Window(
                cycle_id=s.cycle_id,
                agency_id=s.agency_id,
                phase=p,
                opens_at=o,
                closes_at=c,
                binding=b,
            )
            for p, o, c, b in rows
        ]
    Window.objects.bulk_create(windows, batch_size=1000)
    return submissions
