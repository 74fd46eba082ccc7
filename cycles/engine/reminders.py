"""Remind agencies of deadlines before which they have something left to do."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Model, Q

from cycles.calendar import Phase
from cycles.engine import notices
from cycles.models import Channel, Cycle, Delivery, Extension, Window
from cycles.workflow import AGENCY, Term

STAGES = (
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=14),
)
"""How long before a hard deadline those who still have something to do are reminded, shortest
first.
"""

TEXTED = timedelta(days=1)
"""From this stage on a reminder goes out as a text message, too, to those who want it."""


@dataclass(frozen=True)
class Todo:
    """What an agency still has to do before a hard phase closes.

    `model.left_to_do(count)` says it in words; `link`, the name of an address and its arguments, is
    where it is done.
    """

    cycle_id: int
    agency_id: int
    model: type[Model]
    count: int
    link: tuple[object, ...]
    quarter: int = 0
    line_id: int | None = None

    def key(self, term: Term, stage: timedelta) -> str:
        """Name this reminder, so that it is sent once; a new closing begins the series anew."""
        of = f"{self.cycle_id}:{term.phase}:{self.quarter}:{self.line_id or ''}:{self.agency_id}"
        return f"remind:{of}:{term.closes_at:%Y-%m-%dT%H:%M:%S%z}:{stage // timedelta(hours=1)}h"


@dataclass(frozen=True)
class _DueReminder:
    """A reminder that has come: what is left to do, until when, and how near that is."""

    todo: Todo
    term: Term
    stage: timedelta


def remind(phase: Phase, left: Callable[[list[Cycle]], Iterable[Todo]], *, at: datetime) -> int:
    """Remind the people of each agency that has something left to do of a closing that comes near;
    answers with how many were told.

    `left` answers with what is left in some cycles; it is asked only when a closing is near. Of the
    stages that have passed since the last run only the latest is told. Safe to run twice or at
    once.
    """
    cycles = _closing_soon(phase, at)
    due = _due_reminders(phase, list(left(cycles)) if cycles else [], cycles, at)
    if not due:
        return 0

    sent = Delivery.objects.filter(channel=Channel.INBOX, key__in=due)
    told = set(sent.values_list("key", "recipient_id").order_by())
    people = _people_by_agency({one.todo.agency_id for one in due.values()}, at)
    years = {cycle.pk: cycle.year for cycle in cycles}

    rows: list[notices.DeliveryRow] = []
    count = 0
    for key, one in due.items():
        params = _params(one.todo, one.term, years[one.todo.cycle_id])
        for person in people.get(one.todo.agency_id, {}).values():
            if (key, person.pk) not in told:
                rows += notices.deliveries_to(
                    person,
                    (None, key, params, False),
                    mails=person.mails_reminders,
                    texts=person.texts_reminders and one.stage <= TEXTED,
                    at=at,
                )
                count += 1
    notices.write(rows)
    return count


def _due_reminders(
    phase: Phase, todos: Sequence[Todo], cycles: Iterable[Cycle], at: datetime
) -> dict[str, _DueReminder]:
    """Find the reminders whose stage has come, by key."""
    windows = Window.objects.terms([cycle.pk for cycle in cycles], {t.agency_id for t in todos})
    due = {}
    for todo in todos:
        term = windows.of(phase, todo)
        if term and (stage := stage_of(term, at)):
            due[todo.key(term, stage)] = _DueReminder(todo, term, stage)
    return due


def _people_by_agency(
    agencies: Collection[int], at: datetime
) -> dict[int, dict[int, notices.Person]]:
    people: dict[int, dict[int, notices.Person]] = {}
    for m in notices.memberships_told(at, AGENCY, agencies):
        people.setdefault(m.agency_id or 0, {})[m.person.pk] = m.person
    return people


def _closing_soon(phase: Phase, at: datetime) -> list[Cycle]:
    """Find the living cycles in which this phase closes for somebody, by its windows or by a
    decree, within the stages.
    """
    soon = {"closes_at__gt": at, "closes_at__lte": at + STAGES[-1]}
    begun = Window.objects.filter(phase=phase, opens_at__lte=at)
    decreed = Extension.objects.filter(phase=phase, **soon).values("cycle")
    near = begun.filter(Q(**soon) | Q(cycle__in=decreed))
    return list(Cycle.objects.living().filter(pk__in=near.values("cycle")).order_by("pk"))


def stage_of(term: Term, at: datetime) -> timedelta | None:
    """Find the latest stage that has come; None for one as long as the window itself, which would
    say nothing new.
    """
    if not term.is_open(at):
        return None
    stage = next((s for s in STAGES if term.closes_at - s <= at), None)
    return stage if stage and term.opens_at < term.closes_at - stage else None


def _params(todo: Todo, term: Term, year: int) -> dict[str, object]:
    return {
        "phase": term.phase.value,
        "quarter": term.quarter,
        "year": year,
        "agency": todo.agency_id,
        "closes_at": term.closes_at.isoformat(),
        "decree": term.decree,
        "model": todo.model._meta.label_lower,
        "count": todo.count,
        "link": list(todo.link),
    }
