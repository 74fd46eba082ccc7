"""The page on which scores are communicated, to all, a group or a province, after a look at what
stands in the way.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.models import User, in_reach
from agencies.persian import in_locale
from agencies.roles import OVERSEERS
from cycles.models import Participation, Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.forms import ActForm
from submissions.lookups import overseen_cycle
from submissions.models import Submission
from submissions.release import actions, blockers
from submissions.release.blockers import Blocker, BlockerCount
from submissions.release.forms import WhomForm
from submissions.workflow import MOVES, SubmissionState

SHOWN = 50
"""So many agencies of a list are named; whoever wants the others chooses a group or a province."""


@dataclass
class WaitingAgencies:
    """A blocker of the checklist and the agencies that have it."""

    blocker: Blocker
    rows: list[tuple[Submission, BlockerCount]] = field(default_factory=list)

    @property
    def first_rows(self) -> list[tuple[Submission, BlockerCount]]:
        return self.rows[:SHOWN]

    @property
    def things(self) -> int:
        return sum(blocking.count for _submission, blocking in self.rows)


class Checklist:
    """The agencies of a choice: those ready to be communicated, and for each blocker those that
    wait for it.
    """

    def __init__(self, submissions: Iterable[Submission], *, by: User, at: datetime) -> None:
        self.all = list(submissions)
        move, windows = MOVES["communicate"], Window.objects.concerning(self.all)
        self.out = [s for s in self.all if s.state == SubmissionState.COMMUNICATED]
        self.lapsed = [s for s in self.all if s.state == SubmissionState.LAPSED]
        left = [
            s
            for s in self.all
            if s.state not in (SubmissionState.COMMUNICATED, SubmissionState.LAPSED)
        ]
        blocking = blockers.of_submissions(left, at)
        self.waiting = [s for s in left if s.pk in blocking]
        refusals = {
            s: MOVES.why_not(s, move, by=by, at=at, windows=windows)
            for s in left
            if s.pk not in blocking
        }
        self.ready = [s for s, why in refusals.items() if not why]
        self.closed = next((why for why in refusals.values() if why), "")
        by_code = {blocker.code: WaitingAgencies(blocker) for blocker in blockers.BLOCKERS}
        for s in self.waiting:
            for count in blocking[s.pk]:
                by_code[count.blocker.code].rows.append((s, count))
        self.checks = list(by_code.values())

    @property
    def first_ready(self) -> list[Submission]:
        return self.ready[:SHOWN]

    @property
    def digest(self) -> str:
        """Names the ready ones, so that those communicated are those that were shown."""
        return hashlib.sha256(",".join(str(s.pk) for s in self.ready).encode()).hexdigest()


@require_http_methods(["GET", "POST"])
def communicate_all(request: PortalRequest, pk: int) -> HttpResponse:
    """Communicate the scores of all that are ready, or of a group or a province, by one act."""
    cycle = overseen_cycle(request, pk)
    reach = in_reach(request.user, request.at, OVERSEERS)
    taking_part = Participation.objects.active().filter(reach, cycle=cycle)
    whom = WhomForm(request.GET, participations=taking_part)
    chosen = whom.narrow(taking_part)
    submissions = Submission.objects.filter(participation__in=chosen.values("pk")).select_related(
        "agency__province", "cycle"
    )
    checklist = Checklist(
        submissions.order_by("agency__sort_key", "pk"), by=request.user, at=request.at
    )
    form = ActForm(request.POST or None, move=MOVES["communicate"], user=request.user)
    if (
        request.method == "POST"
        and checklist.ready
        and form.is_valid()
        and _communicate(request, checklist, form)
    ):
        return redirect("submissions:board", pk)
    context = {
        "cycle": cycle,
        "whom": whom,
        "choice": whom.choice,
        "move": MOVES["communicate"],
        "form": form,
        "checklist": checklist,
        "absent": chosen.count() - len(checklist.all),
        "then": reverse("submissions:board", args=[pk]),
    }
    return render(request, "submissions/release/communicate.html", context)


def _communicate(request: PortalRequest, checklist: Checklist, form: ActForm) -> bool:
    """Communicate the scores of the ready ones; where that is refused the form says why."""
    if request.POST.get("shown") != checklist.digest:
        form.add_error(
            None,
            _(
                "Other agencies are ready now than when you looked. Look at the list "
                "again, then sign."
            ),
        )
        return False
    with attempt(form):
        count = len(
            actions.communicate(
                checklist.ready, by=request.user, at=request.at, **form.action_kwargs
            )
        )
        said = ngettext(
            "The scores of %(count)s agency were communicated.",
            "The scores of %(count)s agencies were communicated.",
            count,
        )
        messages.success(request, said % {"count": in_locale(count)})
        return True
    return False
