"""What pages of indicator sets share: the set at an address, an act tried and told, a form about a
part of a set.
"""

from collections.abc import Callable
from typing import Any

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
    """The set at an address, to those who may see it."""
    sets = IndicatorSet.objects.visible_to(request.user, request.at).for_notices()
    return get_object_or_404(sets, pk=pk)


def attempt(request: PortalRequest, act: Callable[[], Any], done: Callable[[Any], str]) -> Any:
    """Do an act; what came of it is said, and so is a refusal. None where it was refused."""
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
    form: Any,
    save: Callable[[dict[str, Any]], str],
    template: str,
    *,
    name: str = "",
    **context: Any,
) -> HttpResponse:
    """A form about a part of a set: closed in words, saved with words, or shown again with what is
    wrong.

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
            said = save(getattr(form, "fields_to_save", form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("indicators:detail", indicator_set.pk)
    return render(request, template, {"set": indicator_set, "form": form, **context})
