"""What people are told: who hears of an act or is reminded of a deadline, and what a notice says to
its reader.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from agencies.models import Agency, Membership, User
from agencies.persian import language
from agencies.postgres_arrays import array
from agencies.roles import AGENCY_ROLES, AUTHORITY_ROLES, in_scope
from cycles.calendar import Phase, phase_label, time_left
from cycles.models import Channel, Cycle, Delivery, Entry, Extension, Participation, Window
from cycles.workflow import ADMINISTRATION, AGENCY, Move, Term

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

INVITATIONS = frozenset({"invite", "invite_again"})
"""Acts whose mail holds a link by which the person chooses a password."""

# --- Who is told ---------------------------------------------------------------------------------


def tell(
    move: Move, entries: Iterable[int], objs: Sequence[Any], *, by: User | None, at: datetime
) -> None:
    """Write a notice of each entry, by key, to everybody whom its move tells, once a person and
    never to the actor.

    In the transaction of the act, so that nothing is told that did not happen; three queries for
    any number of objects. Of what is tried in the practice cycle nobody is told.
    """
    told = [(entry, o) for entry, o in zip(entries, objs, strict=True) if not _is_practice(o)]
    if not told:
        return
    rows: list[_Row] = []
    for (entry, _obj), people in zip(
        told, _concerned(move, [o for _entry, o in told], at), strict=True
    ):
        for person in people.values():
            if by is None or person.pk != by.pk:
                mails = move.official or person.mails_news
                notice: _Notice = (entry, f"entry:{entry}", {}, move.official)
                rows += _deliveries(person, notice, mails=mails, texts=False, at=at)
    _write(rows)


class Person(NamedTuple):
    """Whoever is told: what of a user that asks. An object a person would take longer than telling
    them.
    """

    pk: int
    email: str
    mobile: str
    mails_news: bool
    mails_reminders: bool
    texts_reminders: bool


class Held(NamedTuple):
    """A membership by which somebody is told."""

    role: str
    agency_id: int | None
    province_id: int | None
    sector: str
    person: Person


_Notice = tuple[int | None, str, dict[str, Any], bool]
"""The entry it tells (None for a reminder), its key, its parameters, and whether it is official."""

_Row = tuple[Any, ...]
"""A delivery, in the order of _COLUMNS."""


def _write(rows: Sequence[_Row]) -> None:
    """Put notices into inboxes and outbox, in one statement; who has been told already is not told
    again.
    """
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [array(column) for column in zip(*rows, strict=True)])


_COLUMNS = (
    "recipient_id",
    "channel",
    "entry_id",
    "key",
    "params",
    "is_official",
    "made_at",
    "told_at",
)
_INSERT = f"""
    INSERT INTO cycles_delivery ({", ".join(_COLUMNS)}, message_id, attempts, error)
    SELECT row.*, '', 0, '' FROM unnest(
        %s::bigint[], %s::text[], %s::bigint[], %s::text[],
        %s::jsonb[], %s::boolean[], %s::timestamptz[], %s::timestamptz[]
    ) AS row
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- names of this file


def _is_practice(obj: Any) -> bool:
    cycle = obj if isinstance(obj, Cycle) else getattr(obj, "cycle", None)
    return cycle is not None and cycle.is_practice


def _deliveries(
    person: Person | User, notice: _Notice, *, mails: bool, texts: bool, at: datetime
) -> Iterator[_Row]:
    entry, key, params, official = notice
    of = (entry, key, json.dumps(params), official, at)
    yield (person.pk, Channel.INBOX.value, *of, at)
    if mails and person.email:
        yield (person.pk, Channel.MAIL.value, *of, None)
    if texts and person.mobile:
        yield (person.pk, Channel.SMS.value, *of, None)


def _concerned(move: Move, objs: Sequence[Any], at: datetime) -> list[dict[int, Person | User]]:
    """For each object the people whom a move tells of it, by key."""
    agencies: list[set[int]] = _agencies(move, objs) if move.tells else [set() for _o in objs]
    of_agency, of_authority = move.tells & AGENCY_ROLES, move.tells & AUTHORITY_ROLES
    wanted = Q(role__in=of_agency, agency__in=set().union(*agencies)) | Q(role__in=of_authority)
    held = _held(at, wanted) if move.tells else []
    by_agency: dict[int, list[Person]] = {}
    for m in held:
        if m.role in of_agency and m.agency_id:
            by_agency.setdefault(m.agency_id, []).append(m.person)
    officers = [m for m in held if m.role in of_authority]
    people = []
    for obj, of_object in zip(objs, agencies, strict=True):
        told: dict[int, Person | User] = {
            p.pk: p for agency in of_object for p in by_agency.get(agency, ())
        }
        if move.tells_holder and obj.holder and obj.holder.is_active:
            told[obj.holder_id] = obj.holder
        people.append(told | {m.person.pk: m.person for m in officers if _reaches(m, obj)})
    return people


