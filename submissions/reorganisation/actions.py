"""The act by which self-assessments end with their agencies."""

from datetime import datetime

from django.db import transaction

from cycles.engine.perform import perform
from submissions.models import Submission
from submissions.workflow import MOVES, SubmissionState


@transaction.atomic
def end_with_agencies(*, at: datetime) -> list[Submission]:
    """End the self-assessments of agencies that have ended: what is on desks leaves them, and
    nothing is late.
    """
    left = Submission.objects.exclude(participation__ended_by=None).exclude(
        state=SubmissionState.ENDED
    )
    return perform(MOVES, list(left), "end_with_agency", by=None, at=at)
