"""The assessors' pages: the blocks on one's desk, and the page on which a
block's lines are marked.
"""

from collections.abc import Sequence
from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event
from django_tables2 import RequestConfig

from agencies.statements import Statement, slot
from cycles.calendar import Phase
from cycles.clashes import together
from cycles.engine.perform import open_to
from cycles.models import Window
from cycles.requests import PortalRequest
from cycles.ui.pages import act_page
from cycles.workflow import Refused
from submissions import clearance
from submissions.marking import actions
from submissions.marking.desk import (
    MARKS,
    DeskLine,
    ListedLine,
    desk_line,
    desk_lines,
    listed_lines,
    mark_form,
    with_files,
)
from submissions.marking.forms import HandInForm, MarkForm
from submissions.marking.tables import BlockTable
from submissions.models import (
    Answer,
    Block,
    Verification,
)
from submissions.permissions import is_assigned
from submissions.workflow import BLOCKS, SEEN_AFTER_SIGNING, BlockState

LineT = TypeVar("LineT", DeskLine, ListedLine)

SHOWN = (
    ("", gettext_lazy("All lines")),
    ("unmarked", gettext_lazy("Not marked")),
    ("differs", gettext_lazy("Marked otherwise than the method")),
    ("factor", gettext_lazy("Influence from outside")),
    ("flagged", gettext_lazy("Standing out")),
)
"""How the lines of a block may be narrowed."""


@require_safe
def block_list(request: PortalRequest) -> HttpResponse:
    """List the blocks on the reader's desk."""
    blocks = Block.objects.visible_to(request.user, request.at).for_list()
    table = BlockTable(blocks)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    windows = Window.objects.filter(
        cycle__in=blocks.filter(state=BlockState.OPEN).order_by().values("cycle"),
        phase=Phase.SCORING,
        agency=None,
    ).select_related("cycle")
    context = {
        "table": table,
        "windows": windows.order_by("-cycle__year", "pk"),
        "waiting": [w for w in clearance.waiting_with_blocks(request.user, request.at) if w.blocks],
        "to_verify": Verification.objects.waiting_for(request.user, request.at).for_list(),
    }
    return render(request, "submissions/marking/blocks.html", context)


def _block(request: PortalRequest, pk: int) -> Block:
    """Find a block that the reader may see: by its key for whoever may mark it, else among all that
    are visible.
    """
    for block in BLOCKS_BY_KEY.fetch(pk=pk):
        is_signed = block.submission.state in SEEN_AFTER_SIGNING
        if is_signed and is_assigned(request.user, block, request.at):
            return block
    rows = Block.objects.visible_to(request.user, request.at).for_page()
    return get_object_or_404(rows, pk=pk)


BLOCKS_BY_KEY = Statement(lambda: Block.objects.filter(pk=slot("pk")).for_page())


ALONGSIDE = {m.name for m in BLOCKS.moves.values() if m.who == BLOCKS["mark"].who}
"""What else is open to whoever has just been let mark: the same states, the same window, the same
person.
"""


def _acts(request: PortalRequest, block: Block) -> set[str]:
    return {m.name for m in open_to(BLOCKS, block, by=request.user, at=request.at)}


def _count(
    request: PortalRequest, block: Block, lines: Sequence[DeskLine | ListedLine]
) -> dict[str, object]:
    marked = sum(1 for line in lines if line.is_marked)
    remaining = len(lines) - marked
    waits = _open_matter(request, block) if not remaining and block.state == BlockState.OPEN else ""
    # a template's own {{ block }} is its inheritance
    return {"desk": block, "lines": lines, "marked": marked, "remaining": remaining, "waits": waits}


def _open_matter(request: PortalRequest, block: Block) -> str:
    """Say what a block with all its marks still waits for before it may be handed in, or ""."""
    windows = Window.objects.concerning([block])
    matters = BLOCKS.open_matters([block], BLOCKS["hand_in"], at=request.at, windows=windows)
    return matters.get(block.pk, "")


def _choice(lines: list[DeskLine], shown: list[DeskLine], show: str = "") -> dict[str, object]:
    """Collect which lines are shown, and how many there are of each kind."""
    kinds = []
    for key, label in SHOWN:
        count = sum(1 for line in lines if line.is_shown(key))
        kinds.append((key, label, count))
    return {"shown": shown, "show": show, "kinds": kinds}


def _page(request: PortalRequest, block: Block, lines: list[DeskLine]) -> dict[str, object]:
    windows = Window.objects.concerning([block])
    return _count(request, block, lines) | {
        "acts": {
            m.name for m in BLOCKS.open_to(block, by=request.user, at=request.at, windows=windows)
        },
        "closed": BLOCKS.why_not(
            block, BLOCKS["mark"], by=request.user, at=request.at, windows=windows
        ),
        "window": windows.of(Phase.SCORING, block),
    }


