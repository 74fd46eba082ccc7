"""Spelling, order and numbers of Persian text."""

import re
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from agencies.persian import (
    format_number,
    latin_digits,
    normalise,
    parse_decimal,
    persian_digits,
    search_key,
    sort_key,
)

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("علي كريمي", "علی کریمی"),
        ("مصطفى", "مصطفی"),
        ("سال ۱۴۰۵ و ١٤٠٦", "سال 1405 و 1406"),
        ("  وزارت \t\n نیرو  ", "وزارت نیرو"),
        (f"می{ZWNJ}{ZWNJ}رود", f"می{ZWNJ}رود"),
        (f"می{ZWNJ} رود{ZWNJ}", "می رود"),
        (f"می {ZWNJ} رود", "می رود"),
        ("\u202bنیرو\u202c\ufeff", "نیرو"),
        ("ا\u0653ب", "آب"),
        ("\ufee7\ufbff\ufead\ufeed", "نیرو"),
        ("\ufefb\ufb8e", "لاک"),
        ("\ufdfc", "ریال"),
        ("ھمہ ڪارے", "همه کاری"),
        ("MOE\u200c-QZ", "MOE-QZ"),
        ("1405\u200c/\u200c03", "1405/03"),
        ("", ""),
    ],
)
def test_what_is_typed_gets_one_spelling(typed, stored):
    assert normalise(typed) == stored


def test_prose_keeps_its_lines():
    assert normalise("  يك \n\n دو  ", lines=True) == "یک\n\nدو"


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_digits_go_both_ways():
    assert latin_digits("۱۲٣ a") == "123 a"
    assert persian_digits("12٣ a") == "۱۲۳ a"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("۱۲٫۵", "12.5"),
        ("١٢٫٥", "12.5"),
        ("12.5", "12.5"),
        ("۱٬۲۳۴٬۵۶۷٫۸۹", "1234567.89"),
        ("1,234", "1234"),
        ("۱،۲۳۴", "1234"),
        ("\u200e\u2212۵", "-5"),
        ("-5", "-5"),
        (" +۷ ", "7"),
        (".5", "0.5"),
        ("23/5", "23.5"),
        ("۷/۲۵", "7.25"),
        ("۱٬۲۳۴/۵", "1234.5"),
        ("۱۲\u2044۵", "12.5"),
        ("-۳/۵", "-3.5"),
        ("62%", "62"),
        ("۶۲٪", "62"),
        ("٪۶۲", "62"),
        ("%62", "62"),
        ("۶۲/۵ ٪", "62.5"),
        ("\u200e12.5\u200f", "12.5"),
        ("\u202b۱۲٫۵\u202c", "12.5"),
        ("۱۲\u200c٫\u200d۵", "12.5"),
        ("\ufeff7", "7"),
        ("\u00a01\u202f234\u00a0567", "1234567"),
        ("007", "7"),
    ],
)
def test_a_number_is_read_in_any_digits(typed, number):
    assert parse_decimal(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "NaN",
        "Infinity",
        "1e5",
        "12,5",
        "1404/03/10",
        "1/2/3",
        "62%%",
        "%62%",
        "1,23,456",
        "1.2.3",
        "5.",
        "--5",
        "1 000",
        "½",
        "²",
        "9" * 61,
        "०",
    ],
)
def test_what_is_not_one_plain_number_is_refused(typed):
    with translation.override("en"), pytest.raises(ValueError, match=r"\.$"):
        parse_decimal(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (
            "12,5",
            (
                "In “12,5” the sign “,” may part decimals or thousands. If decimals are meant, write "
                "12/5 or 12.5."
            ),
        ),
        (
            "۱۲،۵",
            (
                "In “12،5” the sign “،” may part decimals or thousands. If decimals are meant, write "
                "12/5 or 12.5."
            ),
        ),
        (
            "1,23,456",
            "In “1,23,456” the signs that part thousands do not stand in threes. Leave them out.",
        ),
        (
            "1.2E+5",
            (
                "“1.2E+5” is how a spreadsheet program shortens a long number. Format its cell "
                "as a number"
            ),
        ),
        ("twelve", "Enter one number, such as 1200 or 12.5."),
    ],
)
def test_the_sign_that_spoils_a_number_is_named_with_the_remedy(typed, why):
    with translation.override("en"), pytest.raises(ValueError, match=re.escape(why)):
        parse_decimal(typed)