def _agencies(move: Move, objs: Sequence[Any]) -> list[set[int]]:
    """The agencies whose people each object concerns: its own and those it names (`concerned`),
    else its group's, else, officially, all of its cycle.
    """
    groups = {g for o in objs if not o.agency_id and (g := getattr(o, "group_id", None))}
    every = (o for o in objs if not o.agency_id and getattr(o, "concerned", None) is None)
    cycles = {o.cycle_id for o in every if not getattr(o, "group_id", None) and move.official}
    of_group: dict[int, set[int]] = {}
    of_cycle: dict[int, set[int]] = {}
    if groups:
        rows = Participation.groups.through.objects.filter(
            group__in=groups, participation__ended_by=None
        )
        for key, agency in rows.values_list("group_id", "participation__agency_id"):
            of_group.setdefault(key, set()).add(agency)
    if cycles:
        for key, agency in (
            Participation.objects.active()
            .filter(cycle__in=cycles)
            .values_list("cycle_id", "agency_id")
        ):
            of_cycle.setdefault(key, set()).add(agency)
    found = []
    for o in objs:
        if o.agency_id:
            found.append({o.agency_id} | set(getattr(o, "concerned", None) or ()))
        elif (concerned := getattr(o, "concerned", None)) is not None:
            found.append(set(concerned))
        else:
            group = getattr(o, "group_id", None)
            found.append(of_group.get(group, set()) if group else of_cycle.get(o.cycle_id, set()))
    return found


def _reaches(membership: Held, obj: Any) -> bool:
    if membership.agency_id:  # an agency's representative in the working group
        return bool(membership.agency_id == obj.agency_id)
    if membership.sector and membership.sector != getattr(obj, "sector", ""):
        return False
    province = getattr(obj, "province_id", None)
    return in_scope(membership, obj.agency) or (
        province is not None and membership.province_id == province
    )


def _held(at: datetime, wanted: Q) -> list[Held]:
    """The memberships wanted that are in force at a moment, of people whose accounts are open; one
    query.
    """
    rows = Membership.objects.in_force(at).filter(wanted, user__is_active=True).order_by("pk")
    of_user = (f"user__{name}" for name in Person._fields)
    found = rows.values_list(*Held._fields[:-1], *of_user)
    return [
        Held(role, agency, province, sector, Person(*user))
        for role, agency, province, sector, *user in found
    ]


# --- Reminders ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Todo:
    """What an agency still has to do before a hard phase closes.

    `model.left_to_do(count)` says it in words; `link`, the name of an address and its arguments, is
    where it is done.
    """

    cycle_id: int
    agency_id: int
    model: Any
    count: int
    link: tuple[Any, ...]
    quarter: int = 0
    line_id: int | None = None

    def key(self, term: Term, stage: timedelta) -> str:
        """What this reminder is, so that it is sent once; a new closing begins the series anew."""
        of = f"{self.cycle_id}:{term.phase}:{self.quarter}:{self.line_id or ''}:{self.agency_id}"
        return f"remind:{of}:{term.closes_at:%Y-%m-%dT%H:%M:%S%z}:{stage // timedelta(hours=1)}h"


def remind(phase: Phase, left: Callable[[list[Cycle]], Iterable[Todo]], *, at: datetime) -> int:
    """Remind the people of each agency that has something left to do of a closing that comes near;
    how many were told.

    `left` answers with what is left in some cycles; it is asked only when a closing is near. Of the
    stages that have passed since the last run only the latest is told. Safe to run twice or at
    once.
    """
    cycles = _closing_soon(phase, at)
    todos = list(left(cycles)) if cycles else []
    windows = Window.objects.terms([c.pk for c in cycles], {t.agency_id for t in todos})
    due: dict[str, tuple[Todo, Term, timedelta]] = {}
    for todo in todos:
        term = windows.of(phase, todo)
        if term and (stage := stage_of(term, at)):
            due[todo.key(term, stage)] = (todo, term, stage)
    if not due:
        return 0
    told = set(
        Delivery.objects.filter(channel=Channel.INBOX, key__in=due)
        .values_list("key", "recipient_id")
        .order_by()
    )
    people: dict[int, dict[int, Person]] = {}
    agencies = {todo.agency_id for todo, _term, _stage in due.values()}
    for m in _held(at, Q(role__in=AGENCY, agency__in=agencies)):
        people.setdefault(m.agency_id or 0, {})[m.person.pk] = m.person
    years = {c.pk: c.year for c in cycles}
    rows, count = list[_Row](), 0
    for key, (todo, term, stage) in due.items():
        params = _params(todo, term, years[todo.cycle_id])
        for person in people.get(todo.agency_id, {}).values():
            if (key, person.pk) not in told:
                texts = person.texts_reminders and stage <= TEXTED
                notice = (None, key, params, False)
                rows += _deliveries(
                    person, notice, mails=person.mails_reminders, texts=texts, at=at
                )
                count += 1
    _write(rows)
    return count


def _closing_soon(phase: Phase, at: datetime) -> list[Cycle]:
    """The living cycles in which this phase closes for somebody, by its windows or by a decree,
    within the stages.
    """
    soon = {"closes_at__gt": at, "closes_at__lte": at + STAGES[-1]}
    begun = Window.objects.filter(phase=phase, opens_at__lte=at)
    decreed = Extension.objects.filter(phase=phase, **soon).values("cycle")
    near = begun.filter(Q(**soon) | Q(cycle__in=decreed))
    return list(Cycle.objects.living().filter(pk__in=near.values("cycle")).order_by("pk"))


