"""Exact numbers: read, rounded, written."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.scoring.exact import (
    MODES,
    Rounding,
    figure_text,
    geometric_mean,
    log_share,
    parse_fraction,
)
from tests.indicators.scoring.trees import F

ROUNDED = {
    "half_up": ("2.5", "3", "-3", "2"),
    "half_down": ("2.5", "2", "-2", "2"),
    "half_even": ("2.5", "2", "-2", "2"),
    "up": ("2.5", "3", "-3", "3"),
    "down": ("2.5", "2", "-2", "2"),
    "floor": ("2.5", "2", "-3", "2"),
    "ceiling": ("2.5", "3", "-2", "3"),
}


@pytest.mark.parametrize("mode", MODES)
def test_each_way_of_rounding_treats_a_half_as_its_name_says(mode: str) -> None:
    value, up, down, above_two = ROUNDED[mode]

    rounding = Rounding(0, mode)

    assert [rounding.figure_text(F(n)) for n in (value, f"-{value}", "2.1")] == [
        up,
        down,
        above_two,
    ]
    assert rounding.figure_text(F("3.5")) == {"half_down": "3", "down": "3", "floor": "3"}.get(
        mode, "4"
    )


@given(st.fractions(max_denominator=10**6), st.integers(-3, 8), st.sampled_from(MODES))
def test_rounding_agrees_with_the_decimals_of_the_library(
    value: Fraction, digits: int, mode: str
) -> None:
    with localcontext() as context:
        context.prec = 60
        number = Decimal(value.numerator) / Decimal(value.denominator)
        wanted = number.quantize(Decimal(1).scaleb(-digits), rounding=f"ROUND_{mode.upper()}")

    assert Rounding(digits, mode).apply(value) == F(wanted)
    assert Decimal(Rounding(digits, mode).figure_text(value)) == wanted


def test_a_number_is_written_in_full_while_it_ends_and_else_to_28_digits() -> None:
    assert figure_text(F(169, 2)) == "84.5"
    assert figure_text(F(1, 2**20)) == "0.00000095367431640625"
    assert figure_text(F(2, 3)) == "0.6666666666666666666666666667"
    assert figure_text(F(0)) == "0"
    assert figure_text(F(120)) == "120"
    assert Rounding(3).figure_text(F("0.8")) == "0.800"
    assert Rounding(-1).figure_text(F(85)) == "90"


@pytest.mark.parametrize(
    ("text", "value"), [("5e-05", "0.00005"), ("۱۲٫۵", "12.5"), ("+.5", "0.5"), ("3.", "3")]
)
def test_numbers_are_read_as_tables_and_people_write_them(text: str, value: str) -> None:
    assert parse_fraction(text) == F(value)


@pytest.mark.parametrize(
    "text", ["", "1,5", "1/2/3", "nan", "inf", "0x1", "1_000", "1e999", "--1", "12 3", "٪5٪"]
)
def test_what_is_not_one_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_fraction(text)


def test_the_geometric_mean_of_equal_numbers_is_that_number() -> None:
    equal = [F(7, 3), F(1, 3), F("0.7995"), F(100)]

    assert [geometric_mean([(F(2), F(n)), (F(5), F(n))]) == n for n in equal[2:]] == [True, True]
    assert geometric_mean([(F(1), F(4)), (F(1), F(9))]) == 6
    assert geometric_mean([(F(1), F(0)), (F(1), F(9))]) == 0
    assert log_share(F(100), F(100), F(75000)) == 0
    assert log_share(F(75000), F(100), F(75000)) == 1
