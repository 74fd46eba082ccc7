"""Every write on a set that is not frozen: measures, tiers, goals, whole contents; and the history
of changes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet, Sum
from django.utils.translation import gettext as _

from agencies.models import Agency, Province, User
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Cycle, Group, Participation
from cycles.workflow import CycleState, Refused
from indicators.differences import changed_fields, plain
from indicators.models import (
    FULL_POINTS,
    Axis,
    Change,
    Indicator,
    IndicatorSet,
    Kind,
    Measure,
)
from indicators.scoring.bounds import wrong_bounds
from indicators.scoring.methods import METHODS
from indicators.workflow import SETS, SetState

MISSION = {
    "code": "S1",
    "title_fa": "مأموریت‌ها و وظایف اصلی",
    "title_en": "Missions and main tasks",
}
"""The axis under which an agency's own measures stand, each as an indicator of its own."""


@transaction.atomic
def draft_set(
    *,
    cycle: Cycle,
    kind: str,
    agency: Agency | None = None,
    group: Group | None = None,
    province: Province | None = None,
    by: User,
    at: datetime,
) -> IndicatorSet:
    """Find the set of one kind for an agency, a group or a province (none: general) in a cycle;
    begin it when there is none.
    """
    if cycle.state == CycleState.PLANNED:
        raise Refused(_("This cycle is not open yet."))
    if agency and not Participation.objects.active().filter(cycle=cycle, agency=agency).exists():
        raise Refused(_("This agency does not take part in this cycle."))
    if group and group.cycle_id != cycle.pk:
        raise Refused(_("This group does not belong to this cycle."))
    if (kind == Kind.SPECIFIC) != bool(agency) or (kind == Kind.THEMATIC) != bool(
        group or province
    ):
        raise Refused(
            _(
                "A specific set is an agency's, a thematic one a group's or a province's, a "
                "general one all's."
            )
        )
    indicator_set, _created = IndicatorSet.objects.get_or_create(
        cycle=cycle, kind=kind, agency=agency, group=group, province=province
    )
    return editing(indicator_set, by=by, at=at)


def editing(
    indicator_set: IndicatorSet, *, by: User, at: datetime, seen: Seen | None = None
) -> IndicatorSet:
    """Pass the door for a change of the measures: of a draft, or after the working group returned
    it.
    """
    current = IndicatorSet.objects.get(pk=indicator_set.pk)
    name = "revise" if current.state == SetState.RETURNED else "edit"
    return perform(SETS, [current], name, by=by, at=at, seen=seen)[0]


# --- Measures, tiers and goals ------------------------------------------------------------------


def note_change(
    indicator_set: IndicatorSet,
    deed: str,
    *,
    measure: Measure | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    by: User,
    at: datetime,
) -> None:
    """Add to the history of a set what became of one measure, or, where none is named, of the
    whole.
    """
    fields = changed_fields(before or {}, after or {})
    if measure is not None and before is not None and after is not None and not fields:
        return
    change = Change(set=indicator_set, deed=deed, fields=fields, by=by, at=at)
    if measure is not None:
        change.lineage, change.code = measure.lineage, measure.code
        change.title_fa, change.title_en = measure.title_fa, measure.title_en
    change.save()


