"""Scoring methods: from an actual value to points, as pure functions without a database.

Sources: `points = actual / standard x ceiling`, its inverse where less is better, and "earned may not exceed the
ceiling" are the form of the Council of Ministers' decree 44642/T27701H of 28/10/1381
(http://www.dastour.ir/Brows/?lid=306807). Range, bands, checklist and growth are composed for this portal. Points are
in the unit of the ceiling and rounded half-up to 10 places.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from agencies.text import format_number

PLACES = 10
SHOWN_PLACES = 2
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
_PRECISION = 60  # ample for numeric(28,8) x numeric(16,10)

Params = Mapping[str, Any]


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded half away from zero, as PostgreSQL rounds numeric."""
    with localcontext() as context:
        context.prec = _PRECISION
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _share(part: Decimal, whole: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _PRECISION
        return part / whole


def scaled(points: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """points x part / whole, rounded half-up to 10 places."""
    with localcontext() as context:
        context.prec = _PRECISION
        return half_up(points * part / whole, PLACES)


# --- Methods: from a value to a share of the ceiling ------------------------------------------------------------------


def _number(params: Params, key: str) -> Decimal:
    return Decimal(str(params[key]))


def _linear(value: Decimal, params: Params) -> Decimal:
    """actual / target; more is better. Decree of 1381, AP / S x W."""
    return _share(value, _number(params, "target"))


def _inverse_linear(value: Decimal, params: Params) -> Decimal:
    """target / actual; less is better; nothing at all is full. Decree of 1381, note 2, S / AP x W."""
    return _share(_number(params, "target"), value) if value > 0 else ONE


def _range(value: Decimal, params: Params) -> Decimal:
    """Nothing at the floor, all at the target, a straight line between. Less is better when the floor is the higher."""
    floor = _number(params, "floor")
    return _share(value - floor, _number(params, "target") - floor)


def _bands(value: Decimal, params: Params) -> Decimal:
    """The percent of the first band that holds the value, nothing past the last.

    Rows are (limit, percent of the ceiling), best first: up to the limit when less is better, from it on when more is.
    """
    for limit, percent in params["bands"]:
        limit = Decimal(str(limit))
        if value <= limit if _less_is_better(params) else value >= limit:
            return Decimal(str(percent)) / HUNDRED
    return ZERO


def _checklist(value: Decimal, params: Params) -> Decimal:
    """Weight of the met items / weight of all items. `checklist_value` makes the value."""
    return _share(value, sum(item_weights(params), ZERO))


def _percent(value: Decimal, params: Params) -> Decimal:
    """value / 100: an index of an outside survey, or the percent a steward gives."""
    return value / HUNDRED


def _growth(value: Decimal, params: Params) -> Decimal:
    """(actual - base) / (target - base). A target below the base means less is better."""
    base = _number(params, "base")
    return _share(value - base, _number(params, "target") - base)


def _less_is_better(params: Params) -> bool:
    return bool(params.get("direction", "lower") == "lower")


def item_weights(params: Params) -> list[Decimal]:
    """The weights of a checklist: `items` is how many there are, or a list of objects that may have a `weight`."""
    items = params["items"]
    if isinstance(items, int):
        return [ONE] * items
    return [Decimal(str(item.get("weight", 1))) for item in items]


def checklist_value(params: Params, met: Iterable[int]) -> Decimal:
    """The value of a checklist whose items at these places (from 0) are met."""
    weights = item_weights(params)
    return sum((weights[place] for place in set(met)), ZERO)


# --- What a method needs, and how it explains itself ------------------------------------------------------------------


def _missing(params: Params, *keys: str) -> list[str]:
    errors = []
    for key in keys:
        try:
            fit = _number(params, key).is_finite()
        except (KeyError, InvalidOperation):
            fit = False
        if not fit:
            errors.append(gettext("“%(name)s” must be a number.") % {"name": _KEY_LABELS[key]})
    return errors


_KEY_LABELS = {"target": _("Target"), "floor": _("Floor"), "base": _("Baseline")}


def _check_ratio(params: Params) -> list[str]:
    errors = _missing(params, "target")
    if not errors and _number(params, "target") <= 0:
        errors.append(gettext("The target must be more than zero."))
    return errors


def _check_range(params: Params) -> list[str]:
    errors = _missing(params, "floor", "target")
    if not errors and _number(params, "floor") == _number(params, "target"):
        errors.append(gettext("The floor and the target must differ."))
    return errors


def _check_growth(params: Params) -> list[str]:
    errors = _missing(params, "base", "target")
    if not errors and _number(params, "base") == _number(params, "target"):
        errors.append(gettext("The baseline and the target must differ."))
    return errors


def _check_bands(params: Params) -> list[str]:
    try:
        rows = [(Decimal(str(limit)), Decimal(str(percent))) for limit, percent in params["bands"]]
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return [gettext("The bands must be rows of a limit and a percent.")]
    if not rows or not all(limit.is_finite() and percent.is_finite() for limit, percent in rows):
        return [gettext("The bands must be rows of a limit and a percent.")]
    errors = []
    if params.get("direction", "lower") not in ("lower", "higher"):
        errors.append(gettext("The direction must be “lower” or “higher”."))
    limits, percents = [row[0] for row in rows], [row[1] for row in rows]
    if len(set(limits)) != len(limits) or limits != sorted(limits, reverse=not _less_is_better(params)):
        errors.append(gettext("The bands must stand from the best to the worst, each limit once."))
    if percents != sorted(percents, reverse=True) or not all(0 <= percent <= 100 for percent in percents):
        errors.append(gettext("The percents of the bands must lie between 0 and 100 and never rise."))
    return errors


def _check_checklist(params: Params) -> list[str]:
    try:
        weights = item_weights(params)
    except (KeyError, TypeError, AttributeError, InvalidOperation):
        return [gettext("A checklist needs its number of items, or a list of them.")]
    if not weights or not all(weight.is_finite() and weight > 0 for weight in weights):
        return [gettext("A checklist needs at least one item, and every weight must be more than zero.")]
    return []


def _check_nothing(params: Params) -> list[str]:
    return []


@dataclass(frozen=True)
class Method:
    """One way to score. `needs` names the parameters; `check` says what is wrong with them, in sentences."""

    name: str
    label: str | Promise
    formula: str | Promise
    needs: tuple[str, ...]
    share: Callable[[Decimal, Params], Decimal]
    check: Callable[[Params], list[str]]
    numbers: str | Promise

    def explain(self, value: Decimal | None, ceiling: Decimal, params: Params, language: str) -> str:
        """The formula with this answer's numbers and the points they give, in `language`; bare without a value."""
        with override(language):
            if value is None:
                return str(self.formula)
            words = {
                key: format_number(_number(params, key), language)
                for key in ("target", "floor", "base")
                if key in params
            }
            words |= {"value": format_number(value, language), "ceiling": format_number(ceiling, language)}
            if self.name == "bands":
                words["percent"] = format_number(_bands(value, params) * HUNDRED, language)
            if self.name == "checklist":
                words["items"] = format_number(sum(item_weights(params), ZERO), language)
            earned = points(self.name, value, ceiling=ceiling, params=params)
            words["points"] = format_number(earned, language, SHOWN_PLACES)
            if self.name == "inverse_linear" and value <= 0:
                return gettext("nothing at all is full points: %(points)s") % words
            words["sum"] = str(self.numbers) % words
            share = self.share(value, params)
            if share > ONE:
                return gettext("%(sum)s is more than the ceiling, so %(points)s points") % words
            if share < ZERO:
                return gettext("%(sum)s is less than zero, so %(points)s points") % words
            return gettext("%(sum)s = %(points)s points") % words


_METHODS = (
    Method(
        "linear",
        _("In proportion to the target"),
        _("ceiling × actual ÷ target"),
        ("target",),
        _linear,
        _check_ratio,
        _("%(ceiling)s × %(value)s ÷ %(target)s"),
    ),
    Method(
        "inverse_linear",
        _("In inverse proportion to the target"),
        _("ceiling × target ÷ actual; full when the actual is zero"),
        ("target",),
        _inverse_linear,
        _check_ratio,
        _("%(ceiling)s × %(target)s ÷ %(value)s"),
    ),
    Method(
        "range",
        _("Between a floor and the target"),
        _("ceiling × (actual − floor) ÷ (target − floor)"),
        ("floor", "target"),
        _range,
        _check_range,
        _("%(ceiling)s × (%(value)s − %(floor)s) ÷ (%(target)s − %(floor)s)"),
    ),
    Method(
        "bands",
        _("Steps"),
        _("ceiling × the percent of the step that holds the actual"),
        ("bands",),
        _bands,
        _check_bands,
        _("%(ceiling)s × %(percent)s%% (the step of %(value)s)"),
    ),
    Method(
        "checklist",
        _("Checklist"),
        _("ceiling × items met ÷ all items, by weight"),
        ("items",),
        _checklist,
        _check_checklist,
        _("%(ceiling)s × %(value)s ÷ %(items)s"),
    ),
    Method(
        "survey",
        _("Index of a survey"),
        _("ceiling × index ÷ 100"),
        (),
        _percent,
        _check_nothing,
        _("%(ceiling)s × %(value)s ÷ 100"),
    ),
    Method(
        "steward",
        _("Given by the steward"),
        _("ceiling × the percent given by the steward ÷ 100"),
        (),
        _percent,
        _check_nothing,
        _("%(ceiling)s × %(value)s ÷ 100"),
    ),
    Method(
        "growth",
        _("Growth from a baseline"),
        _("ceiling × (actual − baseline) ÷ (target − baseline)"),
        ("base", "target"),
        _growth,
        _check_growth,
        _("%(ceiling)s × (%(value)s − %(base)s) ÷ (%(target)s − %(base)s)"),
    ),
)
METHODS: dict[str, Method] = {method.name: method for method in _METHODS}
METHOD_CHOICES = [(method.name, method.label) for method in _METHODS]


def points(method: str, value: Decimal, *, ceiling: Decimal, params: Params) -> Decimal:
    """The points of a value, from 0 to the ceiling, to 10 places. `params` must have passed the method's check."""
    share = METHODS[method].share(Decimal(value), params)
    return scaled(Decimal(ceiling), min(max(share, ZERO), ONE), ONE)
