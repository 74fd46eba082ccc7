"""The pages on which the agencies that answer for an index write their reports on it, and their
heads send them.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.roles import HEADS, Role
from cycles.engine.perform import why_closed
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page
from festival.indices import actions
from festival.indices.forms import ReportForm
from festival.indices.views import this_year
from festival.models import Index, IndexReport, year_label
from festival.workflow import INDEX_REPORTS, IndexReportState


@require_safe
def index_reports(request: PortalRequest) -> HttpResponse:
    """List the reader's own agencies' indices and reports; for administrators and auditors all
    reports, drafts among them.
    """
    mine = request.user.agency_ids(request.at, Role.STAFF, *HEADS)
    reports = IndexReport.objects.visible_to(request.user, request.at).for_list()
    own = Index.objects.followed().filter(agencies__in=mine).distinct().for_list()
    if not request.user.oversees_the_country(request.at):
        reports = reports.filter(agency__in=mine)
    owed = []
    for index in own:
        owed += [(index, agency) for agency in index.agencies.all() if agency.pk in mine]
    context = {
        "reports": reports,
        "owed": owed,
        "year": this_year(request.at),
    }
    return render(request, "festival/indices/index_reports.html", context)


@require_http_methods(["GET", "POST"])
def index_report(request: PortalRequest, code: str, agency: str, year: int) -> HttpResponse:
    """Write the draft of an agency's report on an index in a year, begun with the report sent
    last.
    """
    index = get_object_or_404(Index.objects.followed(), code=code)
    mine = index.agencies.filter(pk__in=request.user.agency_ids(request.at, Role.STAFF, *HEADS))
    own = get_object_or_404(mine, code=agency)
    if year not in actions.YEARS:
        raise Http404
    rows = IndexReport.objects.filter(index=index, agency=own, year=year).select_related(
        "index", "agency"
    )

    def newest() -> IndexReport | None:
        return rows.order_by("-pk").first()

    def form_for(last: IndexReport | None, data: QueryDict | None = None) -> ReportForm:
        return ReportForm(data, initial={"done": last.done, "asked": last.asked} if last else None)

    last = newest()
    draft = last if last and last.state == IndexReportState.DRAFT else None
    form = form_for(last, request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = form.as_seen(lambda: form_for(newest()))
        with attempt(form):
            actions.write_report(
                index,
                own,
                year=year,
                **form.cleaned_data,
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(request, _("The draft is saved."))
            return redirect("festival:index_report", code, agency, year)
    context = {
        "index": index,
        "agency": own,
        "year": year_label(year),
        "form": form,
        "draft": draft,
        "sent": last if last and draft is None else None,
        "may_send": draft is not None
        and not why_closed(INDEX_REPORTS, draft, "send", by=request.user, at=request.at),
    }
    return render(request, "festival/indices/index_report.html", context)


@require_http_methods(["GET", "POST"])
def index_report_send(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign a report and send it."""
    drafts = IndexReport.objects.filter(
        agency__in=request.user.agency_ids(request.at, Role.STAFF, *HEADS)
    )
    report = get_object_or_404(drafts.select_related("index", "agency"), pk=pk)
    return act_page(
        request,
        INDEX_REPORTS,
        report,
        "send",
        do=lambda **said: actions.send_report(report, by=request.user, at=request.at, **said),
        then=reverse("festival:index_reports"),
        summary="festival/indices/index_report_text.html",
        shown=lambda: IndexReport.objects.values("done", "asked").get(pk=pk),
        report=report,
    )