@transaction.atomic
def save_measure(
    indicator_set: IndicatorSet,
    *,
    fields: Mapping[str, Any],
    by: User,
    at: datetime,
    measure: Measure | None = None,
    seen: Seen | None = None,
) -> Measure:
    """Add a measure to a set, or change one.

    A new one is an indicator of its own, under `fields["axis"]` if given, else under the mission
    axis; with `fields["indicator"]` it is one more measure of that indicator.
    """
    indicator_set = editing(indicator_set, by=by, at=at, seen=seen)
    fields = dict(fields)
    axis, indicator = fields.pop("axis", None), fields.pop("indicator", None)
    params = _params(fields)
    errors = METHODS[fields["method"]].check(params)
    errors = errors or wrong_bounds(
        fields["method"], params, fields.get("lowest"), fields.get("highest")
    )
    if errors:
        raise Refused(" ".join(str(e) for e in errors))
    before = None
    if measure is None:
        measure = _new_measure(indicator_set, fields, axis, indicator)
    else:
        measure = Measure.objects.of(indicator_set).for_list().get(pk=measure.pk)
        before = plain(measure)
    for key, value in fields.items():
        setattr(measure, key, value)
    measure.save()
    _sum_up(measure)
    deed = Change.Deed.CHANGED if before else Change.Deed.ADDED
    note_change(
        indicator_set, deed, measure=measure, before=before, after=plain(measure), by=by, at=at
    )
    return measure


def _new_measure(
    indicator_set: IndicatorSet,
    fields: Mapping[str, Any],
    axis: Axis | None,
    indicator: Indicator | None,
) -> Measure:
    """Make a measure, not saved yet, in its place: of an indicator, or as one of its own under an
    axis.
    """
    if indicator is None:
        if axis is None:
            titles = {k: v for k, v in MISSION.items() if k != "code"}
            axis, _created = Axis.objects.get_or_create(
                set=indicator_set, code=MISSION["code"], defaults={**titles, "points": FULL_POINTS}
            )
        code, number = _next_code(axis.indicators.all(), axis.code)
        titles = {key: fields[key] for key in ("title_fa", "title_en", "points")}
        indicator = Indicator.objects.create(axis=axis, code=code, position=number, **titles)
        return Measure(indicator=indicator, code=code, position=number)
    code, number = _next_code(indicator.measures.all(), indicator.code)
    return Measure(indicator=indicator, code=code, position=number)


def _next_code(siblings: QuerySet[Model], stem: str) -> tuple[str, int]:
    number = siblings.count() + 1
    taken = set(siblings.values_list("code", flat=True))
    while f"{stem}-{number:02}" in taken:
        number += 1
    return f"{stem}-{number:02}", number


def _params(fields: Mapping[str, Any]) -> dict[str, object]:
    own = {key: fields.get(key) for key in ("base", "floor", "target")}
    return {key: value for key, value in own.items() if value is not None} | dict(
        fields.get("params") or {}
    )


def _sum_up(measure: Measure) -> None:
    """Title an indicator with one measure as that measure, and sum up the points above it."""
    indicator = measure.indicator
    if indicator.measures.count() == 1:
        indicator.title_fa, indicator.title_en = measure.title_fa, measure.title_en
    sum_indicator(indicator)
    sum_axis(indicator.axis)


def sum_indicator(indicator: Indicator) -> None:
    """Give an indicator the points of its measures that count; one with none but pilots keeps what
    it has.
    """
    total = indicator.measures.filter(is_pilot=False).aggregate(total=Sum("points"))["total"]
    indicator.points = total or indicator.points
    indicator.save(update_fields=["title_fa", "title_en", "points"])


def sum_axis(axis: Axis) -> None:
    """Give an axis the points of its measures that count."""
    counting = Measure.objects.filter(indicator__axis=axis, is_pilot=False)
    if total := counting.aggregate(total=Sum("points"))["total"]:
        axis.points = total
        axis.save(update_fields=["points"])


@transaction.atomic
def remove_measure(
    indicator_set: IndicatorSet, measure: Measure, *, by: User, at: datetime
) -> None:
    """Take a measure out of a draft, and what stands empty without it."""
    indicator_set = editing(indicator_set, by=by, at=at)
    measure = Measure.objects.of(indicator_set).for_list().get(pk=measure.pk)
    note_change(
        indicator_set, Change.Deed.REMOVED, measure=measure, before=plain(measure), by=by, at=at
    )
    indicator, axis = measure.indicator, measure.indicator.axis
    measure.delete()
    if indicator.measures.exists():
        sum_indicator(indicator)
    else:
        indicator.delete()
    sum_axis(axis)
