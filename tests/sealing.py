"""Seals in tests."""

from datetime import datetime

from cycles import seals
from cycles.models import Seal


def sealed(at: datetime) -> Seal | None:
    """A seal over all rows there are."""
    return seals.seal(at=at)
