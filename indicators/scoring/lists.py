"""Methods that score by a list: rows of two numbers, or rows of a percent and words."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext

from agencies.persian import in_locale, language
from indicators.scoring.exact import ZERO, Params, exactly, in_digits
from indicators.scoring.method import Method, join_with_commas
from indicators.scoring.value_bounds import ValueBounds


def pairs(rows: Any) -> tuple[list[Fraction], list[Fraction]]:
    """Part rows of two numbers into the first and the second ones; ValueError when they are not
    that, or when there is none.
    """
    try:
        found = [(exactly(first), exactly(second)) for first, second in rows]
    except TypeError as error:
        raise ValueError("not rows of two") from error
    if not found:
        raise ValueError("no row")
    return [first for first, _second in found], [second for _first, second in found]


def falls_within(percents: Sequence[Fraction]) -> bool:
    """Tell whether percents lie between 0 and 100 and never rise."""
    falls = all(earlier >= later for earlier, later in pairwise(percents))
    return falls and all(0 <= percent <= 100 for percent in percents)


def worths(rows: Any) -> list[Fraction]:
    """Read the percents of rows with words, the English optional; ValueError when a row lacks
    either, or there are not two.
    """
    try:
        found = [exactly(row["percent"]) for row in rows if str(row["fa"]).strip()]
    except (TypeError, KeyError) as error:
        raise ValueError("not rows of words and a percent") from error
    if len(found) < max(len(rows), 2):
        raise ValueError("too few")
    return found


class ChosenRow(Method):
    """The percent of the row whose number, from 0, is the value."""

    def chosen_row(self, value: Fraction, params: Params) -> Mapping[str, Any] | None:
        """Find the row whose number is the value; None where no row has it."""
        rows: Sequence[Mapping[str, Any]] = params[self.rows]
        if value.denominator == 1 and 0 <= value < len(rows):
            return rows[int(value)]
        return None

    def fixed_bounds(self, params: Params) -> ValueBounds:
        return ValueBounds(ZERO, Fraction(len(params[self.rows]) - 1))

    def unfit(self, value: Decimal, params: Params) -> str:
        if self.chosen_row(Fraction(value), params):
            return ""
        return gettext("Give the number of one of these: %(rows)s") % {
            "rows": self.about(params, bare=True)
        }

    def choices(self, params: Params) -> list[tuple[str, str]]:
        return [(str(place), _words_of(row)) for place, row in enumerate(params[self.rows])]

    def own_words(self, value: Decimal, params: Params) -> dict[str, str]:
        row = self.chosen_row(Fraction(value), params)
        return {"name": _words_of(row) if row else "—"}

    def about(self, params: Params, *, bare: bool) -> str:
        return join_with_commas(self._rows_in_words(params))

    def _rows_in_words(self, params: Params) -> Iterator[str]:
        for place, row in enumerate(params[self.rows]):
            yield gettext("%(number)s = %(name)s (%(percent)s%%)") % {
                "number": in_locale(place),
                "name": _words_of(row),
                "percent": in_digits(exactly(row["percent"])),
            }


def _words_of(row: Mapping[str, Any]) -> str:
    return str(row["fa"] if language() == "fa" else row.get("en") or row["fa"])
