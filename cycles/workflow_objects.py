"""The engine's view of an object on which a move is made, and of a window with its decrees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypedDict

from django.db.models import Model
from django.db.models.options import Options

from agencies.roles import AgencyMatter


class CycleMatter(Protocol):
    """An object whose windows are looked for: it belongs to a cycle, and to one agency or none.

    A quarter's report has a `quarter` besides, a line with a window of its own a `line_id`.
    """

    @property
    def cycle_id(self) -> int | None: ...
    @property
    def agency_id(self) -> int | None: ...


class WorkflowObject(CycleMatter, AgencyMatter, Protocol):
    """An object on which a move is made; one whose model has states has a `state` besides."""

    @property
    def pk(self) -> int: ...
    @property
    def _meta(self) -> "Options[Any]": ...


def model_label(obj: Model | WorkflowObject) -> str:
    return obj._meta.label_lower


class Decree(TypedDict):
    """An extension as a window is read with it: for which agency (None: for all), until when (in
    ISO 8601), and the number of the decree.
    """

    agency: int | None
    closes_at: str
    number: str


class ExtendedWindow(Protocol):
    """A stored window, read with the decrees that extend it."""

    @property
    def cycle_id(self) -> int: ...
    @property
    def phase(self) -> str: ...
    @property
    def agency_id(self) -> int | None: ...
    @property
    def quarter(self) -> int: ...
    @property
    def line(self) -> int | None: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def binding(self) -> str: ...
    @property
    def decrees(self) -> Sequence[Decree]: ...


WindowKey = tuple[int | None, str | None, int | None, int, int | None]
"""The keys of a window: cycle, phase, agency, quarter and line."""
