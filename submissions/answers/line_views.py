"""What colleagues do about a line beside answering it: comments, ready marks, factors, shares."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.persian import in_locale
from agencies.statements import Statement, slot
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from indicators.models import Axis
from submissions.answers import teamwork
from submissions.answers.forms import CommentForm, FactorForm, ReadyForm, ShareOutForm
from submissions.lookups import find, find_line, form_errors, line_url
from submissions.models import Answer, ExternalFactor, LineComment, Submission


def _do_on_line(
    request: PortalRequest, answer: Answer, form: Form, act: Callable[[], object]
) -> HttpResponse:
    """Do an act on a line once its small form is valid, and go back to the line."""
    if form.is_valid():
        with attempt(request):
            act()
    else:
        messages.error(request, form_errors(form))
    return redirect(line_url(answer))


@require_POST
def line_ready(request: PortalRequest, pk: int) -> HttpResponse:
    answer, form = find_line(request, pk), ReadyForm(request.POST)

    def act() -> Answer:
        is_ready = form.cleaned_data["is_ready"]
        return teamwork.mark_ready(answer, is_ready=is_ready, by=request.user, at=request.at)

    return _do_on_line(request, answer, form, act)


@require_POST
def line_comment(request: PortalRequest, pk: int) -> HttpResponse:
    answer, form = find_line(request, pk), CommentForm(request.POST)

    def act() -> LineComment:
        text = form.cleaned_data["text"]
        return teamwork.comment(answer, text=text, by=request.user, at=request.at)

    return _do_on_line(request, answer, form, act)


@require_POST
def factor_claim(request: PortalRequest, pk: int) -> HttpResponse:
    answer = find_line(request, pk)
    form = FactorForm(request.POST, files=answer.evidence.live().select_related("document"))

    def act() -> ExternalFactor:
        return teamwork.claim_factor(
            answer,
            kind=form.cleaned_data["kind"],
            text=form.cleaned_data["text"],
            evidence=form.cleaned_data["evidence"],
            by=request.user,
            at=request.at,
        )

    return _do_on_line(request, answer, form, act)


@require_POST
def factor_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    factors = ExternalFactor.objects.visible_to(request.user, request.at).select_related("answer")
    factor = get_object_or_404(factors, pk=pk)
    with attempt(request):
        teamwork.withdraw_factor(factor, by=request.user, at=request.at)
    return redirect(line_url(factor.answer))


def _assignments() -> Any:
    lines = Answer.objects.filter(submission=slot("submission")).exclude(assignee=None)
    return lines.order_by("pk").values_list("pk", "assignee")


def share_out_form(
    request: PortalRequest,
    submission: Submission,
    axes: Iterable[Axis],
    data: Mapping[str, object] | None = None,
) -> ShareOutForm:
    """Make the form by which lines are given out; the page shows who has which."""
    held = ASSIGNED.fetch_tuples(submission=submission.pk)
    people = teamwork.colleagues(submission, request.at)
    return ShareOutForm(data, people=people, axes=axes, shows={"assignees": held})


ASSIGNED: Statement[Answer] = Statement(_assignments)


@require_POST
def share_out(request: PortalRequest, pk: int) -> HttpResponse:
    """Give an axis, or the chosen lines, to a colleague."""
    submission = find(request, pk)
    axes = (
        Axis.objects.filter(indicators__measures__in=submission.answers.values("measure"))
        .distinct()
        .order_by("pk")
    )
    form = share_out_form(request, submission, axes, request.POST)
    if form.is_valid():
        seen = form.as_seen(lambda: share_out_form(request, submission, axes))
        with attempt(request):
            count = teamwork.share_out(
                submission,
                axis=form.cleaned_data["axis"],
                assignee=form.cleaned_data["assignee"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(request, _("Lines given out: %(count)s") % {"count": in_locale(count)})
    else:
        messages.error(request, form_errors(form))
    return redirect("submissions:detail", pk)
