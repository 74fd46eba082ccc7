"""Jobs on self-assessments: totals that were ordered, and what the calendar itself does."""

from celery import shared_task
from django.db.models import Exists, OuterRef, Q

from cycles.calendar import Phase
from cycles.middleware import now
from cycles.models import Cycle, Participation, Window
from cycles.workflow import CycleState
from indicators.models import Measure
from indicators.workflow import SetState
from submissions import actions, totals
from submissions.models import Answer, ScoreRun, Submission
from submissions.workflow import SubmissionState


@shared_task
def compute_scores(*, run: int) -> None:
    """Compute a run that was ordered; a finished one is left alone, so that a second run does no harm."""
    ordered = ScoreRun.objects.select_related("cycle").get(pk=run)
    if ordered.finished_at is None:
        totals.compute_cycle(ordered, at=now())


@shared_task
def begin_due() -> None:
    """Begin the self-assessments of every cycle whose window is open, with lines for sets communicated since."""
    at = now()
    open_now = Window.objects.filter(phase=Phase.SELF_ASSESSMENT, agency=None, opens_at__lte=at, closes_at__gt=at)
    for cycle in Cycle.objects.filter(state=CycleState.OPEN, pk__in=open_now.values("cycle")).order_by("pk"):
        asked = Measure.objects.filter(
            Q(indicator__axis__set__agency=None) | Q(indicator__axis__set__agency=OuterRef("agency")),
            indicator__axis__set__cycle=cycle,
            indicator__axis__set__state=SetState.COMMUNICATED,
        )
        of_agency = Answer.objects.filter(
            measure=OuterRef("pk"), submission__cycle=cycle, submission__agency=OuterRef(OuterRef("agency"))
        )
        signed = Submission.objects.filter(cycle=cycle).exclude(state=SubmissionState.DRAFT).values("participation")
        due = Participation.objects.filter(Exists(asked.filter(~Exists(of_agency))), cycle=cycle)
        if participations := list(due.exclude(pk__in=signed).order_by("pk")):
            actions.begin(participations, by=None, at=at)


@shared_task
def lapse_overdue() -> None:
    """Close the drafts of every open cycle whose scoring has begun."""
    at = now()
    scoring = Window.objects.filter(phase=Phase.SCORING, agency=None, opens_at__lte=at).values("cycle")
    drafts = Submission.objects.filter(state=SubmissionState.DRAFT).values("cycle")
    for cycle in Cycle.objects.filter(state=CycleState.OPEN, pk__in=scoring).filter(pk__in=drafts).order_by("pk"):
        actions.lapse(cycle, at=at)
