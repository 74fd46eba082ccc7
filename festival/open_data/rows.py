"""How the open data of an edition is read: the rows of each table, always in the same order, never
all at once.

`dictionary.py` says what stands in each column.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery

from cycles.models import Group, Participation
from cycles.spreadsheets import sheet_files
from festival.models import Edition, Standing
from festival.open_data.dictionary import ALL
from indicators.models import Measure
from indicators.scoring.methods import decimal, points
from submissions.models import Answer, NodeScore, Score
from submissions.workflow import SubmissionState

TableRow = tuple[object, ...]

AT_ONCE = 2000


# --- Who and what -------------------------------------------------------------------------------


def _groups(edition: Edition) -> Iterator[TableRow]:
    rows = Group.objects.filter(cycle=edition.cycle_id).order_by("code", "pk")
    yield from rows.values_list("code", "name_fa", "name_en", "province__code")


def _agencies(edition: Edition) -> Iterator[TableRow]:
    rows = (
        Participation.objects.active()
        .filter(cycle=edition.cycle_id)
        .select_related("agency__parent", "province")
    )
    for participation in rows.prefetch_related("groups").order_by("agency__code", "pk"):
        groups = " ".join(sorted(g.code for g in participation.groups.all()))
        parent = participation.agency.parent.code if participation.agency.parent else None
        province = participation.province.code if participation.province else None
        yield (
            participation.agency.code,
            participation.name_fa,
            participation.name_en,
            participation.level,
            participation.sector,
            province,
            parent,
            groups,
        )


def set_code(kind: str, agency: str | None, group: str | None, province: str | None) -> str:
    """Return the code of a set: its kind, and its agency, group or province if it has one, as
    "specific:MOE".
    """
    return f"{kind}:{whom}" if (whom := agency or group or province) else kind


_OF_SET = "indicator__axis__set"
_WHOSE = (f"{_OF_SET}__agency", f"{_OF_SET}__group", f"{_OF_SET}__province")


def _measures_asked(edition: Edition) -> QuerySet[Measure]:
    """Keep the measures of which any agency of the edition has a line."""
    lines = Answer.objects.filter(
        submission__cycle=edition.cycle_id, submission__state=SubmissionState.COMMUNICATED
    )
    return Measure.objects.filter(pk__in=lines.values("measure"))


def _code_of(measure: Measure) -> str:
    of = measure.indicator.axis.set
    return set_code(
        of.kind, *(whom.code if whom else None for whom in (of.agency, of.group, of.province))
    )


def _measures(edition: Edition) -> Iterator[TableRow]:
    axis = "indicator__axis"
    order = (
        f"{_OF_SET}__kind",
        _OF_SET,
        f"{axis}__position",
        axis,
        "indicator__position",
        "indicator",
        "position",
    )
    for measure in _measures_asked(edition).select_related(*_WHOSE).order_by(*order, "pk"):
        of_set = measure.indicator.axis.set
        yield (
            _code_of(measure),
            of_set.kind,
            measure.indicator.axis.code,
            measure.indicator.axis.title_fa,
            measure.indicator.axis.title_en,
            measure.indicator.code,
            measure.indicator.title_fa,
            measure.indicator.title_en,
            measure.code,
            measure.title_fa,
            measure.title_en,
            str(measure.lineage),
            measure.points,
            measure.unit_fa,
            measure.unit_en,
            measure.direction,
            measure.method,
            csv_text(measure.scoring_params),
            *_bounds(measure),
            measure.law,
            with_dashes(measure.article),
            measure.is_pilot,
            measure.is_composed,
        )


def _bounds(measure: Measure) -> tuple[Decimal | None, Decimal | None]:
    held = measure.bounds()
    return (
        None if held.least is None else decimal(held.least),
        None if held.most is None else decimal(held.most),
    )


def with_dashes(article: str) -> str:
    """Write a dash, or a fraction's stroke, between the numbers of an article.

    Spreadsheet programs take 8-24 and 8/24 for dates.
    """
    return re.sub(r"(?<=\d)\s*/\s*(?=\d)", "⁄", re.sub(r"(?<=\d)\s*-\s*(?=\d)", "–", article))


# --- Lines and their sums -----------------------------------------------------------------------


class _ScoringTerms(NamedTuple):
    set: str
    code: str
    method: str
    params: dict[str, object]
    points: Decimal


def _lines(edition: Edition) -> Iterator[TableRow]:
    known = {
        m.pk: _ScoringTerms(_code_of(m), m.code, m.method, m.scoring_params, m.points)
        for m in _measures_asked(edition).select_related(*_WHOSE)
    }
    lines = Answer.objects.filter(
        submission__cycle=edition.cycle_id, submission__state=SubmissionState.COMMUNICATED
    )
    # the score on which the edition rests, though a later edition may have corrected it since
    given = Score.objects.filter(answer=OuterRef("pk"), scored_at__lte=edition.ranked_at).order_by(
        "-pk"
    )
    lines = lines.annotate(
        held_state=Subquery(given.values("state")[:1]),
        held_basis=Subquery(given.values("basis")[:1]),
        held_points=Subquery(given.values("points")[:1]),
    )
    ordered = lines.order_by("submission__agency__code", "measure_id", "pk").values(
        "measure_id",
        "value",
        "held_state",
        "held_basis",
        "held_points",
        agency=F("submission__agency__code"),
        base=F("own__base"),
        floor=F("own__floor"),
        target=F("own__target"),
    )
    for line in ordered.iterator(AT_ONCE):
        terms = known[line["measure_id"]]
        own = {name: line[name] for name in ("base", "floor", "target") if line[name] is not None}
        computed = None
        if line["value"] is not None:
            computed = points(
                terms.method, line["value"], ceiling=terms.points, params=terms.params | own
            )
        yield (
            line["agency"],
            terms.set,
            terms.code,
            line["value"],
            csv_text(own) if own else None,
            computed,
            line["held_state"],
            line["held_basis"],
            line["held_points"],
        )


def _scores(edition: Edition) -> Iterator[TableRow]:
    rows = NodeScore.objects.filter(
        run=edition.run_id, submission__state=SubmissionState.COMMUNICATED
    )
    rows = rows.order_by("submission__agency__code", "kind", "axis_id", "pk")
    columns = rows.values(
        "kind",
        "points",
        "ceiling",
        "percent",
        agency=F("submission__agency__code"),
        axis_code=F("axis__code"),
        set_kind=F("axis__set__kind"),
        set_agency=F("axis__set__agency__code"),
        set_group=F("axis__set__group__code"),
        set_province=F("axis__set__province__code"),
    )
    for row in columns.iterator(AT_ONCE):
        of_set = ALL
        if row["set_kind"]:
            of_set = set_code(
                row["set_kind"], row["set_agency"], row["set_group"], row["set_province"]
            )
        yield (
            row["agency"],
            row["kind"] or "total",
            of_set,
            row["axis_code"] or ALL,
            row["points"],
            row["ceiling"],
            row["percent"],
        )


def _rankings(edition: Edition) -> Iterator[TableRow]:
    rows = Standing.objects.filter(edition=edition).select_related("group", "participation__agency")
    for standing in rows.order_by("group__code", "place", "participation__agency__code", "pk"):
        yield (
            standing.group.code,
            standing.participation.agency.code,
            standing.submitted,
            standing.general,
            standing.specific,
            standing.thematic,
            standing.total,
            standing.ceiling,
            standing.percent,
            standing.general_percent,
            standing.specific_percent,
            standing.thematic_percent,
            None if standing.growth is None else standing.percent - standing.growth,
            standing.growth,
            standing.band,
            standing.place,
            standing.general_place,
            standing.specific_place,
            standing.thematic_place,
            standing.growth_place,
        )


ROWS: dict[str, Callable[[Edition], Iterator[TableRow]]] = {
    "groups": _groups,
    "agencies": _agencies,
    "measures": _measures,
    "lines": _lines,
    "scores": _scores,
    "rankings": _rankings,
}


def csv_text(value: object) -> str:
    """Write a value for a CSV cell: nothing for None, decimals in full without trailing zeros,
    lists and maps as JSON.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(
                value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=csv_text
            )
        case _:
            return sheet_files.plain(value)


def digest_of(said: Mapping[str, object]) -> str:
    """Return the SHA-256 of a manifest but for the digest that it bears: its names in order,
    nothing between them.
    """
    told = {name: value for name, value in said.items() if name != "sha256"}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
