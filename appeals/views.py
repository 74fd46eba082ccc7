"""Pages of appeals: the list, drafting against a line, filing, and deciding."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from agencies.text import localised
from appeals import actions
from appeals.filters import AppealFilter
from appeals.forms import AppealForm, DecisionForm
from appeals.models import Appeal
from appeals.tables import AppealTable
from appeals.workflow import APPEALS, DECISIONS, AppealState
from cycles import seals
from cycles.calendar import Phase
from cycles.forms import ActForm
from cycles.models import Entry, Window
from cycles.pages import act_page
from cycles.workflow import Refused
from indicators.methods import METHODS, points
from submissions.models import Answer, Mark, Score, StewardFigure, Submission

PAGES = ("file", "withdraw")
"""Moves that are confirmed on `cycles.pages.act_page`; decisions have a page of their own."""


@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    rows = Appeal.objects.visible_to(request.user, request.at).for_list()
    narrowed = AppealFilter(request.GET, queryset=rows, request=request)
    table = AppealTable(narrowed.qs)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {"filter": narrowed, "table": table, "to_file": len(_to_file(request))}
    return render(request, "appeals/list.html", context)


def _to_file(request: HttpRequest) -> list[Appeal]:
    """The drafts that the reader may sign and file now."""
    drafts = Appeal.objects.filter(agency__in=request.user.agency_ids(request.at), state=AppealState.DRAFT)
    found = list(drafts.for_list().select_related("answer__measure__indicator__axis"))
    windows = Window.objects.concerning(found)
    move = APPEALS["file"]
    return [a for a in found if not APPEALS.why_not(a, move, by=request.user, at=request.at, windows=windows)]


@require_http_methods(["GET", "POST"])
def appeal_file(request: HttpRequest) -> HttpResponse:
    """Sign and file all drafts in one sitting; those shown are those filed."""
    move, drafts = APPEALS["file"], _to_file(request)
    form = ActForm(request.POST or None, move=move, user=request.user)
    if request.method == "POST":
        shown = set(request.POST.getlist("appeal"))
        drafts = [a for a in drafts if str(a.pk) in shown]
        if drafts and form.is_valid():
            try:
                filed = actions.file(drafts, by=request.user, at=request.at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                said = ngettext("%(count)s appeal was filed.", "%(count)s appeals were filed.", len(filed))
                messages.success(request, said % {"count": localised(len(filed))})
                return redirect("appeals:list")
    return render(request, "appeals/file.html", {"move": move, "form": form, "drafts": drafts})


# --- One line ---------------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, pk: int) -> Answer:
    """A line whose scores the reader may know; an appeal page shows them."""
    scored = Submission.objects.scores_visible_to(request.user, request.at)
    rows = Answer.objects.filter(submission__in=scored.values("pk"))
    return get_object_or_404(
        rows.select_related("submission__agency__province", "submission__cycle", "measure__indicator__axis__set"), pk=pk
    )


def _live_appeal(answer: Answer) -> Appeal | None:
    live = Appeal.objects.exclude(state=AppealState.WITHDRAWN).filter(answer=answer)
    return live.select_related("agency__province", "cycle", "answer__measure").first()


def _as_draft(answer: Answer) -> Appeal:
    """The appeal that could be drafted, to ask the workflow about."""
    s = answer.submission
    return Appeal(cycle=s.cycle, agency=s.agency, submission=s, answer=answer)


@require_safe
def line_slot(request: HttpRequest, pk: int) -> HttpResponse:
    """What appeals have to say of a line, for its dossier: the appeal, or that one may be drafted, or nothing."""
    answer = _answer(request, pk)
    seen = Appeal.objects.visible_to(request.user, request.at).filter(answer=answer)
    subject = _live_appeal(answer) or _as_draft(answer)
    windows = Window.objects.concerning([answer.submission])
    context = {
        "answer": answer,
        "appeals": seen.select_related("answer__measure", "agency").order_by("pk"),
        "may_draft": not APPEALS.why_not(subject, APPEALS["edit"], by=request.user, at=request.at, windows=windows),
        "window": windows.of(Phase.APPEAL, answer.submission),
    }
    return render(request, f"appeals/line.html{'#slot' if request.htmx else ''}", context)


@require_http_methods(["GET", "POST"])
def appeal_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft or change an appeal against a line; the points of a proposed value are shown before anything is saved."""
    answer = _answer(request, pk)
    if answer.submission.agency_id not in request.user.agency_ids(request.at):
        raise Http404
    appeal = _live_appeal(answer)
    subject = appeal or _as_draft(answer)
    windows = Window.objects.concerning([answer.submission])
    closed = APPEALS.why_not(subject, APPEALS["edit"], by=request.user, at=request.at, windows=windows)
    may_read = appeal and Appeal.objects.visible_to(request.user, request.at).filter(pk=appeal.pk).exists()
    fields = ("ground", "proposed_value", "argument")
    initial = {name: getattr(appeal, name) for name in fields} if appeal and may_read else {}
    form = AppealForm(request.POST or None, initial=initial, is_stewarded=answer.measure.is_stewarded)
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            saved = actions.save_draft(answer, fields=form.cleaned_data, by=request.user, at=request.at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is saved; it is not filed until the head of the agency signs it."))
            return redirect("appeals:detail", saved.pk)
    value = _typed_value(form) if form.is_bound else initial.get("proposed_value")
    context = {
        "answer": answer,
        "submission": answer.submission,
        "form": form,
        "closed": closed,
        "window": windows.of(Phase.APPEAL, answer.submission),
        "score": Score.objects.visible_to(request.user, request.at).filter(answer=answer, is_current=True).first(),
        **_preview(answer, value),
    }
    if request.htmx and "preview" in request.POST:
        return render(request, "appeals/draft.html#preview", context)
    return render(request, "appeals/draft.html", context)


def _typed_value(form: AppealForm) -> Decimal | None:
    form.is_valid()
    return form.cleaned_data.get("proposed_value")


def _preview(answer: Answer, value: Decimal | None) -> dict[str, Any]:
    """The points that the method gives a proposed value, and how."""
    m = answer.measure
    if value is None or m.is_stewarded:
        return {"proposed_points": None, "formula": ""}
    method = METHODS[m.method]
    return {
        "proposed_points": points(m.method, value, ceiling=m.points, params=answer.scoring_params),
        "formula": method.explain(value, m.points, answer.scoring_params, get_language() or "fa"),
    }


# --- One appeal -------------------------------------------------------------------------------------------------------


def _appeal(request: HttpRequest, pk: int) -> Appeal:
    rows = Appeal.objects.visible_to(request.user, request.at).for_list()
    rows = rows.select_related("answer__measure__indicator__axis", "answer__submission__cycle")
    return get_object_or_404(rows, pk=pk)


def _read(request: HttpRequest, appeal: Appeal) -> dict[str, Any]:
    """Both sides of an appeal, and what may be done with it."""
    user, at = request.user, request.at
    windows = Window.objects.concerning([appeal])
    moves = APPEALS.open_to(appeal, by=user, at=at, windows=windows)
    phase = Phase.APPEAL_REVIEW if appeal.state == AppealState.FILED else Phase.APPEAL
    return {
        "appeal": appeal,
        "answer": appeal.answer,
        "moves": [m for m in moves if m.name in PAGES],
        "decisions": [m for m in moves if m.name in DECISIONS],
        "may_edit": any(m.name == "edit" for m in moves),
        "why_not_decided": APPEALS.why_not(appeal, APPEALS["dismiss"], by=user, at=at, windows=windows),
        "window": windows.of(phase, appeal),
        "phase": phase,
        "scores": Score.objects.visible_to(user, at).filter(answer=appeal.answer_id).order_by("scored_at", "pk"),
        "marks": Mark.objects.visible_to(user, at).filter(answer=appeal.answer_id).order_by("marked_at", "pk"),
        "figure": StewardFigure.objects.visible_to(user, at).for_reading().filter(answer=appeal.answer_id).first(),
        "files": appeal.answer.evidence.with_versions(),
    }


@require_safe
def appeal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    appeal = _appeal(request, pk)
    # the office that acted is told to everybody, the name to the authority's record only
    history = [{"sentence": e.sentence, "at": e.at} for e in Entry.objects.of(appeal)]
    stamp = seals.stamp(appeal, *DECISIONS) if appeal.decided_at else None
    return render(request, "appeals/detail.html", _read(request, appeal) | {"history": history, "stamp": stamp})


@require_http_methods(["GET", "POST"])
def appeal_move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    appeal = _appeal(request, pk)
    return act_page(
        request,
        APPEALS,
        appeal,
        name,
        do=lambda **said: actions.move(appeal, name, by=request.user, at=request.at, **said),
        then=reverse("appeals:detail", args=[pk]),
        summary="appeals/objection.html",
        appeal=appeal,
        answer=appeal.answer,
    )


@require_http_methods(["GET", "POST"])
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide an appeal; whoever may not is told why on its page."""
    appeal = _appeal(request, pk)
    context = _read(request, appeal)
    if not context["decisions"]:
        messages.error(request, context["why_not_decided"])
        return redirect("appeals:detail", pk)
    form = DecisionForm(request.POST or None, moves=context["decisions"], user=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.decide(
                appeal,
                given["decision"],
                reason=given["reason"],
                awarded=given["awarded"],
                letter=given["letter"],
                by=request.user,
                at=request.at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The decision is recorded; the agency can read it now."))
            return redirect("appeals:detail", pk)
    return render(request, "appeals/decide.html", context | {"form": form})
