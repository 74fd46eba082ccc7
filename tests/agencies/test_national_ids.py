"""The national ID: its check digit, the ways in which it is typed, and how much of it is shown."""

import pytest

from agencies.national_ids import mask, parse


@pytest.mark.parametrize(
    "typed", ["0012345679", "۰۰۱۲۳۴۵۶۷۹", "001-234567-9", " 12345679 ", "٠٠١٢٣٤٥٦٧٩"]
)
def test_an_id_is_read_however_it_is_typed(typed: str) -> None:
    assert parse(typed) == "0012345679"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0012345678",
        "1111111111",
        "12345",
        "00123456790",
        "001234567x",
        "0499370898",
        "²012345679",
    ],
)
def test_what_is_no_id_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="national ID"):
        parse(typed)


def test_every_other_last_digit_is_wrong() -> None:
    right = [digit for digit in "0123456789" if _is_id(f"079041990{digit}")]

    assert right == ["4"]


def _is_id(text: str) -> bool:
    try:
        return parse(text) == text
    except ValueError:
        return False


def test_the_last_three_digits_alone_are_shown() -> None:
    assert mask("0012345679") == "•••••••679"
    assert mask(None) == ""
