from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale, language
from cycles.calendar import format_date
from indicators.scoring.exact import ZERO, Params, exactly, in_digits, number
from indicators.scoring.method import join_with_commas
from indicators.scoring.parameters import (
    CountParameter,
    DayParameter,
    NumberParameter,
    TextParameter,
    not_numbers,
)
from indicators.scoring.proportion import Proportion
from indicators.scoring.value_bounds import ValueBounds

HUNDRED = Fraction(100)

SOURCE = TextParameter(
    name="survey_source",
    label=_("Who made the survey"),
    help_text=_("For “Index of a survey” only."),
    is_needed=False,
)
SAMPLE = CountParameter(name="sample", label=_("People asked"), most=100_000_000, is_needed=False)
ASKED_FROM = DayParameter(name="survey_from", label=_("Asked from"), is_needed=False)
ASKED_UNTIL = DayParameter(name="survey_until", label=_("Asked until"), is_needed=False)
INTERVAL = NumberParameter(
    name="interval",
    label=_("Margin of error"),
    field_label=_("Margin of error (±)"),
    help_text=_("In points of the index."),
    limits={"min_value": 0},
    is_needed=False,
    is_threshold=False,
)
CONFIDENCE = NumberParameter(
    name="confidence",
    label=_("Confidence"),
    help_text=_("In percent, such as 95."),
    limits={"min_value": Decimal("0.01"), "max_value": Decimal("99.99")},
    is_needed=False,
    is_threshold=False,
)


class Survey(Proportion):
    """value / 100: an index of an outside survey. All that is known of the survey is optional: a
    sample of people, an interval of ± points of the index, a confidence in percent.
    """

    name = "survey"
    label = _("Index of a survey")
    formula = _("ceiling × index ÷ 100")
    numbers = _("%(ceiling)s × %(value)s ÷ 100")
    parameters = (SOURCE, SAMPLE, ASKED_FROM, ASKED_UNTIL, INTERVAL, CONFIDENCE)

    def standard(self, params: Params) -> Fraction:
        return HUNDRED

    def fixed_bounds(self, params: Params) -> ValueBounds:
        return ValueBounds(ZERO, HUNDRED)

    def check(self, params: Params) -> list[str]:
        errors = []
        if not isinstance(params.get("survey_source", ""), str):
            errors.append(gettext("The source of the survey must be told in words."))
        sample = params.get("sample", 1)
        if not isinstance(sample, int) or isinstance(sample, bool) or sample < 1:
            errors.append(gettext("The sample must be a whole number of people, one or more."))
        errors += _wrong_days(params)
        for each in (INTERVAL, CONFIDENCE):
            if each.name in params:
                errors += _wrong_number(params, each)
        return errors

    def about(self, params: Params, *, bare: bool) -> str:
        return join_with_commas(_in_words(params))


def _wrong_days(params: Params) -> list[str]:
    """Say what is wrong with the first and the last day of a survey."""
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


def _wrong_number(params: Params, parameter: NumberParameter) -> list[str]:
    if wrong := not_numbers(params, parameter):
        return wrong
    value = number(params, parameter.name)
    if value < 0:
        return [gettext("“%(name)s” must not be less than zero.") % {"name": parameter.label}]
    if parameter is CONFIDENCE and not 0 < value < 100:
        return [gettext("The confidence must lie between 0 and 100 percent.")]
    return []


def _in_words(params: Params) -> Iterator[str]:
    """Say of a survey who made it, how many were asked, when, and how exact it is."""
    if source := params.get("survey_source"):
        yield gettext("source: %(source)s") % {"source": source}
    if sample := params.get("sample"):
        words = {"number": in_locale(sample)}
        yield ngettext("%(number)s person asked", "%(number)s people asked", sample) % words
    if day := params.get("survey_from"):
        yield gettext("from %(day)s") % {"day": _day(day)}
    if day := params.get("survey_until"):
        yield gettext("until %(day)s") % {"day": _day(day)}
    if "interval" in params:
        yield gettext("± %(number)s") % {"number": in_digits(exactly(params["interval"]))}
    if "confidence" in params:
        yield gettext("confidence %(percent)s%%") % {
            "percent": in_digits(exactly(params["confidence"]))
        }


def _day(text: str) -> str:
    return format_date(date.fromisoformat(text), language())
