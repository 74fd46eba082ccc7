"""The parameters of scoring methods: how each is typed, kept as JSON and checked in a sheet."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale, language, parse_decimal
from cycles.ui.fields import DayField, NumberField, PersianTextField
from indicators.scoring.exact import Params, exactly, number, parse_fraction

MOST_ITEMS = 500
MOST_ROWS = 100
MOST_LETTERS = 200

# --- How they are typed -------------------------------------------------------------------------


def plain(value: Decimal) -> int | str:
    """Turn a number into what JSON keeps exactly."""
    return int(value) if value == value.to_integral_value() else str(value)


def _number_text(value: Any) -> str:
    """Write a number as it may be typed again, in the reader's digits."""
    return in_locale(Decimal(str(value))).replace(",", "").replace("٬", "")


def number_field(label: Any, help_text: Any, **limits: Any) -> NumberField:
    digits = {"max_digits": 28, "decimal_places": 8}
    return NumberField(label=label, required=False, help_text=help_text, **(digits | limits))


class PairsField(PersianTextField):
    """Rows of two numbers as "limit:percent": "0:100, 7:70, 14:40"."""

    default_error_messages = {
        "pairs": _("Write each as number:percent, from the best: 0:100, 7:70, 14:40.")
    }

    def clean(self, value: Any) -> list[list[Any]]:
        text = super().clean(value)
        rows = []
        for part in filter(str.strip, re.split(r"[,،;؛\n]", text)):
            limit, _colon, percent = part.partition(":")
            try:
                rows.append([plain(parse_decimal(limit)), plain(parse_decimal(percent))])
            except ValueError as error:
                raise forms.ValidationError(self.error_messages["pairs"], code="pairs") from error
        return rows


def pairs_text(rows: Sequence[Sequence[Any]]) -> str:
    comma = "، " if (language()).startswith("fa") else ", "
    return comma.join(":".join(map(_number_text, row)) for row in rows)


class RowsField(PersianTextField):
    """Rows of a percent and words, one a line: "67 | تا حد زیاد | To a large extent"."""

    default_error_messages = {
        "rows": _(
            "Line %(line)s is not “percent | words in Persian | words in English”, such as 67 | "
            "خوب | Good."
        )
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(lines=True, **kwargs)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = filter(str.strip, super().clean(value).splitlines())
        return [self._row(line, number) for number, line in enumerate(lines, 1)]

    def _row(self, line: str, number: int) -> dict[str, Any]:
        percent, *words = (part.strip() for part in line.split("|"))
        try:
            if len(words) not in (1, 2) or not words[0]:
                raise ValueError("no words")
            worth = plain(parse_decimal(percent))
        except ValueError as error:
            params = {"line": in_locale(number)}
            raise forms.ValidationError(
                self.error_messages["rows"], code="rows", params=params
            ) from error
        return {"percent": worth, "fa": words[0], "en": words[1] if len(words) > 1 else ""}


# --- The kinds of parameters --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter. `is_column`: it is a field of the measure itself and not in its `params`."""

    name: str
    label: str | Promise
    help_text: str | Promise = ""
    is_needed: bool = True
    is_column: bool = False

    def field(self) -> forms.Field | None:
        """Make the field in which it is typed; None where the measure's own field serves."""
        return None

    def initial(self, kept: Any) -> Any:
        """Fill the field in which a measure with this parameter is edited."""
        return kept

    def fits(self, value: Any) -> bool:
        """Tell whether a value of a sheet's cell is of the kind and size that can be checked."""
        return isinstance(value, str) and len(value) <= MOST_LETTERS

    def thresholds(self, kept: Any) -> Iterator[Fraction]:
        """List the numbers that a value is measured against."""
        yield from ()


@dataclass(frozen=True, kw_only=True)
class NumberParameter(Parameter):
    field_label: str | Promise = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    is_threshold: bool = True

    def field(self) -> forms.Field | None:
        if self.is_column:
            return None
        return number_field(self.field_label or self.label, self.help_text, **self.limits)

    def initial(self, kept: Any) -> Decimal:
        return Decimal(str(kept))

    def fits(self, value: Any) -> bool:
        return _are_numbers([value])

    def thresholds(self, kept: Any) -> Iterator[Fraction]:
        if self.is_threshold and kept is not None:
            yield exactly(kept)


@dataclass(frozen=True, kw_only=True)
class CountParameter(Parameter):
    """A whole number of things."""

    most: int

    def field(self) -> forms.Field:
        limits = {"decimal_places": 0, "min_value": 1, "max_value": self.most}
        return number_field(self.label, self.help_text, **limits)

    def fits(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True, kw_only=True)
class ItemsParameter(CountParameter):
    """How many items there are, or a list of objects that may have a `weight`."""

    def initial(self, kept: Any) -> int:
        return kept if isinstance(kept, int) else len(kept)

    def fits(self, value: Any) -> bool:
        if isinstance(value, int):
            return not isinstance(value, bool) and 1 <= value <= self.most
        if not isinstance(value, list) or not 1 <= len(value) <= self.most:
            return False
        return all(isinstance(i, dict) and _are_numbers([i.get("weight", 1)]) for i in value)


@dataclass(frozen=True, kw_only=True)
class PairsParameter(Parameter):
    """Rows of two numbers."""

    def field(self) -> forms.Field:
        return PairsField(label=self.label, required=False, help_text=self.help_text)

    def initial(self, kept: Any) -> str:
        return pairs_text(kept)

    def fits(self, value: Any) -> bool:
        if not isinstance(value, list) or len(value) > MOST_ROWS:
            return False
        return all(isinstance(row, list) and len(row) == 2 and _are_numbers(row) for row in value)

    def thresholds(self, kept: Any) -> Iterator[Fraction]:
        for limit, _percent in kept or ():
            yield exactly(limit)


@dataclass(frozen=True, kw_only=True)
class RowsParameter(Parameter):
    """Rows of a percent and words."""

    def field(self) -> forms.Field:
        return RowsField(label=self.label, required=False, help_text=self.help_text)

    def initial(self, kept: Any) -> str:
        parts = ((_number_text(row["percent"]), row["fa"], row.get("en")) for row in kept)
        return "\n".join(" | ".join(filter(None, part)) for part in parts)

    def fits(self, value: Any) -> bool:
        if not isinstance(value, list) or len(value) > MOST_ROWS:
            return False
        return all(isinstance(row, dict) and _is_worded(row) for row in value)


@dataclass(frozen=True, kw_only=True)
class FlagParameter(Parameter):
    is_needed: bool = False

    def field(self) -> forms.Field:
        words: dict[str, Any] = {"label": self.label, "help_text": self.help_text}
        return forms.BooleanField(required=False, **words)

    def fits(self, value: Any) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True, kw_only=True)
