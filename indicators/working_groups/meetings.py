"""The rules of a working group, and its meetings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import Sector, User
from agencies.roles import Constituency
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import (
    AgendaItem,
    Attendance,
    IndicatorSet,
    Meeting,
    WorkingGroup,
)
from indicators.workflow import GROUPS, MEETINGS, MeetingState


@transaction.atomic
def set_rules(
    cycle: Cycle,
    *,
    sector: str,
    quorum: int,
    concurring: Iterable[str],
    majority: int,
    chair_casts: bool,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> WorkingGroup:
    """Say by which rules the working group of a sector decides in a cycle; the ledger keeps what
    they were.
    """
    sides = list(concurring)
    if (
        sector not in ("", *Sector.values)
        or quorum < 1
        or not 0 <= majority <= 99
        or set(sides) - set(Constituency)
    ):
        raise Refused(_("These are no rules by which a group can decide."))
    rules = {
        "quorum": quorum,
        "concurring": sides,
        "majority": majority,
        "chair_casts": chair_casts,
    }
    group = group_of(cycle, sector)
    was = {name: getattr(group, name) for name in rules}
    perform(GROUPS, [group], "set_rules", by=by, at=at, seen=seen, was=was, became=rules)
    for name, value in rules.items():
        setattr(group, name, value)
    group.save()
    return group


def group_of(cycle: Cycle, sector: str) -> WorkingGroup:
    """Find the working group of a sector in a cycle, with the usual rules where nobody has set
    others.
    """
    return WorkingGroup.objects.get_or_create(cycle=cycle, sector=sector)[0]


@transaction.atomic
def convene(
    cycle: Cycle,
    *,
    sector: str,
    held_at: datetime,
    place: str,
    sets: Sequence[IndicatorSet],
    by: User,
    at: datetime,
) -> Meeting:
    """Call a working group to a meeting on these sets, in this order; its members are told."""
    group = group_of(cycle, sector)
    if not sets:
        raise Refused(_("A meeting needs at least one set on its agenda."))
    if foreign := [s for s in sets if s.cycle_id != cycle.pk or s.sector != sector]:
        raise Refused(_("“%(set)s” is not before this working group.") % {"set": foreign[0]})
    if held_at < at:
        raise Refused(_("A meeting is called for a time that lies ahead."))
    number = (group.meetings.aggregate(last=Max("number"))["last"] or 0) + 1
    meeting = Meeting.objects.create(
        group=group, cycle=cycle, number=number, held_at=held_at, place=place
    )
    [meeting] = perform(
        MEETINGS, [meeting], "convene", by=by, at=at, sets=[s.pk for s in sets], held_at=held_at
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, set=indicator_set, position=place)
        for place, indicator_set in enumerate(sets, 1)
    )
    return meeting


@transaction.atomic
def minute(
    meeting: Meeting,
    *,
    minutes: str,
    resolutions: Mapping[int, str],
    present: Mapping[int, str],
    by: User,
    at: datetime,
) -> Meeting:
    """Sign the minutes: who was present (constituency by user's key), what was resolved (by agenda
    item's key).
    """
    if not minutes.strip():
        raise Refused(_("Please write what was discussed."))
    if not present:
        raise Refused(_("Please say who was present."))
    [meeting] = perform(
        MEETINGS,
        [meeting],
        "minute",
        by=by,
        at=at,
        minutes=minutes,
        chair=by,
        present=dict(present),
        resolutions=dict(resolutions),
    )
    for item in meeting.agenda.all():
        item.resolution = resolutions.get(item.pk, "")
        item.save(update_fields=["resolution"])
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, member_id=member, constituency=side)
        for member, side in present.items()
    )
    return meeting


@transaction.atomic
def cancel(meeting: Meeting, *, by: User, at: datetime, note: str = "") -> Meeting:
    """Cancel a meeting that was convened."""
    if meeting.state != MeetingState.CONVENED:
        raise Refused(_("Only a convened meeting can be cancelled."))
    return perform(MEETINGS, [meeting], "cancel", by=by, at=at, note=note)[0]
