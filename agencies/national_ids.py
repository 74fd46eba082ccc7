"""Iran's national ID: ten digits, the last of which checks the others. Personal data: shown masked,
never logged.
"""

import re

from agencies.persian import latin_digits

LENGTH = 10
SHORTEST = 8
"""A spreadsheet drops the zeros in front, of which an ID has two at most."""

_SEPARATORS = re.compile(r"[\s\u200c\u200e\u200f-]")


def parse(text: str) -> str:
    """Read the ten digits of an ID typed in any digits, with or without separators; ValueError
    where it is no ID.
    """
    digits = _SEPARATORS.sub("", latin_digits(text))
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LENGTH):
        raise ValueError("a national ID has ten digits")

    digits = digits.zfill(LENGTH)
    if len(set(digits)) == 1 or int(digits[-1]) != _check_digit(digits):
        raise ValueError("the last digit of the national ID does not fit the others")
    return digits


def _check_digit(digits: str) -> int:
    """Compute the check digit: the weighted sum of the first nine, from ten down to two, modulo
    eleven.
    """
    total = sum(int(digit) * (LENGTH - place) for place, digit in enumerate(digits[:-1]))
    rest = total % 11
    return rest if rest < 2 else 11 - rest


def mask(national_id: str | None) -> str:
    """Show the last three digits of an ID only; "" where there is none."""
    return f"{'•' * (LENGTH - 3)}{national_id[-3:]}" if national_id else ""
