"""When things happen, who takes part, what is on record, and who is told."""

from cycles.models.cycles import (
    PRACTICE,
    RULES,
    Analysis,
    Cycle,
    Group,
    Holiday,
    Participation,
    TieRule,
)
from cycles.models.faults import Fault
from cycles.models.jobs import UNFINISHED, Job, Reason
from cycles.models.multiranges import SpansField
from cycles.models.nominations import Nomination
from cycles.models.papers import Paper
from cycles.models.record import Channel, Delivery, Entry, Seal, Unsealed, Verification
from cycles.models.register import ChangeKind, LegalBasis, RegisterChange
from cycles.models.reserve import CacheReserve, PasswordLetter
from cycles.models.windows import Extension, Window

__all__ = [
    "PRACTICE",
    "RULES",
    "UNFINISHED",
    "Analysis",
    "CacheReserve",
    "ChangeKind",
    "Channel",
    "Cycle",
    "Delivery",
    "Entry",
    "Extension",
    "Fault",
    "Group",
    "Holiday",
    "Job",
    "LegalBasis",
    "Nomination",
    "Paper",
    "Participation",
    "PasswordLetter",
    "Reason",
    "RegisterChange",
    "Seal",
    "SpansField",
    "TieRule",
    "Unsealed",
    "Verification",
    "Window",
]
