"""Which assessors may not mark yet, because their calibration is not done."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from agencies.models import Clearance, User
from agencies.roles import SCORERS, Role
from cycles.models import Cycle
from cycles.workflow import CycleState
from submissions.models import Block
from submissions.workflow import BlockState

AT_ONCE = 10
"""Reference lines of one sitting."""


class Waiting(NamedTuple):
    """A cycle of whose lines somebody is shown nothing yet, and why not; the blocks that wait there
    unseen.
    """

    cycle: Cycle
    states_interests: bool
    trains: bool
    marks: bool = True
    blocks: int = 0


def waiting_for(user: User, cycles: Iterable[Cycle], at: datetime) -> list[Waiting]:
    """Find those of the cycles for which a scorer is not cleared; no query of its own."""
    marks, trained = user.holds(Role.ASSESSOR, at=at), user.cleared_years(Clearance.Kind.TRAINING)
    if not user.holds(*SCORERS, at=at):
        return []
    waiting = [
        Waiting(
            c,
            states_interests=not user.has_stated_interests(c),
            trains=marks and bool(c.calibration_percent) and c.year not in trained,
            marks=marks,
        )
        for c in cycles
        if c.state == CycleState.OPEN
    ]
    return [w for w in waiting if w.states_interests or w.trains]


def waiting_with_blocks(user: User, at: datetime) -> list[Waiting]:
    """List all that an assessor is not cleared for, latest first, with the blocks that wait; two
    queries.
    """
    waiting = waiting_for(user, Cycle.objects.filter(state=CycleState.OPEN).order_by("-year"), at)
    held = Block.objects.held_by(user, at).filter(
        cycle__in=[w.cycle for w in waiting], state=BlockState.OPEN
    )
    counted = Counter(held.values_list("cycle_id", flat=True))
    return [w._replace(blocks=counted[w.cycle.pk]) for w in waiting]
