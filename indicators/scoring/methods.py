"""Scoring methods: from an actual value to points, as pure functions without a database.

Sources: `points = actual / standard x ceiling`, its inverse where less is better, and "earned may
not exceed the ceiling" are the form of the Council of Ministers' decree 44642/T27701H of 28/10/1381
(http://www.dastour.ir/Brows/?lid=306807). Range, bands, checklist and growth are composed for this
portal; interpolation is the Results-Framework Document's, minmax the Human Development Index's,
options PART's. Points are in the unit of the ceiling and rounded half-up to 10 places.

`formulas.py` has the arithmetic of each, `parameter_checks.py` what may be wrong with its
parameters, and `method_wording.py` those in words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from agencies.persian import localised
from indicators.scoring import formulas, parameter_checks
from indicators.scoring.exact import ONE as WHOLE
from indicators.scoring.exact import ZERO as NOTHING
from indicators.scoring.exact import Rounding
from indicators.scoring.formulas import Params, exactly
from indicators.scoring.method_wording import (
    fraction_in_words,
    in_digits,
    joined,
    limits_in_words,
    row_words,
    rows_in_words,
    survey_in_words,
    targets_in_words,
)

PLACES = 10
SHOWN_PLACES = 2
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
ROUNDED = Rounding(PLACES)
_PRECISION = 60  # ample for numeric(28,8) x numeric(16,10)


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded half away from zero, as PostgreSQL rounds numeric."""
    with localcontext() as context:
        context.prec = _PRECISION
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def rounded(value: Fraction | float, places: int) -> Decimal:
    """A quotient or a statistic as it is shown: rounded half-up, once."""
    return Decimal(f"{Rounding(places).units(Fraction(value))}E-{places}")


