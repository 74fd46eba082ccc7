"""What is wrong with the parameters of a method, in sentences for whoever typed them: one pure
function a method.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.formulas import Params, exactly, item_weights, less_is_better, number

LABELS: dict[str, str | Promise] = {
    "target": _("Target"),
    "floor": _("Floor"),
    "base": _("Baseline"),
    "min": _("Least value"),
    "max": _("Greatest value"),
    "maximum": _("Most points"),
    "interval": _("Margin of error"),
    "confidence": _("Confidence"),
}


def nothing(params: Params) -> list[str]:
    """For methods without parameters."""
    return []


def _not_numbers(params: Params, *keys: str) -> list[str]:
    errors = []
    for key in keys:
        try:
            number(params, key)
        except (KeyError, ValueError):
            errors.append(gettext("“%(name)s” must be a number.") % {"name": LABELS[key]})
    return errors


# --- One number or two --------------------------------------------------------------------------


def ratio(params: Params) -> list[str]:
    errors = _not_numbers(params, "target")
    if not errors and number(params, "target") <= 0:
        errors.append(gettext("The target must be more than zero."))
    return errors


def between(params: Params) -> list[str]:
    errors = _not_numbers(params, "floor", "target")
    if not errors and number(params, "floor") == number(params, "target"):
        errors.append(gettext("The floor and the target must differ."))
    return errors


def growth(params: Params) -> list[str]:
    errors = _not_numbers(params, "base", "target")
    if not errors and number(params, "base") == number(params, "target"):
        errors.append(gettext("The baseline and the target must differ."))
    return errors


def minmax(params: Params) -> list[str]:
    errors = _not_numbers(params, "min", "max")
    if not errors and number(params, "min") >= number(params, "max"):
        errors.append(gettext("The greatest value must be more than the least."))
    if not errors and params.get("log") and number(params, "min") <= 0:
        errors.append(gettext("For logarithms the least value must be more than zero."))
    return errors + _direction(params)


def points_of(params: Params) -> list[str]:
    errors = _not_numbers(params, "maximum")
    if not errors and number(params, "maximum") <= 0:
        errors.append(gettext("The most points must be more than zero."))
    return errors


def _direction(params: Params) -> list[str]:
    if params.get("direction", "lower") in ("lower", "higher"):
        return []
    return [gettext("The direction must be “lower” or “higher”.")]


# --- Lists --------------------------------------------------------------------------------------


def _pairs(rows: Any) -> tuple[list[Fraction], list[Fraction]]:
    """The first and the second numbers of rows of two; ValueError when they are not that, or when
    there is none.
    """
    try:
        pairs = [(exactly(first), exactly(second)) for first, second in rows]
    except TypeError as error:
        raise ValueError("not rows of two") from error
    if not pairs:
        raise ValueError("no row")
    return [first for first, _second in pairs], [second for _first, second in pairs]


def _falls_within(percents: Sequence[Fraction]) -> bool:
    falls = all(earlier >= later for earlier, later in pairwise(percents))
    return falls and all(0 <= percent <= 100 for percent in percents)


def bands(params: Params) -> list[str]:
    try:
        limits, percents = _pairs(params.get("bands"))
    except ValueError:
        return [gettext("The bands must be rows of a limit and a percent.")]
    errors = _direction(params)
    if len(set(limits)) != len(limits) or limits != sorted(
        limits, reverse=not less_is_better(params)
    ):
        errors.append(gettext("The bands must stand from the best to the worst, each limit once."))
    if not _falls_within(percents):
        errors.append(
            gettext("The percents of the bands must lie between 0 and 100 and never rise.")
        )
    return errors


def interpolation(params: Params) -> list[str]:
    try:
        targets, percents = _pairs(params.get("targets"))
    except ValueError:
        return [gettext("The targets must be rows of a value and a percent.")]
    errors = []
    steps = {later > earlier for earlier, later in pairwise(targets)}
    if len(targets) < 2 or len(set(targets)) != len(targets) or len(steps) > 1:
        errors.append(
            gettext("There must be two targets or more, and they must all rise or all fall.")
        )
    if percents[0] != 100 or not _falls_within(percents):
        errors.append(
            gettext(
                "The first target must be worth 100 percent, and none more than the one before."
            )
        )
    return errors


def _worths(rows: Any) -> list[Fraction]:
    """The percents of rows with words, the English optional; ValueError when one lacks either, or
    there are not two.
    """
    try:
        found = [exactly(row["percent"]) for row in rows if str(row["fa"]).strip()]
    except (TypeError, KeyError) as error:
        raise ValueError("not rows of words and a percent") from error
    if len(found) < max(len(rows), 2):
        raise ValueError("too few")
    return found


def levels(params: Params) -> list[str]:
    try:
        percents = _worths(params.get("levels"))
    except ValueError:
        return [gettext("There must be two levels or more, each with its percent and its words.")]
    if not _falls_within(percents[::-1]):
        return [gettext("The percents of the levels must lie between 0 and 100 and never fall.")]
    return []


def options(params: Params) -> list[str]:
    try:
        percents = _worths(params.get("options"))
    except ValueError:
        return [gettext("There must be two options or more, each with its percent and its words.")]
    if not all(0 <= percent <= 100 for percent in percents):
        return [gettext("The percents of the options must lie between 0 and 100.")]
    return []


def checklist(params: Params) -> list[str]:
    try:
        weights = item_weights(params)
    except (KeyError, TypeError, AttributeError, ValueError):
        return [gettext("A checklist needs its number of items, or a list of them.")]
    if not weights or not all(weight > 0 for weight in weights):
        return [
            gettext("A checklist needs at least one item, and every weight must be more than zero.")
        ]
    return []


# --- A survey -----------------------------------------------------------------------------------


def _survey_days(params: Params) -> list[str]:
    """What is wrong with the first and the last day of a survey."""
    try:
        days = [
            date.fromisoformat(params[key])
            for key in ("survey_from", "survey_until")
            if key in params
        ]
    except (TypeError, ValueError):
        return [gettext("The dates of the survey must be written year-month-day.")]
    if days != sorted(days):
        return [gettext("The survey cannot end before it begins.")]
    return []


def survey(params: Params) -> list[str]:
    """All optional: `survey_source`, `sample`, `survey_from` and `survey_until` (ISO), `interval`,
    `confidence`.

    The sample is a number of people, the interval ± so many points of the index, the confidence a
    percent.
    """
    errors = []
    if not isinstance(params.get("survey_source", ""), str):
        errors.append(gettext("The source of the survey must be told in words."))
    sample = params.get("sample", 1)
    if not isinstance(sample, int) or isinstance(sample, bool) or sample < 1:
        errors.append(gettext("The sample must be a whole number of people, one or more."))
    errors += _survey_days(params)
    for key in ("interval", "confidence"):
        if key in params and not (wrong := _not_numbers(params, key)):
            if number(params, key) < 0:
                errors.append(
                    gettext("“%(name)s” must not be less than zero.") % {"name": LABELS[key]}
                )
            elif key == "confidence" and not 0 < number(params, key) < 100:
                errors.append(gettext("The confidence must lie between 0 and 100 percent."))
        elif key in params:
            errors += wrong
    return errors
