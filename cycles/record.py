"""Pages of the official record: who did what when, and how late."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.roles import Role
from cycles.filters import LedgerFilter
from cycles.models import Entry
from cycles.pages import listed
from cycles.tables import LedgerTable


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    if not request.user.holds(Role.AUDITOR, Role.ADMINISTRATOR, at=request.at):
        raise Http404
    narrowed = LedgerFilter(request.GET, Entry.objects.visible_to(request.user, request.at).order_by("-id"))
    return render(
        request, "cycles/ledger.html", {"filter": narrowed, "table": listed(request, LedgerTable(narrowed.qs))}
    )
