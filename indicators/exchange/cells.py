"""How a cell of a sheet becomes a value, and a value a cell."""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export import widgets

from agencies.persian import parse_decimal, plain_text
from cycles.spreadsheets.dry_run import YesNo
from indicators.scoring.exact import parsed
from indicators.scoring.methods import half_up

TRUTH = (("true", _("yes")), ("false", _("no")))
MOST_YEARS = 6
MOST_ITEMS = 500
MOST_BANDS = 100
MOST_LETTERS = 200


class NumberCell(widgets.Widget):
    """A number, rounded half-up to the places that are kept: results of calculations have more."""

    def __init__(self, places: int = 8) -> None:
        super().__init__()
        self.places = places

    def clean(self, value: str, row: object = None, **kwargs: object) -> Decimal | int | None:
        if not value:
            return None
        number = parse_decimal(value)
        _whole, point, decimals = f"{number:f}".partition(".")
        return half_up(number, self.places) if point and len(decimals) > self.places else number

    def render(self, value: object, obj: object = None, **kwargs: object) -> object:
        return value


class WholeCell(NumberCell):
    """A whole number; one with decimals is not rounded to it."""

    def clean(self, value: str, row: object = None, **kwargs: object) -> int | None:
        number = parse_decimal(value) if value else None
        if number is None:
            return None
        if number != number.to_integral_value():
            raise ValueError(gettext("Enter a whole number."))
        return int(number)


class TruthCell(YesNo):
    """Yes or no; an empty cell is no."""

    def clean(self, value: object, row: object = None, **kwargs: object) -> bool:
        return bool(value) and super().clean(value, row, **kwargs)


class LineageCell(widgets.Widget):
    def clean(self, value: str, row: object = None, **kwargs: object) -> UUID | None:
        return _lineage(value) if value else None

    def render(self, value: Any, obj: object = None, **kwargs: object) -> str:
        return str(value or "")


class LineagesCell(widgets.Widget):
    """Lineages, parted by spaces."""

    def clean(self, value: str, row: object = None, **kwargs: object) -> list[UUID]:
        return [_lineage(text) for text in value.split()]

    def render(self, value: Any, obj: object = None, **kwargs: object) -> str:
        return " ".join(str(one) for one in value or ())


def _lineage(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValueError(
            gettext("“%(text)s” is no lineage. Leave the cell as it was exported.")
            % {"text": text[:40]}
        ) from error


class TrendCell(widgets.Widget):
    """Values of past years as `year:value`, parted by semicolons; kept as the form of a measure
    keeps them.
    """

    def clean(self, value: str, row: object = None, **kwargs: object) -> list[list[int | str]]:
        years: dict[int, str] = {}
        try:
            for part in filter(str.strip, value.split(";")):
                year, _colon, number = part.partition(":")
                years[int(plain_text(year))] = format(parse_decimal(number), "f")
            if len(years) > MOST_YEARS or not all(1300 <= year <= 1500 for year in years):
                raise ValueError(value)
        except ValueError as error:
            raise ValueError(
                gettext(
                    "Write past values as year:value, parted by semicolons: 1403:12.5; 1404:13 "
                    "(six at most)"
                )
            ) from error
        return [[year, years[year]] for year in sorted(years)]

    def render(self, value: Any, obj: object = None, **kwargs: object) -> str:
        return "; ".join(f"{year}:{number}" for year, number in value or ())


class ParamsCell(widgets.Widget):
    """What a method needs besides numbers of its own columns, as a JSON object."""

    def clean(self, value: str, row: object = None, **kwargs: object) -> dict[str, object]:
        if not value:
            return {}
        try:
            params = json.loads(value, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise ValueError(gettext("This is no JSON object.")) from error
        if not isinstance(params, dict) or not _is_within_bounds(params):
            shape = (
                '{"items": 5}, {"bands": [[0, 100], [7, 70]], "direction": "lower"}, {"min": '
                '1, "max": 9}'
            )
            raise ValueError(
                gettext("Write the parameters like one of these: %(shape)s") % {"shape": shape}
            )
        return params

    def render(self, value: Any, obj: object = None, **kwargs: object) -> str:
        return json.dumps(value, ensure_ascii=False) if value else ""


def _no_number(text: str) -> None:
    raise ValueError(text)


def _is_within_bounds(params: dict[str, Any]) -> bool:
    """Whether the parameters are of the kinds and sizes that a method can
    be checked with at all.
    """
    return all(name in _SHAPES and _SHAPES[name](value) for name, value in params.items())


def _are_items(items: Any) -> bool:
    if isinstance(items, int):
        return not isinstance(items, bool) and 1 <= items <= MOST_ITEMS
    are_items = isinstance(items, list) and 1 <= len(items) <= MOST_ITEMS
    return are_items and all(
        isinstance(i, dict) and _are_numbers([i.get("weight", 1)]) for i in items
    )


def _are_pairs(rows: Any) -> bool:
    are_rows = isinstance(rows, list) and len(rows) <= MOST_BANDS
    return are_rows and all(
        isinstance(row, list) and len(row) == 2 and _are_numbers(row) for row in rows
    )


def _are_worded(rows: Any) -> bool:
    are_rows = (
        isinstance(rows, list)
        and len(rows) <= MOST_BANDS
        and all(isinstance(row, dict) for row in rows)
    )
    return are_rows and all(map(_is_worded, rows))


def _is_worded(row: dict[str, Any]) -> bool:
    return (
        row.keys() <= {"percent", "fa", "en"}
        and _are_numbers([row.get("percent")])
        and isinstance(row.get("fa", ""), str)
        and isinstance(row.get("en", ""), str)
    )


_SHAPES: dict[str, Callable[[Any], bool]] = {
    "items": _are_items,
    "bands": _are_pairs,
    "targets": _are_pairs,
    "levels": _are_worded,
    "options": _are_worded,
    "log": lambda value: isinstance(value, bool),
    "sample": lambda value: isinstance(value, int) and not isinstance(value, bool),
    **dict.fromkeys(
        ("min", "max", "maximum", "interval", "confidence"),
        lambda value: _are_numbers([value]),
    ),
    **dict.fromkeys(
        ("direction", "survey_source", "survey_from", "survey_until"),
        lambda value: isinstance(value, str) and len(value) <= MOST_LETTERS,
    ),
}


def _are_numbers(values: Iterable[Any]) -> bool:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return False
        try:
            parse_decimal(str(value))  # refuses an exponent
            parsed(str(value))  # refuses thousands
        except ValueError:
            return False
    return True
