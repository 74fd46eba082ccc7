"""The agency's pages: the list, the workspace with its lines and files, the review, the scores, a line's dossier."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from agencies.roles import Role, is_staff
from cycles import seals
from cycles.actions import open_to
from cycles.calendar import Phase
from cycles.models import Cycle, Participation, Window
from cycles.pages import act_page
from cycles.workflow import CycleState, Refused
from indicators.methods import METHODS
from indicators.models import Axis, Figure
from indicators.scoring import Node, total
from submissions import actions, evidence_pages, totals
from submissions.filters import SubmissionFilter
from submissions.forms import AnswerForm
from submissions.models import Answer, Score, Submission
from submissions.resources import submissions_as_xlsx
from submissions.steps import own_line
from submissions.tables import SubmissionTable
from submissions.workflow import MOVES, SubmissionState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGES = ("submit", "withdraw", "communicate")
"""Moves that have a page of their own, on which they are confirmed."""


# --- The list ---------------------------------------------------------------------------------------------------------


def _listed(request: HttpRequest) -> tuple[SubmissionFilter, SubmissionTable]:
    rows = Submission.objects.visible_to(request.user, request.at).for_list()
    narrowed = SubmissionFilter(request.GET, queryset=rows, request=request)
    for_authority = request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at)
    return narrowed, SubmissionTable(narrowed.qs, exclude=() if for_authority else ("blocks",))


@require_safe
def submission_list(request: HttpRequest) -> HttpResponse:
    narrowed, table = _listed(request)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {"filter": narrowed, "table": table, "to_begin": _to_begin(request)}
    return render(request, "submissions/list.html", context)


def _to_begin(request: HttpRequest) -> list[Participation]:
    """The reader's agencies' participations whose self-assessment may be begun now."""
    mine = Participation.objects.filter(
        agency__in=request.user.agency_ids(request.at), cycle__state=CycleState.OPEN
    ).exclude(pk__in=Submission.objects.values("participation"))
    return [
        p
        for p in mine.select_related("cycle", "agency__province").order_by("cycle__year", "sort_key", "pk")
        if any(
            move.name == "begin"
            for move in open_to(MOVES, Submission(cycle=p.cycle, agency=p.agency), by=request.user, at=request.at)
        )
    ]


@require_safe
def submission_export(request: HttpRequest) -> HttpResponse:
    _, table = _listed(request)
    RequestConfig(request, paginate=False).configure(table)
    with_blocks = "blocks" in table.columns.names()
    response = HttpResponse(submissions_as_xlsx(table.data.data, with_blocks=with_blocks), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="self-assessments.xlsx"'
    return response


@require_POST
def submission_begin(request: HttpRequest, pk: int) -> HttpResponse:
    participation = get_object_or_404(Participation.objects.visible_to(request.user, request.at), pk=pk)
    try:
        [submission] = actions.begin([participation], by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("submissions:list")
    return redirect("submissions:detail", submission.pk)


# --- The workspace ----------------------------------------------------------------------------------------------------


def _submission(request: HttpRequest, pk: int, rows: QuerySet[Submission] | None = None) -> Submission:
    rows = Submission.objects.visible_to(request.user, request.at) if rows is None else rows
    return get_object_or_404(rows.select_related("agency__province", "cycle"), pk=pk)


@dataclass
class AxisGroup:
    """The lines of one axis, with what they add up to."""

    axis: Axis
    lines: list[Answer]
    node: Node
    done: int


def _self_groups(answers: Iterable[Answer], cycle: Cycle) -> tuple[list[AxisGroup], Node]:
    """Lines by axis with the points of the agency's own values, and their total."""
    by_axis: dict[Axis, list[Answer]] = {}
    lines = []
    for a in answers:
        axis = a.measure.indicator.axis
        by_axis.setdefault(axis, []).append(a)
        lines.append(own_line(a))
    result = total(lines, spread=cycle.spreads_points)
    groups = [
        AxisGroup(axis, rows, result.nodes[(axis.set.kind, axis.code)], sum(1 for a in rows if a.is_dealt_with))
        for axis, rows in by_axis.items()
    ]
    return groups, result.total


