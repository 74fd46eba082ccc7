"""Tell people of acts: who hears of one, and by which ways."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from agencies.models import User
from agencies.postgres_arrays import array
from agencies.roles import AGENCY_ROLES, AUTHORITY_ROLES, in_scope
from cycles.models import Channel, Cycle, Participation
from cycles.workflow import Move
from cycles.workflow_objects import WorkflowObject


def tell(
    move: Move,
    entries: Iterable[int],
    objs: Sequence[WorkflowObject],
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Write a notice of each entry, by key, to everybody whom its move tells, once a person and
    never to the actor.

    In the transaction of the act, so that nothing is told that did not happen; three queries for
    any number of objects. Of what is tried in the practice cycle nobody is told.
    """
    told = [(entry, o) for entry, o in zip(entries, objs, strict=True) if not _is_practice(o)]
    if not told:
        return
    rows: list[DeliveryRow] = []
    for (entry, _obj), people in zip(
        told, _people_told(move, [o for _entry, o in told], at), strict=True
    ):
        for person in people.values():
            if by is None or person.pk != by.pk:
                mails = move.official or person.mails_news
                notice: NoticeFacts = (entry, f"entry:{entry}", {}, move.official)
                rows += deliveries_to(person, notice, mails=mails, texts=False, at=at)
    write(rows)


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


class ToldMembership(NamedTuple):
    """A membership by which somebody is told."""

    role: str
    agency_id: int | None
    province_id: int | None
    sector: str
    person: Person


NoticeFacts = tuple[int | None, str, Mapping[str, object], bool]
"""The entry it tells (None for a reminder), its key, its parameters, and whether it is official."""

DeliveryRow = tuple[object, ...]
"""A delivery, in the order of _COLUMNS."""


def write(rows: Sequence[DeliveryRow]) -> None:
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


def _is_practice(obj: WorkflowObject) -> bool:
    cycle = obj if isinstance(obj, Cycle) else getattr(obj, "cycle", None)
    return cycle is not None and cycle.is_practice


def deliveries_to(
    person: Person | User, notice: NoticeFacts, *, mails: bool, texts: bool, at: datetime
) -> Iterator[DeliveryRow]:
    entry, key, params, official = notice
    of = (entry, key, json.dumps(params), official, at)
    yield (person.pk, Channel.INBOX.value, *of, at)
    if mails and person.email:
        yield (person.pk, Channel.MAIL.value, *of, None)
    if texts and person.mobile:
        yield (person.pk, Channel.SMS.value, *of, None)


def _people_told(
    move: Move, objs: Sequence[WorkflowObject], at: datetime
) -> list[dict[int, Person | User]]:
    """Find for each object the people whom a move tells of it, by key."""
    people: list[dict[int, Person | User]] = [{} for _obj in objs]
    if move.tells:
        _add_members(people, move, objs, at)
    if move.tells_holder:
        for told, obj in zip(people, objs, strict=True):
            holder: User | None = getattr(obj, "holder", None)
            if holder and holder.is_active:
                told[holder.pk] = holder
    return people


def _add_members(
    people: Sequence[dict[int, Person | User]],
    move: Move,
    objs: Sequence[WorkflowObject],
    at: datetime,
) -> None:
    """Add the members of each object's agencies in the roles that the move tells, and the people of
    the authority within whose scope it lies.
    """
    agencies = _agencies(move, objs)
    of_agency, of_authority = move.tells & AGENCY_ROLES, move.tells & AUTHORITY_ROLES
    told_of = set[int]().union(*agencies)

    by_agency: dict[int | None, list[Person]] = {}
    officers = []
    for membership in memberships_told(at, of_agency, told_of, of_authority):
        if membership.role in of_authority:
            officers.append(membership)
        elif membership.agency_id:
            by_agency.setdefault(membership.agency_id, []).append(membership.person)

    for told, obj, of_object in zip(people, objs, agencies, strict=True):
        for agency in of_object:
            told.update((person.pk, person) for person in by_agency.get(agency, ()))
        for officer in officers:
            if _reaches(officer, obj):
                told[officer.person.pk] = officer.person


