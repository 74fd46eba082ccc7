"""Which passwords are taken: long ones that no list of stolen ones and nothing known of their owner
gives away.
"""

import re
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from zxcvbn import zxcvbn

from agencies.models import User
from agencies.passwords import one_spelling
from agencies.persian import in_locale
from config.accounts.local_words import FORMS, SHORTEST, YEARS

EXAMINED = 72
"""The first characters, by which a password is judged: the estimate's time grows with the square of
the length.
"""

STRONGEST = 4
"""The estimate's best mark: more than ten thousand million guesses."""

OWN_CHARACTERS = 4
"""How many characters must be left when local words, names and years are taken away."""

TOO_SHORT = _(
    "The password is too short: at least %(count)s characters. A sentence of several words is "
    "easy to remember."
)
MEND = _(
    "Choose four words that have nothing to do with each other, or let a password manager make one."
)
KNOWN = _("The password is built on names or years that anybody can know of you or of your agency.")
LOCAL = _("The password is built on words and years that are tried first in this country.")
STOLEN = _("The password, or most of it, is in lists of stolen passwords.")
WORDS = _("The password is made of a few common words.")
KEYBOARD = _("The password follows the keys of the keyboard.")
SERIES = _("The password repeats itself or is a sequence.")
DATES = _("The password is built on a date or a year.")
EASY = _("The password is easy to guess.")


class GuessablePasswordValidator:
    """Refuses in one sentence that names the rule and one that says how to mend it."""

    def validate(self, password: str, user: User | None = None) -> None:
        password = one_spelling(password)
        if len(password) < settings.PASSWORD_LENGTH:
            count = in_locale(settings.PASSWORD_LENGTH)
            raise ValidationError(TOO_SHORT, code="password_too_short", params={"count": count})
        if rule := why_guessable(password, user):
            raise ValidationError([rule, MEND])

    def get_help_text(self) -> str:
        return str(HELP)


HELP = _(
    "At least 12 characters, in any language; not from a list of stolen passwords, and not made "
    "of your name, "
    "your agency's, a year or a row of keys. Several words are best."
)


def why_guessable(password: str, user: User | None) -> str | Promise:
    """Name the rule that a password breaks, "" where it is good."""
    known = frozenset(known_words(user))
    own = left_over(password, known)
    if len(own) < OWN_CHARACTERS:
        return KNOWN if len(left_over(password, frozenset())) >= OWN_CHARACTERS else LOCAL

    found = zxcvbn(password[:EXAMINED], user_inputs=[*known, *FORMS, *YEARS])
    return "" if found["score"] >= STRONGEST else _rule(found["sequence"], known)


def known_words(user: User | None) -> Iterable[str]:
    """Find the words of a person's names and address and of the names and codes of their
    agencies.
    """
    if user is None:
        return
    texts = [user.username, user.email.partition("@")[0], user.name_fa, user.name_en, user.mobile]
    memberships = user.all_memberships if user.pk else []
    for agency in (m.agency for m in memberships if m.agency):
        texts += [agency.name_fa, agency.name_en, agency.code]
    for text in texts:
        for word in re.split(r"[\W_]+", one_spelling(text).casefold()):
            if len(word) >= SHORTEST:
                yield word


def left_over(password: str, known: frozenset[str]) -> str:
    """Take the known words out of a password's letters and digits, the longest first."""
    rest = "".join(letter for letter in password.casefold()[:256] if letter.isalnum())
    for word in sorted(known | FORMS | YEARS, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest


def _rule(sequence: list[dict[str, str]], known: frozenset[str]) -> str | Promise:
    """Name the rule by what the longest part is that was recognised."""
    parts = [part for part in sequence if part["pattern"] != "bruteforce"]
    if not parts:
        return EASY
    longest = max(parts, key=lambda part: len(part["token"]))
    if longest["pattern"] == "dictionary":
        dictionary = longest["dictionary_name"]
        if dictionary == "user_inputs":
            return KNOWN if longest["matched_word"] in known else LOCAL
        return STOLEN if dictionary == "passwords" else WORDS
    by_pattern = {"spatial": KEYBOARD, "repeat": SERIES, "sequence": SERIES, "date": DATES}
    return by_pattern.get(longest["pattern"], EASY)
