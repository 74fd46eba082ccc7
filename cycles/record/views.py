"""Pages of the official record: who did what when, its export and verification, and the seals shown
to everybody.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from agencies.json_values import JsonValue
from agencies.persian import language
from agencies.roles import Role
from cycles.calendar import format_moment
from cycles.engine import perform
from cycles.models import Entry, Fault, Seal, Verification
from cycles.record import actions, audit, seals
from cycles.record.filters import LedgerFilter
from cycles.record.tables import LedgerTable
from cycles.requests import PortalRequest
from cycles.spreadsheets.exports import Verbatim
from cycles.ui.attempts import attempt
from cycles.ui.pages import csv_answer, only_for, page_of

DAYS = 30
"""So many days' last seals stand on the public page."""

FAULTS = 10
"""So many of the newest faults of record and clock stand on the ledger's page."""

AT_ONCE = 1000


Words = dict[tuple[str, str, str, str], tuple[str, str]]
"""What is written of an act and of the change of state, by workflow, act, source and target."""


def _filtered_ledger(request: PortalRequest) -> LedgerFilter:
    if not request.user.holds(Role.AUDITOR, Role.ADMINISTRATOR, at=request.at):
        raise Http404
    return LedgerFilter(
        request.GET, Entry.objects.visible_to(request.user, request.at).order_by("-id")
    )


@require_safe
def ledger(request: PortalRequest) -> HttpResponse:
    narrowed = _filtered_ledger(request)
    latest = Verification.objects.exclude(finished_at=None).order_by("-finished_at", "-pk").first()
    context = {
        "filter": narrowed,
        "one": narrowed.one_object,
        "table": page_of(request, LedgerTable(narrowed.qs)),
        "verified": latest,
        "broken": audit.in_words(latest.broken) if latest else "",
        "ordered": Verification.objects.filter(finished_at=None).first(),
        "may_verify": not perform.why_not_administer(
            "verify_record", by=request.user, at=request.at
        ),
        "newest": seals.newest(),
        "faults": Fault.objects.order_by("-found_at", "-pk")[:FAULTS],
        "sees_jobs": request.user.oversees_the_country(request.at),
    }
    return render(request, "cycles/record/ledger.html", context)


@require_POST
def ledger_verify(request: PortalRequest) -> HttpResponse:
    """Order a verification; a worker does it, and the ledger's page tells what it found."""
    only_for(request, "verify_record")
    with attempt(request):
        actions.order_verification(by=request.user, at=request.at)
        messages.success(request, _("The verification is ordered; it begins within a minute."))
    return redirect("cycles:ledger")


@require_safe
def ledger_export(request: PortalRequest) -> StreamingHttpResponse:
    """Send what the filter leaves, as CSV in the order of the record, with what anyone needs to
    verify it.
    """
    rows = _filtered_ledger(request).qs.annotate(
        xid=RawSQL("cycles_entry.xid::text::bigint", [], IntegerField()),
        seal=RawSQL(
            "SELECT s.id FROM cycles_seal s WHERE s.ids @> cycles_entry.id", [], IntegerField()
        ),
    )
    rows = rows.order_by(RawSQL("cycles_entry.xid", []), "pk")
    return csv_answer(_lines(rows, language()), "ledger")


def _lines(rows: QuerySet, language: str) -> Iterator[Sequence[object]]:
    with translation.override(language):
        head = (
            _("When"),
            _("Act"),
            _("Change of state"),
            _("On what"),
            _("Agency"),
            _("By whom"),
            _("Role"),
            _("Due"),
            _("Days late"),
            _("Note"),
        )
    yield "id", *head, "xid", "seal", "body", "digest"
    words: Words = {}
    entries = rows.defer("params").iterator(chunk_size=AT_ONCE)
    while several := list(islice(entries, AT_ONCE)):
        with translation.override(language):
            written = [_cells(row, words, language) for row in several]
        for row, cells in zip(several, written, strict=True):
            yield row.pk, *cells, row.xid or "", row.seal or "", Verbatim(row.body), row.digest


def _cells(row: Entry, words: Words, language: str) -> tuple[object, ...]:
    kind = row.workflow, row.act, row.source, row.target
    if kind not in words:
        words[kind] = row.sentence, row.change
    sentence, change = words[kind]
    return (
        format_moment(row.at, language),
        sentence,
        change,
        row.object_label,
        row.agency_code,
        row.actor_name if row.actor_id else _("The calendar itself"),
        row.actor_role,
        format_moment(row.statutory_at, language) if row.statutory_at else "",
        row.days_late if row.statutory_at else "",
        row.note,
    )


@login_not_required
@require_safe
@cache_control(max_age=60)
def seals_page(request: PortalRequest) -> HttpResponse:
    """Show what the record's seals are, the last one of each day, and whether a given seal is
    ours.
    """
    asked = request.GET.get("seal", "").strip()
    context = {
        "days": seals.daily(DAYS),
        "asked": asked,
        "found": seals.find_seal(asked) if asked else None,
        "too_short": 0 < len(asked) < seals.SHORTEST,
        "shortest": seals.SHORTEST,
    }
    return render(request, "cycles/record/seals.html", context)


@login_not_required
@require_safe
@cache_control(max_age=60)
def seals_json(request: PortalRequest) -> JsonResponse:
    """Send the newest seal and the last one of each day; with `?from=1` a thousand seals from that
    number on.
    """
    newest = seals.newest()
    answer: dict[str, JsonValue] = {"newest": seals.seal_statement(newest) if newest else None}
    start = request.GET.get("from", "")
    if start.isascii() and start.isdigit() and len(start) <= 18:
        answer["seals"] = [
            seals.seal_statement(s)
            for s in Seal.objects.filter(pk__gte=int(start)).order_by("pk")[:AT_ONCE]
        ]
    else:
        answer["days"] = [
            seals.seal_statement(day.seal) | {"rows": day.rows} for day in seals.daily(DAYS)
        ]
    return JsonResponse(answer)