def _agencies(move: Move, objs: Sequence[WorkflowObject]) -> list[set[int]]:
    """Find the agencies whose people each object concerns: its own and those it names
    (`concerned_agencies`), else its group's, else, officially, all of its cycle.
    """
    without = [obj for obj in objs if not obj.agency_id]
    by_group = _agencies_by_group({key for obj in without if (key := _group_id(obj))})
    by_cycle = {}
    if move.official:
        by_cycle = _agencies_by_cycle(
            {obj.cycle_id for obj in without if obj.cycle_id and _is_for_all(obj)}
        )

    found = []
    for obj in objs:
        concerned = getattr(obj, "concerned_agencies", None)
        if obj.agency_id:
            found.append({obj.agency_id, *(concerned or ())})
        elif concerned is not None:
            found.append(set(concerned))
        elif group := _group_id(obj):
            found.append(by_group.get(group, set()))
        else:
            found.append(by_cycle.get(obj.cycle_id or 0, set()))
    return found


def _group_id(obj: WorkflowObject) -> int | None:
    group_id: int | None = getattr(obj, "group_id", None)
    return group_id


def _is_for_all(obj: WorkflowObject) -> bool:
    return getattr(obj, "concerned_agencies", None) is None and not _group_id(obj)


def _agencies_by_group(groups: Collection[int]) -> dict[int, set[int]]:
    if not groups:
        return {}
    taking_part = Participation.groups.through.objects.filter(
        group__in=groups, participation__ended_by=None
    )
    return _sets_by_key(taking_part.values_list("group_id", "participation__agency_id"))


def _agencies_by_cycle(cycles: Collection[int]) -> dict[int, set[int]]:
    if not cycles:
        return {}
    taking_part = Participation.objects.active().filter(cycle__in=cycles)
    return _sets_by_key(taking_part.values_list("cycle_id", "agency_id"))


def _sets_by_key(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, agency in pairs:
        found.setdefault(key, set()).add(agency)
    return found


def _reaches(membership: ToldMembership, obj: WorkflowObject) -> bool:
    if membership.agency_id:  # an agency's representative in the working group
        return bool(membership.agency_id == obj.agency_id)
    if membership.sector and membership.sector != getattr(obj, "sector", ""):
        return False
    province = getattr(obj, "province_id", None)
    return in_scope(membership, obj.agency) or (
        province is not None and membership.province_id == province
    )


_TOLD = """
    SELECT m.role, m.agency_id, m.province_id, m.sector,
           u.id, u.email, u.mobile, u.mails_news, u.mails_reminders, u.texts_reminders
    FROM agencies_membership m JOIN agencies_user u ON u.id = m.user_id
    WHERE u.is_active AND m.valid_from <= %(at)s
      AND (m.valid_until IS NULL OR m.valid_until > %(at)s)
      AND (m.role = ANY(%(of_authority)s::text[])
           OR m.role = ANY(%(of_agency)s::text[]) AND m.agency_id = ANY(%(agencies)s::bigint[]))
    ORDER BY m.id
"""


def memberships_told(
    at: datetime,
    of_agency: Iterable[str],
    agencies: Iterable[int],
    of_authority: Iterable[str] = (),
) -> list[ToldMembership]:
    """Read the memberships of agencies in some roles, and of the authority in others, that are in
    force at a moment, of people whose accounts are open; one query.
    """
    given: dict[str, str | datetime] = {
        "at": at,
        "of_agency": array(of_agency),
        "agencies": array(agencies),
        "of_authority": array(of_authority),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, given)
        return [
            ToldMembership(role, agency, province, sector, Person(*user))
            for role, agency, province, sector, *user in cursor
        ]
