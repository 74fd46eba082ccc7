"""The assessors' pages: the blocks on one's desk, and the page on which a block's lines are marked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event
from django_tables2 import RequestConfig

from cycles.calendar import Phase
from cycles.models import Window
from cycles.pages import act_page
from cycles.workflow import Refused
from indicators.methods import METHODS
from submissions import assessing
from submissions.forms import MarkForm, VerdictForm
from submissions.models import Answer, Block, Evidence, ExternalFactor, Mark, with_versions
from submissions.tables import BlockTable
from submissions.workflow import BLOCKS, BlockState


@require_safe
def block_list(request: HttpRequest) -> HttpResponse:
    """The blocks on my desk."""
    blocks = Block.objects.visible_to(request.user, request.at).for_list()
    table = BlockTable(blocks)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    windows = Window.objects.filter(
        cycle__in=blocks.filter(state=BlockState.OPEN).order_by().values("cycle"), phase=Phase.SCORING, agency=None
    ).select_related("cycle")
    context = {"table": table, "windows": windows.order_by("-cycle__year", "pk")}
    return render(request, "submissions/blocks.html", context)


def _block(request: HttpRequest, pk: int) -> Block:
    rows = Block.objects.visible_to(request.user, request.at).for_list().select_related("agency__province")
    return get_object_or_404(rows, pk=pk)


@dataclass
class DeskLine:
    """One line before an assessor: what the agency says, what the method suggests, and the assessor's own mark."""

    answer: Answer
    mark: Mark | None
    form: MarkForm

    @property
    def suggestion(self) -> Decimal | None:
        return assessing.suggestion(self.answer)

    @property
    def may_agree(self) -> bool:
        return not self.answer.measure.is_stewarded

    @property
    def formula(self) -> str:
        m = self.answer.measure
        return METHODS[m.method].explain(
            self.answer.value, m.points, self.answer.scoring_params, get_language() or "fa"
        )

    @property
    def agreed(self) -> dict[str, Any]:
        """The mark of an assessor who agrees with the agency."""
        if self.answer.claims_not_applicable:
            return {"points": None, "is_not_applicable": True}
        return {"points": self.suggestion, "is_not_applicable": False}


def _desk(block: Block, data: QueryDict | None = None) -> list[DeskLine]:
    answers = list(
        Answer.objects.on_desk(block)
        .for_page()
        .select_related("clarification")
        .prefetch_related(Prefetch("evidence", queryset=Evidence.objects.for_page(), to_attr="files"))
    )
    for a in answers:
        a.files = with_versions(a.files)
    marks = {m.answer_id: m for m in Mark.objects.filter(block=block)}
    return [DeskLine(a, marks.get(a.pk), _form(a, marks.get(a.pk), data)) for a in answers]


def _form(answer: Answer, mark: Mark | None, data: QueryDict | None = None) -> MarkForm:
    fields = ("points", "is_not_applicable", "reason")
    initial = {name: getattr(mark, name) for name in fields} if mark else {}
    return MarkForm(data, prefix=str(answer.pk), initial=initial)


def _page(request: HttpRequest, block: Block, lines: list[DeskLine], **more: Any) -> dict[str, Any]:
    windows = Window.objects.concerning([block])
    acts = {m.name for m in BLOCKS.open_to(block, by=request.user, at=request.at, windows=windows)}
    marked = sum(1 for line in lines if line.mark)
    return {
        "desk": block,  # a template's own {{ block }} is its inheritance
        "lines": lines,
        "marked": marked,
        "remaining": len(lines) - marked,
        "acts": acts,
        "closed": BLOCKS.why_not(block, BLOCKS["mark"], by=request.user, at=request.at, windows=windows),
        "window": windows.of(Phase.SCORING, block),
    } | more


@require_safe
def block_detail(request: HttpRequest, pk: int) -> HttpResponse:
    block = _block(request, pk)
    return render(request, "submissions/block.html", _page(request, block, _desk(block)))


@require_POST
def block_marks(request: HttpRequest, pk: int) -> HttpResponse:
    """Save marks: by htmx one line (`agree` or `only` names it), without it every line that was filled in."""
    block = _block(request, pk)
    lines = _desk(block, request.POST)
    agree, only = request.POST.get("agree", ""), request.POST.get("only", "")
    wanted = agree or only
    target = next((line for line in lines if str(line.answer.pk) == wanted), None)
    if wanted and target is None:
        raise Http404
    if request.htmx and target is not None:
        touched = [target]
    else:
        touched = [line for line in lines if line is target or line.form.has_changed()]
    refused = _save(request, block, touched, agreeing=target if agree else None)
    saved = not refused and not any(line.form.errors for line in touched)
    if saved:
        lines = _desk(block)
    next_line = _next(lines, target)
    if not request.htmx:
        if saved:
            messages.success(request, _("Saved."))
            place = f"#line-{next_line.answer.pk}" if next_line else ""
            return redirect(reverse("submissions:block", args=[pk]) + place)
        if refused:
            messages.error(request, refused)
        return render(request, "submissions/block.html", _page(request, block, lines))
    shown = next((line for line in lines if target and line.answer == target.answer), lines[0])
    if refused:
        shown.form.add_error(None, refused)
    context = _page(request, block, lines, line=shown, saved_at=request.at if saved else None)
    response = render(request, "submissions/marked.html", context)
    if saved and next_line:
        trigger_client_event(response, "line-saved", {"next": next_line.answer.pk}, after="settle")
    return response


def _save(request: HttpRequest, block: Block, touched: list[DeskLine], *, agreeing: DeskLine | None) -> str:
    """Save the touched lines, all or none; why not, in a sentence, or "" where each form has its own errors or none."""
    marks = {}
    for line in touched:
        if not line.form.is_valid():
            continue
        marks[line.answer.pk] = line.form.cleaned_data | (line.agreed if line is agreeing and line.may_agree else {})
    if len(marks) < len(touched):
        return ""
    try:
        assessing.save_marks(block, marks, by=request.user, at=request.at)
    except Refused as refusal:
        return str(refusal)
    return ""


def _next(lines: list[DeskLine], current: DeskLine | None) -> DeskLine | None:
    """The first unmarked line after this one, else the one right after it, else this one."""
    place = next((i for i, line in enumerate(lines) if current and line.answer == current.answer), -1) + 1
    after = lines[place:]
    return next((line for line in after if line.mark is None), after[0] if after else (lines[-1] if lines else None))


@require_http_methods(["GET", "POST"])
def block_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    block = _block(request, pk)
    return act_page(
        request,
        BLOCKS,
        block,
        "hand_in",
        do=lambda note: assessing.hand_in(block, by=request.user, at=request.at),
        then=reverse("submissions:block", args=[pk]),
        summary="submissions/hand_in.html",
        lines=_desk(block),
    )


@require_POST
def factor_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject what the agency names as an influence from outside."""
    factors = ExternalFactor.objects.visible_to(request.user, request.at).select_related("answer")
    factor, form = get_object_or_404(factors, pk=pk), VerdictForm(request.POST)
    if form.is_valid():
        try:
            assessing.judge_factor(factor, **form.cleaned_data, by=request.user, at=request.at)
        except Refused as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, _("Choose whether the factor is accepted, and say why."))
    return redirect("submissions:line", factor.answer_id)