def _is_missing(answer: Any) -> bool:
    """Whether a line lacks an answer, its confirmation, or the evidence its measure asks for."""
    if answer.measure.is_stewarded or answer.claims_not_applicable:
        return False
    return answer.value is None or bool(answer.prefilled_from) or _lacks_evidence(answer)


def _lacks_evidence(answer: Any) -> bool:
    return bool(answer.measure.evidence and not answer.evidence_count)


def _workspace(
    request: HttpRequest, submission: Submission, opened: int | None, form: AnswerForm | None = None
) -> dict[str, Any]:
    """What the workspace shows, with one line opened."""
    windows = Window.objects.concerning([submission])
    moves = MOVES.open_to(submission, by=request.user, at=request.at, windows=windows)
    answers = list(submission.answers.for_page().with_evidence_count())
    groups, whole = _self_groups(answers, submission.cycle)
    missing_only = request.GET.get("show") == "missing"
    opened_line = next((a for a in answers if a.pk == opened), None)
    context: dict[str, Any] = {
        "submission": submission,
        "moves": [m for m in moves if m.name in PAGES],
        "acts": {m.name for m in moves},
        "closed": MOVES.why_not(submission, MOVES["answer"], by=request.user, at=request.at, windows=windows),
        "deadline": windows.of(Phase.SELF_ASSESSMENT, submission),
        "groups": groups,
        "total": whole,
        "missing": {a.pk for a in answers if _is_missing(a)},
        "unproven": {a.pk for a in answers if a.value is not None and _lacks_evidence(a)},
        "missing_only": missing_only,
        "opened": opened_line,
        "next_unanswered": _next_unanswered(answers, opened_line),
        "to_answer": sum(1 for a in answers if not a.measure.is_stewarded),
        "answered": sum(1 for a in answers if not a.measure.is_stewarded and a.is_dealt_with),
    }
    if opened_line is not None:
        context |= _opened(request, opened_line, form)
        context |= evidence_pages.drawer(request, opened_line, context["acts"])
    return context


def _opened(request: HttpRequest, answer: Answer, form: AnswerForm | None = None) -> dict[str, Any]:
    fields = ("value", "claims_not_applicable", "note")
    m = answer.measure
    method = METHODS[m.method]
    return {
        "form": form or AnswerForm(measure=m, initial={name: getattr(answer, name) for name in fields}),
        "formula": method.explain(answer.value, m.points, answer.scoring_params, get_language() or "fa"),
        "method": method,
        "quarters": Figure.objects.of_line(answer.submission.participation_id, m.pk),
    }


