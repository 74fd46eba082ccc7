"""When things happen, who takes part, what is on record, and who is told."""

from cycles.models.record import Channel, Delivery, Entry, Seal, Verification
from cycles.models.years import PRACTICE, Analysis, Cycle, Extension, Group, Holiday, Participation, Window

__all__ = [
    "PRACTICE",
    "Analysis",
    "Channel",
    "Cycle",
    "Delivery",
    "Entry",
    "Extension",
    "Group",
    "Holiday",
    "Participation",
    "Seal",
    "Verification",
    "Window",
]
