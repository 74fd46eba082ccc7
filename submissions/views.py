"""Lists of self-assessments, their files, and what came of them: the scores."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from agencies.roles import Role, is_staff
from cycles import seals
from cycles.actions import open_to
from cycles.calendar import Phase
from cycles.models import Cycle, Participation, Window
from cycles.workflow import CycleState, Refused
from submissions import actions, superior, totals
from submissions.filters import SubmissionFilter
from submissions.lowering import RULE
from submissions.models import Answer, Score, Submission
from submissions.pages import find, note_reading
from submissions.resources import submissions_as_xlsx
from submissions.tables import SubmissionTable
from submissions.workflow import MOVES, SubmissionState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

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
    units = superior.units_of(request.user, request.at)
    context = {
        "filter": narrowed,
        "table": table,
        "to_begin": _to_begin(request),
        "with_units": Cycle.objects.filter(pk__in=units.values("cycle")).order_by("-year", "pk"),
    }
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
    submission = find(request, pk, readable)
    note_reading(request, submission, "scores")
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
        "rule": RULE if any(s.basis == Score.Basis.VERIFICATION for s in current.values()) else "",
    }
    return render(request, "submissions/report.html", context)
