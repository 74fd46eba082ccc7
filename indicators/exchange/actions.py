"""A set's whole content taken over from a file: the one act by which lines of a sheet become
measures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import CharField, F, Max, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.workflow import Refused
from indicators.differences import plain
from indicators.drafting.actions import editing, note_change
from indicators.models import Axis, Change, Goal, Indicator, IndicatorSet, Measure


@dataclass(frozen=True)
class Content:
    """One measure as a file has it: its tiers, its goal, its own fields, and which measure of the
    set it is, if any.
    """

    axis: Mapping[str, Any]
    indicator: Mapping[str, Any]
    goal: Mapping[str, Any] | None
    measure: Mapping[str, Any]
    lineage: UUID | None
    existing: int | None


@transaction.atomic
def import_measures(
    indicator_set: IndicatorSet,
    contents: Callable[[], Iterable[Content]],
    *,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[Measure]:
    """Replace a draft's measures with a checked file's; answers with those that were added, changed
    or removed.

    `contents` comes from `measures.py`, which reads spreadsheets and stands above; it is asked
    once the set is locked. A measure that stays keeps its key, and so its targets; an axis or goal
    without measures stays, too. The file's own order is that of what is new; what was there keeps
    its place.
    """
    indicator_set = editing(indicator_set, by=by, at=at)
    rows = list(contents())
    old = {m.pk: m for m in Measure.objects.of(indicator_set).for_list()}
    before = {pk: plain(m) for pk, m in old.items()}
    kept = {row.existing for row in rows}
    removed = [m for pk, m in old.items() if pk not in kept]
    for measure in removed:
        note_change(
            indicator_set,
            Change.Deed.REMOVED,
            measure=measure,
            before=before[measure.pk],
            by=by,
            at=at,
        )
    Measure.objects.filter(pk__in=[m.pk for m in removed]).delete()
    _free_codes(_with_new_codes(rows, old))
    written = _write(indicator_set, rows, old)
    Indicator.objects.filter(axis__set=indicator_set, measures=None).delete()

    changed = []
    for measure in Measure.objects.filter(pk__in=written).for_list():
        was, now = before.get(measure.pk), plain(measure)
        if was != now:
            deed = Change.Deed.CHANGED if was else Change.Deed.ADDED
            note_change(indicator_set, deed, measure=measure, before=was, after=now, by=by, at=at)
            changed.append(measure)
    if not changed + removed:
        raise Refused(_("Nothing in the file differs from the set."))
    facts: dict[str, Any] = {"file": file_name, "sha256": sha256}
    if left_out:
        facts["left_out"] = left_out
    note_change(indicator_set, Change.Deed.IMPORTED, after=facts, by=by, at=at)
    return changed + removed


def _with_new_codes(rows: Iterable[Content], old: Mapping[int, Measure]) -> list[Measure]:
    """List the measures that stay and that the file gives another code."""
    found = []
    for row in rows:
        if row.existing and old[row.existing].code != row.measure["code"]:
            found.append(old[row.existing])
    return found


def _free_codes(measures: Sequence[Measure]) -> None:
    """Let measures that get another code swap theirs without standing in each other's way."""
    apart = Concat(Value("~"), Cast(F("pk"), CharField()))
    Measure.objects.filter(pk__in=[m.pk for m in measures]).update(code=apart)


def _write(
    indicator_set: IndicatorSet, rows: Iterable[Content], old: Mapping[int, Measure]
) -> list[int]:
    """Save the tiers, goals and measures of these rows; answers with the keys of the measures."""
    axes = {a.code: a for a in indicator_set.axes.all()}
    goals = {g.code: g for g in indicator_set.goals.all()}
    indicators = {(i.axis_id, i.code): i for i in Indicator.objects.filter(axis__set=indicator_set)}
    written = []
    for row in rows:
        axis = _kept(axes, row.axis["code"], Axis(set=indicator_set), row.axis, indicator_set.axes)
        indicator = _kept(
            indicators,
            (axis.pk, row.indicator["code"]),
            Indicator(axis=axis),
            row.indicator,
            axis.indicators,
        )
        goal = None
        if row.goal:
            goal = _kept(
                goals, row.goal["code"], Goal(set=indicator_set), row.goal, indicator_set.goals
            )
        measure = old[row.existing] if row.existing else Measure(lineage=row.lineage or uuid4())
        if measure.pk is None or measure.indicator_id != indicator.pk:
            measure.indicator, measure.position = indicator, _last(indicator.measures)
        measure.goal = goal
        for name, value in row.measure.items():
            setattr(measure, name, value)
        measure.save()
        written.append(measure.pk)
    return written


def _kept(
    known: dict[Any, Any], key: Any, blank: Any, fields: Mapping[str, Any], siblings: Any
) -> Any:
    """The row known by a key, begun when there is none, with these fields; saved once for all that
    name it.
    """
    one = known.get(key)
    if one is not None and all(getattr(one, name) == value for name, value in fields.items()):
        return one
    if one is None:
        one = known[key] = blank
        one.position = _last(siblings)
    for name, value in fields.items():
        setattr(one, name, value)
    one.save()
    return one


def _last(siblings: Any) -> int:
    highest: int | None = siblings.aggregate(last=Max("position"))["last"]
    return 0 if highest is None else highest + 1
