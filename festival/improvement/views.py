"""Pages of improvement plans: the list, a plan with its items, what the results suggest, and last
year's plan.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.roles import OVERSEERS, SUPERIOR_ROLES
from cycles.calendar import day_of
from cycles.engine.perform import open_to, why_closed
from cycles.models import Entry
from cycles.requests import PortalRequest
from cycles.spreadsheets.sheets import CONTENT_TYPES
from cycles.ui.attempts import attempt
from cycles.ui.forms import ActForm
from cycles.ui.pages import act_page, history, page_of, page_or_part, sheet_answer
from festival.fields import keys_in
from festival.improvement import actions, queries, suggestions, tables
from festival.improvement.filters import ImprovementFilter
from festival.improvement.forms import ItemForm, ProgressForm, ReturnForm
from festival.models import Edition, ImprovementItem, ImprovementPlan, status_counts
from festival.workflow import IMPROVEMENTS
from submissions.lookups import find
from submissions.models import Submission

PAGES = ("sign", "send_back", "close")
"""Moves that are confirmed on a page of their own."""


def _plan(request: PortalRequest, pk: int) -> ImprovementPlan:
    rows = ImprovementPlan.objects.visible_to(request.user, request.at).select_related(
        "agency__province", "cycle"
    )
    return get_object_or_404(rows, pk=pk)


def _item(request: PortalRequest, pk: int) -> ImprovementItem:
    rows = ImprovementItem.objects.visible_to(request.user, request.at).standing().for_list()
    return get_object_or_404(rows, pk=pk)


# --- The list -----------------------------------------------------------------------------------


def _plan_filter(request: PortalRequest) -> ImprovementFilter:
    plans = ImprovementPlan.objects.visible_to(request.user, request.at).for_list()
    return ImprovementFilter(request.GET, queryset=plans, request=request)


@require_safe
def plans(request: PortalRequest) -> HttpResponse:
    """List the plans, how late each was signed and how far its items are; the agency's own people
    may begin theirs.
    """
    narrowed = _plan_filter(request)
    begun = ImprovementPlan.objects.filter(agency__in=request.user.agency_ids(request.at)).values(
        "participation"
    )
    mine = Submission.objects.filter(agency__in=request.user.agency_ids(request.at)).exclude(
        participation__in=begun
    )
    results = mine.select_related("agency", "cycle").order_by(
        "-cycle__year", "agency__sort_key", "pk"
    )
    published = set(Edition.objects.published(request.at).values_list("cycle", flat=True))
    context = {
        "filter": narrowed,
        "table": page_of(request, tables.ImprovementTable(narrowed.qs, at=request.at)),
        "to_begin": [s for s in results if s.communicated_at or s.cycle_id in published],
        "oversees": request.user.holds(*OVERSEERS, *SUPERIOR_ROLES, at=request.at),
    }
    return render(request, "festival/improvement/improvements.html", context)


@require_safe
def plans_file(request: PortalRequest, kind: str) -> HttpResponse:
    """Send the plans shown, a row each, as CSV or XLSX."""
    if kind not in CONTENT_TYPES:
        raise Http404
    content = tables.plans_file(_plan_filter(request).qs.iterator(), kind)
    return sheet_answer(content, "improvement-plans", kind)


# --- A plan -------------------------------------------------------------------------------------


@require_POST
def begin(request: PortalRequest, pk: int) -> HttpResponse:
    """Begin the plan on a self-assessment's results."""
    submission = find(request, pk)
    with attempt(request):
        plan = actions.begin(submission, by=request.user, at=request.at)
        return redirect("festival:findings", plan.pk)
    return redirect("festival:improvements")


