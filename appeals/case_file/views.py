"""The list of appeals, the docket of an agency, what a line's dossier says of its appeal, and one
appeal's papers.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agencies.roles import OVERSEERS, Role
from agencies.statements import Statement, slot
from appeals.case_file import archive, queries
from appeals.drafting import actions as drafting_actions
from appeals.filters import AppealFilter
from appeals.lookups import find, find_line, find_scored, may_draft
from appeals.models import Appeal, Filing
from appeals.tables import AppealTable
from appeals.workflow import APPEALS, AppealState
from cycles.calendar import Phase
from cycles.models import Cycle, Window
from cycles.papers.responses import kept_paper, paper_response, waiting_page
from cycles.requests import PortalRequest
from cycles.ui.pages import act_page, page_of, page_or_part
from submissions.models import Submission


@require_safe
def appeal_list(request: PortalRequest) -> HttpResponse:
    user, at = request.user, request.at
    rows = Appeal.objects.visible_to(user, at).for_list()
    narrowed = AppealFilter(request.GET, queryset=rows, request=request)
    table = page_of(request, AppealTable(narrowed.qs, at=at))
    drafts = Appeal.objects.filter(agency__in=user.agency_ids(at), state=AppealState.DRAFT)
    cycles = (
        Cycle.objects.living()
        if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at)
        else Cycle.objects.none()
    )
    context = {
        "filter": narrowed,
        "table": table,
        "drafted": _drafts_by_submission(drafts),
        "cycles": cycles.for_list(),
    }
    return render(request, "appeals/case_file/list.html", context)


def _drafts_by_submission(drafts: QuerySet[Appeal]) -> list[dict[str, object]]:
    """Count the drafts of each self-assessment that has any."""
    counted: dict[Submission, int] = {}
    for draft in drafts.select_related("submission__agency", "submission__cycle").order_by(
        "submission", "pk"
    ):
        counted[draft.submission] = counted.get(draft.submission, 0) + 1
    return [{"submission": submission, "count": count} for submission, count in counted.items()]


@require_safe
def agency(request: PortalRequest, pk: int) -> HttpResponse:
    """Show every line of one agency with the appeal against it: mark, appeal, decision."""
    submission = find_scored(request, pk)
    user, at = request.user, request.at
    windows = Window.objects.concerning([submission])
    drafting = may_draft(request, submission, windows)
    found = queries.read(submission, user, at)
    context = {
        "submission": submission,
        "docket": found,
        "window": windows.of(Phase.APPEAL, submission),
        "review": windows.of(Phase.APPEAL_REVIEW, submission),
        "may_draft": drafting,
        "may_file": drafting and found.drafts and bool(user.agency_ids(at, Role.HEAD, Role.DEPUTY)),
        "filings": filings_of(submission, request),
        "own": submission.agency_id in user.agency_ids(at),
    }
    return render(request, "appeals/case_file/agency.html", context)


def filings_of(submission: Submission, request: PortalRequest) -> Iterable[Filing]:
    if submission.agency_id in request.user.agency_ids(request.at):
        return FILINGS.fetch(submission=submission.pk, agency=submission.agency_id)
    return (
        Filing.objects.visible_to(request.user, request.at).filter(submission=submission).for_list()
    )


FILINGS = Statement(
    lambda: Filing.objects.filter(submission=slot("submission"), agency=slot("agency")).for_list()
)
"""What the people of an agency see of its filings, whoever else they are."""


@require_safe
def line_slot(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what appeals have to say of a line, for its dossier: the appeal, or that one may be
    drafted, or nothing.
    """
    answer = find_line(request, pk)
    seen = Appeal.objects.visible_to(request.user, request.at).filter(answer=answer)
    windows = Window.objects.concerning([answer.submission])
    live = Appeal.objects.live().filter(answer=answer).exclude(state=AppealState.DRAFT).exists()
    context = {
        "answer": answer,
        "appeals": seen.select_related("answer__measure", "agency").order_by("pk"),
        "may_draft": not live and may_draft(request, answer.submission, windows),
        "window": windows.of(Phase.APPEAL, answer.submission),
    }
    return page_or_part(request, "appeals/case_file/line.html", "slot", context)


@require_http_methods(["GET", "POST"])
def appeal_move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    appeal = find(request, pk)

    def do(note: str) -> object:
        if name == "discard":
            return drafting_actions.discard(appeal, by=request.user, at=request.at)
        return drafting_actions.withdraw(appeal, note=note, by=request.user, at=request.at)

    return act_page(
        request,
        APPEALS,
        appeal,
        name,
        do=do,
        then=reverse("appeals:agency", args=[appeal.submission_id]),
        summary="appeals/summary.html",
        appeal=appeal,
        answer=appeal.answer,
    )


# --- Papers -------------------------------------------------------------------------------------


@require_safe
def appeal_paper(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Hand out an appeal as filed, with what was asked, and its decision, as PDF."""
    appeal = find(request, pk)
    if appeal.filed_at is None:
        return redirect("appeals:detail", pk)
    attachments = queries.attachments_by_appeal([appeal])[appeal.pk]
    source = archive.paper_source(appeal, attachments, request.user, request.at)
    return paper_response(request, source)


@require_safe
def appeal_bundle(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Hand out all there is of an appeal in one ZIP: paper, files, digests, rows of the record and
    the seals over them.
    """
    appeal = find(request, pk)
    if appeal.filed_at is None:
        return redirect("appeals:detail", pk)
    attachments = queries.attachments_by_appeal([appeal])[appeal.pk]
    source = archive.paper_source(appeal, attachments, request.user, request.at)
    paper = kept_paper(request, source)
    if not paper.is_drawn:
        return waiting_page(request, paper)
    return archive.zip_response(
        appeal, attachments, paper, whole=request.user.holds(*OVERSEERS, at=request.at)
    )
