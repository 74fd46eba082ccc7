"""Persian text and numbers: one spelling, one sort order, one way in and one way out.

The embedded database compares by code point and has no ICU, so the Persian alphabetical order and the search spelling
are computed here and stored. Number signs follow Unicode CLDR for `fa`: U+066B decimal, U+066C thousands, and LRM with
U+2212 for minus.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.utils.translation import get_language

HALF_SPACE = "\u200c"
DASH = "—"

_LATIN = "0123456789"
_PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC = "٠١٢٣٤٥٦٧٨٩"
_TO_LATIN = str.maketrans(_PERSIAN + _ARABIC, _LATIN * 2)
_TO_PERSIAN = str.maketrans(_LATIN + _ARABIC, _PERSIAN * 2)

# Letters of Arabic keyboards that stand for a Persian one: yeh, alef maksura, kaf.
_ONE_SPELLING = str.maketrans("\u064a\u0649\u0643", "\u06cc\u06cc\u06a9")
# Signs that steer the direction of a line or only take up no width; they hide inside pasted text.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
# Tatweel, vowel signs, combining hamza and madda, superscript alef.
_DIACRITICS = re.compile("[\u0640\u064b-\u065f\u0670]")
# What one types without the ornament: forms of heh, alef, waw and yeh.
_SEARCH_SPELLING = str.maketrans("ةۀە" + "أإآٱ" + "ؤ" + "ئ", "ههه" + "اااا" + "و" + "ی")

_ALPHABET = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_SORT_SPELLING = str.maketrans("ةۀە" + "أإٱ" + "ؤ" + "ئ", "ههه" + "ااا" + "و" + "ی")
_PERSIAN_BASE, _LATIN_BASE, _OTHER_BASE = 0x100, 0x200, 0x300
_RANK = {letter: chr(_PERSIAN_BASE + place) for place, letter in enumerate(_ALPHABET)}

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|[+-]?\.\d+")
_NUMBER_SIGNS = str.maketrans({"٫": ".", "٬": ",", "،": ",", "\u2212": "-", "\u00a0": "", "\u202f": ""})
_LONGEST_NUMBER = 60


def named(fa: str, en: str) -> str:
    """A name in the reader's language, Persian where there is no other."""
    return fa if get_language() == "fa" else en or fa


def latin_digits(text: str) -> str:
    """Persian and Arabic-Indic digits as Latin ones; all else untouched."""
    return text.translate(_TO_LATIN)


def persian_digits(text: str) -> str:
    """Latin and Arabic-Indic digits as Persian ones; all else untouched."""
    return text.translate(_TO_PERSIAN)


def normalise(text: str, *, lines: bool = False) -> str:
    """One spelling of what was typed: ی and ک, Latin digits, single spaces, tidy half-spaces.

    Line breaks become spaces unless `lines` is set, as it should be for prose.
    """
    if lines:
        return "\n".join(normalise(line) for line in text.splitlines()).strip()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = latin_digits(text.translate(_ONE_SPELLING))
    text = re.sub(f"{HALF_SPACE}+", HALF_SPACE, text)
    text = re.sub(rf"{HALF_SPACE}*\s[\s{HALF_SPACE}]*", " ", text)
    return text.strip(f" {HALF_SPACE}")


def search_key(text: str) -> str:
    """The spelling that is searched in and for: normalised, lower-case, without half-space or diacritics, آأإ as ا."""
    text = normalise(text).replace(HALF_SPACE, "").translate(_SEARCH_SPELLING)
    return _DIACRITICS.sub("", text).casefold()


def sort_key(text: str) -> str:
    """A string whose code-point order is the Persian alphabetical order: digits, Persian letters, Latin, the rest.

    Half-space and diacritics do not count; punctuation counts as a space.
    """
    text = normalise(text).replace(HALF_SPACE, "").translate(_SORT_SPELLING)
    text = _DIACRITICS.sub("", text).casefold()
    ranked = "".join(_rank(letter) for letter in text)
    return re.sub(" +", " ", ranked).strip()


def _rank(letter: str) -> str:
    if letter in _RANK:
        return _RANK[letter]
    if letter in _LATIN:
        return letter
    if not letter.isalnum():
        return " "
    if letter.isascii():
        return chr(_LATIN_BASE + ord(letter))
    return letter if ord(letter) >= 2 * _OTHER_BASE else chr(_OTHER_BASE + ord(letter))


def parse_decimal(text: str) -> Decimal:
    """The number typed in Persian, Arabic or Latin digits; ValueError when it is not one plain number.

    "." and "٫" part the decimals, "," "٬" and "،" the thousands. Thousands must stand in threes: "12,5" is refused,
    for it may have been meant as twelve and a half. NaN, Infinity and exponents are refused.
    """
    plain = latin_digits(_INVISIBLE.sub("", text)).translate(_NUMBER_SIGNS).strip()
    if len(plain) > _LONGEST_NUMBER or not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise ValueError(f"not a number: {text[:_LONGEST_NUMBER]!r}")
    return Decimal(plain.replace(",", ""))


def format_number(value: Decimal | int | None, language: str, places: int | None = None) -> str:
    """The number as `language` writes it, rounded half-up to `places`, or with trailing zeros cut. None is "—"."""
    if value is None:
        return DASH
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("only finite numbers can be shown")
    if places is not None:
        with localcontext() as context:
            context.prec = max(28, number.adjusted() + places + 3)
            number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{number.copy_abs():,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if not language.startswith("fa"):
        return f"-{text}" if number < 0 else text
    text = persian_digits(text).translate(str.maketrans(",.", "٬٫"))
    return f"\u200e\u2212{text}" if number < 0 else text


def localised(value: Decimal | int | None, places: int | None = None) -> str:
    """`format_number` in the reader's language."""
    return format_number(value, get_language() or "fa", places)
