"""The public results, and the pages on which the secretariat freezes, reports and publishes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency
from appeals.models import Appeal
from cycles import embargo
from cycles.actions import open_to, why_closed
from cycles.calendar import Phase, format_date
from cycles.files import handed_out
from cycles.models import Cycle, Entry, Group, Window
from cycles.pages import act_page, history, listed
from cycles.workflow import CYCLE, CycleState, Refused
from festival import actions, closing_facts, resources, tasks
from festival.filters import StandingFilter
from festival.forms import DeliverForm, ScheduleForm
from festival.models import Edition, Language, Report, Standing
from festival.tables import StandingTable
from festival.workflow import EDITIONS, Addressee
from submissions.models import Submission

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# -- The public -------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Every published edition with the first of each group; for the secretariat the way to its own pages."""
    editions = list(Edition.objects.published(request.at).for_list())
    firsts = Standing.objects.filter(edition__in=editions, place=1, submitted=True).for_list()
    firsts = firsts.order_by("edition", "group__province", "group__sort_key", "group", "participation__sort_key", "pk")
    winners: dict[int, list[Any]] = {edition.pk: [] for edition in editions}
    for (edition_id, group), standings in groupby(firsts, _place_of):
        winners[edition_id].append((group, list(standings)))
    shown = [(edition, winners[edition.pk]) for edition in editions]
    managed = _cycles(request).of_years().exclude(state=CycleState.PLANNED).for_list()
    return render(request, "festival/results.html", {"editions": shown, "managed": managed})


def _place_of(standing: Standing) -> tuple[int, Group]:
    return standing.edition_id, standing.group


@login_not_required
@require_safe
def edition(request: HttpRequest, year: int) -> HttpResponse:
    """The ranking of one published edition, filtered, sorted and paged."""
    found = get_object_or_404(Edition.objects.published(request.at).for_list(), cycle__year=year)
    beside = {"reports": _approved(found), "planned": closing_facts.planned(found.cycle)}
    return render(request, "festival/edition.html", _ranking(request, found) | beside)


def _ranking(request: HttpRequest, found: Edition) -> dict[str, object]:
    narrowed = StandingFilter(request.GET, queryset=Standing.objects.filter(edition=found).for_list())
    return {"edition": found, "filter": narrowed, "table": listed(request, StandingTable(narrowed.qs))}


def _approved(found: Edition) -> list[Report]:
    """The newest approved report in each language."""
    reports = Report.objects.filter(edition=found, approved_at__isnull=False).order_by("approved_at", "pk")
    return sorted({r.language: r for r in reports}.values(), key=lambda r: Language.values.index(r.language))


