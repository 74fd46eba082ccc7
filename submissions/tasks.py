"""Jobs on self-assessments: totals that were ordered, files to be scanned, and what the calendar
itself does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from cycles import sandbox
from cycles.calendar import Phase
from cycles.clock import now
from cycles.engine import reminders
from cycles.jobs.kinds import QUICK, Later, Tell, kind
from cycles.models import Cycle, Participation, Reason, Window
from cycles.ui import limits as ui_limits
from cycles.workflow import CycleState
from indicators.models import asked_of_outer
from submissions.answers import actions as answers
from submissions.evidence import actions as evidence
from submissions.evidence import previews, scanner, uploads
from submissions.models import IN_WORK, Answer, Document, Reliability, ScoreRun, Submission
from submissions.reliability import actions as reliability
from submissions.reorganisation import actions as reorganisation
from submissions.scoring import totals
from submissions.signing import actions as signing


@kind(
    "scores",
    label=_("Computation of scores"),
    queue=QUICK,
    attempts=3,
    lease=30,
    unfinished=lambda: ScoreRun.objects.filter(finished_at=None).select_related("cycle"),
    steps={"add_up": _("Adding up")},
)
def compute_scores(run: int, tell: Tell) -> None:
    """Compute a run that was ordered, or what is left of it; a finished one is left alone."""
    totals.compute_cycle(ScoreRun.objects.get(pk=run), at=now(), tell=tell)


@kind(
    "reliability",
    label=_("Reliability of the marks"),
    queue=QUICK,
    attempts=3,
    lease=30,
    unfinished=lambda: Reliability.objects.filter(finished_at=None).select_related("cycle"),
)
def measure_reliability(study: int, tell: Tell) -> None:
    """Measure what was ordered; what is finished is left alone."""
    reliability.measure(Reliability.objects.select_related("cycle").get(pk=study), at=now())


@shared_task
def begin_due() -> None:
    """Begin the self-assessments of every agency whose window is open, with lines for sets
    communicated since.
    """
    at = now()
    for key in (
        Cycle.objects.of_years()
        .filter(state=CycleState.OPEN)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        with transaction.atomic():
            for cycle in Cycle.objects.in_hand().filter(pk=key):
                if open_now := _lacking_lines(cycle, at):
                    answers.begin(open_now, by=None, at=at)


def _lacking_lines(cycle: Cycle, at: datetime) -> list[Participation]:
    """Find who has a communicated measure without a line, and may still answer."""
    asked = asked_of_outer(cycle)
    of_agency = Answer.objects.filter(
        measure=OuterRef("pk"),
        submission__cycle=cycle,
        submission__agency=OuterRef(OuterRef("agency")),
    )
    signed = (
        Submission.objects.filter(cycle=cycle).exclude(state__in=IN_WORK).values("participation")
    )
    due = Participation.objects.active().filter(
        Exists(asked.filter(~Exists(of_agency))), cycle=cycle
    )
    windows = Window.objects.terms([cycle.pk])
    return [
        p
        for p in due.exclude(pk__in=signed).order_by("pk")
        if (term := windows.of(Phase.SELF_ASSESSMENT, p)) and term.is_open(at)
    ]


@shared_task
def lapse_overdue() -> None:
    """Close the drafts of every open cycle whose scoring has begun; open again what a decree has
    given more time.
    """
    at = now()
    scoring = Window.objects.filter(phase=Phase.SCORING, agency=None, opens_at__lte=at).values(
        "cycle"
    )
    for key in (
        Cycle.objects.of_years()
        .filter(state=CycleState.OPEN, pk__in=scoring)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        with transaction.atomic():
            for cycle in Cycle.objects.in_hand().filter(pk=key):
                signing.lapse(cycle, at=at)
                signing.reopen(cycle, at=at)


@shared_task
def end_with_agencies() -> None:
    """End the self-assessments of agencies that have ended."""
    reorganisation.end_with_agencies(at=now())


@shared_task
def remind() -> None:
    """Remind the agencies whose self-assessment is not signed of its closing."""
    reminders.remind(Phase.SELF_ASSESSMENT, not_signed, at=now())


def not_signed(cycles: list[Cycle]) -> Iterator[reminders.Todo]:
    """List the agencies whose self-assessment is not signed, with the number of lines that are not
    complete.
    """
    drafts = (
        Submission.objects.active()
        .filter(cycle__in=cycles)
        .in_work()
        .with_progress()
        .order_by("pk")
    )
    for s in drafts:
        yield reminders.Todo(
            s.cycle_id,
            s.agency_id,
            Submission,
            s.lines - s.lines_done,
            ("submissions:detail", s.pk),
        )


@kind(
    "scan",
    label=_("Virus scan"),
    queue=QUICK,
    attempts=5,
    lease=30,
    unfinished=Document.objects.waiting,
)
def scan(document: int, tell: Tell) -> None:
    """Have a file scanned; while the scanner does not answer it waits, however long that is."""
    waiting = Document.objects.waiting().filter(pk=document).first()
    if waiting is None:
        return
    with _content(waiting) as file:
        verdict = (
            scanner.scan(file) if file else scanner.Verdict("unscannable", "FileNotFoundError")
        )
    if verdict is None:
        raise Later(Reason.SCANNER)
    evidence.note_scan(waiting, outcome=verdict.outcome, finding=verdict.finding, at=now())


@kind(
    "preview",
    label=_("Pictures of a file"),
    queue=QUICK,
    attempts=3,
    lease=30,
    unfinished=Document.objects.undrawn,
)
def draw_preview(document: int, tell: Tell) -> None:
    """Draw the first pages of a file that may be shown, and read what else is shown of it."""
    undrawn = Document.objects.undrawn().filter(pk=document).first()
    if undrawn is None:
        return
    try:
        with _content(undrawn) as file, ui_limits.reading_files_of(undrawn.uploaded_by):
            preview = previews.preview(file, undrawn.content_type) if file else previews.Preview()
    except sandbox.Busy:
        raise  # others' files were read just then: this one is tried again
    except sandbox.Exceeded:
        preview = previews.Preview()
    evidence.note_preview(undrawn, preview, at=now())


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
    uploads.clear_uploads(at=now())
