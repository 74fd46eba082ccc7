"""What every scoring method says of itself: its parameters, the share that a value earns, and that
in words.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from agencies.persian import in_locale
from indicators.scoring.exact import ONE, ZERO, Params, exactly, in_digits
from indicators.scoring.parameters import NumberParameter, Parameter
from indicators.scoring.rounding import PLACES, SHOWN_PLACES, decimal, half_up
from indicators.scoring.value_bounds import ValueBounds


class Method(ABC):
    """One way to score; a subclass a method.

    `numbers` is the formula with an answer's numbers, which `words` gives. A share is a pure
    number, 1 being the whole ceiling; it may lie below 0 or above 1: `points` limits it and rounds
    once.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    formula: ClassVar[str | Promise]
    numbers: ClassVar[str | Promise]
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    rows: ClassVar[str] = ""
    """The parameter that lists what may be chosen, where the value is the number of a row."""

    may_be_negative: ClassVar[bool] = False

    @abstractmethod
    def share(self, value: Fraction, params: Params) -> Fraction:
        """Compute exactly the part of the ceiling that a value earns."""

    def check(self, params: Params) -> list[str]:
        """Say what is wrong with the parameters, in sentences for whoever typed them."""
        return []

    def fixed_bounds(self, params: Params) -> ValueBounds | None:
        """Give the bounds between which every value lies; None where the measure decides."""
        return None

    @property
    def needs(self) -> tuple[str, ...]:
        """The parameters without which it gives no points."""
        return tuple(each.name for each in self.parameters if each.is_needed)

    @property
    def takes(self) -> tuple[str, ...]:
        """What of what is typed goes into the `params` of a measure."""
        return tuple(each.name for each in self.parameters if not each.is_column)

    def points(self, value: Decimal, *, ceiling: Decimal, params: Params) -> Decimal:
        """Compute the points of a value, from 0 to the ceiling, to 10 places."""
        share = self.share(Fraction(value), params)
        if share.numerator <= 0:
            return half_up(Decimal(0), PLACES)
        if share.numerator >= share.denominator:
            return half_up(ceiling, PLACES)
        return decimal(Fraction(ceiling) * share)

    def unfit(self, value: Decimal, params: Params) -> str:
        """Say in a sentence why the value cannot be one of this method's; "" when it can."""
        return ""

    def choices(self, params: Params) -> list[tuple[str, str]]:
        """List what may be chosen, where the value is the number of a row: each number with its
        words; else nothing.
        """
        return []

    # --- In words -------------------------------------------------------------------------------

    def explain(
        self, value: Decimal | None, ceiling: Decimal, params: Params, language: str
    ) -> str:
        """Write the formula with this answer's numbers and the points they give, in `language`;
        bare without a value.
        """
        with override(language):
            sentence = str(self.formula)
            if value is not None:
                sentence = self.sentence(value, self._words(value, ceiling, params), params)
            about = self.about(params, bare=value is None)
            if not about:
                return sentence
            return gettext("%(sentence)s; %(about)s") % {"sentence": sentence, "about": about}

    def sentence(self, value: Decimal, words: dict[str, str], params: Params) -> str:
        """Write the numbers of an answer and the points they give."""
        share = self.share(Fraction(value), params)
        words["sum"] = str(self.numbers) % words
        if share > ONE:
            return gettext("%(sum)s is more than the ceiling, so %(points)s points") % words
        if share < ZERO:
            return gettext("%(sum)s is less than zero, so %(points)s points") % words
        return gettext("%(sum)s = %(points)s points") % words

    def _words(self, value: Decimal, ceiling: Decimal, params: Params) -> dict[str, str]:
        words = {
            "value": in_locale(value),
            "ceiling": in_locale(ceiling),
            "percent": in_digits(self.share(Fraction(value), params) * 100),
            "points": in_locale(self.points(value, ceiling=ceiling, params=params), SHOWN_PLACES),
        }
        for each in self.parameters:
            if isinstance(each, NumberParameter) and each.name in params:
                words[each.name] = in_digits(exactly(params[each.name]))
        return words | self.own_words(value, params)

    def own_words(self, value: Decimal, params: Params) -> dict[str, str]:
        """Give the words that `numbers` names besides value, ceiling, points and parameters."""
        return {}

    def about(self, params: Params, *, bare: bool) -> str:
        """Name the list or the limits by which the method scores, or the source of its figure; ""
        where all is said. `bare`: no value is told beside it.
        """
        return ""

    def limits_in_words(self, params: Params) -> Iterator[str]:
        """List the numbers that the method needs, each with its label."""
        for each in self.parameters:
            if each.is_needed:
                yield f"{each.label} {in_digits(exactly(params[each.name]))}"


def join_with_commas(parts: Iterator[str]) -> str:
    return gettext(", ").join(parts)
