"""What tests need of the register's changes: one recorded by the administrator, and the clock that
follows it.
"""

from datetime import date, timedelta
from typing import Any

from agencies.models import Agency
from appeals.reorganisation import actions as appeals
from cycles.calendar import day_of
from cycles.models import RegisterChange
from cycles.reorganisation import actions
from submissions.reorganisation import actions as submissions
from tests.factories import World

BASIS = {"legal_basis": "قانون ساختار دولت", "letter": "۱۲/۳۴", "dated_on": date(2019, 12, 1)}


def change(
    w: World, agency: Agency, kind: str = "dissolved", *, days: int = 0, **facts: Any
) -> RegisterChange:
    """A change of one agency so many days after the world's moment, recorded at it."""
    day = day_of(w.at) + timedelta(days=days)
    facts = BASIS | {"effective_on": day} | facts
    return actions.record_change([agency], kind=kind, by=w.administrator, at=w.at, **facts)[0]


def let_the_clock_follow(w: World) -> None:
    """End what agencies that have ended had in hand, as the scheduler does every minute."""
    submissions.end_with_agencies(at=w.at)
    appeals.end_with_agencies(at=w.at)


def waiting_change(w: World) -> RegisterChange:
    """A new name of the power ministry whose day is far off."""
    found = RegisterChange.objects.filter(agency=w.power, state="recorded").first()
    return found or change(w, w.power, "renamed", days=9999, name_fa="وزارت انرژی")
