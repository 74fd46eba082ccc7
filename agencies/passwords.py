"""One spelling of a password, so that another keyboard does not keep its owner out."""

import unicodedata

from agencies.persian import latin_digits

_ONE_LETTER = str.maketrans("\u064a\u0649\u0643", "\u06cc\u06cc\u06a9")


def one_spelling(password: str) -> str:
    """Spell a password as it is hashed: Unicode's NFKC, the Persian yeh and kaf, Latin digits.
    ASCII stays as it is.
    """
    return latin_digits(unicodedata.normalize("NFKC", password).translate(_ONE_LETTER))
