"""What the pages of every app are made with: the page that confirms an act, lists, histories."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from cycles.actions import why_closed, why_not_administer
from cycles.forms import ActForm
from cycles.models import Entry
from cycles.workflow import Refused, Workflow

PER_PAGE = 25


def act_page(
    request: HttpRequest,
    workflow: Workflow,
    obj: Any,
    name: str,
    *,
    do: Callable[..., Any],
    then: str,
    summary: str = "",
    about: Any = None,
    **context: Any,
) -> HttpResponse:
    """Confirm an act (GET) and do it (POST); a refusal is shown in words and nothing typed is lost.

    `do` takes by keyword the note and, of an official act, the letter; `then` is the URL to go to afterwards; `summary`
    is a template that shows what will happen; `about` is what the page names when the act is on more than `obj`, which
    then stands for all of them.
    """
    about = about or obj
    move = workflow[name]
    form = ActForm(request.POST or None, move=move, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            do(**form.said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{move.label}: {about}")
            return redirect(then)
    elif request.method == "GET" and (closed := why_closed(workflow, obj, name, by=request.user, at=request.at)):
        messages.error(request, closed)
        return redirect(then)
    context |= {"move": move, "object": about, "form": form, "then": then, "summary": summary}
    return render(request, "cycles/act.html", context)


def listed(request: HttpRequest, table: Any) -> Any:
    """A table sorted and paged as the address says."""
    return RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)


@dataclass(frozen=True)
class Told:
    """An entry of the official record as `components/history.html` shows it."""

    sentence: str
    actor: str
    at: datetime


def history(entries: Iterable[Entry]) -> list[Told]:
    """What was done, with from where to where and the note, newest first."""
    rows = []
    for entry in entries:
        change = f" ({entry.change})" if entry.change else ""
        note = f": {entry.note}" if entry.note else ""
        rows.append(Told(f"{entry.sentence}{change}{note}", entry.actor_name or _("the calendar itself"), entry.at))
    return rows


def only_for(request: HttpRequest, act: str) -> None:
    """To those who may not do an act of administration, its page does not exist."""
    if why_not_administer(act, by=request.user, at=request.at):
        raise Http404
