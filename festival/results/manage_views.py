"""The pages on which the secretariat freezes, publishes and corrects the results; those of the
report are in `festival.report.views`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.persian import language
from appeals.models import Appeal
from cycles.calendar import Phase, format_date
from cycles.engine.perform import open_to, why_closed
from cycles.jobs.queries import with_jobs
from cycles.models import Cycle, Entry, Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page, history
from cycles.workflow import CYCLE
from festival.lookups import approved_reports, managed_cycles, newest, note_reading
from festival.models import Edition, Language, Report
from festival.report import actions as report_actions
from festival.results import actions
from festival.results.forms import ReviseForm, ScheduleForm
from festival.results.lookups import ranking_of
from festival.workflow import EDITIONS, Addressee
from submissions.models import Submission


@dataclass(frozen=True)
class PublicationStep:
    """One thing to be done before results are public: whether it is, and what is known of it."""

    label: str | Promise
    is_done: bool
    details: Sequence[str] = ()


def _steps(
    cycle: Cycle,
    found: Edition | None,
    approved: Sequence[Report],
    delivered: dict[str, Entry],
    at: datetime,
) -> list[PublicationStep]:
    """List the steps from communicated scores to publication, in their order."""
    blocks = actions.why_not_final(cycle) if found is None else []
    languages = [str(Language(report.language).label) for report in approved]
    deliveries = [
        _("%(to)s, letter %(number)s, %(when)s")
        % {
            "to": Addressee(addressee).label,
            "number": entry.params["letter"],
            "when": format_date(entry.at, language()),
        }
        for addressee, entry in sorted(delivered.items(), key=lambda item: item[1].pk)
    ]
    return [
        PublicationStep(_("All scores communicated, all appeals decided"), not blocks, blocks),
        PublicationStep(_("Results frozen and agencies ranked"), found is not None),
        PublicationStep(
            _("Article 82 report approved in both languages"),
            len(languages) == len(Language),
            languages,
        ),
        PublicationStep(
            _("Article 82 report delivered to both addressees"),
            len(deliveries) == len(Addressee),
            deliveries,
        ),
        PublicationStep(
            _("Moment of publication set"), found is not None and found.publish_at is not None
        ),
        PublicationStep(_("Published"), found is not None and found.is_published(at)),
    ]


@require_safe
def manage(request: PortalRequest, year: int) -> HttpResponse:
    """Show how far a year is from frozen results to publication: its blockers, steps done, and the
    next one.
    """
    cycle = get_object_or_404(managed_cycles(request), year=year)
    found = Edition.objects.newest_of(cycle)
    approved = approved_reports(found) if found else []
    delivered = report_actions.current_deliveries(found) if found else {}
    steps = _steps(cycle, found, approved, delivered, request.at)
    context: dict[str, object] = {"cycle": cycle, "edition": found, "steps": steps}
    if found is None:
        closed = why_closed(CYCLE, cycle, "finalise", by=request.user, at=request.at)
        context |= {
            "may_finalise": steps[0].is_done and not closed,
            "why_closed": closed,
            "submissions": Submission.objects.active().filter(cycle=cycle).count(),
            "appeals": Appeal.objects.filter(cycle=cycle).undecided().count(),
            "history": history(Entry.objects.of(cycle)[:20]),
        }
    else:
        note_reading(request, found)
        names = {m.name for m in open_to(EDITIONS, found, by=request.user, at=request.at)}
        published = found.is_published(request.at)
        context |= ranking_of(request, found) | {
            "is_published": published,
            "may_schedule": "schedule" in names and not published,
            "may_report": "draft_report" in names,
            "may_revise": "revise" in names,
            "may_approve": "approve_report" in names,
            "may_deliver": "deliver_report" in names
            and len(approved) == len(Language)
            and len(delivered) < len(Addressee),
            "why_closed": ""
            if published
            else why_closed(EDITIONS, found, "schedule", by=request.user, at=request.at),
            "drawn": with_jobs("report", Report.objects.filter(edition=found).for_list()[:6]),
            "history": history(Entry.objects.of(found)[:20]),
        }
    return render(request, "festival/results/manage.html", context)


@require_http_methods(["GET", "POST"])
def finalise(request: PortalRequest, year: int) -> HttpResponse:
    cycle = get_object_or_404(managed_cycles(request), year=year)
    return act_page(
        request,
        CYCLE,
        cycle,
        "finalise",
        do=lambda **said: actions.finalise(cycle, by=request.user, at=request.at, **said),
        then=reverse("festival:manage", args=[year]),
        summary="festival/results/finalise_summary.html",
        blocks=actions.why_not_final(cycle),
    )


@require_http_methods(["GET", "POST"])
def schedule(request: PortalRequest, year: int) -> HttpResponse:
    """Set the instant of publication; signed."""
    found = newest(request, year)
    then = reverse("festival:manage", args=[year])
    closed = why_closed(EDITIONS, found, "schedule", by=request.user, at=request.at)
    if request.method == "GET" and closed:
        messages.error(request, closed)
        return redirect(then)

    def form_for(edition: Edition, data: QueryDict | None = None) -> ScheduleForm:
        shows = {"publish_at": edition.publish_at}
        return ScheduleForm(
            data, initial=shows, shows=shows, move=EDITIONS["schedule"], user=request.user
        )

    form = form_for(found, request.POST or None)
    if form.is_valid():
        with attempt(form):
            seen = form.as_seen(lambda: form_for(Edition.objects.get(pk=found.pk)))
            actions.schedule(
                found,
                publish_at=form.cleaned_data["publish_at"],
                note=form.cleaned_data["note"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(
                request, _("The moment of publication is set. Until then nothing is public.")
            )
            return redirect(then)
    opens = Window.objects.filter(cycle=found.cycle, phase=Phase.FESTIVAL, agency=None).first()
    context = {"edition": found, "form": form, "then": then, "window": opens}
    return render(request, "festival/results/schedule.html", context)


@require_http_methods(["GET", "POST"])
def revise(request: PortalRequest, year: int) -> HttpResponse:
    """Put right the points of lines in a new, numbered edition; signed."""
    found = newest(request, year)
    return act_page(
        request,
        EDITIONS,
        found,
        "revise",
        do=lambda **said: actions.revise(found, by=request.user, at=request.at, **said),
        then=reverse("festival:manage", args=[year]),
        summary="festival/results/revise_summary.html",
        form_class=partial(ReviseForm, edition=found),
    )