@pytest.mark.parametrize(
    ("value", "language", "places", "shown"),
    [
        (None, "fa", None, "—"),
        (0, "en", None, "0"),
        (1234567, "en", None, "1,234,567"),
        (1234567, "fa", None, "۱٬۲۳۴٬۵۶۷"),
        (Decimal("16.0000000000"), "fa", None, "۱۶"),
        (Decimal("16.5000"), "fa", None, "۱۶٫۵"),
        (Decimal("100"), "en", None, "100"),
        (Decimal("1E+3"), "en", None, "1,000"),
        (Decimal("16"), "fa", 2, "۱۶٫۰۰"),
        (Decimal("0.125"), "en", 2, "0.13"),
        (Decimal("-0.125"), "en", 2, "-0.13"),
        (Decimal("-0.001"), "en", 2, "0.00"),
        (Decimal("-5.5"), "fa", None, "\u200e\u2212۵٫۵"),
        (
            Decimal("12345678901234567890123456789012.345"),
            "en",
            2,
            "12,345,678,901,234,567,890,123,456,789,012.35",
        ),
    ],
)
def test_a_number_is_written_as_the_language_writes_it(value, language, places, shown):
    assert format_number(value, language, places) == shown


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_only_finite_numbers_are_shown(value):
    with pytest.raises(ValueError, match="finite"):
        format_number(value, "fa")


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=8, min_value=-(10**19), max_value=10**19
    )
)
def test_a_written_number_is_read_back(value):
    assert parse_decimal(format_number(value, "fa")) == value
    assert parse_decimal(format_number(value, "en")) == value


def test_names_stand_in_the_order_of_the_persian_alphabet():
    names = [
        "آب",
        "ابر",
        "بانک",
        "پست",
        "تأمین",
        "جهاد",
        "چای",
        "زنجان",
        "ژرف",
        "سمنان",
        "کار",
        "گاز",
        "لار",
    ]
    names += ["مس", "نفت", "وقف", "هما", "یزد", "Zahedan"]

    assert sorted(set(names), key=sort_key) == names


def test_the_order_ignores_half_space_diacritics_and_the_keyboard():
    assert sort_key(f"می{ZWNJ}رود") == sort_key("میرود")
    assert sort_key("مُدیر") == sort_key("مدیر")
    assert sort_key("كي") == sort_key("کی")
    assert sort_key("شیراز (مرکز)") == sort_key("شیراز  مرکز")


def test_a_shorter_name_stands_before_its_continuation():
    assert sort_key("سازمان") < sort_key("سازمان آب") < sort_key("سازمانها")
    assert sort_key("منطقه ۲") < sort_key("منطقه آ")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_sort_key_can_be_stored(text):
    assert "\0" not in sort_key(text)
    sort_key(text).encode()


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("سازمانِ آمار", "سازمان امار"),
        ("مسئول", "مسیول"),
        ("مؤسسة", "موسسه"),
        (f"می{ZWNJ}رود", "میرود"),
        ("دورهٔ ارزیابی", "دوره ارزیابي"),
        ("EFQM", "efqm"),
        ("مــــدیر", "مدیر"),
        ("مسئول", "مسؤول"),
        ("هیئت وزیران", "هيأت وزیران"),
        ("مسئله", "مسأله"),
        ("جزء", "جز"),
        (f"برنامه{ZWNJ}ریزی", "برنامه ریزی"),
        (f"برنامه{ZWNJ}ریزی و بودجه", "برنامهریزی و بودجه"),
        ("نیرو", "\ufee7\ufbff\ufead\ufeed"),
        ("هیئت", "ھیئت"),
        ("راه و شهرسازی", "راہ و شھرسازے"),
        ("بانک", "بانڪ"),
    ],
)
def test_a_search_finds_other_spellings(written, sought):
    assert search_key(written) == search_key(sought)
