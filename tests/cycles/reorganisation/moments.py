"""The day of a world."""

from typing import Any

from cycles.calendar import day_of
from tests.factories import World


def today(w: World) -> Any:
    return day_of(w.at)
