"""Jobs on self-assessments: totals that were ordered, files to be scanned, and what the calendar itself does."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import IO

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef

from cycles import limits, notices, sandbox
from cycles.calendar import Phase
from cycles.middleware import now
from cycles.models import Cycle, Participation, Window
from cycles.workflow import CycleState
from indicators.models import asked_of_outer
from submissions import actions, evidence, gauging, previews, scanning, totals
from submissions.models import IN_WORK, Answer, Document, Reliability, ScoreRun, Submission

AT_ONCE = 200
"""Files that one run of the waiting ones takes in hand; the next takes the others."""


@shared_task
def compute_scores(*, run: int) -> None:
    """Compute a run that was ordered; a finished one is left alone, so that a second run does no harm."""
    totals.compute_cycle(ScoreRun.objects.get(pk=run), at=now())


@shared_task
def compute_waiting() -> None:
    """Go on with every run that was ordered and is not finished: whoever was at it may have died."""
    for run in ScoreRun.objects.filter(finished_at=None).order_by("pk"):
        totals.compute_cycle(run, at=now())


@shared_task
def measure_reliability(*, study: int) -> None:
    """Measure what was ordered; what is finished is left alone, so that a second run does no harm."""
    gauging.measure(Reliability.objects.select_related("cycle").get(pk=study), at=now())


@shared_task
def measure_waiting() -> None:
    """Go on with every measurement that was ordered and is not finished: whoever was at it may have died."""
    for study in Reliability.objects.filter(finished_at=None).select_related("cycle").order_by("pk"):
        gauging.measure(study, at=now())


@shared_task
def begin_due() -> None:
    """Begin the self-assessments of every agency whose window is open, with lines for sets communicated since."""
    at = now()
    for key in Cycle.objects.of_years().filter(state=CycleState.OPEN).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            for cycle in Cycle.objects.in_hand().filter(pk=key):
                if open_now := _lacking_lines(cycle, at):
                    actions.begin(open_now, by=None, at=at)


def _lacking_lines(cycle: Cycle, at: datetime) -> list[Participation]:
    """Who has a communicated measure without a line, and may still answer."""
    asked = asked_of_outer(cycle)
    of_agency = Answer.objects.filter(
        measure=OuterRef("pk"), submission__cycle=cycle, submission__agency=OuterRef(OuterRef("agency"))
    )
    signed = Submission.objects.filter(cycle=cycle).exclude(state__in=IN_WORK).values("participation")
    due = Participation.objects.filter(Exists(asked.filter(~Exists(of_agency))), cycle=cycle)
    windows = Window.objects.terms([cycle.pk])
    return [
        p
        for p in due.exclude(pk__in=signed).order_by("pk")
        if (term := windows.of(Phase.SELF_ASSESSMENT, p)) and term.is_open(at)
    ]


@shared_task
def lapse_overdue() -> None:
    """Close the drafts of every open cycle whose scoring has begun; open again what a decree has given more time."""
    at = now()
    scoring = Window.objects.filter(phase=Phase.SCORING, agency=None, opens_at__lte=at).values("cycle")
    for key in (
        Cycle.objects.of_years()
        .filter(state=CycleState.OPEN, pk__in=scoring)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        with transaction.atomic():
            for cycle in Cycle.objects.in_hand().filter(pk=key):
                actions.lapse(cycle, at=at)
                actions.reopen(cycle, at=at)


@shared_task
def remind() -> None:
    """Remind the agencies whose self-assessment is not signed of its closing."""
    notices.remind(Phase.SELF_ASSESSMENT, not_signed, at=now())


def not_signed(cycles: list[Cycle]) -> Iterator[notices.Todo]:
    """The agencies whose self-assessment is not signed, with the number of lines that are not complete."""
    drafts = Submission.objects.filter(cycle__in=cycles).in_work().with_progress().order_by("pk")
    for s in drafts:
        yield notices.Todo(s.cycle_id, s.agency_id, Submission, s.lines - s.lines_done, ("submissions:detail", s.pk))


@shared_task
def scan(*, document: int) -> None:
    """Have a file scanned and, once it may be shown, drawn; what is done is left alone, so that twice does no harm."""
    _scan(Document.objects.get(pk=document))


@shared_task
def scan_waiting() -> None:
    """Go on with every file that is not scanned or not drawn: the daemon was away, or whoever was at it has died."""
    for document in [*Document.objects.waiting().order_by("pk")[:AT_ONCE]]:
        _scan(document)
    for document in [*Document.objects.undrawn().order_by("pk")[:AT_ONCE]]:
        _draw(document)


def _scan(document: Document) -> None:
    if Document.objects.waiting().filter(pk=document.pk).exists():
        with _content(document) as file:
            verdict = scanning.scan(file) if file else scanning.Verdict("unscannable", "FileNotFoundError")
        if verdict is None:
            return
        document = evidence.note_scan(document, outcome=verdict.outcome, finding=verdict.finding, at=now())
    _draw(document)


def _draw(document: Document) -> None:
    if not document.is_open or document.drawn_at:
        return
    pictures = []
    with _content(document) as file, suppress(sandbox.Exceeded), limits.reading_files_of(document.uploaded_by):
        pictures = previews.draw(file, document.content_type) if file else []
    evidence.note_pictures(document, pictures, at=now())


@contextmanager
def _content(document: Document) -> Iterator[IO[bytes] | None]:
    try:
        file = document.file.open("rb")
    except FileNotFoundError:
        yield None
        return
    try:
        yield file
    finally:
        file.close()


@shared_task
def clear_uploads() -> None:
    """Forget uploads that nobody has gone on with for a week."""
    evidence.clear_uploads(at=now())
