"""The hearing's pages: one appeal with both sides, questions and replies, the decision; who hears
what.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.persian import localised
from appeals.case_file import queries as case_file_queries
from appeals.corrections import actions as corrections
from appeals.hearing import actions, decision
from appeals.hearing.forms import DecisionForm, QuestionForm, ReplyForm, ReviewerForm
from appeals.lookups import PAGES, find, windows_of
from appeals.models import Appeal, Question
from appeals.outcomes import queries as outcomes_queries
from appeals.workflow import APPEALS, DECISIONS, QUESTIONS, AppealState
from cycles.calendar import Phase
from cycles.models import Entry
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from submissions.lookups import overseen_cycle
from submissions.models import Mark, Score, StewardFigure, Verification


def read(request: PortalRequest, appeal: Appeal) -> dict[str, Any]:
    """Both sides of an appeal, and what may be done with it."""
    user, at, answer = request.user, request.at, appeal.answer
    windows = windows_of(appeal)
    moves = APPEALS.open_to(appeal, by=user, at=at, windows=windows)
    phase = (
        Phase.APPEAL_REVIEW
        if appeal.state not in (AppealState.DRAFT, AppealState.WITHDRAWN)
        else Phase.APPEAL
    )
    appeal.window = windows.of(Phase.APPEAL_REVIEW, appeal)
    return {
        "appeal": appeal,
        "answer": answer,
        "moves": [m for m in moves if m.name in PAGES],
        "decisions": [m for m in moves if m.name in DECISIONS],
        "may_edit": any(m.name == "edit" for m in moves),
        "may_hand_over": any(m.name == "assign" for m in moves),
        "why_not_decided": APPEALS.why_not(
            appeal, APPEALS["dismiss"], by=user, at=at, windows=windows
        ),
        "window": windows.of(phase, appeal),
        "phase": phase,
        "scores": Score.objects.visible_to(user, at)
        .filter(answer=answer)
        .order_by("scored_at", "pk"),
        "marks": Mark.objects.visible_to(user, at)
        .filter(answer=answer)
        .order_by("marked_at", "pk"),
        "figure": StewardFigure.objects.visible_to(user, at)
        .for_reading()
        .filter(answer=answer)
        .first(),
        "verification": Verification.objects.visible_to(user, at).filter(line=answer).first(),
        "files": answer.evidence.with_versions(),
        "brought": case_file_queries.brought([appeal])[appeal.pk],
    }


def _detail(request: PortalRequest, appeal: Appeal, **forms: Any) -> HttpResponse:
    context = read(request, appeal)
    # the office that acted is told to everybody, the name to the authority's record only
    context["history"] = [{"sentence": e.sentence, "at": e.at} for e in Entry.objects.of(appeal)]
    context["stamp"] = seals.stamp(appeal, *DECISIONS) if appeal.decided_at else None
    for question in context["brought"].questions:
        question.reply_form = _reply_form(request, question, forms.get(f"reply-{question.pk}"))
    subject = Question(
        appeal=appeal, cycle=appeal.cycle, agency=appeal.agency, asked_by=request.user
    )
    windows = windows_of(appeal)
    asking = appeal.state == AppealState.FILED and not QUESTIONS.why_not(
        subject, QUESTIONS["ask"], by=request.user, at=request.at, windows=windows
    )
    context["ask"] = (
        (forms.get("ask") or QuestionForm(giver=actions.giver_of(appeal.answer)))
        if asking
        else None
    )
    if context["may_hand_over"]:
        context["over"] = forms.get("over") or _over(request, appeal)
    context["may_correct"] = corrections.may_correct(appeal, by=request.user, at=request.at)
    return render(request, "appeals/hearing/detail.html", context)


def _reply_form(request: PortalRequest, question: Question, bound: Any) -> Any:
    """The place for the reply, to whoever may give it now."""
    move = QUESTIONS["reply" if question.addressee_id is None else "explain"]
    subject = question.appeal
    if subject.state != AppealState.FILED:
        return None
    why = QUESTIONS.why_not(
        question, move, by=request.user, at=request.at, windows=windows_of(subject)
    )
    return (
        None
        if why
        else bound
        or ReplyForm(with_file=question.addressee_id is None, auto_id=f"id_{question.pk}_%s")
    )


@require_safe
def detail(request: PortalRequest, pk: int) -> HttpResponse:
    """Mark and reason, appeal, decision, side by side; questions with their
    replies; the history.
    """
    return _detail(request, find(request, pk))


# --- Questions ----------------------------------------------------------------------------------


@require_POST
def ask(request: PortalRequest, pk: int) -> HttpResponse:
    appeal = find(request, pk)
    form = QuestionForm(request.POST, giver=actions.giver_of(appeal.answer))
    if form.is_valid():
        agency = form.cleaned_data["of"] == "agency"
        with attempt(form):
            actions.ask(
                appeal,
                question=form.cleaned_data["question"],
                agency=agency,
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("The question has been sent."))
            return redirect("appeals:detail", pk)
    return _detail(request, appeal, ask=form)


@require_POST
def reply(request: PortalRequest, pk: int) -> HttpResponse:
    question = get_object_or_404(
        Question.objects.visible_to(request.user, request.at).for_list(), pk=pk
    )
    with_file = question.addressee_id is None
    form = ReplyForm(request.POST, request.FILES, with_file=with_file, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        with attempt(form):
            actions.reply(
                question,
                text=form.cleaned_data["reply"],
                upload=form.cleaned_data.get("file"),
                description=form.description if with_file else None,
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("The reply has been sent."))
            return redirect("appeals:detail", question.appeal_id)
    return _detail(request, find(request, question.appeal_id), **{f"reply-{pk}": form})


# --- Deciding -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def decide(request: PortalRequest, pk: int) -> HttpResponse:
    """Decide an appeal, with how like ones were decided beside it; whoever may not is told why on
    its page.
    """
    appeal = find(request, pk)
    context = read(request, appeal)
    if not context["decisions"]:
        messages.error(request, context["why_not_decided"])
        return redirect("appeals:detail", pk)
    given = {"moves": context["decisions"], "user": request.user, "ground": appeal.ground}
    form = DecisionForm(request.POST or None, shows=_pleaded(appeal), **given)
    if request.method == "POST" and form.is_valid():
        seen = form.as_seen(
            lambda: DecisionForm(shows=_pleaded(Appeal.objects.get(pk=appeal.pk)), **given)
        )
        name = form.cleaned_data["decision"]
        with attempt(form):
            decision.decide(appeal, name, **form.said, by=request.user, at=request.at, seen=seen)
            messages.success(request, _("The decision is recorded; the agency can read it now."))
            return redirect("appeals:detail", pk)
    similar = outcomes_queries.similar(appeal, request.user, request.at)
    return render(
        request, "appeals/hearing/decide.html", context | {"form": form, "similar": similar}
    )


def _pleaded(appeal: Appeal) -> dict[str, Any]:
    """What is decided on: the appeal, what it shows, what was asked and replied, and the score as
    it is.
    """
    questions = appeal.questions.order_by("pk")
    return {
        **{name: getattr(appeal, name) for name in ("ground", "proposed_value", "argument")},
        "files": sorted(appeal.attachments.live().values_list("pk", flat=True)),
        "questions": [
            f"{pk} {replied}" for pk, replied in questions.values_list("pk", "replied_at")
        ],
        "score": appeal.answer.scores.filter(is_current=True).values_list("pk", flat=True).first(),
    }


# --- Who hears what -----------------------------------------------------------------------------


def _over(request: PortalRequest, appeal: Appeal, data: Any = None) -> ReviewerForm:
    """The place to name another reviewer than the one whom the page shows."""
    fit = actions.fit_for(appeal, request.at)
    return ReviewerForm(data, reviewers=fit, shows={"reviewer": appeal.reviewer})


@require_POST
def hand_over(request: PortalRequest, pk: int) -> HttpResponse:
    appeal = find(request, pk)
    form = _over(request, appeal, request.POST)
    if form.is_valid():
        seen = form.as_seen(lambda: _over(request, Appeal.objects.get(pk=appeal.pk)))
        with attempt(form):
            actions.hand_over(
                appeal,
                reviewer=form.cleaned_data["reviewer"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(request, _("Saved."))
            return redirect("appeals:detail", pk)
    return _detail(request, appeal, over=form)


@require_POST
def share_out(request: PortalRequest, pk: int) -> HttpResponse:
    """Give every appeal whose review has begun to a reviewer."""
    cycle = overseen_cycle(request, pk)
    with attempt(request):
        shared = actions.share_out(cycle, by=request.user, at=request.at)
        said = _("Appeals given to a reviewer: %(given)s")
        messages.success(request, said % {"given": localised(shared.given)})
        if shared.unfit:
            said = _(
                "Appeals that no reviewer may hear: %(count)s. Appoint somebody who had no part "
                "in the score."
            )
            messages.warning(request, said % {"count": localised(shared.unfit)})
    return redirect("appeals:outcomes", pk)
