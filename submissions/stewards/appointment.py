"""In whose hands the measures of a cycle are, and who puts them there."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Membership, User, with_roles
from agencies.roles import Role
from cycles import clashes
from cycles.engine.perform import perform
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import Measure
from indicators.workflow import SetState
from submissions.models import (
    Stewardship,
)
from submissions.permissions import is_set_keeper, may_be_steward
from submissions.workflow import STEWARDSHIPS


class AppointmentCount(NamedTuple):
    """How many measures were put in hands, and how many name nobody who may be their steward."""

    measures: int
    left: int


def stewarded_measures(cycle: Cycle) -> QuerySet[Measure]:
    """Find the communicated measures of a cycle that are for a steward."""
    of_set = {
        "indicator__axis__set__cycle": cycle,
        "indicator__axis__set__state": SetState.COMMUNICATED,
    }
    return Measure.objects.filter(method="steward", **of_set).for_list()


def stewards() -> list[User]:
    """List those who hold the role, or held it."""
    held = Membership.objects.filter(role=Role.STEWARD).values("user")
    return with_roles(
        User.objects.filter(pk__in=held, is_active=True).order_by("name_fa", "username", "pk")
    )


def of_measure(measure: Measure) -> Stewardship:
    """Make the stewardship of a measure, unsaved."""
    whose = measure.indicator.axis.set
    return Stewardship(
        cycle_id=whose.cycle_id,
        measure=measure,
        agency=whose.agency,
        province=whose.province,
    )


@transaction.atomic
def appoint(
    measure: Measure,
    *,
    steward: User,
    by: User,
    at: datetime,
    reason: str = "",
    seen: clashes.Seen | None = None,
) -> Stewardship:
    """Put a measure in a steward's hands, or from another's into theirs, with the reason; what was
    entered stays.
    """
    unsaved = of_measure(measure)
    unsaved.steward = steward
    if not stewarded_measures(unsaved.cycle).filter(pk=measure.pk).exists():
        raise Refused(
            _("Only communicated measures whose figure a steward supplies have a steward.")
        )
    if not may_be_steward(steward, unsaved, at):
        raise Refused(
            _("%(name)s is no steward of everybody whom this measure is for.") % {"name": steward}
        )
    held = locked(Stewardship.objects.filter(measure=measure), with_keys=True).first()
    if seen is not None:
        seen.check()
    before = held.steward_id if held else None
    if before == steward.pk:
        raise Refused(_("%(name)s is the steward of this measure already.") % {"name": steward})
    if held is not None and not reason.strip():
        raise Refused(_("Say why the measure goes into other hands."))
    stewardship = held or unsaved
    stewardship.steward = steward
    stewardship.save()  # before the door, which tells whoever is the steward from now on
    [stewardship] = perform(
        STEWARDSHIPS,
        [stewardship],
        "assign",
        by=by,
        at=at,
        note=reason,
        steward=steward,
        before=before,
    )
    return stewardship


@transaction.atomic
def appoint_named(cycle: Cycle, *, by: User, at: datetime) -> AppointmentCount:
    """Put every measure in the administrator's scope that is in nobody's hands into those of the
    steward it names.
    """
    waiting = [
        of_measure(m) for m in stewarded_measures(cycle).exclude(pk__in=_measures_in_hand(cycle))
    ]
    if by.holds(Role.ADMINISTRATOR, at=at):  # who is none gets no smaller share, but a refusal
        waiting = [s for s in waiting if is_set_keeper(by, s, at)]
    named = {s.measure.steward_id: s.measure.steward for s in waiting if s.measure.steward}
    fit = {u.pk: u for u in with_roles(named.values())}
    ready = []
    for s in waiting:
        if (steward := fit.get(s.measure.steward_id or 0)) and may_be_steward(steward, s, at):
            s.steward = steward
            ready.append(s)
    made = Stewardship.objects.bulk_create(ready)
    stewards_by_pk = {s.pk: {"steward": s.steward_id, "before": None} for s in made}
    perform(STEWARDSHIPS, made, "assign", by=by, at=at, params_by_pk=stewards_by_pk)
    return AppointmentCount(len(made), len(waiting) - len(made))


def _measures_in_hand(cycle: Cycle) -> QuerySet[Stewardship, int]:
    return Stewardship.objects.filter(cycle=cycle).values_list("measure", flat=True)
