"""A set's whole content taken over from a file: the one act by which lines of a sheet become
measures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import CharField, F, Value
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

    axis: Mapping[str, object]
    indicator: Mapping[str, object]
    goal: Mapping[str, object] | None
    measure: Mapping[str, object]
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
    """Replace a draft's measures with a checked file's; return those that were added, changed or
    removed.

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
    source: dict[str, object] = {"file": file_name, "sha256": sha256}
    if left_out:
        source["left_out"] = left_out
    note_change(indicator_set, Change.Deed.IMPORTED, after=source, by=by, at=at)
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
    """Save the tiers, goals and measures of these rows; return the keys of the measures."""
    axes = {a.code: a for a in indicator_set.axes.all()}
    goals = {g.code: g for g in indicator_set.goals.all()}
    indicators = {(i.axis_id, i.code): i for i in Indicator.objects.filter(axis__set=indicator_set)}
    positions = _taken_positions(indicator_set)
    written = []
    for row in rows:
        axis = _save_tier(
            axes,
            str(row.axis["code"]),
            Axis(set=indicator_set),
            row.axis,
            list(axes.values()),
        )
        indicator = _save_tier(
            indicators,
            (axis.pk, str(row.indicator["code"])),
            Indicator(axis=axis),
            row.indicator,
            [each for each in indicators.values() if each.axis_id == axis.pk],
        )
        goal = None
        if row.goal:
            goal = _save_tier(
                goals,
                str(row.goal["code"]),
                Goal(set=indicator_set),
                row.goal,
                list(goals.values()),
            )
        measure = old[row.existing] if row.existing else Measure(lineage=row.lineage or uuid4())
        if measure.pk is None or measure.indicator_id != indicator.pk:
            _move(measure, indicator, positions)
        measure.goal = goal
        for name, value in row.measure.items():
            setattr(measure, name, value)
        measure.save()
        written.append(measure.pk)
    return written


def _taken_positions(indicator_set: IndicatorSet) -> dict[int, list[int]]:
    """Read the positions of the measures of a set, by indicator."""
    positions: dict[int, list[int]] = {}
    rows = Measure.objects.of(indicator_set).values_list("indicator_id", "position")
    for indicator_id, position in rows:
        positions.setdefault(indicator_id, []).append(position)
    return positions


def _move(measure: Measure, indicator: Indicator, positions: dict[int, list[int]]) -> None:
    """Put a measure last below an indicator; `positions` are those taken, by indicator."""
    if measure.pk is not None:
        positions[measure.indicator_id].remove(measure.position)
    taken = positions.setdefault(indicator.pk, [])
    measure.indicator, measure.position = indicator, _next_position(taken)
    taken.append(measure.position)


KeyT = TypeVar("KeyT")
TierT = TypeVar("TierT", Axis, Indicator, Goal)


def _save_tier(
    known: dict[KeyT, TierT],
    key: KeyT,
    blank: TierT,
    fields: Mapping[str, object],
    siblings: Iterable[TierT],
) -> TierT:
    """Give the row known by a key these fields, begun when there is none; save it once for all that
    name it.
    """
    row = known.get(key)
    if row is not None and all(getattr(row, name) == value for name, value in fields.items()):
        return row
    if row is None:
        blank.position = _next_position(each.position for each in siblings)
        row = known[key] = blank
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def _next_position(taken: Iterable[int]) -> int:
    return max(taken, default=-1) + 1
