"""How reliable the marks of a cycle are: ordered by an administrator, computed by a job, kept as it
was found.

Nothing here changes a score: what stands out opens a task for somebody to look into. A mark is read
as its share of the line's ceiling; lines that do not apply, that nobody answered, or that a steward
supplies say nothing about an assessor and are left out.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.engine.perform import perform
from cycles.jobs import actions as jobs
from cycles.models import Cycle
from cycles.workflow import Refused
from submissions.marking import rules as marking_rules
from submissions.models import Mark, Reliability, ReviewTask
from submissions.reliability import severity, statistics
from submissions.reliability.statistics import Reading
from submissions.workflow import REVIEWS, RUNS, BlockState

HUNDRED = 100

UNRELIABLE = 0.667
"""Below this alpha marks are not taken as reliable (Krippendorff, Content Analysis, 2004)."""


@transaction.atomic
def order_reliability(cycle: Cycle, *, by: User, at: datetime) -> Reliability:
    """Ask for the reliability of a cycle's marks to be measured, as an official act."""
    perform(RUNS, [cycle], "gauge", by=by, at=at)
    study = Reliability.objects.create(cycle=cycle, asked_by=by, asked_at=at)
    jobs.order("reliability", study, by=by, at=at)
    return study


def read(cycle: Cycle) -> list[Reading]:
    """Read every mark of the cycle's blocks that are handed in, as shares of the ceiling; one
    query.
    """
    marks = (
        Mark.objects.filter(
            block__cycle=cycle, block__state=BlockState.HANDED_IN, points__isnull=False
        )
        .exclude(answer__measure__method="steward")
        .filter(answer__value__isnull=False)
        .select_related("answer__measure", "answer__own", "block__axis")
        .order_by("pk")
    )
    return [_reading(mark) for mark in marks.iterator(chunk_size=5000)]


def _reading(mark: Mark) -> Reading:
    answer, ceiling = mark.answer, mark.answer.measure.points
    suggested = marking_rules.suggestion(answer)
    return Reading(
        line=answer.pk,
        agency=mark.block.agency_id,
        axis=mark.block.axis.code,
        assessor=mark.block.assessor_id,
        share=float(mark.points / ceiling) if mark.points is not None else 0.0,
        suggested=None if suggested is None else float(suggested / ceiling),
        measure=answer.measure_id,
    )


@transaction.atomic
def measure(study: Reliability, *, at: datetime) -> Reliability:
    """Measure what was ordered; what is finished is left alone, so that a
    second run does no harm.
    """
    if study.finished_at:
        return study
    found = read(study.cycle)
    tolerance = study.cycle.agreement_percent / HUNDRED
    agreed = statistics.agreement(found, seed=study.pk, tolerance=tolerance)
    study.result = {
        "marks": len(found),
        "agreement": None if agreed is None else asdict(agreed),
        "severity": _rows(severity.severity(found)),
        "copying": _rows(statistics.copying(found)),
        "halo": _rows(statistics.halo(found)),
        "saturated": _rows(s for s in statistics.saturation(found) if s.flagged),
    }
    study.finished_at = at
    study.save(update_fields=["result", "finished_at"])
    _open_tasks(study, at=at)
    return study


def _open_tasks(study: Reliability, *, at: datetime) -> None:
    """Open a task for each finding that stands out, to be looked into; none where one on the same
    is open still.
    """
    found = study.result or {}
    kinds = (ReviewTask.Kind.SEVERITY, ReviewTask.Kind.COPYING, ReviewTask.Kind.HALO)
    tasks: list[ReviewTask] = []
    for kind in kinds:
        for row in found[kind]:
            if row["flagged"]:
                tasks.append(ReviewTask(kind=kind, assessor_id=row["assessor"], figures=row))
    saturated = ReviewTask.Kind.SATURATED
    for row in found[saturated]:
        tasks.append(ReviewTask(kind=saturated, measure_id=row["measure"], figures=row))
    agreed = found["agreement"]
    if agreed and agreed["alpha"] is not None and agreed["alpha"] < UNRELIABLE:
        tasks.append(ReviewTask(kind=ReviewTask.Kind.AGREEMENT, figures=agreed))
    for task in tasks:
        task.cycle_id, task.study, task.opened_at = study.cycle_id, study, at
    ReviewTask.objects.bulk_create(tasks, ignore_conflicts=True)


@transaction.atomic
def close(task: ReviewTask, *, outcome: str, by: User, at: datetime) -> ReviewTask:
    """Close a task, saying what looking into it came to; whose marks it is
    about does not close it.
    """
    if not outcome.strip():
        raise Refused(_("Say what looking into it came to."))
    [task] = perform(
        REVIEWS, [task], "close", by=by, at=at, note=outcome, outcome=outcome, closer=by
    )
    return task


def _rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(row) for row in found]
