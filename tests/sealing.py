"""Seals in tests."""

from datetime import datetime

from cycles.models import Seal
from cycles.record import seals


def sealed(at: datetime) -> Seal | None:
    """A seal over all rows there are."""
    return seals.seal(at=at)
