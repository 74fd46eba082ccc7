"""Whether this machine's clock may be believed: against the database's, and against time that nobody can set."""

import time
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=2)
"""How far clocks may lie apart."""

_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def apart(other: datetime, began: datetime, ended: datetime) -> timedelta:
    """How far another clock is ahead of ours, which showed these moments before and after it was read."""
    if other < began:
        return other - began
    return max(other - ended, timedelta())


def ahead_of_boot() -> timedelta:
    """How far the clock is ahead of the time since the machine began, which runs on while it sleeps and is never set.

    Only setting the clock changes this; when it is slewed, both go along.
    """
    return timedelta(seconds=time.time() - time.clock_gettime(_SINCE_BOOT))


class Steadiness:
    """How far this machine's clock has been set since a moment at which it was right."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        self._was = ahead_of_boot()
        self.is_suspect = False
        """Whether an act has found this clock apart from the database's."""

    @property
    def set_by(self) -> timedelta:
        return ahead_of_boot() - self._was

    @property
    def is_doubtful(self) -> bool:
        return self.is_suspect or abs(self.set_by) > TOLERANCE


ours = Steadiness()
"""Of this process."""
