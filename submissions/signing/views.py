"""Pages on which a self-assessment is reviewed, signed, returned, withdrawn; its receipt, its
versions, their proof.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import User
from cycles.calendar import Phase
from cycles.engine.perform import why_closed
from cycles.models import Window
from cycles.papers.responses import paper_response
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page
from submissions import outliers
from submissions.answers.views import PAGES, Progress, by_axis
from submissions.completeness import Lack
from submissions.lookups import find
from submissions.models import Answer, Declaration, DeclaredLevel, Submission, Version
from submissions.outliers import Past
from submissions.signing import actions, receipts, signed_lines, versions
from submissions.workflow import MOVES

MOST_LOSSES = 5


@dataclass(frozen=True)
class Loss:
    """A line that costs the agency points: against its target, and against what it reached last
    year.
    """

    answer: Answer
    to_target: Decimal
    to_last_year: Decimal | None
    past: Past | None

    @property
    def lacking(self) -> list[Lack]:
        """What can still be done about it."""
        return [Lack(code) for code in self.answer.lacking]

    @property
    def whose(self) -> User | None:
        """By whom: whoever fills the line in, or did last."""
        return self.answer.assignee or self.answer.updated_by


def losses(answers: list[Answer], past: dict[UUID, list[Past]]) -> list[Loss]:
    """Find the five lines that lose most, by what they miss of the target and of last year's share,
    whichever is more.
    """
    found = []
    for a in answers:
        if a.measure.is_stewarded or a.measure.is_pilot or a.claims_not_applicable:
            continue
        points = a.self_points or Decimal(0)
        last = next(iter(past.get(a.measure.lineage, [])), None)
        before = (
            None
            if last is None or last.share is None
            else last.share * a.measure.points / 100 - points
        )
        found.append(Loss(a, a.measure.points - points, before, last))
    found = [loss for loss in found if loss.to_target > 0]
    found.sort(key=lambda loss: (-max(loss.to_target, loss.to_last_year or 0), loss.answer.pk))
    return found[:MOST_LOSSES]


def _lacking(answers: list[Answer], lack: Lack) -> list[Answer]:
    return [answer for answer in answers if lack.value in answer.lacking]


def _review(submission: Submission) -> dict[str, Any]:
    answers = list(submission.answers.for_page().with_people().prefetch_related("updated_by"))
    past = outliers.history(submission)
    groups, whole = by_axis(answers, submission.cycle, past)
    progress = Progress(answers)
    return {
        "submission": submission,
        "groups": groups,
        "total": whole,
        "progress": progress,
        "missing": [(lack, _lacking(answers, lack)) for lack, _count in progress.lacks],
        "losses": losses(answers, past),
        "not_applicable": [a for a in answers if a.claims_not_applicable],
        "line_count": len(answers),
        "declared": Declaration.objects.filter(submission=submission).exists(),
    }


@require_safe
def review(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what is missing, what is lost and what the points come to, before the head signs."""
    submission = find(request, pk)
    windows = Window.objects.concerning([submission])
    moves = MOVES.open_to(submission, by=request.user, at=request.at, windows=windows)
    context = _review(submission) | {
        "moves": [m for m in moves if m.name in PAGES],
        "closed": MOVES.why_not(
            submission, MOVES["submit"], by=request.user, at=request.at, windows=windows
        ),
        "deadline": windows.of(Phase.SELF_ASSESSMENT, submission),
        "stamp": seals.stamp(submission, "submit") if submission.submitted_at else None,
        "versions": Version.objects.filter(submission=submission).for_list(),
    }
    return render(request, "submissions/signing/review.html", context)


@require_http_methods(["GET", "POST"])
def move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    submission = find(request, pk)
    return act_page(
        request,
        MOVES,
        submission,
        name,
        do=partial(actions.move, submission, name, by=request.user, at=request.at),
        then=reverse("submissions:review" if name == "submit" else "submissions:detail", args=[pk]),
        summary="submissions/signing/sign.html" if name == "submit" else "",
        shown=(lambda: {"content": versions.content_of(submission)}),
        **_review(submission),
    )


# --- Versions and their proof -------------------------------------------------------------------


def _version(request: PortalRequest, uuid: UUID) -> Version:
    rows = Version.objects.visible_to(request.user, request.at)
    return get_object_or_404(
        rows.select_related("submission__agency", "submission__cycle", "made_by"), uuid=uuid
    )


@require_safe
def version(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show what a version says, line by line."""
    found = _version(request, uuid)
    submission = found.submission
    context = {
        "version": found,
        "submission": submission,
        "lines": signed_lines.signed_lines(found),
        "declaration": signed_lines.signed_declaration(found),
        "counts": DeclaredLevel.COUNTS.values(),
        "may_take_up": not why_closed(MOVES, submission, "take_up", by=request.user, at=request.at),
    }
    return render(request, "submissions/signing/version.html", context)


@require_safe
def version_content(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Hand out the very text whose SHA-256 was signed."""
    found = _version(request, uuid)
    response = HttpResponse(found.content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.uuid}.json"'
    return response


@require_POST
def version_take_up(request: PortalRequest, uuid: UUID) -> HttpResponse:
    found = _version(request, uuid)
    with attempt(request):
        actions.take_up(found, by=request.user, at=request.at)
        return redirect("submissions:detail", found.submission_id)
    return redirect("submissions:version", uuid)


@require_safe
def receipt(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the receipt of a signature as PDF, in the reader's language."""
    visible = Version.objects.visible_to(request.user, request.at).signed()
    found = get_object_or_404(visible.for_receipt(), uuid=uuid)
    return paper_response(request, receipts.source(found))


@login_not_required
@require_safe
def verify(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show whoever holds a receipt whether it is genuine: whose it is, what was signed, whether it
    still counts.
    """
    found = get_object_or_404(
        Version.objects.signed().for_receipt(),
        uuid=uuid,
    )
    return render(
        request, "submissions/signing/verify.html", {"version": found, **receipts.standing(found)}
    )
