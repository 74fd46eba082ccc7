"""What the pages of self-assessments share: the cycle, self-assessment or line at an address, for
who may see it.
"""

from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from agencies.roles import OVERSEERS
from agencies.statements import Statement, keys_slot, slot
from cycles.models import Cycle
from cycles.record import embargo
from cycles.requests import PortalRequest
from submissions.models import Answer, Submission
from submissions.workflow import SubmissionState


def find(request: PortalRequest, pk: int, rows: QuerySet[Submission] | None = None) -> Submission:
    """Find the self-assessment, if the reader may see it; among `rows` where others decide
    who may.
    """
    if rows is None:
        if own := request.user.agency_ids(request.at):
            for submission in SUBMISSIONS_OF_AGENCIES.fetch(pk=pk, agencies=own):
                return submission
        rows = Submission.objects.visible_to(request.user, request.at)
    return get_object_or_404(rows.select_related(*BESIDE_SUBMISSION), pk=pk)


BESIDE_SUBMISSION = ("agency__province", "cycle", "checked_by")
SUBMISSIONS_OF_AGENCIES = Statement(
    lambda: Submission.objects.filter(
        pk=slot("pk"), agency__in=keys_slot("agencies")
    ).select_related(*BESIDE_SUBMISSION)
)
"""The people of an agency see all its self-assessments, whoever else does."""


def find_scored(request: PortalRequest, pk: int) -> Submission:
    """Find the self-assessment, if the reader may know its scores."""
    user, at = request.user, request.at
    if own := user.agency_ids(at):
        # the people of an agency know its scores once they are communicated, whoever else does
        for submission in SCORED_OF_AGENCIES.fetch(pk=pk, agencies=own):
            return submission
    return find(request, pk, Submission.objects.scores_visible_to(user, at))


def _scored_of_agencies() -> QuerySet[Submission]:
    rows = Submission.objects.filter(
        pk=slot("pk"), state=SubmissionState.COMMUNICATED, agency__in=keys_slot("agencies")
    )
    return rows.select_related(*BESIDE_SUBMISSION)


SCORED_OF_AGENCIES: Statement[Submission] = Statement(_scored_of_agencies)


def overseen_cycle(request: PortalRequest, pk: int, *, whole: bool = False) -> Cycle:
    """Find the cycle for administrators and auditors, or for those of the whole country alone; to
    others it is not there.
    """
    user, at = request.user, request.at
    if not (user.oversees_the_country(at) if whole else user.holds(*OVERSEERS, at=at)):
        raise Http404
    return get_object_or_404(Cycle.objects.visible_to(user, at), pk=pk)


def find_line(request: PortalRequest, pk: int) -> Answer:
    """Find the line, if the reader may see it."""
    user, at = request.user, request.at
    if own := user.agency_ids(at):
        # the people of an agency see all its lines, whoever else does, and save one after the other
        for line in LINES_OF_AGENCIES.fetch(pk=pk, agencies=own):
            return line
    return get_object_or_404(Answer.objects.visible_to(user, at).with_submission(), pk=pk)


def _lines_of_agencies() -> QuerySet[Answer]:
    lines = Answer.objects.filter(pk=slot("pk"), submission__agency__in=keys_slot("agencies"))
    return lines.with_submission()


LINES_OF_AGENCIES: Statement[Answer] = Statement(_lines_of_agencies)


def line_url(answer: Answer) -> str:
    """Write the address at which the line is open in its workspace."""
    workspace = reverse("submissions:detail", args=[answer.submission_id])
    return f"{workspace}?line={answer.pk}#line-{answer.pk}"


def note_reading(request: PortalRequest, submission: Submission, what: str) -> None:
    """Put on record that an administrator or auditor reads scores that are not communicated yet."""
    if submission.state == SubmissionState.COMMUNICATED:
        return
    if request.user.holds(*OVERSEERS, at=request.at):
        embargo.note_reading(
            submission, what=what, by=request.user, at=request.at, agency=submission.agency
        )


def cycles_of(request: PortalRequest) -> QuerySet[Cycle]:
    return Cycle.objects.visible_to(request.user, request.at).for_list()


def form_errors(form: Form) -> str:
    """Join what is wrong with a form, for a message on a page that does not show its fields."""
    found: list[str] = []
    for errors in form.errors.values():
        found += [str(error) for error in errors]
    return " ".join(found)
