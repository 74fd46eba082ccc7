"""The day of a world."""

from typing import Any

from cycles.calendar import TEHRAN
from tests.factories import World


def today(w: World) -> Any:
    return w.at.astimezone(TEHRAN).date()
