"""What the guards need of the indicators' institution, made without a door: goals, meetings, last
year, suggestions.
"""

from datetime import timedelta

from cycles.calendar import Phase
from cycles.models import Cycle
from indicators.differences import content_hash
from indicators.models import (
    Axis,
    Goal,
    Indicator,
    IndicatorSet,
    Kind,
    Measure,
    MeasureShare,
    Meeting,
    Suggestion,
)
from indicators.working_groups import meetings
from tests.factories import World

AXIS = {"code": "G9", "title_fa": "محور", "title_en": "Axis"}
GOAL = {
    "title_fa": "هدف",
    "title_en": "Goal",
    "type": "strategic",
    "source": "plan",
    "law": "plan",
    "article": "5",
}


def empty_axis(w: World) -> Axis:
    return Axis.objects.get_or_create(
        set=w.general, code="G8", defaults={"title_fa": "تهی", "points": 1}
    )[0]


def goal(w: World) -> Goal:
    return Goal.objects.get_or_create(set=w.specific, code="O1", defaults=GOAL)[0]


def power_measure(w: World) -> Measure:
    return Measure.objects.of(w.specific).order_by("pk").first()


def last_year(w: World) -> IndicatorSet:
    """What the health ministry was assessed on the year before."""
    earlier = Cycle.objects.get_or_create(
        year=w.cycle.year - 1, preset=w.cycle.preset, state="open"
    )[0]
    found = IndicatorSet.objects.filter(cycle=earlier).first()
    if found is None:
        found = IndicatorSet.objects.create(
            cycle=earlier, kind=Kind.SPECIFIC, agency=w.health, state="communicated"
        )
        axis = Axis.objects.create(set=found, code="S1", title_fa="م", points=1000)
        indicator = Indicator.objects.create(axis=axis, code="S1-01", title_fa="ش", points=1000)
        titles = {
            "title_fa": "س",
            "unit_fa": "درصد",
            "points": 1000,
            "method": "linear",
            "target": 50,
        }
        Measure.objects.create(indicator=indicator, code="S1-01", **titles)
    return found


def second_year(w: World) -> IndicatorSet:
    """The general draft as it was communicated the year before, for two years."""
    earlier = last_year(w).cycle
    digest = content_hash(w.general)
    IndicatorSet.objects.get_or_create(
        cycle=earlier,
        kind=Kind.GENERAL,
        defaults={"state": "communicated", "years": 2, "hash": digest},
    )
    return w.general


def health_set(w: World) -> IndicatorSet:
    return IndicatorSet.objects.get_or_create(cycle=w.cycle, kind=Kind.SPECIFIC, agency=w.health)[0]


def part(w: World) -> MeasureShare:
    lineage = power_measure(w).lineage
    return MeasureShare.objects.get_or_create(
        set=w.specific, lineage=lineage, agency=w.health, percent=40
    )[0]


def returned_suggestion(w: World) -> Suggestion:
    """One that the agency may make its own, because the set has been returned."""
    IndicatorSet.objects.filter(pk=w.specific.pk).update(state="returned")
    return suggestion(w)


def suggestion(w: World) -> Suggestion:
    """The expert's other target for the power ministry's first measure."""
    facts = {"member": w.expert, "constituency": "expert", "reason": "because", "made_at": w.at}
    return Suggestion.objects.get_or_create(
        set=w.specific, round=1, lineage=power_measure(w).lineage, values={"target": "15"}, **facts
    )[0]


def meeting(w: World) -> Meeting:
    group = meetings.group_of(w.cycle, w.power.sector)
    when = {"held_at": w.opens(Phase.APPROVAL) - timedelta(days=1), "cycle": w.cycle}
    return Meeting.objects.get_or_create(group=group, number=1, defaults=when)[0]
