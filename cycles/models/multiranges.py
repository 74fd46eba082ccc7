"""A field of row keys as PostgreSQL's multirange of them."""

import re
from collections.abc import Iterable

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Span = tuple[int, int]
"""The first and the last of keys that follow each other without a gap."""


class Spans(list[Span]):
    """Keys as spans."""

    def add(self, key: int) -> None:
        """Add a key, by the one before it if it follows that."""
        if self and key == self[-1][1] + 1:
            self[-1] = (self[-1][0], key)
        else:
            self.append((key, key))


def as_multirange(spans: Iterable[Span]) -> str:
    """Write spans as PostgreSQL reads them."""
    return "{" + ",".join(f"[{first},{last}]" for first, last in spans) + "}"


class SpansField(models.Field):
    """Row keys as a list of spans, kept as an `int8multirange`."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "int8multirange"

    def from_db_value(
        self, value: str | None, _expression: object, _connection: BaseDatabaseWrapper
    ) -> list[Span]:
        bounds = re.findall(r"\[(-?\d+),(-?\d+)\)", value or "")
        return [(int(lower), int(upper) - 1) for lower, upper in bounds]

    def get_prep_value(self, value: Iterable[Span]) -> str:
        return as_multirange(value)
