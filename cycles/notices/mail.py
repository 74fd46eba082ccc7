"""What goes out of the portal: one e-mail or text message over all that a person is to be told, in
their language.
"""

from collections.abc import Sequence
from email.utils import parseaddr

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, ngettext

from agencies.models import User
from agencies.persian import in_locale
from cycles.notices.wording import Notice

LONGEST_TEXT = 300  # what a text message of several parts still carries


def domain() -> str:
    """Name the part after @ of every Message-ID."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def address(name: str, *args: object) -> str:
    """Write a page's whole address, for readers outside the portal."""
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"


def headline(notices: Sequence[Notice]) -> str:
    """Say the one sentence of one notice, or how many notices there are."""
    if len(notices) == 1:
        return " ".join(notices[0].sentence.split())
    said = ngettext("%(count)s notice", "%(count)s notices", len(notices))
    return said % {"count": in_locale(len(notices))}


def compose(person: User, notices: Sequence[Notice], message_id: str) -> EmailMultiAlternatives:
    """Write the mail that tells a person all these notices, in the language in force; of the same
    rows the same mail, but for an invitation's link.
    """
    subject = headline(notices)
    context = {
        "person": person,
        "headline": subject,
        "notices": [(notice, *_link(person, notice)) for notice in notices],
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
        "inbox": address("cycles:inbox"),
        "settings": address("cycles:notice_settings"),
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("cycles/notices/mail.txt", context),
        to=[person.email],
        headers={
            "Message-ID": f"<{message_id}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": get_language(),
        },
    )
    mail.attach_alternative(render_to_string("cycles/notices/mail.html", context), "text/html")
    return mail


def _link(person: User, notice: Notice) -> tuple[str, bool]:
    """Say where a notice leads from outside, and whether an invited person chooses a password
    there.

    That link is made here and stands nowhere but in the mail; it works once, and a second sending
    has one of its own.
    """
    if notice.invites and not person.has_usable_password():
        key = default_token_generator.make_token(person)
        return address("account_reset_password_from_key", user_pk_to_url_str(person), key), True
    return address("cycles:notice", notice.pk), False


def text_message(notices: Sequence[Notice]) -> str:
    """Write one text message over all notices: the first sentence, how many more there are, and
    where to read them.
    """
    where = address("cycles:inbox")
    more = ""
    if len(notices) > 1:
        said = ngettext("and %(count)s more notice", "and %(count)s more notices", len(notices) - 1)
        more = f" ({said % {'count': in_locale(len(notices) - 1)}})"
    room = LONGEST_TEXT - len(more) - len(where) - 1
    sentence = notices[0].sentence
    if len(sentence) > room:
        sentence = f"{sentence[: room - 1].rstrip()}…"
    return f"{sentence}{more}\n{where}"
