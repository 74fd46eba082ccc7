"""Change the axes and goals of a draft."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.clashes import Seen
from cycles.workflow import Refused
from indicators.differences import describe_tier
from indicators.drafting.actions import editing, note_change
from indicators.models import (
    Axis,
    Change,
    Goal,
    IndicatorSet,
)


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
    before = {"axis": describe_tier(axis)} if axis.pk else {}
    for key, value in fields.items():
        setattr(axis, key, value)
    axis.save()
    deed = Change.Deed.CHANGED if before else Change.Deed.ADDED
    note_change(
        indicator_set, deed, before=before, after={"axis": describe_tier(axis)}, by=by, at=at
    )
    return axis


@transaction.atomic
def remove_axis(indicator_set: IndicatorSet, axis: Axis, *, by: User, at: datetime) -> None:
    """Take an axis without measures out of a set."""
    indicator_set = editing(indicator_set, by=by, at=at)
    if axis.set_id != indicator_set.pk or axis.indicators.exists():
        raise Refused(_("Only an axis without measures can be removed."))
    note_change(
        indicator_set, Change.Deed.REMOVED, before={"axis": describe_tier(axis)}, by=by, at=at
    )
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
    before: dict[str, object] = {}
    if goal is None:
        places = indicator_set.goals.aggregate(last=Max("position"))["last"] or 0
        goal = Goal(set=indicator_set, position=places + 1, code=f"O{places + 1}")
    elif goal.set_id != indicator_set.pk:
        raise Refused(_("This goal belongs to another set."))
    else:
        before = {"goal": describe_tier(goal)}
    for key, value in fields.items():
        setattr(goal, key, value)
    goal.save()
    deed = Change.Deed.CHANGED if before else Change.Deed.ADDED
    note_change(
        indicator_set, deed, before=before, after={"goal": describe_tier(goal)}, by=by, at=at
    )
    return goal


@transaction.atomic
def remove_goal(indicator_set: IndicatorSet, goal: Goal, *, by: User, at: datetime) -> None:
    """Take a goal out of a set; its measures stay, without it."""
    indicator_set = editing(indicator_set, by=by, at=at)
    if goal.set_id != indicator_set.pk:
        raise Refused(_("This goal belongs to another set."))
    note_change(
        indicator_set, Change.Deed.REMOVED, before={"goal": describe_tier(goal)}, by=by, at=at
    )
    goal.delete()
