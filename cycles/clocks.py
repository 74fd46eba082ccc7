"""Whether this machine's clock may be believed: against the database's, and against time that
nobody can set.
"""

import time
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=2)
"""How far clocks may lie apart."""

AT_ONCE = timedelta(seconds=0.1)
"""How far apart two looks may be that count as one."""

_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def apart(other: datetime, began: datetime, ended: datetime) -> timedelta:
    """Measure how far another clock is ahead of ours, which showed these moments before and after
    it was read.
    """
    if other < began:
        return other - began
    return max(other - ended, timedelta())


def since_boot() -> timedelta:
    """Read the time since the machine began, which runs on while it sleeps and is never set."""
    return timedelta(seconds=time.clock_gettime(_SINCE_BOOT))


def ahead_of_boot() -> timedelta:
    """Measure how far the clock is ahead of the time since the machine began.

    Only setting the clock changes this; when it is slewed, both go along.
    """
    while True:
        before, shown, after = since_boot(), timedelta(seconds=time.time()), since_boot()
        if after - before < AT_ONCE:  # else this process was put to sleep between two looks
            return shown - after


class Steadiness:
    """How far this machine's clock has been set since a moment at which it was right."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Take the clock as right now."""
        self._was, self._began = ahead_of_boot(), since_boot()
        self.is_suspect = False
        """Whether an act has found this clock apart from the database's."""

    @property
    def set_by(self) -> timedelta:
        return ahead_of_boot() - self._was

    @property
    def age(self) -> timedelta:
        """Measure how long ago the clock was taken as right."""
        return since_boot() - self._began

    @property
    def is_doubtful(self) -> bool:
        return self.is_suspect or abs(self.set_by) > TOLERANCE


ours = Steadiness()
"""Of this process."""
