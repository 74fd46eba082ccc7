"""When things happen, who takes part, what is on record, and who is told."""

from cycles.models.nominations import Nomination
from cycles.models.record import Channel, Delivery, Entry, Seal, Verification
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
    "Channel",
    "Cycle",
    "Delivery",
    "Entry",
    "Extension",
    "Group",
    "Holiday",
    "Nomination",
    "Participation",
    "Seal",
    "TieRule",
    "Verification",
    "Window",
]
