"""The parameters of scoring methods in words."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext, ngettext

from agencies.persian import language, localised, parse_decimal
from cycles.calendar import format_date
from indicators.scoring import parameter_checks
from indicators.scoring.exact import written
from indicators.scoring.formulas import Params, exactly


def in_digits(value: Fraction) -> str:
    """An exact number, to four places at most when it does not end soon."""
    text = written(value)
    return localised(parse_decimal(text), None if len(text) <= 12 else 4)


def row_words(row: Params) -> str:
    return str(row["fa"] if language() == "fa" else row.get("en") or row["fa"])


def joined(parts: Iterator[str]) -> str:
    return gettext(", ").join(parts)


def rows_in_words(rows: list[Params]) -> str:
    """Every row with its number and its percent."""
    return joined(
        gettext("%(number)s = %(name)s (%(percent)s%%)")
        % {
            "number": localised(place),
            "name": row_words(row),
            "percent": in_digits(exactly(row["percent"])),
        }
        for place, row in enumerate(rows)
    )


def targets_in_words(params: Params) -> Iterator[str]:
    for target, worth in params["targets"]:
        yield gettext("%(value)s = %(percent)s%%") % {
            "value": in_digits(exactly(target)),
            "percent": in_digits(exactly(worth)),
        }


def limits_in_words(needs: Sequence[str], params: Params) -> Iterator[str]:
    for key in needs:
        yield f"{parameter_checks.LABELS[key]} {in_digits(exactly(params[key]))}"
    if params.get("log"):
        yield gettext("of natural logarithms")
    if params.get("direction") == "lower":
        yield gettext("less is better")


def fraction_in_words(value: Decimal, params: Params) -> str:
    """The quotient of a minmax with its numbers; a value without a logarithm stands as the min that
    it counts as.
    """
    least, most = (exactly(params[key]) for key in ("min", "max"))
    given = least if params.get("log") and value <= 0 else Fraction(value)
    words = {"value": in_digits(given), "min": in_digits(least), "max": in_digits(most)}
    text = "(ln %(value)s − ln %(min)s) ÷ (ln %(max)s − ln %(min)s)"
    text = (text if params.get("log") else text.replace("ln ", "")) % words
    return f"(1 − {text})" if params.get("direction") == "lower" else text


def survey_in_words(params: Params) -> Iterator[str]:
    """What is known of a survey: who made it, how many were asked, when, and how exact it is."""
    if source := params.get("survey_source"):
        yield gettext("source: %(source)s") % {"source": source}
    if sample := params.get("sample"):
        words = {"number": localised(sample)}
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
