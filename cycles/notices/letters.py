"""Links to a new password that people ask for: ordered in the request, written and sent outside it.

Whether the mail server is there, slow or away, the answer on the page comes at once and is the same
for an address that nobody has. The link itself is made when the letter is written, and stands
nowhere else.
"""

import logging
import smtplib
from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from agencies.locks import locked
from agencies.models import User
from cycles.models import PasswordLetter
from cycles.notices import mail
from cycles.notices.delivery import Post, posting

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
KEPT_FOR = timedelta(hours=24)
"""After so long nobody waits for the letter any more: they ask again."""

TEMPLATE = "account/email/password_reset_key"


def order(person: User, *, language: str, at: datetime) -> None:
    """Have a link to a new password sent; whoever asks twice before it is sent gets one letter."""
    PasswordLetter.objects.get_or_create(
        person=person, defaults={"language": language, "asked_at": at}
    )


def send(*, at: datetime) -> int:
    """Send every letter that waits; how many went out. What fails is tried
    again by the next run.
    """
    PasswordLetter.objects.filter(asked_at__lt=at - KEPT_FOR).delete()
    PasswordLetter.objects.filter(attempts__gte=MOST_ATTEMPTS).delete()
    sent = 0
    with posting() as post:
        for key in list(
            PasswordLetter.objects.order_by("asked_at", "pk").values_list("pk", flat=True)
        ):
            sent += _send(key, post)
    return sent


@transaction.atomic
def _send(key: int, post: Post) -> bool:
    """Send one letter under the lock of its row, and forget it."""
    waiting = locked(
        PasswordLetter.objects.select_related("person"), with_keys=True, skip_locked=True
    )
    letter = waiting.filter(pk=key).first()
    if letter is None:
        return False

    if letter.person.is_active and letter.person.email:
        try:
            post.send(_compose(letter))
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("a letter was not taken: %s", error)
            PasswordLetter.objects.filter(pk=key).update(attempts=F("attempts") + 1)
            return False

    letter.delete()
    return True


def _compose(letter: PasswordLetter) -> EmailMessage:
    person = letter.person
    with translation.override(letter.language):
        key = default_token_generator.make_token(person)
        link = mail.address("account_reset_password_from_key", user_pk_to_url_str(person), key)
        context = {"user": person, "password_reset_url": link}
        return EmailMessage(
            subject=render_to_string(f"{TEMPLATE}_subject.txt", context).strip(),
            body=render_to_string(f"{TEMPLATE}_message.txt", context),
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated", "Content-Language": letter.language},
        )
