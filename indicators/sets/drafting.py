"""Every write on a set that is not frozen: measures, tiers, goals, whole contents; and the history
of changes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from agencies.models import Agency, Province, User
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Cycle, Group, Participation
from cycles.workflow import CycleState, Refused
from indicators.differences import FIELDS, changed, named, plain
from indicators.models import (
    FULL_POINTS,
    Axis,
    Change,
    Goal,
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
    """The set of one kind for an agency, a group or a province (none: general) in a cycle, begun
    when there is none.
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
    """Through the door for a change of the measures: as a draft, or after the working group
    returned it.
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
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    by: User,
    at: datetime,
) -> None:
    """Add to the history of a set what became of one measure, or, where none is named, of the
    whole.
    """
    fields = changed(before or {}, after or {})
    if measure is not None and before is not None and after is not None and not fields:
        return
    of = (
        {"lineage": measure.lineage, "code": measure.code, "title_fa": measure.title_fa}
        if measure
        else {}
    )
    titles = {"title_en": measure.title_en} if measure else {}
    Change.objects.create(set=indicator_set, deed=deed, fields=fields, by=by, at=at, **of, **titles)


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
    """A measure, not saved yet, in its place: of an indicator, or as one of
    its own under an axis.
    """
    if indicator is None:
        if axis is None:
            titles = {k: v for k, v in MISSION.items() if k != "code"}
            axis, _created = Axis.objects.get_or_create(
                set=indicator_set, code=MISSION["code"], defaults={**titles, "points": FULL_POINTS}
            )
        code, number = _next_code(axis.indicators, axis.code)
        titles = {key: fields[key] for key in ("title_fa", "title_en", "points")}
        indicator = Indicator.objects.create(axis=axis, code=code, position=number, **titles)
        return Measure(indicator=indicator, code=code, position=number)
    code, number = _next_code(indicator.measures, indicator.code)
    return Measure(indicator=indicator, code=code, position=number)


def _next_code(siblings: Any, stem: str) -> tuple[str, int]:
    number = siblings.count() + 1
    taken = set(siblings.values_list("code", flat=True))
    while f"{stem}-{number:02}" in taken:
        number += 1
    return f"{stem}-{number:02}", number


def _params(fields: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: fields.get(key) for key in ("base", "floor", "target")}
    return {key: value for key, value in own.items() if value is not None} | dict(
        fields.get("params") or {}
    )


def _sum_up(measure: Measure) -> None:
    """An indicator with one measure is that measure; above it points are the sum of what counts
    below.
    """
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


@transaction.atomic
def save_axis(
    indicator_set: IndicatorSet,
    *,
    fields: Mapping[str, Any],
    by: User,
    at: datetime,
    axis: Axis | None = None,
    seen: Seen | None = None,
) -> Axis:
    """Add an axis to a set, or give one another title; its points follow from its measures."""
    indicator_set = editing(indicator_set, by=by, at=at, seen=seen)
    if axis is None:
        places = indicator_set.axes.aggregate(last=Max("position"))["last"]
        axis = Axis(set=indicator_set, points=1, position=0 if places is None else places + 1)
    elif axis.set_id != indicator_set.pk:
        raise Refused(_("This axis belongs to another set."))
    if indicator_set.axes.filter(code=fields["code"]).exclude(pk=axis.pk).exists():
        raise Refused(_("Another axis of this set has this code."))
    before = {"axis": named(axis)} if axis.pk else {}
    for key, value in fields.items():
        setattr(axis, key, value)
    axis.save()
    deed = Change.Deed.CHANGED if before else Change.Deed.ADDED
    note_change(indicator_set, deed, before=before, after={"axis": named(axis)}, by=by, at=at)
    return axis


@transaction.atomic
def remove_axis(indicator_set: IndicatorSet, axis: Axis, *, by: User, at: datetime) -> None:
    """Take an axis without measures out of a set."""
    indicator_set = editing(indicator_set, by=by, at=at)
    if axis.set_id != indicator_set.pk or axis.indicators.exists():
        raise Refused(_("Only an axis without measures can be removed."))
    note_change(indicator_set, Change.Deed.REMOVED, before={"axis": named(axis)}, by=by, at=at)
    axis.delete()


@transaction.atomic
def save_goal(
    indicator_set: IndicatorSet,
    *,
    fields: Mapping[str, Any],
    by: User,
    at: datetime,
    goal: Goal | None = None,
    seen: Seen | None = None,
) -> Goal:
    """Add a goal to a set, or change one."""
    indicator_set = editing(indicator_set, by=by, at=at, seen=seen)
    before: dict[str, Any] = {}
    if goal is None:
        places = indicator_set.goals.aggregate(last=Max("position"))["last"] or 0
        goal = Goal(set=indicator_set, position=places + 1, code=f"O{places + 1}")
    elif goal.set_id != indicator_set.pk:
        raise Refused(_("This goal belongs to another set."))
    else:
        before = {"goal": named(goal)}
    for key, value in fields.items():
        setattr(goal, key, value)
    goal.save()
    deed = Change.Deed.CHANGED if before else Change.Deed.ADDED
    note_change(indicator_set, deed, before=before, after={"goal": named(goal)}, by=by, at=at)
    return goal


@transaction.atomic
def remove_goal(indicator_set: IndicatorSet, goal: Goal, *, by: User, at: datetime) -> None:
    """Take a goal out of a set; its measures stay, without it."""
    indicator_set = editing(indicator_set, by=by, at=at)
    if goal.set_id != indicator_set.pk:
        raise Refused(_("This goal belongs to another set."))
    note_change(indicator_set, Change.Deed.REMOVED, before={"goal": named(goal)}, by=by, at=at)
    goal.delete()


# --- Whole contents -----------------------------------------------------------------------------


@transaction.atomic
def fill_general_set(
    indicator_set: IndicatorSet, *, rows: Iterable[Mapping[str, Any]], by: User, at: datetime
) -> IndicatorSet:
    """Replace a draft general set's content with catalogue rows
    (`indicators.sets.catalogue.general_catalogue`).
    """
    indicator_set = editing(indicator_set, by=by, at=at)
    if indicator_set.kind != Kind.GENERAL:
        raise Refused(_("Only a general set is filled from the catalogue."))
    clear(indicator_set)
    axes: dict[str, Axis] = {}
    for position, row in enumerate(rows):
        code = row["code"].split("-")[0]
        if code not in axes:
            titles = {"title_fa": row["axis_fa"], "title_en": row["axis_en"]}
            axes[code] = Axis.objects.create(
                set=indicator_set, code=code, points=1, position=len(axes), **titles
            )
        titles = {"code": row["code"], "points": row["points"], "position": position}
        titles |= {"title_fa": row["title_fa"], "title_en": row["title_en"]}
        indicator = Indicator.objects.create(axis=axes[code], **titles)
        Measure.objects.create(indicator=indicator, **titles, **row["measure"])
    for axis in axes.values():
        sum_axis(axis)
    note_change(indicator_set, Change.Deed.FILLED, by=by, at=at)
    return indicator_set


def clear(indicator_set: IndicatorSet) -> None:
    """Empty a set that is being edited; called by whoever puts something else there."""
    indicator_set.axes.all().delete()
    indicator_set.goals.all().delete()


@transaction.atomic
def copy_set(source: IndicatorSet, cycle: Cycle, *, by: User, at: datetime) -> IndicatorSet:
    """Begin this year's set as a copy of an earlier year's: the same measures by lineage, ready to
    be changed.

    Refuses where the draft holds measures already. What was last year's trial counts from now on
    only if somebody says so.
    """
    whom: dict[str, Any] = {"agency": source.agency, "province": source.province}
    if source.group is not None:
        whom["group"] = Group.objects.filter(cycle=cycle, code=source.group.code).first()
        if whom["group"] is None:
            raise Refused(_("This cycle has no such group."))
    copy = draft_set(cycle=cycle, kind=source.kind, by=by, at=at, **whom)
    if Measure.objects.of(copy).exists():
        raise Refused(_("This year's draft holds measures already; remove them before copying."))
    if source.state != SetState.COMMUNICATED:
        raise Refused(_("Only a communicated set is copied."))
    clear(copy)
    _copy_content(source, copy)
    copy.copied_from = source
    copy.save(update_fields=["copied_from"])
    note_change(copy, Change.Deed.COPIED, after={"source": str(source)}, by=by, at=at)
    return copy


def _copy_content(source: IndicatorSet, copy: IndicatorSet) -> None:
    goals = {g.pk: g for g in source.goals.order_by("position", "pk")}
    for goal in goals.values():
        goal.pk, goal.set = None, copy
        goal.save()
    axes = {a.pk: a for a in source.axes.order_by("position", "pk")}
    for axis in axes.values():
        axis.pk, axis.set = None, copy
        axis.save()
    indicators = {
        i.pk: i for i in Indicator.objects.filter(axis__set=source).order_by("position", "pk")
    }
    for indicator in indicators.values():
        indicator.pk, indicator.axis = None, axes[indicator.axis_id]
        indicator.save()
    measures = list(Measure.objects.of(source).order_by("position", "pk"))
    for m in measures:
        m.pk, m.indicator, m.goal = None, indicators[m.indicator_id], goals.get(m.goal_id or 0)
    Measure.objects.bulk_create(measures)


@transaction.atomic
def take_measure(
    indicator_set: IndicatorSet, measure: Measure, *, by: User, at: datetime
) -> Measure:
    """Take a measure of the bank, as it was last communicated, into a set; its lineage goes on."""
    if not Measure.objects.communicated().filter(pk=measure.pk).exists():
        raise Refused(_("Only communicated measures are in the bank."))
    refuse_twice(indicator_set, measure.lineage)
    fields = {name: getattr(measure, name) for name in FIELDS if name != "code"} | {
        "lineage": measure.lineage
    }
    return save_measure(indicator_set, fields=fields, by=by, at=at)


def refuse_twice(indicator_set: IndicatorSet, lineage: UUID) -> None:
    """Refuse a measure that stands in the set already."""
    if Measure.objects.of(indicator_set).filter(lineage=lineage).exists():
        raise Refused(_("This measure stands in the set already."))


@transaction.atomic
def issue_for(
    indicator_set: IndicatorSet, *, years: int, by: User, at: datetime, seen: Seen | None = None
) -> IndicatorSet:
    """Say for how many years, one or two, a general set is issued."""
    indicator_set = editing(indicator_set, by=by, at=at, seen=seen)
    if indicator_set.kind != Kind.GENERAL or years not in (1, 2):
        raise Refused(_("Only a general set is issued for two years, and none for more."))
    note_change(
        indicator_set,
        Change.Deed.CHANGED,
        before={"years": indicator_set.years},
        after={"years": years},
        by=by,
        at=at,
    )
    indicator_set.years = years
    indicator_set.save(update_fields=["years"])
    return indicator_set
