"""Recovery codes: shown once, kept as digests, each good for one sign-in.

They rest in the library's own row of their kind. To the library that row is a list of codes that is
empty, so it never takes one for right; whether one is, is asked here.
"""

import hashlib
import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from agencies.locks import locked
from agencies.models import User

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the letters and digits that one takes for another."""

LENGTH = 16
PART = 4
COUNT = 10


def is_of_form(typed: str) -> bool:
    """Tell whether what was typed may be a recovery code; an app's code is shorter."""
    return len(_plain(typed)) == LENGTH


def unused_count(user: User) -> int:
    row = _rows(user).first()
    return len([code for code in row.data.get("codes", ()) if not code["used_at"]]) if row else 0


@transaction.atomic
def renew(user: User) -> list[str]:
    """Make new codes in place of those before; they are returned here and shown nowhere again."""
    locked(User.objects.all()).get(pk=user.pk)
    _rows(user).delete()
    codes = [_new_code() for _number in range(COUNT)]
    kept = [{"digest": _digest(code), "used_at": None} for code in codes]
    data: dict[str, object] = {"migrated_codes": [], "codes": kept}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=data)
    return codes


@transaction.atomic
def use(user: User, typed: str, *, at: datetime) -> Authenticator | None:
    """Mark a code as used; return the row it stands in, or None where no unused code is like it."""
    row = locked(_rows(user), with_keys=True).first()
    if row is None:
        return None
    digest = _digest(typed)
    for code in row.data.get("codes", ()):
        if not code["used_at"] and secrets.compare_digest(code["digest"], digest):
            code["used_at"] = at.isoformat()
            row.save(update_fields=["data"])
            return row
    return None


def _rows(user: User) -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(
        user=user, type=Authenticator.Type.RECOVERY_CODES
    )
    return rows


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return "-".join(letters[start : start + PART] for start in range(0, LENGTH, PART))


def _plain(typed: str) -> str:
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def _digest(code: str) -> str:
    # a code is 79 random bits: nobody tries them all, so no slow hash is needed
    return hashlib.sha256(f"recovery code: {_plain(code)}".encode()).hexdigest()
