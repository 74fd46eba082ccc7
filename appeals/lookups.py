"""What the pages of appeals share: the self-assessment or the appeal at an address, for who may see
it.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404

from appeals.models import Appeal
from appeals.workflow import APPEALS
from cycles.calendar import Phase
from cycles.models import Window
from cycles.requests import PortalRequest
from cycles.workflow import Windows
from submissions import lookups
from submissions.models import Answer, Submission

PAGES = ("withdraw", "discard")
"""Moves that are confirmed on `cycles.ui.pages.act_page`; decisions have a page of their own."""


def find_scored(request: PortalRequest, pk: int) -> Submission:
    """Find a self-assessment whose scores are communicated and may be read."""
    submission = lookups.find_scored(request, pk)
    if submission.communicated_at is None:
        raise Http404
    return submission


def find_line(request: PortalRequest, pk: int) -> Answer:
    """Find a line whose scores the reader may know; an appeal page shows them."""
    scored = Submission.objects.scores_visible_to(request.user, request.at)
    rows = (
        Answer.objects.filter(submission__in=scored.values("pk"))
        .with_submission()
        .select_related("measure")
    )
    return get_object_or_404(rows, pk=pk)


def find(request: PortalRequest, pk: int) -> Appeal:
    rows = Appeal.objects.visible_to(request.user, request.at).for_page()
    return get_object_or_404(
        rows.select_related("submission", "answer__submission__cycle", "drafted_by"), pk=pk
    )


def as_draft(submission: Submission, answer: Answer | None = None) -> Appeal:
    """Make the appeal that could be drafted, to ask the workflow about."""
    appeal = Appeal(cycle=submission.cycle, agency=submission.agency, submission=submission)
    if answer:
        appeal.answer = answer
    return appeal


def may_draft(request: PortalRequest, submission: Submission, windows: Windows) -> bool:
    """Say whether the reader may draft an appeal against a line of this agency now."""
    return not windows.why_closed(Phase.APPEAL, submission, request.at) and APPEALS["edit"].who(
        request.user, as_draft(submission), request.at
    )


def windows_of(appeal: Appeal) -> Windows:
    return Window.objects.concerning([appeal])
