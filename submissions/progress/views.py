"""The administrators' pages: who is how far, sharing out the work, computing the scores."""

from collections import Counter

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.roles import OVERSEERS, Role
from cycles.calendar import Phase, days_late
from cycles.models import Cycle, Window
from cycles.record import embargo
from cycles.requests import PortalRequest
from cycles.ui.pages import csv_answer, page_of
from cycles.workflow import CycleState, Windows
from submissions.lookups import overseen_cycle
from submissions.marking import exports as marking_exports
from submissions.models import ScoreRun, Submission
from submissions.progress import pace, queries
from submissions.progress.agency_rows import of_agencies
from submissions.progress.forms import BoardForm
from submissions.progress.queries import Tally
from submissions.progress.tables import BoardData, BoardDetail, BoardTable, WorkTable
from submissions.scoring import totals
from submissions.workflow import MOVES, RUNS, SubmissionState

NEXT_PHASE = {
    SubmissionState.DRAFT: Phase.SELF_ASSESSMENT,
    SubmissionState.RETURNED: Phase.SELF_ASSESSMENT,
    SubmissionState.SUBMITTED: Phase.SCORING,
    SubmissionState.MARKED: Phase.SCORING,
    SubmissionState.COMMUNICATED: Phase.APPEAL,
}
"""The phase on whose closing a self-assessment of each state waits."""


@require_safe
def board(request: PortalRequest, pk: int) -> HttpResponse:
    """Show who is how far, and whether the scoring will be done in time: by agency, by province, by
    assessor.
    """
    cycle, by = overseen_cycle(request, pk), request.GET.get("by", "")
    scope = request.user.province_ids(request.at, *OVERSEERS)
    tallies = queries.tallies(cycle, provinces=scope, at=request.at)
    context: dict[str, object] = {"cycle": cycle, "by": by, "counts": _counts(tallies)}
    submissions: dict[int, Submission] = {}
    table = None
    if by == "assessor":
        work = queries.of_assessors(cycle, provinces=scope, at=request.at)
        context["table"] = page_of(request, WorkTable(work))
    elif by != "province":
        form = BoardForm(request.GET)
        rows = form.narrow(of_agencies(cycle, provinces=scope, at=request.at))
        data = BoardData(rows, queries.count_known(rows, tallies))
        table = page_of(request, BoardTable(data, at=request.at))
        submissions = _submissions_on(table)
        context |= {"form": form, "table": table}

    windows = Window.objects.concerning([cycle, *submissions.values()])
    window = windows.of(Phase.SCORING, cycle)
    closes_at = window.closes_at if window else None
    if table:
        table.details = _details(request, submissions, windows)
    if by == "province":
        provinces = []
        for name, own in pace.by_province(tallies).items():
            agencies = sum(tally.agencies for tally in own)
            provinces.append(
                (name, pace.together(own, at=request.at, closes_at=closes_at), agencies)
            )
        context["provinces"] = provinces
    acts = {m.name for m in RUNS.open_to(cycle, by=request.user, at=request.at, windows=windows)}
    context |= {
        "has_agencies": bool(tallies),
        "pace": pace.together(tallies, at=request.at, closes_at=closes_at),
        "window": window,
        "acts": acts | _acts_on_all(request, cycle, tallies),
        "may_export": request.user.oversees_the_country(request.at),
        "runs": ScoreRun.objects.visible_to(request.user, request.at)
        .filter(cycle=cycle, why__in=totals.OFFICIAL)
        .select_related("asked_by")
        .order_by("-asked_at", "-pk")[:3],
    }
    return render(request, "submissions/progress/board.html", context)


def _submissions_on(table: BoardTable) -> dict[int, Submission]:
    """Read the self-assessments of the agencies on the page shown; one query."""
    keys = [row.record.submission for row in table.page.object_list]
    return Submission.objects.select_related("agency__province", "cycle").in_bulk(
        [key for key in keys if key]
    )


def _details(
    request: PortalRequest, submissions: dict[int, Submission], windows: Windows
) -> dict[int, BoardDetail]:
    """Work out the closing, the lateness and the acts of the self-assessments on the page."""
    details = {}
    for key, s in submissions.items():
        phase = NEXT_PHASE.get(s.state)
        window = windows.of(phase, s) if phase else None
        moves = MOVES.open_to(s, by=request.user, at=request.at, windows=windows)
        late = days_late(window.closes_at, request.at) if window else 0
        details[key] = BoardDetail(
            window.closes_at if window else None, late, {m.name for m in moves}
        )
    return details


def _acts_on_all(request: PortalRequest, cycle: Cycle, tallies: list[Tally]) -> set[str]:
    """Name the acts on several agencies at once for which some agency is in the right state; the
    page of each act says whether it is open, and why not.
    """
    if not request.user.holds(Role.ADMINISTRATOR, at=request.at) or cycle.state != CycleState.OPEN:
        return set()
    states = {tally.state for tally in tallies}
    return {name for name in ("assign", "communicate") if MOVES[name].sources & states}


def _counts(tallies: list[Tally]) -> list[tuple[str, str, int]]:
    """Count the agencies in each state, those not begun first."""
    states = Counter[str]()
    for tally in tallies:
        states[tally.state] += tally.agencies
    named = [("", _("Not begun")), *((s.value, str(s.label)) for s in SubmissionState)]
    return [(state, label, states[state]) for state, label in named]


@require_safe
def marks_export(request: PortalRequest, pk: int) -> StreamingHttpResponse:
    """Hand out every mark of a cycle as CSV, to those who see results before they are published;
    its reading stands in the record.
    """
    cycle = overseen_cycle(request, pk, whole=True)
    embargo.note_reading(cycle, what="marks", by=request.user, at=request.at)
    return csv_answer(marking_exports.marks(cycle), f"marks-{cycle.year}")
