"""What a set says, field by field: its hash, what changed in it, how it differs from another, and
that in words.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale, parse_decimal
from indicators.models import Axis, Goal, Indicator, IndicatorSet, Law, Measure

FIELDS: dict[str, str | Promise] = {
    "code": _("Code"),
    "title_fa": _("Title in Persian"),
    "title_en": _("Title in English"),
    "definition_fa": _("Definition in Persian"),
    "definition_en": _("Definition in English"),
    "points": _("Points"),
    "unit_fa": _("Unit in Persian"),
    "unit_en": _("Unit in English"),
    "direction": _("Direction"),
    "method": _("Method"),
    "params": _("Parameters of the method"),
    "base": _("Baseline"),
    "floor": _("Floor"),
    "target": _("Target"),
    "lowest": _("Lowest possible value"),
    "highest": _("Highest possible value"),
    "is_additive": _("Parts add up"),
    "evidence_rule": _("Evidence rule"),
    "evidence_fa": _("Evidence asked for, in Persian"),
    "evidence_en": _("Evidence asked for, in English"),
    "law": _("Act of law"),
    "article": _("Article"),
    "legal_basis": _("Legal basis"),
    "source": _("Where it comes from"),
    "result_level": _("Level of result"),
    "dimension": _("Dimension"),
    "perspective": _("Scorecard perspective"),
    "caf_criterion": _("CAF criterion"),
    "budget_line": _("Budget line"),
    "responsible_unit": _("Responsible unit"),
    "responsible_post": _("Responsible post"),
    "resources": _("Resources"),
    "trend": _("Trend"),
    "influence": _("Influence of the agency"),
    "feedback": _("How often a value can be had"),
    "ideal": _("Ideal measure"),
    "compromise": _("Compromise"),
    "links": _("Linked measures"),
    "is_pilot": _("In its trial year"),
}
"""What a measure says of itself. Its place in the tiers and its goal are named beside these,
`plain` adds them.
"""

WHERE_SAID = ("lowest", "highest")
"""Fields named only where they are said, so that the hashes of sets frozen before there were such
fields hold.
"""

PLACES: dict[str, str | Promise] = {
    "axis": _("Axis"),
    "indicator": _("Indicator"),
    "goal": _("Goal"),
}
LABELS: dict[str, str | Promise] = {**FIELDS, **PLACES}


def canonical(value: object) -> object:
    """Write a field's value as JSON holds it, equal for equal values however they were typed."""
    match value:
        case Decimal():
            return format(value.normalize(), "f")
        case UUID():
            return str(value)
        case list() | tuple():
            return [canonical(v) for v in value]
        case _:
            return value


def describe_tier(thing: Axis | Indicator | Goal) -> list[str]:
    """Write a tier or a goal as JSON holds it: its code and titles, and of a goal what it is and
    where it comes from.
    """
    words = [thing.code, thing.title_fa, thing.title_en]
    return (
        [*words, thing.type, thing.source, thing.law, thing.article]
        if isinstance(thing, Goal)
        else words
    )


def plain(measure: Measure) -> dict[str, object]:
    """Write all that a measure says (its tiers and goal loaded), as JSON holds it."""
    fields: dict[str, object] = {name: canonical(getattr(measure, name)) for name in FIELDS}
    for name in WHERE_SAID:
        if fields[name] is None:
            del fields[name]
    indicator, goal = measure.indicator, measure.goal
    return fields | {
        "axis": describe_tier(indicator.axis),
        "indicator": describe_tier(indicator),
        "goal": describe_tier(goal) if goal else None,
    }


def content_hash(indicator_set: IndicatorSet) -> str:
    """Compute the SHA-256 of all that a set asks, in canonical JSON; equal content, equal hash,
    whatever the year.
    """
    rows = [plain(m) for m in Measure.objects.of(indicator_set).for_list()]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def changed_fields(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, list[object]]:
    """Find the fields that differ: {field: [before, after]}."""
    names = dict.fromkeys((*before, *after))
    return {n: [before.get(n), after.get(n)] for n in names if before.get(n) != after.get(n)}


# --- Two sets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AlteredMeasure:
    """A measure that stands in both sets, with the fields that differ."""

    before: Measure
    after: Measure
    fields: Mapping[str, list[object]]


@dataclass(frozen=True)
class Difference:
    """How a set differs from an earlier one; a measure is the same where its lineage is."""

    added: tuple[Measure, ...]
    removed: tuple[Measure, ...]
    altered: tuple[AlteredMeasure, ...]
    unchanged: int

    @property
    def is_none(self) -> bool:
        return not (self.added or self.removed or self.altered)


def difference(before: Iterable[Measure], after: Iterable[Measure]) -> Difference:
    """Find what was added, removed and altered between two sets' measures (`for_list`)."""
    old = {m.lineage: m for m in before}
    new = {m.lineage: m for m in after}
    both = [(old[key], m) for key, m in new.items() if key in old]
    altered = [
        AlteredMeasure(b, a, fields)
        for b, a in both
        if (fields := changed_fields(plain(b), plain(a)))
    ]
    return Difference(
        added=tuple(m for key, m in new.items() if key not in old),
        removed=tuple(m for key, m in old.items() if key not in new),
        altered=tuple(altered),
        unchanged=len(both) - len(altered),
    )


# --- Fields in words ----------------------------------------------------------------------------

CHOICES = {f.name: dict(f.flatchoices) for f in Measure._meta.fields if f.choices}
QUIET = {"links"}  # lineages say nothing to a reader


def altered_in_words(altered: AlteredMeasure) -> list[dict[str, str]]:
    """Say each field that differs, with before and after in the reader's words."""
    return [field_in_words(name, *pair) for name, pair in altered.fields.items()]


def field_in_words(name: str, before: object, after: object) -> dict[str, str]:
    """Say a field, with before and after in the reader's words."""
    label = {
        "shares": gettext("Parts of the agencies"),
        "years": gettext("Issued for"),
        "source": LABELS["source"],
    }.get(name)
    return {
        "label": str(label or LABELS.get(name, name)),
        "before": value(name, before),
        "after": value(name, after),
    }


def _place(held: list[str]) -> str:
    """Name a tier or goal by its title in the reader's language, a goal with the article it comes
    from.
    """
    title = str(held[1] if get_language() == "fa" else held[2] or held[1])
    law, article = (held[5], held[6]) if len(held) > 5 else ("", "")
    return f"{title} · {Law(law).label} {article}" if law else title


def _element(element: object) -> str:
    """Write one element of a list, which may be a row of several values."""
    return " ".join(map(str, element)) if isinstance(element, list) else str(element)


def value(name: str, held: Any) -> str:
    """Say a field's value, as JSON holds it, in the reader's words; "" where there is none."""
    if held in (None, "", [], {}):
        return ""
    if name in QUIET:
        return in_locale(len(held))
    if isinstance(held, bool):
        return gettext("yes") if held else gettext("no")
    if name in CHOICES:
        return str(CHOICES[name].get(held, held))
    if name in PLACES:
        return _place(held)
    if isinstance(held, dict):
        return "، ".join(f"{key}: {part}" for key, part in held.items())
    if isinstance(held, list):
        return " · ".join(map(_element, filter(None, held)))
    try:
        return in_locale(parse_decimal(str(held)))
    except ValueError:
        return str(held)
