"""How a cell of a sheet becomes a value, and a value a cell."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export import widgets

from agencies.persian import parse_decimal, plain_text
from cycles.spreadsheets.dry_run import YesNo
from indicators.scoring.methods import half_up, parameters

TRUTH = (("true", _("yes")), ("false", _("no")))
MOST_YEARS = 6


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
    """Tell whether the parameters are of the kinds and sizes that a method can be checked with."""
    known = {name: each for name, each in parameters().items() if not each.is_column}
    return all(name in known and known[name].fits(value) for name, value in params.items())
