"""The page on which administrators see how reliable the marks of a cycle
are, and have it measured.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import User
from cycles.administration_workflow import JOBS
from cycles.engine.perform import why_closed
from cycles.jobs.queries import latest
from cycles.models import Cycle
from cycles.record import embargo
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page
from cycles.workflow import CycleState
from indicators.models import Measure
from submissions.lookups import overseen_cycle
from submissions.models import Reliability, ReviewTask
from submissions.reliability import actions
from submissions.workflow import REVIEWS, RUNS

NARROWEST = 0.02
"""The least effect, as a share of the ceiling, at which the picture of severity ends on either
side.
"""


@dataclass(frozen=True)
class Dot:
    """An assessor's severity in the picture: places in percent of its width."""

    assessor: User | None
    row: dict[str, Any]
    widest: float

    def _place(self, effect: float) -> float:
        return round(50 + 49 * effect / self.widest, 2)

    @property
    def low(self) -> float:
        return self._place(self.row["interval"]["low"])

    @property
    def width(self) -> float:
        return self._place(self.row["interval"]["high"]) - self.low

    @property
    def mark(self) -> float:
        """Where the dot begins, so that its middle is the place."""
        return self._place(self.row["effect"]) - 0.6

    @property
    def percent(self) -> Decimal:
        return _percent(self.row["effect"])

    @property
    def low_percent(self) -> Decimal:
        return _percent(self.row["interval"]["low"])

    @property
    def high_percent(self) -> Decimal:
        return _percent(self.row["interval"]["high"])

    @property
    def is_telling(self) -> bool:
        """Whether the interval leaves out every effect that is too small to look at."""
        return bool(self.row.get("flagged"))


def _percent(share: float) -> Decimal:
    return Decimal(repr(share)) * 100


@require_http_methods(["GET", "POST"])
def study(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what was measured last, as pictures and tables; by POST it is measured anew."""
    cycle = overseen_cycle(request, pk, whole=True)
    if request.method == "POST":
        return _order(request, cycle)
    studies = (
        Reliability.objects.visible_to(request.user, request.at).filter(cycle=cycle).order_by("-pk")
    )
    last = studies.exclude(finished_at=None).first()
    if last is not None and cycle.state == CycleState.OPEN:
        embargo.note_reading(cycle, what="reliability", by=request.user, at=request.at)
    waiting = studies.filter(finished_at=None).first()
    job = latest("reliability", waiting.pk) if waiting else None
    tasks = ReviewTask.objects.visible_to(request.user, request.at).filter(cycle=cycle).for_list()
    context = {
        "cycle": cycle,
        "tasks": tasks,
        "study": last,
        "waiting": waiting,
        "job": job,
        "may_try_again": job is not None
        and not why_closed(JOBS, job, "try_again", by=request.user, at=request.at),
        "closed": why_closed(RUNS, cycle, "gauge", by=request.user, at=request.at),
    }
    return render(
        request,
        "submissions/reliability/reliability.html",
        context | (_study_context(last.result) if last and last.result else {}),
    )


@require_http_methods(["GET", "POST"])
def close_task(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what stood out, and the form to say what looking into it came to."""
    tasks = ReviewTask.objects.visible_to(request.user, request.at).for_list()
    task = get_object_or_404(tasks, pk=pk)
    return act_page(
        request,
        REVIEWS,
        task,
        "close",
        do=lambda note: actions.close(task, outcome=note, by=request.user, at=request.at),
        then=f"{reverse('submissions:reliability', args=[task.cycle_id])}#tasks",
        summary="submissions/reliability/task_summary.html",
        task=task,
        severe=task.kind == ReviewTask.Kind.SEVERITY and _percent(task.figures["effect"]),
    )


def _order(request: PortalRequest, cycle: Cycle) -> HttpResponse:
    with attempt(request):
        actions.order_reliability(cycle, by=request.user, at=request.at)
        messages.success(request, _("It is being measured; look again in a minute."))
    return redirect("submissions:reliability", cycle.pk)


def _study_context(result: dict[str, Any]) -> dict[str, Any]:
    """Collect the rows of a measurement with the people and the measures that they are about."""
    agreed = result["agreement"]
    people = _assessors(result)
    measures = Measure.objects.in_bulk([row["measure"] for row in result["saturated"]])
    severe = sorted(result["severity"], key=lambda row: row["effect"])
    widest = max([NARROWEST, *map(_reach, severe)])
    return {
        "result": result,
        "agreement": agreed and _agreement_figures(agreed),
        "dots": [Dot(people.get(row["assessor"]), row, widest) for row in severe],
        "saturated": [
            row | {"title": measures[row["measure"]].title} for row in result["saturated"]
        ],
        "copying": _flagged_rows(result["copying"], people),
        "halo": _flagged_rows(result["halo"], people),
    }


def _assessors(result: dict[str, Any]) -> dict[int, User]:
    """Answer with the assessors whom a measurement names, by key."""
    keys: set[int] = set()
    for name in ("severity", "copying", "halo"):
        keys.update(row["assessor"] for row in result[name])
    return User.objects.in_bulk(keys)


def _reach(row: dict[str, Any]) -> float:
    """Return the end of an effect's interval that lies further from 0."""
    return max(abs(float(end)) for end in row["interval"].values())


def _flagged_rows(rows: list[dict[str, Any]], people: dict[int, User]) -> list[dict[str, Any]]:
    return [row | {"who": people.get(row["assessor"])} for row in rows if row["flagged"]]


def _agreement_figures(agreed: dict[str, Any]) -> dict[str, Any]:
    """Write numbers as the page shows them: decimals, and percents in place of shares."""
    interval = agreed["interval"] and {
        end: Decimal(str(value)) for end, value in agreed["interval"].items()
    }
    return agreed | {
        "alpha": None if agreed["alpha"] is None else Decimal(str(agreed["alpha"])),
        "interval": interval,
        "mean_percent": _percent(agreed["mean_difference"]),
        "within_percent": _percent(agreed["within_tolerance"]),
    }
