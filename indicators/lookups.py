"""What pages of indicator sets share: the set at an address, a form about a part of a set."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from cycles.engine.perform import why_closed
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from indicators.models import IndicatorSet
from indicators.workflow import SETS, SetState

EDITS = {"edit", "revise"}


def visible(request: PortalRequest, pk: int) -> IndicatorSet:
    """Find the set at an address, for those who may see it."""
    sets = IndicatorSet.objects.visible_to(request.user, request.at).for_notices()
    return get_object_or_404(sets, pk=pk)


def part_page(
    request: PortalRequest,
    indicator_set: IndicatorSet,
    form: forms.Form,
    save: Callable[[], str],
    template: str,
    *,
    name: str = "",
    **context: object,
) -> HttpResponse:
    """Answer with a form about a part of a set: closed in words, saved with words, or shown again
    with what is wrong.

    `name` is the move that it belongs to, that of an edit where none is named.
    """
    name = name or ("revise" if indicator_set.state == SetState.RETURNED else "edit")
    if request.method == "GET" and (
        why := why_closed(SETS, indicator_set, name, by=request.user, at=request.at)
    ):
        messages.error(request, why)
        return redirect("indicators:detail", indicator_set.pk)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            sentence = save()
            messages.success(request, sentence)
            return redirect("indicators:detail", indicator_set.pk)
    return render(request, template, {"set": indicator_set, "form": form, **context})
