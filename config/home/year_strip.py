"""Where the year stands for one person: a strip for each living cycle, and the duties that are
overdue.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from agencies.persian import format_number, in_locale, language
from agencies.roles import OVERSEERS, Role
from appeals.workflow import AppealState
from cycles.calendar import Phase, dated_phases, format_date, format_deadline, time_left
from cycles.models import Cycle, Window
from cycles.workflow import CycleState, Term
from cycles.workflow_objects import CycleMatter
from festival.duties.catalogue import DutyCode
from festival.duties.queries import DutyFilter, DutySummary, Timeliness, reach_of, summary
from festival.duties.sentences import digits, sentence
from indicators.models import IndicatorSet


@dataclass(frozen=True)
class Item:
    """One phase of a strip; `state` is done, now, late or next."""

    label: str | Promise
    state: str
    sub: str


@dataclass(frozen=True)
class Strip:
    """One living cycle: its phases and the time left of the one that closes next."""

    title: str
    deadline_text: str
    items: list[Item]
    url: str


@dataclass(frozen=True)
class Overdue:
    """A duty that waits although it was due: how late, for how many agencies, and the button that
    goes to the spot.
    """

    said: str
    agencies: int
    button: str
    url: str


@dataclass(frozen=True)
class Task:
    """One thing that waits for the reader, with the one button that goes to the spot."""

    title: str
    detail: str
    button: str | Promise
    url: str
    until: datetime | None = None
    done: int | None = None  # of `whole`, where the task is a number of like things
    whole: int = 0


class Outlook:
    """The living cycles with their windows, as they concern one user at one moment; a fixed number
    of queries.
    """

    def __init__(self, user: User, at: datetime) -> None:
        self.user, self.at, self.language = user, at, language()
        seen = (
            Cycle.objects.visible_to(user, at)
            .of_years()
            .exclude(state=CycleState.PUBLISHED)
            .for_list()
        )
        self.planned = [c for c in seen if c.state == CycleState.PLANNED]
        self.cycles = [c for c in seen if c.state != CycleState.PLANNED]
        self.agencies = user.agency_ids(at)
        self.reach = reach_of(user, at)
        self.own = Window.objects.terms([c.pk for c in seen], self.agencies)
        # What the strip and the authority go by: the general windows, or the reader's own agency's
        # where there are; of the quarters of a year the one that closes next.
        self.windows: dict[tuple[int, Phase], Term] = {}
        own = self.agencies[0] if self.agencies else None
        for window in sorted(self.own.rows, key=lambda w: (w.agency_id or 0, w.opens_at)):
            key = (window.cycle_id, Phase(window.phase))
            before = self.windows.get(key)
            passed = window.quarter < 2 or before is None or before.closes_at <= at
            if passed and window.line is None and window.agency_id in (None, own):
                self.windows[key] = self.own.term(window, own)

    @cached_property
    def duties(self) -> list[DutySummary]:
        """List the authority's duties as the public timeline counts them; of every year for those
        who oversee them.
        """
        years = None if self.user.holds(*OVERSEERS, at=self.at) else [c.pk for c in self.cycles]
        return summary(DutyFilter(cycles=years), self.at)

    # -- The strips

    def strips(self) -> list[Strip]:
        """Draw one strip a living cycle, newest year first; late phases say by how many days."""
        late: dict[tuple[int, Phase], int] = {}
        for c in sorted(self.duties, key=lambda c: c.worst):
            late[c.cycle_id, c.duty.phase] = c.worst
        strips = []
        for cycle in self.cycles:
            items: list[Item] = []
            closing: list[Term] = []
            for spec in dated_phases():
                phase = spec.phase
                window = self.windows.get((cycle.pk, phase))
                if window is None:
                    continue
                days = late.get((cycle.pk, phase), 0)
                if window.is_open(self.at) and spec.counts_down:
                    closing.append(window)
                items.append(self._item(window, phase, days))
            text = ""
            if closing:
                nearest = min(closing, key=lambda w: w.closes_at)
                text = _("%(time)s until %(phase)s closes") % {
                    "time": time_left(nearest.closes_at, self.at, self.language),
                    "phase": nearest.label,
                }
            strips.append(
                Strip(str(cycle), text, items, reverse("cycles:detail", args=[cycle.year]))
            )
        return strips

    def _item(self, window: Term, phase: Phase, days: int) -> Item:
        if days:
            count = format_number(days, self.language)
            sub = ngettext("%(count)s day late", "%(count)s days late", days) % {"count": count}
            return Item(phase.label, "late", sub)
        closes = format_deadline(window.closes_at, self.language)
        decree = ""
        if window.decree:
            words = {"when": closes, "number": digits(window.decree)}
            decree = _("extended to %(when)s by decree %(number)s") % words
        if window.is_open(self.at):
            return Item(phase.label, "now", decree or _("to %(when)s") % {"when": closes})
        if self.at < window.opens_at:
            sub = _("from %(when)s") % {"when": format_date(window.opens_at, self.language)}
            return Item(phase.label, "next", f"{sub} · {decree}" if decree else sub)
        return Item(phase.label, "done", decree)

    # -- What is overdue

    def overdue(self) -> list[Overdue]:
        """List duties that wait although they were due, to whoever answers for them or watches;
        newest year first.
        """
        if not self.user.holds(*OVERSEERS, at=self.at):
            return []
        acts = self.user.holds(Role.ADMINISTRATOR, at=self.at)
        duties = (
            self.duties if self.reach is None else summary(DutyFilter(agencies=self.reach), self.at)
        )
        return [
            Overdue(sentence(c, part=False), c.agencies_overdue, *_spot(c, acts=acts))
            for c in duties
            if c.overdue
        ]

    def open_window(
        self, cycle_id: int, phase: Phase, obj: CycleMatter | None = None
    ) -> Term | None:
        """Find a phase's window, or `obj`'s own, if an act in it would be accepted now: open, or a
        duty that is overdue.
        """
        window = self.own.of(phase, obj) if obj else self.windows.get((cycle_id, phase))
        return window if window and window.accepts(self.at) else None


def _spot(duty: DutySummary, *, acts: bool) -> tuple[str, str]:
    """Name the button and the address where an overdue duty is done, or where it is listed for
    those who only watch.
    """
    code = duty.duty.code
    if not acts:
        asked = urlencode(
            {"duty": code.value, "year": duty.year, "state": Timeliness.OVERDUE.value}
        )
        return _("Look"), f"{reverse('festival:duties')}?{asked}#each"
    match code:
        case DutyCode.COMMUNICATE_INDICATORS:
            return _("Look"), f"{reverse('indicators:list')}?cycle={duty.cycle_id}"
        case DutyCode.COMMUNICATE_SCORES:
            return _("Communicate"), reverse("submissions:board", args=[duty.cycle_id])
        case DutyCode.DECIDE_APPEALS:
            return _("Look"), f"{reverse('appeals:list')}?state={AppealState.FILED}"
    return _("Go on"), reverse("festival:manage", args=[duty.year])


def with_count(words: str, number: int) -> str:
    """Put a number, in the reader's digits, into words that count something."""
    return words % {"count": in_locale(number)}


def address_of_set(indicator_set: IndicatorSet | None) -> str:
    """Lead to a set, or to the list of sets where it is not begun."""
    if indicator_set is None:
        return reverse("indicators:list")
    return reverse("indicators:detail", args=[indicator_set.pk])