@require_safe
def block_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the lines of a block, all or those asked for, with what is said and shown for each."""
    block = _block(request, pk)
    lines = desk_lines(block)
    show = request.GET.get("show", "")
    shown = with_files([line for line in lines if line.is_shown(show)])
    return render(
        request,
        "submissions/marking/block.html",
        _page(request, block, lines) | _choice(lines, shown, show),
    )


@require_POST
def block_marks(request: PortalRequest, pk: int) -> HttpResponse:
    """Save marks: by htmx one line (`agree` or `only` names it), without it every line that was
    filled in.

    `quiet` saves a line while it is being typed: the answer leaves the fields alone and goes
    nowhere.
    """
    block = _block(request, pk)
    agree = request.POST.get("agree", "")
    named = agree or request.POST.get("only", "")
    if request.htmx and named:
        return _save_by_htmx(request, block, named, agreeing=bool(agree))
    lines = desk_lines(block, request.POST)
    target = _named_line(lines, named)
    touched = [line for line in lines if line is target or line.is_touched]
    refused = _save(request, block, touched, agreeing=target if agree else None)
    if refused or any(line.form.errors for line in touched):
        if refused:
            messages.error(request, refused)
        context = _page(request, block, lines) | _choice(lines, with_files(lines))
        return render(request, "submissions/marking/block.html", context)
    messages.success(request, _("Saved."))
    page = reverse("submissions:block", args=[pk])
    next_line = _next(lines, target)
    return redirect(f"{page}#line-{next_line.pk}" if next_line else page)


def _named_line(lines: Sequence[LineT], key: str) -> LineT | None:
    """Find the line that a button names, None where it names none."""
    if not key:
        return None
    for line in lines:
        if str(line.pk) == key:
            return line
    raise Http404


def _save_by_htmx(
    request: PortalRequest, block: Block, key: str, *, agreeing: bool
) -> HttpResponse:
    """Save one line by htmx: the answer is its mark, its entry in the list and the count, or why it
    was not saved.
    """
    lines = listed_lines(block)
    target = _named_line(lines, key)
    if target is None:
        raise Http404
    line = desk_line(block, target.pk, request.POST)
    refused = _save(request, block, [line], agreeing=line if agreeing else None)
    if refused:
        line.form.add_error(None, refused)
    saved = not line.form.errors
    if saved:
        line.form = mark_form(line.answer, line.mark)
        target.is_marked = True
    context = _count(request, block, lines) | {
        "line": line,
        "acts": ALONGSIDE if saved else _acts(request, block),
        "saved_at": request.at if saved else None,
        "show": "",
    }
    quiet = "quiet" in request.POST
    template = "submissions/marking/marked.html"
    if quiet:
        template = "submissions/marking/marked_quietly.html"
    response = render(request, template, context, using="fragments")
    if saved and not quiet and (next_line := _next(lines, target)):
        trigger_client_event(response, "line-saved", {"next": next_line.pk}, after="settle")
    return response


def _save(
    request: PortalRequest, block: Block, touched: list[DeskLine], *, agreeing: DeskLine | None
) -> str:
    """Save the touched lines, all or none, and say in a sentence why not; "" where they are saved
    or their forms have errors.
    """
    marks = {}
    for line in touched:
        if not line.form.is_valid():
            continue
        marks[line.answer.pk] = line.form.cleaned_data.copy()
        if line is agreeing:
            agreed = line.agreeing_mark
            marks[line.answer.pk] |= {
                "points": agreed["points"],
                "is_not_applicable": agreed["is_not_applicable"],
            }
    if len(marks) < len(touched):
        return ""
    answers = [line.answer for line in touched]
    seen = together([line.form for line in touched], lambda: _marked_by_now(block, answers))
    try:
        saved = actions.save_marks(
            block, marks, by=request.user, at=request.at, answers=answers, seen=seen
        )
    except Refused as refusal:
        return str(refusal)
    for line, mark in zip(touched, saved, strict=True):
        line.mark = mark
    return ""


def _marked_by_now(block: Block, answers: list[Answer]) -> list[MarkForm]:
    found = MARKS.fetch(block=block.pk, answers=[answer.pk for answer in answers])
    marks = {mark.answer_id: mark for mark in found}
    return [mark_form(answer, marks.get(answer.pk)) for answer in answers]


def _next(lines: Sequence[LineT], current: LineT | None) -> LineT | None:
    """Find the first unmarked line after this one, else the one right after it, else this one."""
    keys = [line.pk for line in lines]
    place = keys.index(current.pk) + 1 if current else 0
    after = lines[place:]
    return next(
        (line for line in after if not line.is_marked),
        after[0] if after else (lines[-1] if lines else None),
    )


@require_http_methods(["GET", "POST"])
def block_hand_in(request: PortalRequest, pk: int) -> HttpResponse:
    block = _block(request, pk)
    return act_page(
        request,
        BLOCKS,
        block,
        "hand_in",
        do=lambda note, hours, seen: actions.hand_in(
            block, hours=hours, by=request.user, at=request.at, seen=seen
        ),
        then=reverse("submissions:block", args=[pk]),
        summary="submissions/marking/hand_in.html",
        form_class=HandInForm,
        shown=lambda: actions.marks_of(block),
        lines=desk_lines(block),
    )
