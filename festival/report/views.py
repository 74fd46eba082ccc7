"""The pages on which the Article 82 report is written, drawn up, approved by two people, and
delivered.
"""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles.administration_workflow import JOBS
from cycles.engine.perform import why_closed
from cycles.jobs.queries import latest
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page
from festival.lookups import approved_reports, managed_cycles, newest, note_reading
from festival.models import Award, Chapter, Language, Report, ReportText
from festival.report import actions
from festival.report import texts as report_texts
from festival.report.facts import gather
from festival.report.figures import FIGURES
from festival.report.forms import ApproveForm, DeliverForm, TextForm
from festival.workflow import EDITIONS, Addressee, AwardState


def _managed_report(request: PortalRequest, uuid: str) -> Report:
    """Find a drawing-up that the reader may see before it is public."""
    visible = Report.objects.filter(edition__cycle__in=managed_cycles(request)).for_list()
    return get_object_or_404(visible, uuid=uuid)


# --- Texts --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChapterVersions:
    """A chapter in the list of texts: the last version in each language, None where the draft
    stands.
    """

    chapter: Chapter
    versions: list[tuple[Language, ReportText | None]]


@require_safe
def texts(request: PortalRequest, year: int) -> HttpResponse:
    """List the chapters of the report, each with the text that people wrote and its writer."""
    found = newest(request, year)
    visible = ReportText.objects.visible_to(request.user, request.at).filter(cycle=found.cycle)
    last = {(t.language, t.chapter): t for t in visible.newest().select_related("written_by")}
    rows = []
    for chapter in Chapter:
        versions = [(lang, last.get((lang.value, chapter.value))) for lang in Language]
        rows.append(ChapterVersions(chapter, versions))
    may = not why_closed(EDITIONS, found, "write_text", by=request.user, at=request.at)
    return render(
        request,
        "festival/report/report_texts.html",
        {"edition": found, "rows": rows, "may_write": may},
    )


@require_http_methods(["GET", "POST"])
def text(request: PortalRequest, year: int, language: str, chapter: str) -> HttpResponse:
    """Write a chapter's text in one language, beside the system's draft and the figures it may set
    by name.
    """
    found = newest(request, year)
    if language not in Language.values or chapter not in Chapter.values:
        raise Http404
    visible = ReportText.objects.visible_to(request.user, request.at)
    versions = list(
        visible.filter(cycle=found.cycle, language=language, chapter=chapter).for_list()
    )
    then = reverse("festival:report_texts", args=[year])
    closed = why_closed(EDITIONS, found, "write_text", by=request.user, at=request.at)
    if request.method == "GET" and closed:
        messages.error(request, closed)
        return redirect(then)
    if request.method == "GET":
        note_reading(request, found)
    facts = gather(found, request.at)
    with translation.override(language):
        draft = report_texts.draft(Chapter(chapter), facts)

    form = _text_form(request, language, draft, versions[0] if versions else None)
    if form.is_valid():
        with attempt(form):
            actions.write_text(
                found,
                language=language,
                chapter=chapter,
                text=form.cleaned_data["text"],
                after=form.cleaned_data["after"],
                by=request.user,
                at=request.at,
            )
            _tell_saved(request, form.cleaned_data["text"])
            return redirect(then)
    context = {
        "edition": found,
        "form": form,
        "then": then,
        "draft": draft,
        "figures": [(name, figure, figure.in_words(facts)) for name, figure in FIGURES.items()],
        "chapter": Chapter(chapter),
        "written_in": Language(language),
        "versions": versions,
    }
    return render(request, "festival/report/report_text_edit.html", context)


def _text_form(
    request: PortalRequest, language: str, draft: str, last: ReportText | None
) -> TextForm:
    """Make the form of a chapter's text, begun with the last version or with the draft."""
    initial: dict[str, object] = {"text": draft, "after": 0}
    if last is not None:
        initial = {"text": last.text or draft, "after": last.number}
    return TextForm(request.POST or None, initial=initial, language=language, draft=draft)


