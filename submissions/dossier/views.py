"""A line's dossier: all there is to know of it, and the question an assessor asks about it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from agencies.models import User
from agencies.persian import language
from cycles.calendar import Phase
from cycles.engine.perform import why_closed
from cycles.models import Entry, Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import history
from indicators.models import Figure
from indicators.scoring.methods import METHODS
from submissions.answers.forms import VerdictForm
from submissions.evidence.queries import files_of_line
from submissions.lookups import find_line, form_errors, note_reading
from submissions.marking import actions as marking
from submissions.marking import clarifications
from submissions.marking.forms import ClarificationForm, ReplyForm
from submissions.models import (
    Answer,
    Block,
    Clarification,
    ExternalFactor,
    Mark,
    Score,
    StewardFigure,
    Submission,
    Verification,
)
from submissions.outliers import Against
from submissions.scoring.explanation import steps
from submissions.workflow import BLOCKS, CLARIFICATIONS


@require_safe
def line_dossier(request: PortalRequest, pk: int) -> HttpResponse:
    """Show all there is to know of one line, as far as the reader may know it."""
    return _dossier(request, find_line(request, pk))


def _dossier(
    request: PortalRequest,
    answer: Answer,
    form: Any = None,
    verdicts: Mapping[int, VerdictForm] | None = None,
) -> HttpResponse:
    user, at = request.user, request.at
    m = answer.measure
    method = METHODS[m.method]
    scores_open = (
        Submission.objects.scores_visible_to(user, at).filter(pk=answer.submission_id).exists()
    )
    if scores_open:
        note_reading(request, answer.submission, "line")
    context = {
        "answer": answer,
        "submission": answer.submission,
        "method": method,
        "formula": method.explain(answer.value, m.points, answer.scoring_params, language()),
        "files": files_of_line(answer.pk),
        "quarters": Figure.objects.of_line(answer.submission.participation_id, m.pk),
        "marks": Mark.objects.visible_to(user, at)
        .filter(answer=answer)
        .order_by("marked_at", "pk"),
        "figure": StewardFigure.objects.visible_to(user, at)
        .for_reading()
        .filter(answer=answer)
        .first(),
        "scores": Score.objects.visible_to(user, at)
        .filter(answer=answer)
        .order_by("scored_at", "pk"),
        "scores_open": scores_open,
        "verification": Verification.objects.visible_to(user, at).filter(line=answer).first(),
        "steps": steps(answer, with_agreed=scores_open),
        "factors": _factors(request, answer, verdicts or {}),
        "standing_out": [Against(code) for code in answer.outliers],
        "history": history(Entry.objects.visible_to(user, at).of(answer.submission)[:20]),
    }
    return render(
        request, "submissions/dossier/line.html", context | _clarification(request, answer, form)
    )


def _factors(
    request: PortalRequest, answer: Answer, verdicts: Mapping[int, VerdictForm]
) -> list[tuple[ExternalFactor, VerdictForm | None]]:
    """List the influences from outside, each with the form to judge it.

    The place is for the assessor on whose desk the line is, while it may be marked.
    """
    factors = list(
        ExternalFactor.objects.filter(answer=answer).live().prefetch_related("evidence__document")
    )
    block = Block.objects.of_line(answer, request.user) if factors else None
    if block is None or why_closed(BLOCKS, block, "judge", by=request.user, at=request.at):
        return [(factor, None) for factor in factors]
    return [(factor, verdicts.get(factor.pk) or _verdict(factor)) for factor in factors]


def _verdict(factor: ExternalFactor, data: Any = None) -> VerdictForm:
    """Make the form of a verdict, on what the page shows of a factor."""
    names = ("kind", "text", "evidence_id", "withdrawn_at", "verdict", "verdict_reason")
    return VerdictForm(data, auto_id=False, shows={name: getattr(factor, name) for name in names})


@require_POST
def factor_judge(request: PortalRequest, pk: int) -> HttpResponse:
    """Accept or reject what the agency names as an influence from outside."""
    factors = ExternalFactor.objects.visible_to(request.user, request.at).select_related("answer")
    factor = get_object_or_404(factors, pk=pk)
    form = _verdict(factor, request.POST)
    if form.is_valid():
        seen = form.as_seen(lambda: _verdict(ExternalFactor.objects.get(pk=pk)))
        with attempt(form):
            marking.judge_factor(
                factor,
                verdict=form.cleaned_data["verdict"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            return redirect("submissions:line", factor.answer_id)
    if Block.objects.of_line(factor.answer, request.user) is None:
        messages.error(request, form_errors(form))
        return redirect("submissions:line", factor.answer_id)
    return _dossier(request, find_line(request, factor.answer_id), verdicts={pk: form})


def _clarification(request: PortalRequest, answer: Answer, form: Any) -> dict[str, object]:
    """Collect the question about this line with its deadline, and the form that is the reader's to
    fill in now.
    """
    asked = Clarification.objects.visible_to(request.user, request.at).filter(line=answer).first()
    subject = asked or _possible_question(answer, request.user)
    if subject is None:
        return {"clarification": None}
    windows = Window.objects.concerning([subject])
    name = "reply" if asked else "ask"
    why = CLARIFICATIONS.why_not(
        subject, CLARIFICATIONS[name], by=request.user, at=request.at, windows=windows
    )
    form = form or (None if why else {"ask": ClarificationForm, "reply": ReplyForm}[name]())
    window = windows.of(Phase.CLARIFICATION, subject) if asked else None
    return {"clarification": asked, "clarification_form": form, "clarification_window": window}


def _possible_question(answer: Answer, user: User) -> Clarification | None:
    """Make the question that could be asked by the assessor on whose desk the line is; None where
    it is on nobody's.
    """
    s = answer.submission
    block = Block.objects.of_line(answer, user)
    if block is None:
        return None
    return Clarification(
        cycle=s.cycle, agency=s.agency, submission=s, line=answer, assessor_id=block.assessor_id
    )


@require_POST
def clarification_ask(request: PortalRequest, pk: int) -> HttpResponse:
    answer, form = find_line(request, pk), ClarificationForm(request.POST)
    if form.is_valid():
        with attempt(form):
            clarifications.ask(
                answer, question=form.cleaned_data["question"], by=request.user, at=request.at
            )
            return redirect("submissions:line", pk)
    return _dossier(request, answer, form)


@require_POST
def clarification_reply(request: PortalRequest, pk: int) -> HttpResponse:
    answer, form = find_line(request, pk), ReplyForm(request.POST)
    asked = get_object_or_404(
        Clarification.objects.visible_to(request.user, request.at), line=answer
    )
    if form.is_valid():
        with attempt(form):
            clarifications.reply(
                asked, text=form.cleaned_data["reply"], by=request.user, at=request.at
            )
            return redirect("submissions:line", pk)
    return _dossier(request, answer, form)
