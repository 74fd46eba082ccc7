"""State in which agencies one has an interest."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Clearance, Interest, User
from cycles.engine.perform import administer
from cycles.models import Cycle
from cycles.workflow import CycleState, Refused


@transaction.atomic
def declare_interest(*, agency: Agency, reason: str, by: User, at: datetime) -> Interest:
    """Record that `by` has an interest in an agency; from now on they neither mark, review nor vote
    on it.
    """
    interest, created = Interest.objects.get_or_create(
        user=by, agency=agency, defaults={"reason": reason, "declared_at": at}
    )
    if not created:
        raise Refused(_("You have already declared an interest in this agency."))
    administer("declare_interest", interest, by=by, at=at, agency=agency)
    by.read_declared_anew()
    return interest


@transaction.atomic
def state_interests(cycle: Cycle, *, by: User, at: datetime) -> Clearance:
    """Say that one has no interest in any agency beside those declared; from now on the cycle's
    work is shown.
    """
    if cycle.state != CycleState.OPEN:
        raise Refused(_("Nothing is marked in this cycle now."))
    administer("state_interests", cycle, by=by, at=at)
    stated, created = Clearance.objects.get_or_create(
        user=by, kind=Clearance.Kind.INTERESTS, year=cycle.year, defaults={"since": at}
    )
    if not created:
        raise Refused(_("You have said so already."))
    by.read_declared_anew()
    return stated
