"""What pages of indicator sets share: the set at an address, an act tried and told, a form about a
part of a set.
"""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from cycles.engine.perform import why_closed
from cycles.requests import PortalRequest
from cycles.workflow import Refused
from indicators.models import IndicatorSet
from indicators.workflow import SETS, SetState

EDITS = {"edit", "revise"}


def visible(request: PortalRequest, pk: int) -> IndicatorSet:
    """Find the set at an address, for those who may see it."""
    sets = IndicatorSet.objects.visible_to(request.user, request.at).for_notices()
    return get_object_or_404(sets, pk=pk)


MadeT = TypeVar("MadeT")


def attempt(
    request: PortalRequest, act: Callable[[], MadeT], done: Callable[[MadeT], str]
) -> MadeT | None:
    """Do an act and show what came of it, or the refusal; None where it was refused."""
    try:
        made = act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, done(made))
    return made


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
        try:
            sentence = save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, sentence)
            return redirect("indicators:detail", indicator_set.pk)
    return render(request, template, {"set": indicator_set, "form": form, **context})
