"""Pages that look back: the bank of measures by lineage, how a set differs from the one before,
what changed in it.
"""

from itertools import chain
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cycles.engine.perform import open_to
from cycles.requests import PortalRequest
from indicators.differences import altered_in_words, difference, field_in_words
from indicators.lookups import EDITS, visible
from indicators.models import Change, IndicatorSet, Measure
from indicators.scoring.methods import METHODS
from indicators.sets.filters import BankFilter
from indicators.workflow import SETS

PER_PAGE = 30


@require_safe
def bank(request: PortalRequest) -> HttpResponse:
    """Show every measure that was ever communicated to the reader, once, as it stands in its latest
    year.
    """
    seen = Measure.objects.communicated().filter(
        indicator__axis__set__in=IndicatorSet.objects.visible_to(request.user, request.at).values(
            "pk"
        )
    )
    latest = seen.values("lineage").annotate(last=Max("pk")).values("last")
    narrowed = BankFilter(request.GET, Measure.objects.filter(pk__in=latest).for_list())
    page = Paginator(
        narrowed.qs.order_by("indicator__axis__set__kind", "code", "pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    context = {"filter": narrowed, "page": page, "set": _draft_to_fill(request)}
    return render(request, "indicators/sets/bank.html", context)


def _draft_to_fill(request: PortalRequest) -> IndicatorSet | None:
    """Find the draft into which the reader came to take measures, if it may still be changed."""
    text = request.GET.get("into", "")
    if not text.isdecimal() or len(text) > 18:
        return None
    indicator_set = visible(request, int(text))
    names = {m.name for m in open_to(SETS, indicator_set, by=request.user, at=request.at)}
    return indicator_set if names & EDITS else None


@require_safe
def series(request: PortalRequest, lineage: UUID) -> HttpResponse:
    """Show one measure over the years: what it asked in each, and what was changed from one to the
    next.
    """
    sets = IndicatorSet.objects.visible_to(request.user, request.at).values("pk")
    of_lineage = Measure.objects.communicated().filter(
        lineage=lineage, indicator__axis__set__in=sets
    )
    found = list(
        of_lineage.select_related(
            "indicator__axis__set__cycle", "indicator__axis__set__agency", "goal"
        )
    )
    if not found:
        raise Http404
    found.sort(key=lambda m: (m.indicator.axis.set.cycle.year, m.pk), reverse=True)
    rows = []
    for place, m in enumerate(found):
        of_whom = (m.indicator.axis.set.agency_id, m.indicator.axis.set.kind)
        earlier = next(
            (
                e
                for e in found[place + 1 :]
                if (e.indicator.axis.set.agency_id, e.indicator.axis.set.kind) == of_whom
            ),
            None,
        )
        altered = difference([earlier], [m]).altered if earlier else ()
        changes_of_measure = chain.from_iterable(altered_in_words(a) for a in altered)
        rows.append(
            {
                "measure": m,
                "method": METHODS[m.method],
                "changes": list(changes_of_measure),
            }
        )
    return render(request, "indicators/sets/series.html", {"rows": rows, "latest": found[0]})


@require_safe
def differences(request: PortalRequest, pk: int) -> HttpResponse:
    """Show how a set differs from the one it follows: added, removed, altered field by field."""
    indicator_set = visible(request, pk)
    before = (
        indicator_set.copied_from
        or IndicatorSet.objects.before(indicator_set).for_notices().first()
    )
    found = None
    if before is not None:
        old = Measure.objects.of(before).for_list()
        found = difference(old, Measure.objects.of(indicator_set).for_list())
    context: dict[str, object] = {"set": indicator_set, "before": before, "difference": found}
    if found is not None:
        context["altered"] = [(a.after, altered_in_words(a)) for a in found.altered]
    return render(request, "indicators/sets/differences.html", context)


@require_safe
def changes(request: PortalRequest, pk: int) -> HttpResponse:
    """Show every change of a set until it was frozen, newest first."""
    indicator_set = visible(request, pk)
    page = Paginator(Change.objects.filter(set=indicator_set).for_list(), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = []
    for change in page:
        rows.append((change, [field_in_words(name, *pair) for name, pair in change.fields.items()]))
    return render(
        request, "indicators/sets/changes.html", {"set": indicator_set, "page": page, "rows": rows}
    )