def scaled(points: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """points x part / whole, rounded half-up to 10 places."""
    with localcontext() as context:
        context.prec = _PRECISION
        return half_up(points * part / whole, PLACES)


def decimal(value: Fraction) -> Decimal:
    """The fraction as a decimal, rounded half-up to 10 places."""
    return Decimal(f"{ROUNDED.units(value)}E-{PLACES}")


# --- What a method needs, and how it explains itself --------------------------------------------


@dataclass(frozen=True)
class Method:
    """One way to score. `needs` names the parameters; `check` says what is wrong with them, in
    sentences.

    `rows` names the parameter that lists what may be chosen, where the value is the number of a
    row.
    """

    name: str
    label: str | Promise
    formula: str | Promise
    needs: tuple[str, ...]
    share: Callable[[Fraction, Params], Fraction]
    check: Callable[[Params], list[str]]
    numbers: str | Promise
    rows: str = ""

    def unfit(self, value: Decimal, params: Params) -> str:
        """Why the value cannot be one of this method's, in a sentence; "" when it can."""
        if not self.rows or formulas.chosen(Fraction(value), params[self.rows]):
            return ""
        return gettext("Give the number of one of these: %(rows)s") % {
            "rows": rows_in_words(params[self.rows])
        }

    def choices(self, params: Params) -> list[tuple[str, str]]:
        """What may be chosen, where the value is the number of a row: each number with its words;
        else nothing.
        """
        return (
            [(str(place), row_words(row)) for place, row in enumerate(params[self.rows])]
            if self.rows
            else []
        )

    def explain(
        self, value: Decimal | None, ceiling: Decimal, params: Params, language: str
    ) -> str:
        """The formula with this answer's numbers and the points they give, in `language`; bare
        without a value.
        """
        with override(language):
            sentence = str(self.formula) if value is None else self._worked(value, ceiling, params)
            about = self._about(params, bare=value is None)
            return (
                gettext("%(sentence)s; %(about)s") % {"sentence": sentence, "about": about}
                if about
                else sentence
            )

    def _worked(self, value: Decimal, ceiling: Decimal, params: Params) -> str:
        share = self.share(Fraction(value), params)
        words = {
            key: in_digits(exactly(params[key])) for key in parameter_checks.LABELS if key in params
        }
        words |= {
            "value": localised(value),
            "ceiling": localised(ceiling),
            "percent": in_digits(share * 100),
        }
        words["points"] = localised(
            points(self.name, value, ceiling=ceiling, params=params), SHOWN_PLACES
        )
        if self.name == "inverse_linear" and value <= 0:
            return gettext("nothing at all is full points: %(points)s") % words
        if self.name == "checklist":
            words["items"] = in_digits(sum(formulas.item_weights(params), NOTHING))
        if self.name == "minmax":
            words["fraction"] = fraction_in_words(value, params)
        if self.rows:
            row = formulas.chosen(Fraction(value), params[self.rows])
            words["name"] = row_words(row) if row else "—"
        words["sum"] = str(self.numbers) % words
        if share > WHOLE:
            return gettext("%(sum)s is more than the ceiling, so %(points)s points") % words
        if share < NOTHING:
            return gettext("%(sum)s is less than zero, so %(points)s points") % words
        return gettext("%(sum)s = %(points)s points") % words

    def _about(self, params: Params, *, bare: bool) -> str:
        """The list or the limits by which it scores, or where the figure comes from; "" where all
        is said.
        """
        if self.rows:
            return rows_in_words(params[self.rows])
        match self.name:
            case "interpolation":
                return gettext("targets: %(rows)s") % {"rows": joined(targets_in_words(params))}
            case "survey":
                return joined(survey_in_words(params))
            case "minmax" | "points" if bare:
                return joined(limits_in_words(self.needs, params))
            case _:
                return ""


# --- The methods --------------------------------------------------------------------------------

_METHODS = (
    Method(
        name="linear",
        label=_("In proportion to the target"),
        formula=_("ceiling × actual ÷ target"),
        needs=("target",),
        share=formulas.linear,
        check=parameter_checks.ratio,
        numbers=_("%(ceiling)s × %(value)s ÷ %(target)s"),
    ),
    Method(
        name="inverse_linear",
        label=_("In inverse proportion to the target"),
        formula=_("ceiling × target ÷ actual; full when the actual is zero"),
        needs=("target",),
        share=formulas.inverse_linear,
        check=parameter_checks.ratio,
        numbers=_("%(ceiling)s × %(target)s ÷ %(value)s"),
    ),
    Method(
        name="range",
        label=_("Between a floor and the target"),
        formula=_("ceiling × (actual − floor) ÷ (target − floor)"),
        needs=("floor", "target"),
        share=formulas.between,
        check=parameter_checks.between,
        numbers=_("%(ceiling)s × (%(value)s − %(floor)s) ÷ (%(target)s − %(floor)s)"),
    ),
    Method(
        name="bands",
        label=_("Steps"),
        formula=_("ceiling × the percent of the step that holds the actual"),
        needs=("bands",),
        share=formulas.bands,
        check=parameter_checks.bands,
        numbers=_("%(ceiling)s × %(percent)s%% (the step of %(value)s)"),
    ),
    Method(
        name="checklist",
        label=_("Checklist"),
        formula=_("ceiling × items met ÷ all items, by weight"),
        needs=("items",),
        share=formulas.checklist,
        check=parameter_checks.checklist,
        numbers=_("%(ceiling)s × %(value)s ÷ %(items)s"),
    ),
    Method(
        name="levels",
        label=_("Described levels"),
        formula=_("ceiling × the percent of the level reached; the number of the level is given"),
        needs=("levels",),
        share=formulas.levels,
        check=parameter_checks.levels,
        numbers=_("%(ceiling)s × %(percent)s%% (level %(value)s: %(name)s)"),
        rows="levels",
    ),
    Method(
        name="options",
        label=_("One of several answers"),
        formula=_("ceiling × the percent of the answer chosen; the number of the answer is given"),
        needs=("options",),
        share=formulas.options,
        check=parameter_checks.options,
        numbers=_("%(ceiling)s × %(percent)s%% (%(name)s)"),
        rows="options",
    ),
    Method(
        name="interpolation",
        label=_("Between several targets"),
        formula=_(
            "ceiling × the percent that lies on a straight line between the two nearest targets"
        ),
        needs=("targets",),
        share=formulas.interpolation,
        check=parameter_checks.interpolation,
        numbers=_("%(ceiling)s × %(percent)s%% (the place of %(value)s among the targets)"),
    ),
    Method(
        name="minmax",
        label=_("Between the least and the greatest value"),
        formula=_(
            "ceiling × (actual − least) ÷ (greatest − least), of logarithms if so chosen; less is "
            "better: 1 − the same"
        ),
        needs=("min", "max"),
        share=formulas.minmax,
        check=parameter_checks.minmax,
        numbers=_("%(ceiling)s × %(fraction)s"),
    ),
    Method(
        name="points",
        label=_("Points out of a maximum"),
        formula=_("ceiling × points ÷ the most points"),
        needs=("maximum",),
        share=formulas.points_of,
        check=parameter_checks.points_of,
        numbers=_("%(ceiling)s × %(value)s ÷ %(maximum)s"),
    ),
    Method(
        name="survey",
        label=_("Index of a survey"),
        formula=_("ceiling × index ÷ 100"),
        needs=(),
        share=formulas.index,
        check=parameter_checks.survey,
        numbers=_("%(ceiling)s × %(value)s ÷ 100"),
    ),
    Method(
        name="steward",
        label=_("Given by the steward"),
        formula=_("ceiling × the percent given by the steward ÷ 100"),
        needs=(),
        share=formulas.index,
        check=parameter_checks.nothing,
        numbers=_("%(ceiling)s × %(value)s ÷ 100"),
    ),
    Method(
        name="growth",
        label=_("Growth from a baseline"),
        formula=_("ceiling × (actual − baseline) ÷ (target − baseline)"),
        needs=("base", "target"),
        share=formulas.growth,
        check=parameter_checks.growth,
        numbers=_("%(ceiling)s × (%(value)s − %(base)s) ÷ (%(target)s − %(base)s)"),
    ),
)
METHODS: dict[str, Method] = {method.name: method for method in _METHODS}
METHOD_CHOICES = [(method.name, method.label) for method in _METHODS]


def points(method: str, value: Decimal, *, ceiling: Decimal, params: Params) -> Decimal:
    """The points of a value, from 0 to the ceiling, to 10 places. `params` must have passed the
    method's check.
    """
    share = METHODS[method].share(Fraction(value), params)
    return decimal(Fraction(ceiling) * min(max(share, NOTHING), WHOLE))
