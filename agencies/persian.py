"""Persian text and numbers: one spelling, one sort order, one way in and one way out.

The embedded database compares by code point and has no ICU, so the Persian alphabetical order and
the search spelling are computed here and stored. Number signs follow Unicode CLDR for `fa`: U+066B
decimal, U+066C thousands, and LRM with U+2212 for minus.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

HALF_SPACE = "\u200c"
DASH = "—"

_LATIN = "0123456789"
_PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC = "٠١٢٣٤٥٦٧٨٩"
_TO_LATIN = str.maketrans(_PERSIAN + _ARABIC, _LATIN * 2)
_TO_PERSIAN = str.maketrans(_LATIN + _ARABIC, _PERSIAN * 2)
_TO_PERSIAN_NUMBER = str.maketrans(_LATIN + ",.", _PERSIAN + "٬٫")

# Letters of Arabic, Urdu and Kurdish keyboards for a Persian one: forms of yeh, kaf and heh.
_ONE_SPELLING = str.maketrans("يىےېۍێ" + "كڪڭګ" + "ھہ" + "ۂۃ", "یییییی" + "کککگ" + "هه" + "ۀة")
# Letters as they stand in a line of print, which old programs and PDF files give for the letters
# themselves.
_PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
# Signs that steer the direction of a line or only take up no width; they hide inside pasted text.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_UNSEEN = re.compile(f"{_INVISIBLE.pattern[:-1]}{HALF_SPACE}\u200d]")
_ARABIC_LETTER = "[\u0620-\u064a\u066e-\u06d3\u06ee-\u06ff]"
# A half-space parts letters; beside digits, Latin letters and signs on both sides it means nothing.
_IDLE_HALF_SPACE = re.compile(f"(?<!{_ARABIC_LETTER}){HALF_SPACE}(?!{_ARABIC_LETTER})")
# Tatweel, vowel signs, combining hamza and madda, superscript alef.
_DIACRITICS = re.compile("[\u0640\u064b-\u065f\u0670]")
# What one types without the ornament: forms of heh, alef, waw and yeh.
SEARCHED_LETTERS = ("ةۀە" + "أإآٱ" + "ؤ" + "ئ", "ههه" + "اااا" + "و" + "ی")
# Hamza alone, half-space, spaces and diacritics are no letters of a key.
NOT_SEARCHED = f"ء{HALF_SPACE}\u200d \u0640\u0670" + "".join(map(chr, range(0x64B, 0x660)))
_SEARCH_SPELLING = str.maketrans(*SEARCHED_LETTERS, NOT_SEARCHED)
# Hamza has two seats in some words, or none: مسئول, مسؤول, مسوول; هیئت, هیأت, هیات; مسئله, مسأله.
HAMZA_BEFORE_WAW = "[ئؤیو]+(?=[وؤ])"
HAMZA_LIKE_ALEF = "(?<!ا)ئ(?=ت|له)"

_ALPHABET = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_SORT_SPELLING = str.maketrans("ةۀە" + "أإٱ" + "ؤ" + "ئ", "ههه" + "ااا" + "و" + "ی")
_PERSIAN_BASE, _LATIN_BASE, _OTHER_BASE = 0x100, 0x200, 0x300
_RANK = {letter: chr(_PERSIAN_BASE + place) for place, letter in enumerate(_ALPHABET)}

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|[+-]?\.\d+")
# Decimal signs, the slash of Persian keyboards and its look-alikes among them; signs of thousands;
# minus signs.
_DECIMAL_SIGNS, _THOUSANDS_SIGNS, _MINUS_SIGNS = (
    "٫/\u2044\u2215\uff0f\u060d",
    "٬،\uff0c",
    "\u2212\u2010\u2011\ufe63\uff0d",
)
_NUMBER_SIGNS = str.maketrans(
    _DECIMAL_SIGNS + _THOUSANDS_SIGNS + _MINUS_SIGNS,
    "." * len(_DECIMAL_SIGNS) + "," * len(_THOUSANDS_SIGNS) + "-" * len(_MINUS_SIGNS),
    "\u00a0\u202f",
)
_PERCENT_SIGNS = tuple("%٪\ufe6a\uff05")
_LONGEST_NUMBER = 60


def language() -> str:
    """Name the language of whoever is being answered: "fa" or "en", and
    "fa" where none is chosen.
    """
    return get_language() or "fa"


def local_name(fa: str, en: str) -> str:
    """Choose the name in the reader's language, Persian where there is no other."""
    return fa if get_language() == "fa" else en or fa


def latin_digits(text: str) -> str:
    """Turn Persian and Arabic-Indic digits into Latin ones; all else stays."""
    return text.translate(_TO_LATIN)


def persian_digits(text: str) -> str:
    """Turn Latin and Arabic-Indic digits into Persian ones; all else stays."""
    return text.translate(_TO_PERSIAN)