class TextParameter(Parameter):
    def field(self) -> forms.Field:
        return PersianTextField(
            label=self.label, required=False, max_length=MOST_LETTERS, help_text=self.help_text
        )


@dataclass(frozen=True, kw_only=True)
class DayParameter(Parameter):
    def field(self) -> forms.Field:
        return DayField(label=self.label, required=False)

    def initial(self, kept: Any) -> date:
        return date.fromisoformat(kept)


def _is_worded(row: dict[str, Any]) -> bool:
    return (
        row.keys() <= {"percent", "fa", "en"}
        and _are_numbers([row.get("percent")])
        and isinstance(row.get("fa", ""), str)
        and isinstance(row.get("en", ""), str)
    )


def _are_numbers(values: Iterable[Any]) -> bool:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return False
        try:
            parse_decimal(str(value))  # refuses an exponent
            parse_fraction(str(value))  # refuses thousands
        except ValueError:
            return False
    return True


# --- Those of several methods, and what is wrong with them --------------------------------------

TARGET = NumberParameter(name="target", label=_("Target"), is_column=True)
FLOOR = NumberParameter(name="floor", label=_("Floor"), is_column=True)
BASE = NumberParameter(name="base", label=_("Baseline"), is_column=True)
DIRECTION = Parameter(name="direction", label=_("Direction"), is_needed=False)
"""The measure's own direction, which is kept among the parameters as well."""


def not_numbers(params: Params, *expected: NumberParameter) -> list[str]:
    """Say which of these parameters are no numbers, a sentence each."""
    errors = []
    for each in expected:
        try:
            number(params, each.name)
        except (KeyError, ValueError):
            errors.append(gettext("“%(name)s” must be a number.") % {"name": each.label})
    return errors


def wrong_direction(params: Params) -> list[str]:
    if params.get("direction", "lower") in ("lower", "higher"):
        return []
    return [gettext("The direction must be “lower” or “higher”.")]
