"""Jobs that do harm, for the drills alone: one wants more memory than there is, one kills its own
process.
"""

import os
import signal

from cycles.jobs.kinds import HEAVY, Tell, kind
from cycles.models import Cycle

HUNGER = 4 * 2**30


@kind("hungry", label="Hungry", queue=HEAVY, attempts=2, lease=10, unfinished=Cycle.objects.none)
def eat(cycle: int, tell: Tell) -> None:
    tell("eat", 50)
    bytearray(HUNGER)


@kind("poison", label="Poison", queue=HEAVY, attempts=3, lease=30, unfinished=Cycle.objects.none)
def die(cycle: int, tell: Tell) -> None:
    tell("die", 50)
    os.kill(os.getpid(), signal.SIGKILL)


@kind("sound", label="Sound", queue=HEAVY, attempts=1, lease=30, unfinished=Cycle.objects.none)
def work(cycle: int, tell: Tell) -> None:
    tell("work", 50)