@login_not_required
@require_safe
def ranking_file(request: HttpRequest, year: int, form: str) -> HttpResponse:
    """The ranking of a published edition as CSV or XLSX, narrowed as the page was."""
    if form not in FORMATS:
        raise Http404
    found = get_object_or_404(Edition.objects.published(request.at), cycle__year=year)
    narrowed = StandingFilter(request.GET, queryset=Standing.objects.filter(edition=found).for_list())
    response = HttpResponse(resources.ranking(found, narrowed.qs).export(form), content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="ranking-{year}.{form}"'
    return response


@login_not_required
@require_safe
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """One agency's published results over the years."""
    found = get_object_or_404(Agency.objects.select_related("parent", "province"), code=code)
    standings = (
        Standing.objects.filter(
            edition__in=Edition.objects.published(request.at).values("pk"), participation__agency=found
        )
        .for_list()
        .select_related("group", "participation__agency", "edition__cycle")
        .order_by("-edition__cycle__year", "group__sort_key", "pk")
    )
    sizes = dict(
        Standing.objects.filter(group__in=[s.group_id for s in standings])
        .order_by()
        .values_list("group")
        .annotate(Count("pk"))
    )
    rows = [(standing, sizes[standing.group_id]) for standing in standings]
    return render(request, "festival/agency.html", {"agency": found, "rows": rows})


@login_not_required
@require_safe
def report_file(request: HttpRequest, uuid: str) -> HttpResponseBase:
    """An Article 82 report: approved and published for everybody, before that for the secretariat."""
    visible = (
        Report.objects.visible_to(request.user, request.at)
        if request.user.is_authenticated
        else Report.objects.published(request.at)
    )
    report = get_object_or_404(visible.select_related("edition__cycle"), uuid=uuid, finished_at__isnull=False)
    _note_reading(request, report.edition)
    name = f"article-82-{report.edition.cycle.year}-{report.language}.pdf"
    # our own file, for browsers to open: Chromium shows no PDF in a sandbox
    return handed_out(report.file, name=name, content_type="application/pdf", inline=True, sandboxed=False)


# -- The secretariat --------------------------------------------------------------------------------------------------


def _cycles(request: HttpRequest) -> QuerySet[Cycle]:
    """The cycles whose results the reader may see before they are published."""
    if not request.user.is_authenticated:
        return Cycle.objects.none()
    return Cycle.objects.overseen_by(request.user, request.at)


@dataclass(frozen=True)
class Step:
    """One thing to be done before results are public: whether it is, and what is known of it."""

    label: str | Promise
    is_done: bool
    details: Sequence[str] = ()


def _steps(
    cycle: Cycle, found: Edition | None, approved: Sequence[Report], delivered: dict[str, Entry], at: Any
) -> list[Step]:
    """From communicated scores to publication, in their order."""
    blocks = actions.why_not_final(cycle) if found is None else []
    languages = [str(Language(report.language).label) for report in approved]
    deliveries = [
        _("%(to)s, letter %(number)s, %(when)s")
        % {
            "to": Addressee(addressee).label,
            "number": entry.params["letter"],
            "when": format_date(entry.at, get_language() or "fa"),
        }
        for addressee, entry in sorted(delivered.items(), key=lambda item: item[1].pk)
    ]
    return [
        Step(_("All scores communicated, all appeals decided"), not blocks, blocks),
        Step(_("Results frozen and agencies ranked"), found is not None),
        Step(_("Article 82 report approved in both languages"), len(languages) == len(Language), languages),
        Step(_("Article 82 report delivered to both addressees"), len(deliveries) == len(Addressee), deliveries),
        Step(_("Moment of publication set"), found is not None and found.publish_at is not None),
        Step(_("Published"), found is not None and found.is_published(at)),
    ]


def _note_reading(request: HttpRequest, found: Edition) -> None:
    """Put on record that somebody reads places that are not published yet."""
    if not found.is_published(request.at):
        embargo.note_reading(found.cycle, what="ranking", by=request.user, at=request.at)


@require_safe
def manage(request: HttpRequest, year: int) -> HttpResponse:
    """From frozen results to publication: what blocks, what is done, what comes next."""
    cycle = get_object_or_404(_cycles(request), year=year)
    found = Edition.objects.filter(cycle=cycle).select_related("cycle", "run").first()
    approved = _approved(found) if found else []
    delivered = actions.delivered(found) if found else {}
    steps = _steps(cycle, found, approved, delivered, request.at)
    context: dict[str, object] = {"cycle": cycle, "edition": found, "steps": steps}
    if found is None:
        closed = why_closed(CYCLE, cycle, "finalise", by=request.user, at=request.at)
        context |= {
            "may_finalise": steps[0].is_done and not closed,
            "why_closed": closed,
            "submissions": Submission.objects.filter(cycle=cycle).count(),
            "appeals": Appeal.objects.filter(cycle=cycle).undecided().count(),
            "history": history(Entry.objects.of(cycle)[:20]),
        }
    else:
        _note_reading(request, found)
        names = {m.name for m in open_to(EDITIONS, found, by=request.user, at=request.at)}
        published = found.is_published(request.at)
        context |= _ranking(request, found) | {
            "is_published": published,
            "may_schedule": "schedule" in names and not published,
            "may_report": "draft_report" in names,
            "may_approve": "approve_report" in names,
            "may_deliver": "deliver_report" in names
            and len(approved) == len(Language)
            and len(delivered) < len(Addressee),
            "why_closed": "" if published else why_closed(EDITIONS, found, "schedule", by=request.user, at=request.at),
            "drawn": Report.objects.filter(edition=found).select_related("approved_by").order_by("-pk")[:6],
            "history": history(Entry.objects.of(found)[:20]),
        }
    return render(request, "festival/manage.html", context)


@require_http_methods(["GET", "POST"])
def finalise(request: HttpRequest, year: int) -> HttpResponse:
    cycle = get_object_or_404(_cycles(request), year=year)
    return act_page(
        request,
        CYCLE,
        cycle,
        "finalise",
        do=lambda **said: actions.finalise(cycle, by=request.user, at=request.at, **said),
        then=reverse("festival:manage", args=[year]),
        summary="festival/finalise_summary.html",
        blocks=actions.why_not_final(cycle),
    )


@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, year: int) -> HttpResponse:
    """Set the instant of publication; signed."""
    found = get_object_or_404(Edition.objects.select_related("cycle"), cycle__in=_cycles(request), cycle__year=year)
    then = reverse("festival:manage", args=[year])
    closed = why_closed(EDITIONS, found, "schedule", by=request.user, at=request.at)
    if request.method == "GET" and closed:
        messages.error(request, closed)
        return redirect(then)
    initial = {"publish_at": found.publish_at}
    form = ScheduleForm(request.POST or None, initial=initial, move=EDITIONS["schedule"], user=request.user)
    if form.is_valid():
        try:
            given = {key: form.cleaned_data[key] for key in ("publish_at", "note")}
            actions.schedule(found, by=request.user, at=request.at, **given)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The moment of publication is set. Until then nothing is public."))
            return redirect(then)
    opens = Window.objects.filter(cycle=found.cycle, phase=Phase.FESTIVAL, agency=None).first()
    context = {"edition": found, "form": form, "then": then, "window": opens}
    return render(request, "festival/schedule.html", context)


