"""The reviewed table of two tabs: the forms that ask before they write over what was stored meanwhile."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.urls import reverse

from cycles.calendar import Phase
from cycles.models import Window
from indicators.models import Goal
from tests.factories import PASSWORD, World, lay_plan, make_user
from tests.tabs import Tab
from tests.worlds.answers import apart, declare, factor, given, power_line
from tests.worlds.institution import goal, power_measure

SIGNED = {"password": PASSWORD}
Filler = Callable[[Tab], dict[str, Any]]
Typed = Mapping[str, Any] | Filler


@dataclass(frozen=True)
class Case:
    """A form that lies open in two tabs: at which stage, before whom, and what is typed first and
    then.
    """

    stage: str
    who: str
    first: Typed
    then: Typed
    page: Callable[[World], str] | None = None
    """Where the form lies, if not at its own address."""

    before: Callable[[World], Any] = field(default=lambda w: None)


def at(name: str, *keys: Callable[[World], Any]) -> Callable[[World], str]:
    return lambda w: reverse(name, args=[key(w) for key in keys])


def first_field(pattern: str, value: str) -> Filler:
    """What is typed into the first field whose name fits."""
    return lambda tab: {
        next(name for name in sorted(tab.fields) if re.search(pattern, name)): value
    }


percent = partial(first_field, "-percent$")
cell = partial(first_field, "^t-")
target = partial(first_field, "^target-")
actual = partial(first_field, "^actual-")


def ends_at(clock: str) -> Filler:
    """The festival, until another hour of its last day."""

    def typed(tab: Tab) -> dict[str, Any]:
        name = next(each for each in tab.fields if each.startswith("closes-festival"))
        return {name: tab.fields[name][0][:-5] + clock}

    return typed


def mark(points: str, reason: str) -> Filler:
    """A mark on the first line of the page."""

    def typed(tab: Tab) -> dict[str, Any]:
        prefix = next(name for name in sorted(tab.fields) if name.endswith("-points")).removesuffix(
            "-points"
        )
        return {f"{prefix}-points": points, f"{prefix}-reason": reason}

    return typed


def published_at(clock: str) -> Filler:
    """The results, on a day of the festival."""
    return lambda tab: {"publish_at": f"2027-09-10 {clock}"} | SIGNED


def chosen(field: str, place: int, **more: str) -> Filler:
    """What the list of a field offers in a place, but not what stands in it now; `more` in fields
    beside it.
    """

    def typed(tab: Tab) -> dict[str, Any]:
        name = next(each for each in tab.options if re.search(field, each))
        offered = [key for key in tab.options[name] if key and key not in tab.fields.get(name, [])]
        beside = name.removesuffix(field.removesuffix("$"))
        return {name: offered[place]} | {f"{beside}-{each}": text for each, text in more.items()}

    return typed


def on_desk(place: int) -> Filler:
    """The first axis, on the desk of the assessor in a place of the list."""
    return lambda tab: chosen("^axis$", 0)(tab) | chosen("^assessor$", place)(tab)


def in_quarter(w: World) -> None:
    """The last day of the first quarter's window."""
    lay_plan(w)
    w.at = Window.objects.get(
        cycle=w.cycle, phase=Phase.MONITORING, quarter=1
    ).closes_at - timedelta(days=1)


def in_year(w: World) -> None:
    w.at = w.opens(Phase.MONITORING) + timedelta(days=1)


def before_year(w: World) -> None:
    w.at = w.opens(Phase.PROPOSAL)


def more_people(w: World) -> None:
    """Others to whom something may be given."""
    for role in ("reviewer", "steward", "assessor"):
        for name in ("third", "fourth"):
            make_user(f"{name}_{role}", role, is_outsider=True)


def two_goals(w: World) -> None:
    goal(w)
    Goal.objects.get_or_create(
        set=w.specific, code="O2", defaults={"title_fa": "هدف دوم", "type": "strategic"}
    )


def ranks(*places: int) -> Filler:
    return lambda tab: dict(
        zip(sorted(n for n in tab.options if n.startswith("goal_")), places, strict=True)
    )


