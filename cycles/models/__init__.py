"""When things happen, who takes part, what is on record, and who is told."""

from cycles.models.record import Channel, Delivery, Entry, Seal, Verification
from cycles.models.reserve import CacheReserve, PasswordLetter
from cycles.models.years import (
    PRACTICE,
    RULES,
    Analysis,
    Cycle,
    Extension,
    Group,
    Holiday,
    Participation,
    TieRule,
    Window,
)

__all__ = [
    "PRACTICE",
    "RULES",
    "Analysis",
    "CacheReserve",
    "Channel",
    "Cycle",
    "Delivery",
    "Entry",
    "Extension",
    "Group",
    "Holiday",
    "Participation",
    "PasswordLetter",
    "Seal",
    "TieRule",
    "Verification",
    "Window",
]