def _tell_saved(request: PortalRequest, text: str) -> None:
    if typed := report_texts.typed_figures(text):
        said = _(
            "The text is saved. These figures were typed out and do not follow the tables: "
            "%(figures)s."
        )
        messages.warning(request, said % {"figures": _(", ").join(typed)})
    else:
        messages.success(request, _("The text is saved; the next drawing-up sets it."))


# --- Drawing up ---------------------------------------------------------------------------------


@require_POST
def ask_for_report(request: PortalRequest, year: int) -> HttpResponse:
    """Ask for the report in both languages; a worker draws each up."""
    found = newest(request, year)
    with attempt(request):
        actions.ask_for_report(found, languages=Language.values, by=request.user, at=request.at)
        messages.success(
            request, _("The report is being drawn up in both languages. You may leave this page.")
        )
    return redirect("festival:manage", year)


@require_safe
def report_progress(request: PortalRequest, uuid: str) -> HttpResponse:
    """Show the progress of a report; the page asks again by itself until it is done."""
    report = _managed_report(request, uuid)
    job = latest("report", report.pk)
    context: dict[str, object] = {"report": report, "job": job}
    if report.finished_at is not None:
        context["why_not_approve"] = actions.why_not_approve(report, by=request.user, at=request.at)
    elif job is not None and job.has_failed:
        context["may_try_again"] = not why_closed(
            JOBS, job, "try_again", by=request.user, at=request.at
        )
    elif job is not None and job.is_unfinished:
        closed = why_closed(
            EDITIONS, report.edition, "cancel_report", by=request.user, at=request.at
        )
        context["may_cancel"] = not closed
    template = "festival/report/report_progress.html" + ("#progress" if request.htmx else "")
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def cancel_report(request: PortalRequest, uuid: str) -> HttpResponse:
    report = _managed_report(request, uuid)
    return act_page(
        request,
        EDITIONS,
        report.edition,
        "cancel_report",
        do=lambda **said: actions.cancel_report(report, by=request.user, at=request.at, **said),
        then=reverse("festival:manage", args=[report.edition.cycle.year]),
        about=report,
    )


# --- Approval and delivery ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def approve_report(request: PortalRequest, uuid: str) -> HttpResponse:
    report = _managed_report(request, uuid)
    earlier = actions.deliveries_of(report.edition.cycle_id)
    delivery = actions.delivery_sentence(earlier[-1]) if earlier else ""
    return act_page(
        request,
        EDITIONS,
        report.edition,
        "approve_report",
        form_class=partial(ApproveForm, delivery=delivery),
        do=lambda **said: actions.approve_report(report, by=request.user, at=request.at, **said),
        then=reverse("festival:manage", args=[report.edition.cycle.year]),
        summary="festival/report/approve_summary.html",
        report=report,
        awards_below=_awards_below(report),
    )


def _awards_below(report: Report) -> int:
    """Count the decided awards of the report's year that rest on less than the least percent."""
    decided = Award.objects.filter(
        ceremony__cycle=report.edition.cycle_id, state=AwardState.DECIDED
    )
    return decided.below_least_percent().count()


@require_http_methods(["GET", "POST"])
def deliver(request: PortalRequest, year: int) -> HttpResponse:
    """Record to whom the report was delivered and by which letter; signed."""
    found = newest(request, year)
    then, move = reverse("festival:manage", args=[year]), EDITIONS["deliver_report"]
    closed = why_closed(EDITIONS, found, move.name, by=request.user, at=request.at)
    if request.method == "GET" and closed:
        messages.error(request, closed)
        return redirect(then)
    left = [a for a in Addressee.values if a not in actions.current_deliveries(found)]
    form = DeliverForm(
        request.POST or None,
        initial={"addressee": left[0] if left else ""},
        move=move,
        user=request.user,
    )
    if form.is_valid():
        typed = form.cleaned_data
        with attempt(form):
            actions.deliver(
                found,
                addressee=typed["addressee"],
                letter=typed["letter_number"],
                note=typed["note"],
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("The delivery is recorded."))
            return redirect(then)
    context = {
        "move": move,
        "object": found,
        "form": form,
        "then": then,
        "reports": approved_reports(found),
    }
    return render(
        request, "cycles/act.html", context | {"summary": "festival/report/deliver_summary.html"}
    )
