"""The hearing's pages: one appeal with both sides, questions and replies, the decision; who hears
what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.persian import in_locale
from appeals.case_file import queries as case_file_queries
from appeals.case_file.queries import AppealAttachments
from appeals.corrections import actions as corrections
from appeals.hearing import actions, decision
from appeals.hearing.forms import DecisionForm, QuestionForm, ReplyForm, ReviewerForm
from appeals.lookups import PAGES, find, windows_of
from appeals.models import Appeal, Question
from appeals.outcomes import queries as outcomes_queries
from appeals.workflow import APPEALS, DECISIONS, QUESTIONS, AppealState
from cycles.calendar import Phase
from cycles.engine.perform import why_closed
from cycles.models import Entry
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.workflow import Move
from submissions.evidence.queries import files_of_line
from submissions.lookups import overseen_cycle
from submissions.models import Mark, Score, StewardFigure, Verification


def _both_sides(
    request: PortalRequest, appeal: Appeal, moves: list[Move], attachments: AppealAttachments
) -> dict[str, object]:
    """Collect both sides of an appeal, and what may be done with it."""
    user, at, answer = request.user, request.at, appeal.answer
    windows = windows_of(appeal)
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
        "files": files_of_line(answer.pk),
        "attachments": attachments,
    }


def _open_moves(request: PortalRequest, appeal: Appeal) -> list[Move]:
    return APPEALS.open_to(appeal, by=request.user, at=request.at, windows=windows_of(appeal))


@dataclass(frozen=True)
class SentForms:
    """The forms of an appeal's page that came back with something wrong in them."""

    question: QuestionForm | None = None
    replies: Mapping[int, ReplyForm] = field(default_factory=dict)
    """By the question's key."""
    reviewer: ReviewerForm | None = None


def _detail(request: PortalRequest, appeal: Appeal, sent: SentForms | None = None) -> HttpResponse:
    sent = sent or SentForms()
    moves = _open_moves(request, appeal)
    attachments = case_file_queries.attachments_by_appeal([appeal])[appeal.pk]
    for question in attachments.questions:
        question.reply_form = _reply_form(request, question, sent.replies.get(question.pk))
    context = _both_sides(request, appeal, moves, attachments)
    # the office that acted is told to everybody, the name to the authority's record only
    context["history"] = [{"sentence": e.sentence, "at": e.at} for e in Entry.objects.of(appeal)]
    context["stamp"] = seals.stamp(appeal, *DECISIONS) if appeal.decided_at else None
    context["ask"] = _question_form(request, appeal, sent.question)
    if any(move.name == "assign" for move in moves):
        context["over"] = sent.reviewer or _over(request, appeal)
    context["may_correct"] = corrections.may_correct(appeal, by=request.user, at=request.at)
    return render(request, "appeals/hearing/detail.html", context)


def _question_form(
    request: PortalRequest, appeal: Appeal, sent: QuestionForm | None
) -> QuestionForm | None:
    """Make the form of a question, for whoever may ask one now."""
    subject = Question(
        appeal=appeal, cycle=appeal.cycle, agency=appeal.agency, asked_by=request.user
    )
    windows = windows_of(appeal)
    asking = appeal.state == AppealState.FILED and not QUESTIONS.why_not(
        subject, QUESTIONS["ask"], by=request.user, at=request.at, windows=windows
    )
    if not asking:
        return None
    return sent or QuestionForm(giver=actions.giver_of(appeal.answer))


def _reply_form(
    request: PortalRequest, question: Question, sent: ReplyForm | None
) -> ReplyForm | None:
    """Make the form of the reply, for whoever may give it now."""
    move = QUESTIONS["reply" if question.addressee_id is None else "explain"]
    subject = question.appeal
    if subject.state != AppealState.FILED:
        return None
    why = QUESTIONS.why_not(
        question, move, by=request.user, at=request.at, windows=windows_of(subject)
    )
    if why:
        return None
    with_file = question.addressee_id is None
    return sent or ReplyForm(with_file=with_file, auto_id=f"id_{question.pk}_%s")


@require_safe
def detail(request: PortalRequest, pk: int) -> HttpResponse:
    """Show mark and reason, appeal, decision, side by side; questions with their replies; the
    history.
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
    return _detail(request, appeal, SentForms(question=form))


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
    return _detail(request, find(request, question.appeal_id), SentForms(replies={pk: form}))


# --- Deciding -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def decide(request: PortalRequest, pk: int) -> HttpResponse:
    """Decide an appeal, with how like ones were decided beside it; whoever may not is told why on
    its page.
    """
    appeal = find(request, pk)
    moves = _open_moves(request, appeal)
    decisions = [m for m in moves if m.name in DECISIONS]
    if not decisions:
        messages.error(
            request, why_closed(APPEALS, appeal, "dismiss", by=request.user, at=request.at)
        )
        return redirect("appeals:detail", pk)

    def form_for(appeal: Appeal, data: Mapping[str, object] | None = None) -> DecisionForm:
        return DecisionForm(
            data,
            moves=decisions,
            user=request.user,
            ground=appeal.ground,
            shows=_decided_on(appeal),
        )

    form = form_for(appeal, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with attempt(form):
            decision.decide(
                appeal,
                typed["decision"],
                reason=typed["reason"],
                awarded=typed["awarded"],
                void=bool(typed.get("void")),
                error=typed["error"],
                letter=typed["letter"],
                by=request.user,
                at=request.at,
                seen=form.as_seen(lambda: form_for(Appeal.objects.get(pk=appeal.pk))),
            )
            messages.success(request, _("The decision is recorded; the agency can read it now."))
            return redirect("appeals:detail", pk)
    attachments = case_file_queries.attachments_by_appeal([appeal])[appeal.pk]
    context = _both_sides(request, appeal, moves, attachments) | {
        "form": form,
        "similar": outcomes_queries.similar(appeal, request.user, request.at),
    }
    return render(request, "appeals/hearing/decide.html", context)


def _decided_on(appeal: Appeal) -> dict[str, object]:
    """Collect what is decided on: the appeal, what it shows, what was asked and replied, and the
    score as it is.
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


def _over(
    request: PortalRequest, appeal: Appeal, data: Mapping[str, object] | None = None
) -> ReviewerForm:
    """Make the form by which another reviewer is named than the one whom the page shows."""
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
    return _detail(request, appeal, SentForms(reviewer=form))


@require_POST
def share_out(request: PortalRequest, pk: int) -> HttpResponse:
    """Give every appeal whose review has begun to a reviewer."""
    cycle = overseen_cycle(request, pk)
    with attempt(request):
        shared = actions.share_out(cycle, by=request.user, at=request.at)
        said = _("Appeals given to a reviewer: %(given)s")
        messages.success(request, said % {"given": in_locale(shared.given)})
        if shared.unfit:
            said = _(
                "Appeals that no reviewer may hear: %(count)s. Appoint somebody who had no part "
                "in the score."
            )
            messages.warning(request, said % {"count": in_locale(shared.unfit)})
    return redirect("appeals:outcomes", pk)
