"""What agencies contest, what both sides bring forward, what was decided, and what follows for
others.
"""

from appeals.models.appeals import Appeal, Error, Filing, Ground, with_handlers
from appeals.models.corrections import Correction
from appeals.models.hearing import Attachment, Question

__all__ = [
    "Appeal",
    "Attachment",
    "Correction",
    "Error",
    "Filing",
    "Ground",
    "Question",
    "with_handlers",
]
