"""The page of jobs: what waits, runs and has failed, and what an administrator does about it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cycles.administration_workflow import ADMINISTRATION, JOBS, JobState
from cycles.engine.perform import AdministrationTarget, why_not_administer
from cycles.jobs import actions, queries
from cycles.jobs.filters import JobFilter
from cycles.jobs.tables import JobTable
from cycles.models import Job
from cycles.notices import delivery
from cycles.requests import PortalRequest
from cycles.ui.pages import act_page, only_for, page_of
from cycles.workflow import Windows


@require_safe
def job_list(request: PortalRequest) -> HttpResponse:
    """Show every kind with what is not done of it, and the jobs one by one, the newest first."""
    if not request.user.oversees_the_country(request.at):
        raise Http404
    visible = Job.objects.visible_to(request.user, request.at).for_list()
    narrowed = JobFilter(request.GET, visible)
    context = {
        "kinds": queries.summary(),
        "filter": narrowed,
        "table": page_of(request, JobTable(narrowed.qs, moves=_moves(request))),
        "may_send_again": not why_not_administer("send_again", by=request.user, at=request.at),
    }
    return render(request, "cycles/jobs/jobs.html", context)


def _moves(request: PortalRequest) -> dict[str, list[tuple[str, str]]]:
    """List what the reader may do with a job in each state; no move of a job looks at more than
    that.
    """
    moves = {}
    for state in JobState:
        open_now = JOBS.open_to(
            Job(state=state), by=request.user, at=request.at, windows=Windows(())
        )
        moves[state.value] = [(move.name, str(move.label)) for move in open_now]
    return moves


@require_http_methods(["GET", "POST"])
def job_move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    """Try a job again, or stop it."""
    job = get_object_or_404(Job.objects.visible_to(request.user, request.at), pk=pk)
    act = {"try_again": actions.try_again, "stop": actions.stop}[name]
    return act_page(
        request,
        JOBS,
        job,
        name,
        do=lambda **typed: act(job, by=request.user, at=request.at, **typed),
        then=reverse("cycles:jobs"),
    )


@require_http_methods(["GET", "POST"])
def send_again(request: PortalRequest) -> HttpResponse:
    """Have the messages that were given up tried again from the beginning."""
    only_for(request, "send_again")
    return act_page(
        request,
        ADMINISTRATION,
        AdministrationTarget(request.user),
        "send_again",
        do=lambda **typed: delivery.send_again(by=request.user, at=request.at, **typed),
        then=reverse("cycles:jobs"),
        about=delivery.LABEL,
    )