@require_safe
def plan(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a plan with its items and how far each is."""
    held = _plan(request, pk)
    items = list(held.items.standing().for_list())
    moves = open_to(IMPROVEMENTS, held, by=request.user, at=request.at)
    names = {m.name for m in moves}
    today = day_of(request.at)
    context = {
        "plan": held,
        "items": [(item, item.is_overdue(today)) for item in items],
        "counted": status_counts(items),
        "moves": [m for m in moves if m.name in PAGES],
        "may_edit": "edit" in names,
        "may_report": "report" in names,
        "unready": actions.why_unready(items) if "edit" in names else "",
        "overdue_by": 0 if held.signed_at else held.late_by(request.at),
        "history": history(Entry.objects.of(held)[:20]),
    }
    return render(request, "festival/improvement/improvement.html", context)


@require_http_methods(["GET", "POST"])
def findings(request: PortalRequest, pk: int) -> HttpResponse:
    """List the suggested lines; a POST adopts the chosen ones into the plan."""
    held = _plan(request, pk)
    submission = Submission.objects.select_related("cycle", "agency").get(
        participation=held.participation_id
    )
    why = why_closed(IMPROVEMENTS, held, "edit", by=request.user, at=request.at)
    if why := why or actions.why_not_begun(submission, request.at):
        messages.error(request, why)
        return redirect("festival:improvement", pk)
    if request.method == "POST":
        with attempt(request):
            actions.adopt(
                held, keys_in(request.POST.getlist("line")), by=request.user, at=request.at
            )
            return redirect("festival:improvement", pk)
        return redirect("festival:findings", pk)
    adopted = set(held.items.standing().values_list("answer_id", flat=True))
    suggested = [(s, s.answer.pk in adopted) for s in suggestions.suggest(submission)]
    return render(
        request,
        "festival/improvement/improvement_findings.html",
        {"plan": held, "suggested": suggested, "submission": submission},
    )


def _item_page(
    request: PortalRequest, held: ImprovementPlan, item: ImprovementItem | None
) -> HttpResponse:
    then = redirect(f"{reverse('festival:improvement', args=[held.pk])}#items")
    form = ItemForm(request.POST or None, item=item)

    def now() -> ItemForm:
        return ItemForm(item=ImprovementItem.objects.for_list().get(pk=item.pk) if item else None)

    if request.method == "GET" and (
        why := why_closed(IMPROVEMENTS, held, "edit", by=request.user, at=request.at)
    ):
        messages.error(request, why)
        return then
    if form.is_valid():
        with attempt(form):
            actions.save_item(
                held,
                form.item_fields,
                item=item,
                by=request.user,
                at=request.at,
                seen=form.as_seen(now),
            )
            messages.success(request, _("Saved."))
            return then
    return render(
        request,
        "festival/improvement/improvement_item.html",
        {"plan": held, "item": item, "form": form},
    )


@require_http_methods(["GET", "POST"])
def item_new(request: PortalRequest, pk: int) -> HttpResponse:
    """Add an item that is about no single line."""
    return _item_page(request, _plan(request, pk), None)


@require_http_methods(["GET", "POST"])
def item(request: PortalRequest, pk: int) -> HttpResponse:
    """Write an item."""
    held = _item(request, pk)
    return _item_page(request, held.plan, held)


@require_POST
def item_strike(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an item out of the plan."""
    held = _item(request, pk)
    with attempt(request):
        actions.strike_item(held, by=request.user, at=request.at)
    return redirect("festival:improvement", held.plan_id)


def _progress(item: ImprovementItem, data: QueryDict | None = None) -> ProgressForm:
    """Make the form in which progress on an item is reported, begun with the last report."""
    last = item.current
    return ProgressForm(data, initial={"status": item.status}, last=last.pk if last else None)


@require_http_methods(["GET", "POST"])
def item_progress(request: PortalRequest, pk: int) -> HttpResponse:
    """Report how far an item is."""
    held = _item(request, pk)
    then = redirect(f"{reverse('festival:improvement', args=[held.plan_id])}#item-{pk}")
    form = _progress(held, request.POST or None)
    if request.method == "GET" and (
        why := why_closed(IMPROVEMENTS, held.plan, "report", by=request.user, at=request.at)
    ):
        messages.error(request, why)
        return then
    if form.is_valid():
        with attempt(form):
            seen = form.as_seen(lambda: _progress(ImprovementItem.objects.for_list().get(pk=pk)))
            actions.report_progress(
                held,
                status=form.cleaned_data["status"],
                note=form.cleaned_data["note"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(request, _("Saved."))
            return then
    return render(
        request,
        "festival/improvement/improvement_progress.html",
        {"item": held, "plan": held.plan, "form": form},
    )


@require_http_methods(["GET", "POST"])
def move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    """Sign, return or close a plan."""
    if name not in PAGES:
        raise Http404
    held = _plan(request, pk)
    return act_page(
        request,
        IMPROVEMENTS,
        held,
        name,
        do=lambda **said: actions.move(held, name, by=request.user, at=request.at, **said),
        then=reverse("festival:improvement", args=[pk]),
        summary="festival/improvement/improvement_summary.html",
        shown=lambda: {"items": actions.digest(held.items.standing().for_list())},
        form_class=ReturnForm if name == "send_back" else ActForm,
        counted=status_counts(held.items.standing().for_list()),
    )


# --- The year after -----------------------------------------------------------------------------


@require_safe
def last_plan(request: PortalRequest, pk: int) -> HttpResponse:
    """Show last year's plan on the page of this year's self-assessment; `line` narrows it to one
    line's measure.
    """
    submission = find(request, pk)
    held = queries.last_plan(submission, request.user, request.at)
    found = queries.followed_items(held, submission) if held else []
    line = next(iter(keys_in([request.GET.get("line", "")])), None)
    if line is not None:
        found = [each for each in found if each.line is not None and each.line.pk == line]
    context = {
        "submission": submission,
        "plan": held,
        "followed": found,
        "of_line": line is not None,
    }
    return page_or_part(request, "festival/improvement/last_plan.html", "slot", context)
