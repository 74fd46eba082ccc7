"""Lists of self-assessments, and their files."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from agencies.roles import Role
from cycles.engine.perform import open_to
from cycles.models import Cycle, Participation
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.workflow import CycleState
from submissions.answers import actions, headquarters
from submissions.answers.exports import submissions_as_xlsx
from submissions.answers.filters import SubmissionFilter
from submissions.answers.tables import SubmissionTable
from submissions.models import Submission
from submissions.workflow import MOVES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# --- The list ------------------------------------------------------------------------------------


def _narrowed_table(request: PortalRequest) -> tuple[SubmissionFilter, SubmissionTable]:
    rows = Submission.objects.visible_to(request.user, request.at).for_list()
    narrowed = SubmissionFilter(request.GET, queryset=rows, request=request)
    for_authority = request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at)
    return narrowed, SubmissionTable(narrowed.qs, exclude=() if for_authority else ("blocks",))


@require_safe
def submission_list(request: PortalRequest) -> HttpResponse:
    narrowed, table = _narrowed_table(request)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    units = headquarters.units_of(request.user, request.at)
    context = {
        "filter": narrowed,
        "table": table,
        "to_begin": _to_begin(request),
        "with_units": Cycle.objects.filter(pk__in=units.values("cycle")).order_by("-year", "pk"),
    }
    return render(request, "submissions/answers/list.html", context)


def _to_begin(request: PortalRequest) -> list[Participation]:
    """List the participations of the reader's agencies whose self-assessment may be begun now."""
    mine = (
        Participation.objects.active()
        .filter(agency__in=request.user.agency_ids(request.at), cycle__state=CycleState.OPEN)
        .exclude(pk__in=Submission.objects.values("participation"))
    )
    rows = mine.select_related("cycle", "agency__province")
    return [p for p in rows.order_by("cycle__year", "sort_key", "pk") if _may_begin(request, p)]


def _may_begin(request: PortalRequest, participation: Participation) -> bool:
    submission = Submission(cycle=participation.cycle, agency=participation.agency)
    moves = open_to(MOVES, submission, by=request.user, at=request.at)
    return any(move.name == "begin" for move in moves)


@require_safe
def submission_export(request: PortalRequest) -> HttpResponse:
    _, table = _narrowed_table(request)
    RequestConfig(request, paginate=False).configure(table)
    with_blocks = "blocks" in table.columns.names()
    response = HttpResponse(
        submissions_as_xlsx(table.data.data, with_blocks=with_blocks), content_type=XLSX
    )
    response["Content-Disposition"] = 'attachment; filename="self-assessments.xlsx"'
    return response


@require_POST
def submission_begin(request: PortalRequest, pk: int) -> HttpResponse:
    participation = get_object_or_404(
        Participation.objects.visible_to(request.user, request.at), pk=pk
    )
    with attempt(request):
        [submission] = actions.begin([participation], by=request.user, at=request.at)
        return redirect("submissions:detail", submission.pk)
    return redirect("submissions:list")
