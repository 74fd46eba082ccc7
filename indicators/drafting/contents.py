"""Fill, copy and clear the whole content of a set."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.clashes import Seen
from cycles.models import Cycle, Group
from cycles.workflow import Refused
from indicators.differences import FIELDS
from indicators.drafting.actions import draft_set, editing, note_change, save_measure, sum_axis
from indicators.drafting.catalogue import CatalogueRow
from indicators.models import (
    Axis,
    Change,
    Indicator,
    IndicatorSet,
    Kind,
    Measure,
)
from indicators.workflow import SetState


@transaction.atomic
def fill_general_set(
    indicator_set: IndicatorSet, *, rows: Iterable[CatalogueRow], by: User, at: datetime
) -> IndicatorSet:
    """Replace a draft general set's content with catalogue rows
    (`indicators.drafting.catalogue.general_catalogue`).
    """
    indicator_set = editing(indicator_set, by=by, at=at)
    if indicator_set.kind != Kind.GENERAL:
        raise Refused(_("Only a general set is filled from the catalogue."))
    clear(indicator_set)
    axes: dict[str, Axis] = {}
    for position, row in enumerate(rows):
        code = row["code"].split("-")[0]
        if code not in axes:
            axes[code] = Axis.objects.create(
                set=indicator_set,
                code=code,
                title_fa=row["axis_fa"],
                title_en=row["axis_en"],
                points=1,
                position=len(axes),
            )
        fields = {
            "code": row["code"],
            "points": row["points"],
            "position": position,
            "title_fa": row["title_fa"],
            "title_en": row["title_en"],
        }
        indicator = Indicator.objects.create(axis=axes[code], **fields)
        Measure.objects.create(indicator=indicator, **fields, **row["measure"])
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
    group = None
    if source.group is not None:
        group = Group.objects.filter(cycle=cycle, code=source.group.code).first()
        if group is None:
            raise Refused(_("This cycle has no such group."))
    copy = draft_set(
        cycle=cycle,
        kind=source.kind,
        agency=source.agency,
        province=source.province,
        group=group,
        by=by,
        at=at,
    )
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
    refuse_measure_in_set(indicator_set, measure.lineage)
    fields = {name: getattr(measure, name) for name in FIELDS if name != "code"} | {
        "lineage": measure.lineage
    }
    return save_measure(indicator_set, fields=fields, by=by, at=at)


def refuse_measure_in_set(indicator_set: IndicatorSet, lineage: UUID) -> None:
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
