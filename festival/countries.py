"""The countries of the world by their ISO 3166-1 letters, in both languages and by the names that
publishers use.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agencies.persian import local_name, normalise
from cycles.spreadsheets.csv_tables import read_rows

HOME = "IRN"
"""The country whose position is told."""

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Country:
    """A country: its three letters, its names, and how else it is written."""

    code: str
    name_en: str
    name_fa: str
    also: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return local_name(self.name_fa, self.name_en)


@cache
def countries() -> dict[str, Country]:
    """Return all countries by their letters, as `data/countries.csv` has them from general
    knowledge.
    """
    return {
        row["code"]: Country(
            row["code"], row["name_en"], row["name_fa"], tuple(filter(None, row["also"].split("|")))
        )
        for row in read_rows(DATA / "countries.csv")
    }


_APOSTROPHES = re.compile("['’‘´`ʼ]")
_HEH = str.maketrans("ةە", "هه")
_NO_WORD = re.compile(r"[\W_]+")


def spelling(name: str) -> str:
    """Write a name by its letters alone, without accents, punctuation and capitals.

    Publishers write Côte d´Ivoire in six ways.
    """
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name).replace("&", " and "))
    letters_alone = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NO_WORD.sub("", normalise(letters_alone).translate(_HEH).casefold())


@cache
def _by_name() -> dict[str, str]:
    codes = {}
    for country in countries().values():
        for name in (country.name_en, country.name_fa, *country.also):
            codes[spelling(name)] = country.code
    return codes


def letters(code: str, name: str = "") -> str:
    """Return the letters of the country that a publisher's row means, by its code or else by its
    name; "" for none known.

    Only what is written in the table is known: nothing is guessed from likeness
    (findings/country-names.sh).
    """
    for text in (code.upper(), name.upper()):
        if text in countries():
            return text
    known = _by_name()
    return known.get(spelling(name)) or known.get(spelling(code), "")


def name_of(code: str) -> str:
    """Name a country in the reader's language, by its letters where it is not known."""
    found = countries().get(code)
    return found.name if found else code
