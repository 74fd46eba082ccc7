"""The rows and cells of which the dry run of a sheet tells what would become of them."""

from typing import Any, TypedDict


class NewRow(TypedDict):
    """A row that would be added, by its number."""

    row: int
    object: Any


class CellChange(TypedDict):
    """A cell that would change: before and after as files say them, and as the reader does."""

    column: str
    before: str
    after: str
    was: str
    becomes: str


class ChangedRow(NewRow):
    """A row that would be changed, with its cells that would change."""

    changes: list[CellChange]


class RoundedCell(TypedDict):
    """A number that is taken with fewer places than it has in the file."""

    row: int
    column: str
    typed: str
    becomes: str
