"""The page of one published measure with its comments, the administrators' queue, and what working
groups read.
"""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles.requests import PortalRequest
from cycles.ui import limits as ui_limits
from cycles.ui.attempts import attempt
from cycles.ui.pages import PER_PAGE, page_or_part
from festival.comments.actions import publish_comment, reject_comment, write_comment
from festival.comments.forms import CommentForm
from festival.models import Edition, MeasureComment
from festival.ranking.history import measure_outcome
from festival.workflow import COMMENTS, CommentState
from indicators.lookups import visible


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: PortalRequest, year: int, lineage: UUID) -> HttpResponse:
    """Show one measure in the year's edition in force, with agencies' results and published
    comments; a POST adds a comment.
    """
    edition = get_object_or_404(
        Edition.objects.current(request.at).select_related("cycle"), cycle__year=year
    )
    found = measure_outcome(edition, lineage)
    if found is None:
        raise Http404
    form, status = (
        CommentForm(request.POST or None, initial={"about": request.GET.get("agency", "")}),
        200,
    )
    if request.method == "POST" and form.is_valid():
        if form.is_trapped:
            return _thanks(request, edition, lineage)
        if ui_limits.spend_from("comment", request):
            by = request.user if request.user.is_authenticated else None
            typed = form.cleaned_data
            with attempt(form):
                write_comment(
                    edition,
                    found.measure,
                    text=typed["text"],
                    about=typed["about"],
                    author=typed["author"],
                    organisation=typed["organisation"],
                    email=typed["email"],
                    by=by,
                    at=request.at,
                )
                return _thanks(request, edition, lineage)
        else:
            status = 429
            form.add_error(
                None,
                _("There have been many comments from your connection. Please try again later."),
            )
    comments = MeasureComment.objects.published().about(edition, lineage).for_list()
    context = {"edition": edition, "outcome": found, "form": form, "page": _page(request, comments)}
    return render(request, "festival/comments/measure.html", context, status=status)


def _page(request: PortalRequest, rows: QuerySet[MeasureComment]) -> Page:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def _thanks(request: PortalRequest, edition: Edition, lineage: UUID) -> HttpResponse:
    """Give the same answer whether or not the trap caught a machine, which is told nothing."""
    messages.success(
        request, _("Thank you. Your comment appears here once an administrator has read it.")
    )
    return redirect("festival:measure", edition.cycle.year, lineage)


# --- The administrators -------------------------------------------------------------------------


def _only_for_administrators(request: PortalRequest) -> None:
    """Hide the queue from people who may not publish comments."""
    if not COMMENTS["publish"].who(request.user, None, request.at):
        raise Http404


@require_safe
def queue(request: PortalRequest) -> HttpResponse:
    """List the comments in one state, the waiting ones unless another is chosen."""
    _only_for_administrators(request)
    state = request.GET.get("state", "")
    state = state if state in CommentState.values else CommentState.WAITING
    rows = (
        MeasureComment.objects.visible_to(request.user, request.at).filter(state=state).for_list()
    )
    context = {"state": state, "states": CommentState.choices, "page": _page(request, rows)}
    context |= {
        "moves": [name for name in ("publish", "reject") if state in COMMENTS[name].sources]
    }
    return render(
        request, "festival/comments/comments.html", context | {"most": MeasureComment.MOST}
    )


def _decide(
    request: PortalRequest, pk: int, do: Callable[[MeasureComment], MeasureComment]
) -> HttpResponse:
    _only_for_administrators(request)
    comment = get_object_or_404(MeasureComment.objects.visible_to(request.user, request.at), pk=pk)
    with attempt(request):
        comment = do(comment)
        messages.success(request, f"{comment}: {comment.get_state_display()}")
    return redirect("festival:comments")


@require_POST
def comment_publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Let everybody read a comment."""
    return _decide(request, pk, partial(publish_comment, by=request.user, at=request.at))


@require_POST
def comment_reject(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep a comment from the public, with the reason."""
    reason = request.POST.get("reason", "")[: MeasureComment.MOST]
    reject = partial(reject_comment, reason=reason, by=request.user, at=request.at)
    return _decide(request, pk, reject)


# --- The working groups -------------------------------------------------------------------------


@require_safe
def comments_of_set(request: PortalRequest, pk: int) -> HttpResponse:
    """List earlier years' published comments on the measures of a set."""
    indicator_set = visible(request, pk)
    comments = MeasureComment.objects.published().before(indicator_set).for_list()
    context = {"set": indicator_set, "page": _page(request, comments)}
    return page_or_part(request, "festival/comments/comments_of_set.html", "slot", context)