REVIEW = at("indicators:review", lambda w: w.specific.pk, lambda w: power_measure(w).lineage)
DETAIL = at("submissions:detail", lambda w: w.submission.pk)
CASES = {
    "cycles:windows": Case("planned", "administrator", ends_at("22:00"), ends_at("23:00")),
    "cycles:notice_settings": Case(
        "open", "head", {"mobile": "09121111111"}, {"mobile": "09122222222"}
    ),
    "cycles:identify": Case(
        "open",
        "administrator",
        {"national_id": "0499370899"} | SIGNED,
        {"national_id": "0790419904"} | SIGNED,
    ),
    "indicators:rules": Case(
        "open", "administrator", {"quorum": "3"}, {"quorum": "4"}, before=before_year
    ),
    "indicators:vote": Case(
        "proposed", "budget", {"choice": "approve"}, {"choice": "reject", "reason": "دلیل"}
    ),
    "indicators:vote_measure": Case(
        "proposed",
        "budget",
        {"choice": "approve"},
        {"choice": "reject", "reason": "دلیل"},
        page=REVIEW,
    ),
    "indicators:rank": Case("proposed", "budget", ranks(1, 2), ranks(2, 1), before=two_goals),
    "indicators:settle": Case(
        "proposed",
        "chair",
        {"outcome": "returned", "reason": "نخست"},
        {"outcome": "rejected", "reason": "دوم"},
        page=REVIEW,
    ),
    "indicators:axis_edit": Case(
        "drafted", "head", {"title_fa": "محور نخست"}, {"title_fa": "محور دوم"}
    ),
    "indicators:goal_edit": Case(
        "drafted", "head", {"title_fa": "هدف نخست"}, {"title_fa": "هدف دوم"}
    ),
    "indicators:measure_edit": Case(
        "drafted", "head", {"title_fa": "سنجهٔ نخست"}, {"title_fa": "سنجهٔ دوم"}
    ),
    "indicators:share": Case(
        "drafted",
        "head",
        {"own": "60", "agency_0": "MOHME", "part_0": "40"},
        {"own": "70", "agency_0": "MOHME", "part_0": "30"},
    ),
    "indicators:grid": Case(
        "communicated",
        "headquarters",
        first_field("^t-", "31"),
        first_field("^t-", "32"),
        before=in_year,
    ),
    "indicators:plan": Case(
        "communicated",
        "staff",
        first_field("^target", "31"),
        first_field("^target", "32"),
        before=in_year,
    ),
    "indicators:quarter": Case(
        "communicated",
        "staff",
        first_field("^actual", "31"),
        first_field("^actual", "32"),
        before=in_quarter,
    ),
    "submissions:declaration": Case(
        "answered", "staff", {"statement": "نخست"}, {"statement": "دوم"}, before=declare
    ),
    "submissions:declaration_judge": Case(
        "assigned",
        "assessor",
        {"verdict": "accepted", "reason": "نخست"},
        {"verdict": "rejected", "reason": "دوم"},
        page=at("submissions:declaration", lambda w: w.submission.pk),
        before=declare,
    ),
    "submissions:refer": Case(
        "answered",
        "staff",
        {"reference": "۱"},
        {"reference": "۲"},
        page=lambda w: f"{DETAIL(w)}?line={power_line(w).pk}",
    ),
    "submissions:share_out": Case(
        "answered",
        "head",
        chosen("assignee", 0),
        chosen("assignee", 1),
        page=DETAIL,
    ),
    "submissions:factor_judge": Case(
        "assigned",
        "assessor",
        {"verdict": "accepted", "reason": "نخست"},
        {"verdict": "rejected", "reason": "دوم"},
        page=at("submissions:line", lambda w: power_line(w).pk),
        before=factor,
    ),
    "submissions:marks": Case(
        "assigned",
        "assessor",
        mark("10", "نخست"),
        mark("20", "دوم"),
        page=at("submissions:block", lambda w: w.block.pk),
    ),
    "submissions:reconciliation": Case(
        "assigned",
        "assessor",
        {"act": "propose", "points": "60", "reason": "نخست"},
        {"act": "propose", "points": "70", "reason": "دوم"},
        before=apart,
    ),
    "submissions:calibration": Case("assigned", "assessor", mark("50", "نخست"), mark("60", "دوم")),
    "submissions:verification": Case(
        "assigned", "other_assessor", {"text": "نخست"}, {"text": "دوم"}
    ),
    "submissions:assign": Case(
        "assigned",
        "administrator",
        on_desk(1),
        on_desk(2),
        before=more_people,
    ),
    "submissions:stewards": Case(
        "assigned",
        "administrator",
        chosen("-steward$", 0, reason="نخست"),
        chosen("-steward$", 1, reason="دوم"),
        before=more_people,
    ),
    "submissions:stewardship": Case(
        "assigned", "steward", first_field("-percent$", "31"), first_field("-percent$", "32")
    ),
    "submissions:source": Case(
        "assigned",
        "steward",
        {"title": "نخست"},
        {"title": "دوم"},
        page=at("submissions:stewardship", lambda w: w.stewardship.pk),
        before=given,
    ),
    "appeals:draft": Case(
        "scored",
        "staff",
        {"ground": "value", "argument": "نخست"},
        {"ground": "value", "argument": "دوم"},
    ),
    "appeals:hand_over": Case(
        "heard",
        "administrator",
        chosen("reviewer", 0),
        chosen("reviewer", 1),
        page=at("appeals:detail", lambda w: w.appeal.pk),
        before=more_people,
    ),
    "festival:schedule": Case(
        "final", "administrator", published_at("22:00"), published_at("23:00")
    ),
    "festival:index_edit": Case("people", "administrator", {"position": "1"}, {"position": "2"}),
    "festival:region_edit": Case("people", "administrator", {"position": "1"}, {"position": "2"}),
    "festival:recommend": Case("people", "administrator", {"text": "نخست"}, {"text": "دوم"}),
    "festival:index_report": Case("people", "staff", {"done": "نخست"}, {"done": "دوم"}),
    "festival:improvement_item": Case("scored", "head", {"finding": "نخست"}, {"finding": "دوم"}),
    "festival:improvement_progress": Case(
        "scored",
        "head",
        {"status": "under_way", "note": "نخست"},
        {"status": "completed", "note": "دوم"},
    ),
    "festival:award_category": Case(
        "final", "administrator", {"name_fa": "نخست"}, {"name_fa": "دوم"}
    ),
    "festival:ceremony_edit": Case("final", "administrator", {"place": "نخست"}, {"place": "دوم"}),
}
"""Forms that ask."""