def _next_unanswered(answers: list[Answer], opened: Answer | None) -> Answer | None:
    """The first line after the open one, or else from the top, that is unanswered or not confirmed."""
    place = answers.index(opened) + 1 if opened else 0
    waiting = (
        a for a in [*answers[place:], *answers[:place]] if (not a.is_dealt_with or a.prefilled_from) and a != opened
    )
    return next(waiting, None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


@require_safe
def submission_detail(request: HttpRequest, pk: int) -> HttpResponse:
    submission = _submission(request, pk)
    context = _workspace(request, submission, _number(request.GET.get("line")))
    part = "#workspace" if request.htmx else ""
    return render(request, f"submissions/workspace.html{part}", context)


def _answer(request: HttpRequest, pk: int) -> Answer:
    return get_object_or_404(Answer.objects.visible_to(request.user, request.at).with_submission(), pk=pk)


def _line_url(answer: Answer) -> str:
    return f"{reverse('submissions:detail', args=[answer.submission_id])}?line={answer.pk}#line-{answer.pk}"


@require_POST
def answer_save(request: HttpRequest, pk: int) -> HttpResponse:
    answer = _answer(request, pk)
    form = AnswerForm(request.POST, measure=answer.measure)
    if form.is_valid():
        try:
            actions.save_answer(answer, by=request.user, at=request.at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    if form.is_valid() and not request.htmx:
        return redirect(_line_url(answer))
    context = _workspace(request, answer.submission, answer.pk, form)
    if request.htmx:
        context["saved_at"] = request.at if form.is_valid() else None
        return render(request, "submissions/saved.html", context)
    return render(request, "submissions/workspace.html", context)


# --- Review, sign and other moves -------------------------------------------------------------------------------------


def _review(submission: Submission) -> dict[str, Any]:
    answers = list(submission.answers.for_page().with_evidence_count())
    groups, whole = _self_groups(answers, submission.cycle)
    return {
        "submission": submission,
        "groups": groups,
        "total": whole,
        "unanswered": [a for a in answers if not a.is_dealt_with],
        "unconfirmed": [a for a in answers if a.prefilled_from],
        "without_evidence": [a for a in answers if a.value is not None and _lacks_evidence(a)],
        "not_applicable": [a for a in answers if a.claims_not_applicable],
        "line_count": len(answers),
    }


@require_safe
def submission_review(request: HttpRequest, pk: int) -> HttpResponse:
    """What is missing and what the points come to, before the head signs."""
    submission = _submission(request, pk)
    windows = Window.objects.concerning([submission])
    moves = MOVES.open_to(submission, by=request.user, at=request.at, windows=windows)
    context = _review(submission) | {
        "moves": [m for m in moves if m.name in PAGES],
        "closed": MOVES.why_not(submission, MOVES["submit"], by=request.user, at=request.at, windows=windows),
        "deadline": windows.of(Phase.SELF_ASSESSMENT, submission),
        "stamp": seals.stamp(submission, "submit") if submission.submitted_at else None,
    }
    return render(request, "submissions/review.html", context)


@require_http_methods(["GET", "POST"])
def submission_move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    submission = _submission(request, pk)
    return act_page(
        request,
        MOVES,
        submission,
        name,
        do=lambda **said: actions.move(submission, name, by=request.user, at=request.at, **said),
        then=reverse("submissions:detail", args=[pk]),
        summary="submissions/sign.html" if name == "submit" else "",
        **_review(submission),
    )


# --- What came of it --------------------------------------------------------------------------------------------------


@dataclass
class ScoredLine:
    """A line with its current score and the agency's own."""

    answer: Answer
    score: Score | None
    own: Score | None

    @property
    def share(self) -> Any:
        if self.score is None or self.score.points is None:
            return None
        return self.score.points * 100 / self.answer.measure.points


@require_safe
def submission_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Points and percent by axis, and every line with its reason; an agency reads it once it is communicated."""
    readable = Submission.objects.scores_visible_to(request.user, request.at)
    submission = _submission(request, pk, readable)
    scores = Score.objects.visible_to(request.user, request.at).filter(answer__submission=submission)
    current = {s.answer_id: s for s in scores.filter(is_current=True)}
    own = {s.answer_id: s for s in scores.filter(basis=Score.Basis.SELF).order_by("pk")}
    lines = [ScoredLine(a, current.get(a.pk), own.get(a.pk)) for a in submission.answers.for_page()]
    ranked = sorted((line for line in lines if line.share is not None), key=lambda line: line.share)
    windows = Window.objects.concerning([submission])
    appealing = is_staff(request.user, submission, request.at) and not windows.why_closed(
        Phase.APPEAL, submission, request.at
    )
    context = {
        "submission": submission,
        "nodes": totals.node_scores(submission),
        "lines": lines,
        "weakest": ranked[:3],
        "strongest": ranked[-3:][::-1],
        "appeal_window": windows.of(Phase.APPEAL, submission) if appealing else None,
        "released": submission.state == SubmissionState.COMMUNICATED,
        "stamp": seals.stamp(submission, "communicate"),
    }
    return render(request, "submissions/report.html", context)