@require_POST
def ask_for_report(request: HttpRequest, year: int) -> HttpResponse:
    """Ask for the report in both languages; a worker draws each up."""
    found = get_object_or_404(Edition, cycle__in=_cycles(request), cycle__year=year)
    try:
        asked = actions.ask_for_report(found, languages=Language.values, by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        for report in asked:
            tasks.render_report.delay(report_id=report.pk)
        messages.success(request, _("The report is being drawn up in both languages. You may leave this page."))
    return redirect("festival:manage", year)


@require_safe
def report_progress(request: HttpRequest, uuid: str) -> HttpResponse:
    """How far a report is; the page asks again by itself until it is done."""
    visible = Report.objects.filter(edition__cycle__in=_cycles(request)).select_related("edition__cycle")
    report = get_object_or_404(visible, uuid=uuid)
    may = (
        report.finished_at is not None
        and report.approved_at is None
        and not why_closed(EDITIONS, report.edition, "approve_report", by=request.user, at=request.at)
    )
    template = "festival/report_progress.html" + ("#progress" if request.htmx else "")
    return render(request, template, {"report": report, "may_approve": may})


@require_http_methods(["GET", "POST"])
def approve_report(request: HttpRequest, uuid: str) -> HttpResponse:
    visible = Report.objects.filter(edition__cycle__in=_cycles(request)).select_related("edition__cycle")
    report = get_object_or_404(visible, uuid=uuid)
    return act_page(
        request,
        EDITIONS,
        report.edition,
        "approve_report",
        do=lambda **said: actions.approve_report(report, by=request.user, at=request.at, **said),
        then=reverse("festival:manage", args=[report.edition.cycle.year]),
        summary="festival/approve_summary.html",
        report=report,
    )


@require_http_methods(["GET", "POST"])
def deliver(request: HttpRequest, year: int) -> HttpResponse:
    """Record to whom the report was delivered and by which letter; signed."""
    found = get_object_or_404(Edition.objects.select_related("cycle"), cycle__in=_cycles(request), cycle__year=year)
    then, move = reverse("festival:manage", args=[year]), EDITIONS["deliver_report"]
    closed = why_closed(EDITIONS, found, move.name, by=request.user, at=request.at)
    if request.method == "GET" and closed:
        messages.error(request, closed)
        return redirect(then)
    left = [a for a in Addressee.values if a not in actions.delivered(found)]
    form = DeliverForm(
        request.POST or None, initial={"addressee": left[0] if left else ""}, move=move, user=request.user
    )
    if form.is_valid():
        typed = form.cleaned_data
        given = {"addressee": typed["addressee"], "letter": typed["letter_number"], "note": typed["note"]}
        try:
            actions.deliver(found, by=request.user, at=request.at, **given)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The delivery is recorded."))
            return redirect(then)
    context = {"move": move, "object": found, "form": form, "then": then, "reports": _approved(found)}
    return render(request, "cycles/act.html", context | {"summary": "festival/deliver_summary.html"})
