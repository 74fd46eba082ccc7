"""The page of the declaration of Article 81: filled in with the self-assessment, judged by its
assessors.
"""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.roles import is_staff
from cycles.calendar import Phase
from cycles.engine.perform import why_closed
from cycles.models import Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from submissions.answers.forms import VerdictForm
from submissions.lookups import find
from submissions.models import Declaration, Submission
from submissions.signing import declaration as signing_declaration
from submissions.signing.forms import DeclarationForm
from submissions.workflow import MOVES


@require_http_methods(["GET", "POST"])
def declaration(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the agency's declaration of its own assessments, to fill in for whoever may."""
    submission = find(request, pk)
    held = _declaration_of(submission)
    form = DeclarationForm(request.POST or None, declaration=held)
    if request.method == "POST" and form.is_valid():
        seen = form.as_seen(lambda: DeclarationForm(declaration=_declaration_of(submission)))
        with attempt(form):
            signing_declaration.save_declaration(
                submission,
                statement=form.cleaned_data["statement"],
                levels=form.levels,
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(
                request, _("The declaration is saved; it is signed with the self-assessment.")
            )
            return redirect("submissions:declaration", pk)
    return _page(request, submission, held, form)


def _declaration_of(submission: Submission) -> Declaration | None:
    rows = Declaration.objects.filter(submission=submission).select_related(
        "updated_by", "judged_by"
    )
    return rows.prefetch_related("levels").first()


def _page(
    request: PortalRequest,
    submission: Submission,
    held: Declaration | None,
    form: DeclarationForm,
    verdict: VerdictForm | None = None,
) -> HttpResponse:
    windows = Window.objects.concerning([submission])
    judging = MOVES.why_not(
        submission, MOVES["judge_declaration"], by=request.user, at=request.at, windows=windows
    )
    closed = MOVES.why_not(
        submission, MOVES["declare"], by=request.user, at=request.at, windows=windows
    )
    if verdict is None and held is not None:
        verdict = _verdict(held)
    may_judge = not judging and signing_declaration.is_on_desk(submission, request.user)
    context: dict[str, object] = {
        "submission": submission,
        "declaration": held,
        "form": form,
        "may_declare": not closed,
        "closed": closed
        if is_staff(request.user, submission, request.at)
        else "",  # nobody else would declare
        "deadline": windows.of(Phase.SELF_ASSESSMENT, submission),
        "verdict_form": verdict if may_judge else None,
    }
    return render(request, "submissions/signing/declaration.html", context)


def _verdict(held: Declaration, data: Mapping[str, object] | None = None) -> VerdictForm:
    """Make the form of a verdict on what the page shows of the declaration."""
    declared = DeclarationForm(declaration=held).stored_values
    return VerdictForm(
        data, shows={"declared": declared, "verdict": held.verdict, "reason": held.verdict_reason}
    )


@require_POST
def judge(request: PortalRequest, pk: int) -> HttpResponse:
    """Confirm or reject the declaration."""
    submission = find(request, pk)
    held = get_object_or_404(
        Declaration.objects.visible_to(request.user, request.at), submission=submission
    )
    form = _verdict(held, request.POST)
    if form.is_valid():
        seen = form.as_seen(lambda: _verdict(Declaration.objects.get(pk=held.pk)))
        with attempt(form):
            signing_declaration.judge_declaration(
                held,
                verdict=form.cleaned_data["verdict"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(request, _("The verdict is saved; the agency can read it."))
            return redirect("submissions:declaration", pk)
    if closed := why_closed(MOVES, submission, "judge_declaration", by=request.user, at=request.at):
        messages.error(request, closed)
        return redirect("submissions:declaration", pk)
    return _page(
        request, submission, _declaration_of(submission), DeclarationForm(declaration=held), form
    )
