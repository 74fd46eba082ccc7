"""How the open data of an edition is read: the rows of each table, always in the same order, never
all at once.

`dictionary.py` says what stands in each column.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import F, QuerySet

from cycles.models import Group, Participation
from cycles.spreadsheets import sheet_files
from festival.models import Edition, Standing
from festival.open_data.dictionary import ALL
from indicators.models import Measure
from indicators.scoring.methods import decimal, points
from submissions.models import Answer, NodeScore
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
    given: dict[str, int | str | datetime | None] = {
        "cycle": edition.cycle_id,
        "state": SubmissionState.COMMUNICATED.value,
        "ranked_at": edition.ranked_at,
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LINES, given)
        while rows := cursor.fetchmany(AT_ONCE):
            for agency, measure, value, base, floor, target, *score in rows:
                terms = known[measure]
                columns = {"base": base, "floor": floor, "target": target}
                own = {name: held for name, held in columns.items() if held is not None}
                yield (
                    agency,
                    terms.set,
                    terms.code,
                    value,
                    csv_text(own) if own else None,
                    _points(terms, value, own),
                    *score,
                )


_LINES = """
    SELECT agency.code, a.measure_id, a.value, own.base, own.floor, own.target,
           score.state, score.basis, score.points
    FROM submissions_answer a
    JOIN submissions_submission s ON s.id = a.submission_id
    JOIN agencies_agency agency ON agency.id = s.agency_id
    LEFT JOIN indicators_measuretarget own ON own.id = a.own_id
    LEFT JOIN LATERAL (
        SELECT state, basis, points FROM submissions_score
        WHERE answer_id = a.id AND scored_at <= %(ranked_at)s ORDER BY id DESC LIMIT 1
    ) score ON true
    WHERE s.cycle_id = %(cycle)s AND s.state = %(state)s
    ORDER BY agency.code, a.measure_id, a.id
"""
"""The score is that on which the edition rests, though a later edition may have corrected it since.
"""


def _points(terms: _ScoringTerms, value: Decimal | None, own: dict[str, Decimal]) -> Decimal | None:
    if value is None:
        return None
    params = terms.params | own if own else terms.params
    return points(terms.method, value, ceiling=terms.points, params=params)


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
