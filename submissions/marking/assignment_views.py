"""Pages on which blocks are given to assessors."""

from collections.abc import Mapping

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import in_reach
from agencies.persian import in_locale
from agencies.roles import OVERSEERS
from cycles.models import Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from indicators.models import Axis
from submissions import workload
from submissions.lookups import overseen_cycle
from submissions.marking import assignment
from submissions.marking.forms import AssignForm
from submissions.models import Block, Submission
from submissions.workflow import MOVES


def _submissions(request: PortalRequest) -> QuerySet[Submission]:
    """List the self-assessments in the reader's scope."""
    return Submission.objects.filter(in_reach(request.user, request.at, OVERSEERS))


@require_POST
def assign_all(request: PortalRequest, pk: int) -> HttpResponse:
    cycle = overseen_cycle(request, pk)
    with attempt(request):
        shared = assignment.assign_all(cycle, by=request.user, at=request.at)
        said = ngettext(
            "%(count)s block was assigned.", "%(count)s blocks were assigned.", shared.blocks
        )
        messages.success(request, said % {"count": in_locale(shared.blocks)})
        if shared.moved:
            said = _(
                "Blocks moved to others because whoever had them may not mark them any "
                "longer: %(count)s"
            )
            messages.info(request, said % {"count": in_locale(shared.moved)})
        if shared.unread:
            said = _("Lines drawn for a second assessor that nobody else may mark: %(count)s")
            messages.warning(request, said % {"count": in_locale(shared.unread)})
    return redirect("submissions:board", pk)


@require_http_methods(["GET", "POST"])
def assign(request: PortalRequest, pk: int) -> HttpResponse:
    """Put one axis of a self-assessment on an assessor's desk."""
    submission = get_object_or_404(
        _submissions(request).select_related("agency__province", "cycle"), pk=pk
    )
    axes = Axis.objects.filter(
        pk__in=submission.answers.not_stewarded().values("measure__indicator__axis")
    )
    fit = workload.Pool(request.at).fit(submission)
    axes = axes.order_by("set__kind", "position", "pk")

    def form_for(data: Mapping[str, object] | None = None) -> AssignForm:
        desks = Block.objects.filter(submission=submission).order_by("pk")
        shows = {"desks": list(desks.values_list("pk", "axis", "assessor", "state"))}
        return AssignForm(data, axes=axes, assessors=fit, shows=shows)

    form = form_for(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = form.as_seen(form_for)
        with attempt(form):
            assignment.assign(
                submission,
                axis=form.cleaned_data["axis"],
                assessor=form.cleaned_data["assessor"],
                is_second=form.cleaned_data["is_second"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            said = _("The block is on the desk of %(name)s.")
            messages.success(request, said % {"name": form.cleaned_data["assessor"]})
            return redirect("submissions:assign", pk)
    windows = Window.objects.concerning([submission])
    blocks = Block.objects.filter(submission=submission).select_related("axis", "assessor")
    context = {
        "submission": submission,
        "form": form,
        "blocks": blocks.order_by("axis__set__kind", "axis__position", "pk"),
        "closed": MOVES.why_not(
            submission, MOVES["assign"], by=request.user, at=request.at, windows=windows
        ),
    }
    return render(request, "submissions/marking/assign.html", context)
