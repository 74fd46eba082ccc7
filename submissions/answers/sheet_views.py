"""Pages by which a self-assessment goes out as a spreadsheet and is filled in from one."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cycles.engine.perform import why_closed
from cycles.requests import PortalRequest
from cycles.spreadsheets import dry_run, sheet_files
from cycles.spreadsheets.sheets import Sheet
from cycles.ui.pages import import_page, sheet_answer
from submissions.answers import sheets
from submissions.answers.sheet_columns import VALUES, AnswerLines
from submissions.lookups import find
from submissions.models import Answer
from submissions.workflow import MOVES


@require_safe
def template(request: PortalRequest, kind: str) -> HttpResponse:
    return sheet_answer(
        sheet_files.template(VALUES, kind), f"template-{VALUES.name}-{VALUES.version}", kind
    )


@require_safe
def export(request: PortalRequest, pk: int, kind: str) -> HttpResponse:
    """Hand out the lines that the agency fills in, with what they say now."""
    submission = find(request, pk)
    resource = AnswerLines(submission)
    name = f"{VALUES.name}-{submission.cycle.year}-{submission.agency.code}"
    return sheet_answer(
        sheet_files.write_rows(VALUES, resource.rows(resource.lines()), kind), name, kind
    )


@require_http_methods(["GET", "POST"])
def take_in(request: PortalRequest, pk: int) -> HttpResponse:
    """Check a file of values, and let it be written when confirmed."""
    submission = find(request, pk)
    if closed := why_closed(MOVES, submission, "take_in", by=request.user, at=request.at):
        messages.error(request, closed)
        return redirect("submissions:detail", pk)

    def do(
        sheet: Sheet, *, as_checked: str, file_name: str, sha256: str, left_out: int
    ) -> Sequence[Answer]:
        resource = AnswerLines(submission)
        return sheets.import_answers(
            submission,
            lambda: resource.changed_values(dry_run.checked_again(resource, sheet, as_checked)),
            by=request.user,
            at=request.at,
            file_name=file_name,
            sha256=sha256,
            left_out=left_out,
        )

    return import_page(
        request,
        VALUES,
        check=lambda sheet: dry_run.check(AnswerLines(submission), sheet),
        do=do,
        then=reverse("submissions:detail", args=[pk]),
        page="submissions/answers/import.html",
        submission=submission,
    )