def stage_of(term: Term, at: datetime) -> timedelta | None:
    """The latest stage that has come; none for one as long as the window itself, which would say
    nothing new.
    """
    if not term.is_open(at):
        return None
    stage = next((s for s in STAGES if term.closes_at - s <= at), None)
    return stage if stage and term.opens_at < term.closes_at - stage else None


def _params(todo: Todo, term: Term, year: int) -> dict[str, Any]:
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


# --- What a notice says -------------------------------------------------------------------------


@dataclass(frozen=True)
class Notice:
    """A notice in the reader's words. `pk` is that of the inbox's row, whose address leads on to
    `url`.
    """

    pk: int
    title: str
    about: str
    at: datetime
    url: str
    is_official: bool
    letter: str = ""
    closes_at: datetime | None = None
    seen_at: datetime | None = None
    invites: bool = False

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return f"{self.title}: {self.about}" if self.about else self.title


def read(deliveries: Iterable[Delivery]) -> list[Notice]:
    """These deliveries (with their entries) in the reader's words; a fixed number of queries for
    any number of them.
    """
    deliveries = list(deliveries)
    objects = _objects(d.entry for d in deliveries if d.entry)
    agencies = Agency.objects.in_bulk({d.params["agency"] for d in deliveries if d.entry is None})
    sent = [d for d in deliveries if d.channel != Channel.INBOX]
    homes: dict[tuple[int, str], int] = {}
    if sent:
        inbox = Delivery.objects.filter(channel=Channel.INBOX, key__in={d.key for d in sent})
        inbox = inbox.filter(recipient__in={d.recipient_id for d in sent})
        homes = {
            (recipient, key): pk
            for pk, recipient, key in inbox.values_list("pk", "recipient_id", "key")
        }
    notices = []
    for d in deliveries:
        pk = homes.get((d.recipient_id, d.key), d.pk)
        if d.entry:
            notices.append(_of_act(d, pk, objects.get((d.entry.model, d.entry.object_pk))))
        else:
            notices.append(_of_deadline(d, pk, agencies.get(d.params["agency"])))
    return notices


def _objects(entries: Iterable[Entry]) -> dict[tuple[str, int], Any]:
    """What these entries are about, as it stands now: one query a model."""
    keys: dict[str, set[int]] = {}
    for entry in entries:
        keys.setdefault(entry.model, set()).add(entry.object_pk)
    found: dict[tuple[str, int], Any] = {}
    for label, pks in keys.items():
        model: Any = apps.get_model(label)
        rows = (
            model.objects.for_notices()
            if hasattr(model.objects, "for_notices")
            else model.objects.all()
        )
        found |= {(label, pk): obj for pk, obj in rows.in_bulk(pks).items()}
    return found


def _of_act(delivery: Delivery, pk: int, obj: Any) -> Notice:
    entry = delivery.entry
    assert entry is not None
    return Notice(
        pk=pk,
        title=entry.news,
        about=entry.object_label if obj is None else str(obj),
        at=entry.at,
        url=obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else "",
        is_official=delivery.is_official,
        letter=entry.params.get("letter", ""),
        seen_at=delivery.seen_at,
        invites=entry.workflow == ADMINISTRATION.label and entry.act in INVITATIONS,
    )


def _of_deadline(delivery: Delivery, pk: int, agency: Agency | None) -> Notice:
    params = delivery.params
    closes_at, (name, *args) = datetime.fromisoformat(params["closes_at"]), params["link"]
    todo = {
        "left": _left(closes_at, delivery.made_at),
        "todo": apps.get_model(params["model"]).left_to_do(params["count"]),
    }
    phase = phase_label(Phase(params["phase"]), params["quarter"])
    return Notice(
        pk=pk,
        title=gettext("%(left)s left: %(todo)s") % todo,
        about=f"{agency} · {phase} · {Cycle(year=params['year']).label}",
        at=delivery.made_at,
        url=reverse(name, args=args),
        is_official=False,
        letter=params["decree"],
        closes_at=closes_at,
        seen_at=delivery.seen_at,
    )


def _left(closes_at: datetime, at: datetime) -> str:
    """The time that was left when the reminder was made; an hour begun counts as whole, so that it
    is 3 days.
    """
    hours = -((at - closes_at) // timedelta(hours=1))
    return time_left(closes_at, closes_at - timedelta(hours=hours), language())


def unseen_count(user: User, at: datetime, *, most: int = 100) -> int:
    """How many notices somebody has not opened, counted up to `most`."""
    return Delivery.objects.visible_to(user, at).filter(seen_at=None)[:most].count()


def latest(user: User, at: datetime, count: int) -> list[Notice]:
    """The newest notices that somebody has not opened."""
    unseen = Delivery.objects.visible_to(user, at).filter(seen_at=None).select_related("entry")
    return read(unseen.order_by("-made_at", "-pk")[:count])
