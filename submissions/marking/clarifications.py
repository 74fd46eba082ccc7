"""What an assessor asks about a line, and the agency's reply within the line's own window."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from cycles.calendar import Binding, Phase
from cycles.engine.perform import perform
from cycles.models import Window
from cycles.workflow import Refused
from submissions.models import Answer, Block, Clarification
from submissions.permissions import is_assigned
from submissions.workflow import CLARIFICATIONS, SubmissionState


@transaction.atomic
def ask(answer: Answer, *, question: str, by: User, at: datetime) -> Clarification:
    """Ask the agency about a line, once; from now on it has so many days, by the cycle's rule, to
    reply.
    """
    submission = answer.submission
    block = locked(Block.objects.all(), with_keys=True).of_line(answer, by)
    if block is None:
        raise Refused(
            _("“%(move)s” is for %(who)s.")
            % {"move": CLARIFICATIONS["ask"].label, "who": is_assigned.label}
        )
    if submission.state == SubmissionState.COMMUNICATED:
        raise Refused(
            _("The scores of this agency are communicated; there is nothing to ask any more.")
        )
    if Clarification.objects.filter(line=answer).exists():
        raise Refused(_("The agency has been asked about this line already."))
    clarification = Clarification.objects.create(
        cycle_id=submission.cycle_id,
        agency_id=submission.agency_id,
        submission=submission,
        line=answer,
        assessor_id=block.assessor_id,
        question=question,
    )
    closes_at = at + timedelta(hours=24 * submission.cycle.clarification_days)
    [clarification] = perform(
        CLARIFICATIONS, [clarification], "ask", by=by, at=at, note=question, until=closes_at
    )
    Window.objects.create(
        cycle_id=submission.cycle_id,
        agency_id=submission.agency_id,
        phase=Phase.CLARIFICATION,
        line=answer.pk,
        opens_at=at,
        closes_at=closes_at,
        binding=Binding.HARD,
    )
    return clarification


@transaction.atomic
def reply(clarification: Clarification, *, text: str, by: User, at: datetime) -> Clarification:
    """Reply to the assessor, once, before the line's own window closes."""
    [clarification] = perform(
        CLARIFICATIONS, [clarification], "reply", by=by, at=at, text=text, writer=by
    )
    return clarification