def plain_text(text: str) -> str:
    """Strip a number, date or code of the signs that nobody sees (directions, joiners, odd spaces),
    and write it in Latin digits.
    """
    return latin_digits(" ".join(_UNSEEN.sub("", text).split()))


def normalise(text: str, *, lines: bool = False) -> str:
    """Bring a typed text to one spelling: ی and ک, Latin digits, single spaces, tidy half-spaces.

    Line breaks become spaces unless `lines` is set, as it should be for prose.
    """
    if lines:
        return "\n".join(normalise(line) for line in text.splitlines()).strip()
    text = _PRESENTATION_FORMS.sub(_letters_of_form, unicodedata.normalize("NFC", text))
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = latin_digits(text.translate(_ONE_SPELLING))
    text = re.sub(f"{HALF_SPACE}+", HALF_SPACE, text)
    text = _IDLE_HALF_SPACE.sub("", text)
    text = re.sub(rf"{HALF_SPACE}*\s[\s{HALF_SPACE}]*", " ", text)
    return text.strip(f" {HALF_SPACE}")


def _letters_of_form(form: re.Match[str]) -> str:
    letters = unicodedata.normalize("NFKC", form[0])
    return letters.strip() or letters  # a vowel sign's form stands on a space


def search_key(text: str) -> str:
    """Spell a text as it is searched in and for: lower-case, آأإ as ا, whatever seat hamza has.

    Half-space, spaces and diacritics do not count.
    """
    text = re.sub(HAMZA_BEFORE_WAW, "", normalise(text))
    text = re.sub(HAMZA_LIKE_ALEF, "ا", text)
    return text.translate(_SEARCH_SPELLING).casefold()


def search_words(text: str) -> list[str]:
    """List the words of a text, each as `search_key` spells it; a half-space parts words, too."""
    return [key for word in text.replace(HALF_SPACE, " ").split() if (key := search_key(word))]


def sort_key(text: str) -> str:
    """Spell a text so that code-point order is the Persian alphabetical order: digits, Persian
    letters, Latin, the rest.

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


def plain_number(text: str) -> str:
    """Write a typed number in Latin digits, with "." before its decimals and without a percent
    sign; all else stays.
    """
    plain = plain_text(text.translate(_NUMBER_SIGNS))
    if plain.startswith(_PERCENT_SIGNS):
        return plain[1:].strip()
    return plain[:-1].strip() if plain.endswith(_PERCENT_SIGNS) else plain


def parse_decimal(text: str) -> Decimal:
    """Read a number typed in Persian, Arabic or Latin digits; ValueError, in words for whoever
    typed it, when it is none.

    "." "٫" and "/" part the decimals, "," "٬" and "،" the thousands. Thousands must stand in
    threes: "12,5" is refused, for it may have been meant as twelve and a half. A percent sign
    before or after is the number's unit: 62% is 62. NaN, Infinity and exponents are refused.
    """
    plain = plain_number(text)
    if len(plain) > _LONGEST_NUMBER or not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise ValueError(_why_no_number(plain_text(text), plain))
    return Decimal(plain.replace(",", ""))


def _why_no_number(typed: str, plain: str) -> str:
    """Say which sign keeps a text from being a number, and what to write instead."""
    typed = typed[:_LONGEST_NUMBER]
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        sign = next(letter for letter in typed if letter in f",{_THOUSANDS_SIGNS}")
        return _(
            "In “%(text)s” the sign “%(sign)s” may part decimals or thousands. If "
            "decimals are meant,"
            " write %(slash)s or %(point)s."
        ) % {
            "text": typed,
            "sign": sign,
            "slash": plain.replace(",", "/"),
            "point": plain.replace(",", "."),
        }
    if "," in plain and re.fullmatch(r"[+-]?[\d,.]+", plain):
        return _(
            "In “%(text)s” the signs that part thousands do not stand in threes. Leave them out."
        ) % {"text": typed}
    if re.fullmatch(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", plain):
        return _(
            "“%(text)s” is how a spreadsheet program shortens a long number. Format its cell as a"
            " number and write it in full."
        ) % {"text": typed}
    return _("Enter one number, such as 1200 or 12.5.")


def format_number(value: Decimal | int | None, language: str, places: int | None = None) -> str:
    """Write a number as `language` does, rounded half-up to `places`, or with trailing zeros cut.
    None is "—".
    """
    if value is None:
        return DASH
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("only finite numbers can be shown")
    if places is not None:
        precise = Context(prec=max(28, number.adjusted() + places + 3))
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, precise)
    text = f"{number.copy_abs():,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if not language.startswith("fa"):
        return f"-{text}" if number < 0 else text
    text = text.translate(_TO_PERSIAN_NUMBER)
    return f"\u200e\u2212{text}" if number < 0 else text


def in_locale(value: Decimal | int | None, places: int | None = None) -> str:
    """Write a number as the reader's language does."""
    return format_number(value, get_language() or "fa", places)
