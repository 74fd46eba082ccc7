"""Pages of a computation of scores."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from cycles.administration_workflow import JOBS
from cycles.engine.perform import why_closed
from cycles.jobs.queries import latest
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import page_or_part
from submissions.lookups import overseen_cycle
from submissions.models import ScoreRun
from submissions.scoring import actions as scoring


@require_POST
def compute(request: PortalRequest, pk: int) -> HttpResponse:
    """Order the totals of a cycle; a job computes them."""
    cycle = overseen_cycle(request, pk)
    with attempt(request):
        run = scoring.order_run(cycle, by=request.user, at=request.at)
        return redirect("submissions:run", run.pk)
    return redirect("submissions:board", pk)


@require_safe
def run_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """Show how far a computation is; the page asks again by itself until it is done."""
    runs = ScoreRun.objects.visible_to(request.user, request.at).select_related("cycle", "asked_by")
    run = get_object_or_404(runs, pk=pk)
    job = latest("scores", run.pk)
    may_try_again = job is not None and not why_closed(
        JOBS, job, "try_again", by=request.user, at=request.at
    )
    context = {"run": run, "job": job, "may_try_again": may_try_again}
    return page_or_part(request, "submissions/scoring/run.html", "run", context)
