"""The figures of the Article 82 report: the names by which texts set them, and every fact as plain
data with the statements by which it was read, so that whoever has the database reads it again, and
everybody else has it to compare.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import ParamSpec, TypedDict, TypeVar

from django.db.models import Model
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.json_values import JsonValue
from agencies.persian import format_number
from agencies.statements import note_statements
from cycles.engine import ledger
from festival.duties.catalogue import Duty
from festival.models import Edition, Standing
from festival.report.contents import Facts

FILE = "figures.json"
"""By what name the figures are attached to the report's archive copy."""

P = ParamSpec("P")
T = TypeVar("T")


class Fact(TypedDict):
    """A fact as JSON holds it, with the statements by which it was read."""

    value: JsonValue
    queries: list[str]


# --- Where they come from -----------------------------------------------------------------------


CURSOR = re.compile(r"^DECLARE .*? HOLD FOR ")
"""What stands before a statement that is read in portions."""


class Trace:
    """Reads facts and notes the statements by which each is read."""

    def __init__(self) -> None:
        self.queries: dict[str, list[str]] = {}

    def __call__(
        self, names: Sequence[str], read: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call `read` and keep the statements that it sends to the database under these names."""
        with note_statements() as asked:
            value = read(*args, **kwargs)
        whole = [CURSOR.sub("", statement) for statement in asked]
        for name in names:
            self.queries.setdefault(name, []).extend(whole)
        return value


def record(facts: Facts) -> dict[str, Fact]:
    """Write every fact by its name, with the statements by which it was read."""
    with translation.override("fa"):
        return {
            field.name: {
                "value": plain(getattr(facts, field.name)),
                "queries": facts.queries[field.name],
            }
            for field in fields(facts)
            if field.name in facts.queries
        }


def plain(value: object) -> JsonValue:
    """Write a fact as JSON holds it: decimals as text, moments in UTC, rows of the database by
    their codes or keys.
    """
    if isinstance(value, Standing):
        return value.participation.agency.code
    if isinstance(value, Duty):
        return str(value.code)
    if isinstance(value, Model):
        name: JsonValue = getattr(value, "code", value.pk)
        return name
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Promise) else ledger.plain(value)


def figures_file(held: Mapping[str, Fact], *, edition: Edition, at: datetime) -> bytes:
    """Write the file of figures that is attached to the archive copy."""
    heading = {
        "year": edition.cycle.year,
        "edition": edition.number,
        "digest": edition.digest,
        "at": ledger.plain(at),
    }
    return json.dumps(heading | {"facts": held}, ensure_ascii=False, indent=1).encode()


def differing_figures(one: Mapping[str, Fact], other: Mapping[str, Fact]) -> list[str]:
    """Name the facts whose values differ between two gatherings."""
    names = sorted(one.keys() | other.keys())
    return [name for name in names if _value(one, name) != _value(other, name)]


def _value(facts: Mapping[str, Fact], name: str) -> JsonValue:
    return facts[name]["value"] if name in facts else None


# --- Names in texts -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """One figure that a text may set by its name: what it is, how it is read from the facts, with
    how many places.
    """

    label: str | Promise
    read: Callable[[Facts], Decimal | int | str | None]
    places: int | None = None

    def in_words(self, facts: Facts) -> str:
        """Write the figure in the active language's digits; a dash for none."""
        value = self.read(facts)
        return (
            value
            if isinstance(value, str)
            else format_number(value, get_language() or "", self.places)
        )


FIGURES: dict[str, Figure] = {
    "year": Figure(_("The year assessed"), lambda f: f.edition.cycle.label),
    "participants": Figure(_("Agencies due to be assessed"), lambda f: f.participants),
    "submitted": Figure(_("Agencies that submitted"), lambda f: f.submitted),
    "not_submitted": Figure(_("Agencies that submitted nothing"), lambda f: len(f.not_submitted)),
    "mean": Figure(_("Mean percent attained"), lambda f: f.mean, 2),
    "below_average": Figure(_("Agencies below average"), lambda f: f.below_average),
    "mean_growth": Figure(_("Mean growth, percentage points"), lambda f: f.mean_growth, 2),
    "grown": Figure(_("Agencies that rose"), lambda f: f.grown),
    "fallen": Figure(_("Agencies that fell"), lambda f: f.fallen),
    "lines": Figure(_("Lines assessed"), lambda f: f.lines["all"]),
    "scored": Figure(_("Lines scored"), lambda f: f.lines["scored"]),
    "not_answered": Figure(_("Lines not answered"), lambda f: f.lines["not_answered"]),
    "not_applicable": Figure(_("Lines not applicable"), lambda f: f.lines["not_applicable"]),
    "specific_sets": Figure(_("Agencies with specific indicators"), lambda f: f.specific_sets),
    "declared": Figure(_("Declarations under Article 81"), lambda f: f.declared.count),
    "confirmed": Figure(_("Declarations confirmed"), lambda f: f.declared.confirmed),
    "rejected": Figure(_("Declarations rejected"), lambda f: f.declared.rejected),
    "unjudged": Figure(_("Declarations not judged"), lambda f: f.declared.unjudged_count),
    "behind": Figure(_("Specific lines behind target"), lambda f: f.behind.behind),
    "specific_lines": Figure(_("Lines of specific indicators"), lambda f: f.behind.lines),
    "behind_percent": Figure(
        _("Specific lines behind target, percent"), lambda f: f.behind.percent, 2
    ),
    "behind_empty": Figure(
        _("Specific lines behind target, not answered"), lambda f: f.behind.not_answered
    ),
    "appeals": Figure(_("Appeals filed"), lambda f: f.appeals.filed),
    "upheld": Figure(_("Appeals upheld"), lambda f: f.appeals.upheld),
    "partly": Figure(_("Appeals upheld in part"), lambda f: f.appeals.partly),
    "dismissed": Figure(_("Appeals dismissed"), lambda f: f.appeals.dismissed),
    "inadmissible": Figure(_("Appeals inadmissible"), lambda f: f.appeals.inadmissible),
    "points_moved": Figure(_("Points moved by decisions"), lambda f: f.appeals.points_moved, 2),
    "provinces": Figure(_("Provinces with units"), lambda f: len(f.provinces)),
}
"""What may stand in braces in a text of the report."""
