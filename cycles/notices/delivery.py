"""What becomes of a notice: gathered into messages, sent, marked as told, and seen by the person
whom it tells.
"""

import logging
import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import DatabaseError, transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from uuid_utils import UUID, uuid7

from agencies.locks import locked
from agencies.models import User
from cycles.administration_workflow import ADMINISTRATION
from cycles.clashes import Seen
from cycles.engine.perform import administer, perform
from cycles.models import Channel, Delivery
from cycles.notices import mail, sms, wording
from cycles.workflow import Refused

logger = logging.getLogger(__name__)

NEWS_GATHERS = timedelta(hours=1)
"""How long news waits for more of it; what is official or reminds of a deadline goes at once and
takes it along.
"""

PAUSES = tuple(timedelta(minutes=m) for m in (0, 1, 5, 30, 2 * 60, 6 * 60, 24 * 60, 72 * 60))
"""How long after a message was put together each attempt comes at the earliest; after the last it
is given up.
"""

LABEL = gettext_lazy("E-mails and text messages")
"""What the outbox is called beside the kinds of jobs."""

CLOSED, NO_ADDRESS = gettext_noop("The account is closed."), gettext_noop("There is no address.")


# --- Sending ------------------------------------------------------------------------------------


def tell(*, at: datetime) -> int:
    """Send what is to be told; how many messages went out. Safe to run twice, at once, or after a
    run that died.
    """
    gather(at=at)
    return send(at=at)


def _outbox() -> QuerySet[Delivery]:
    return Delivery.objects.filter(told_at=None).exclude(channel=Channel.INBOX)


@transaction.atomic
def gather(*, at: datetime) -> int:
    """Put all that waits for a person into one message a channel and fix its Message-ID, before
    anything is sent.
    """
    waiting = _outbox().filter(message_id="")
    pressing = Q(is_official=True) | Q(entry=None) | Q(made_at__lte=at - NEWS_GATHERS)
    people = User.objects.filter(pk__in=waiting.filter(pressing).values("recipient")).order_by("pk")
    # a person whom another worker has in hand is left to it
    mine = list(locked(people, skip_locked=True).values_list("pk", flat=True))
    messages: dict[tuple[int, str], str] = {}
    rows = list(waiting.filter(recipient__in=mine).order_by("pk"))
    for row in rows:
        key = (row.recipient_id, row.channel)
        if key not in messages:
            messages[key] = (
                f"{uuid7(nanoseconds=int(at.timestamp() * 1000) * 10**6)}@{mail.domain()}"
            )
        row.message_id = messages[key]
    Delivery.objects.bulk_update(rows, ["message_id"], batch_size=1000)
    return len(messages)


def _put_together_at(message_id: str) -> datetime:
    return datetime.fromtimestamp(UUID(message_id.partition("@")[0]).timestamp / 1000, tz=UTC)


class Unreachable(Exception):
    """The server that takes the messages does not answer: nobody's fault, and counted against no
    message.
    """


class Post:
    """One connection to the mail server for a whole run, opened when first needed and anew after it
    broke.
    """

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None

    def send(self, message: EmailMessage) -> None:
        if self.connection is None:
            connection = get_connection()
            try:
                connection.open()
            except (OSError, smtplib.SMTPException) as error:
                raise Unreachable(str(error)) from error
            self.connection = connection
        try:
            self.connection.send_messages([message])
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        if self.connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.connection.close()
            self.connection = None


@contextmanager
def posting() -> Iterator[Post]:
    """Send a run of messages over one connection; it ends quietly where the server that takes them
    does not answer.
    """
    post = Post()
    try:
        yield post
    except Unreachable as error:
        logger.warning("the mail server cannot be reached: %s", error)
    finally:
        post.close()


def send(*, at: datetime) -> int:
    """Send the messages that have been put together and are due; what fails is noted and tried
    again later.
    """
    messages = (
        _outbox().exclude(message_id="").order_by("message_id").values("message_id", "channel")
    )
    sent = 0
    with posting() as post:
        for message in list(
            messages.annotate(first=Min("pk"), attempts=Max("attempts"), size=Count("pk"))
        ):
            attempts = message["attempts"]
            if (
                attempts < len(PAUSES)
                and at >= _put_together_at(message["message_id"]) + PAUSES[attempts]
            ):
                sent += _send(message["message_id"], message["first"], post, at)
    return sent


@transaction.atomic
def _send(message_id: str, first: int, post: Post, at: datetime) -> bool:
    """Send one message and mark what it tells, under the lock of its first row, which stands for
    all of it.
    """
    lock = locked(Delivery.objects.filter(pk=first, told_at=None), skip_locked=True)
    if not lock.values_list("pk", flat=True):
        return False  # in another worker's hands, or sent by it in the meantime
    rows = Delivery.objects.filter(message_id=message_id, told_at=None)
    deliveries = list(rows.select_related("recipient", "entry").order_by("pk"))
    person = deliveries[0].recipient
    address = person.email if deliveries[0].channel == Channel.MAIL else person.mobile
    if not person.is_active or not address:
        rows.update(attempts=len(PAUSES), error=NO_ADDRESS if person.is_active else CLOSED)
        return False
    try:
        with translation.override(person.language):
            told = wording.in_words(deliveries)
            if deliveries[0].channel == Channel.MAIL:
                post.send(mail.compose(person, told, message_id))
            else:
                sms.backend().send(address, mail.text_message(told), message_id.partition("@")[0])
    except (Unreachable, DatabaseError):
        raise
    except Exception as error:
        logger.exception("message %s", message_id)
        rows.update(attempts=F("attempts") + 1, error=str(error)[:300] or type(error).__name__)
        return False
    rows.update(told_at=at, error="")
    return True


def waiting() -> QuerySet[Delivery]:
    """Select the messages that are still to be sent, tried before or not."""
    return _outbox().filter(attempts__lt=len(PAUSES))


def given_up() -> QuerySet[Delivery]:
    """Select the messages that were tried for the last time and did not go out."""
    return _outbox().filter(attempts__gte=len(PAUSES))


@transaction.atomic
def send_again(*, by: User, at: datetime, note: str = "") -> int:
    """Have every message that was given up tried from the beginning, under its own Message-ID; how
    many rows.
    """
    rows = list(locked(given_up().order_by("pk")).values_list("pk", flat=True))
    administer("send_again", by, by=by, at=at, note=note, count=len(rows))
    if not rows:
        raise Refused(_("No message was given up; there is nothing to send again."))
    return Delivery.objects.filter(pk__in=rows).update(attempts=0, error="")


# --- Reading and choosing -----------------------------------------------------------------------


@transaction.atomic
def see(delivery: Delivery, *, by: User, at: datetime) -> None:
    """Record when a notice was first opened by whom it tells."""
    perform(ADMINISTRATION, [delivery], "see_notice", by=by, at=at)
    Delivery.objects.filter(pk=delivery.pk, seen_at=None).update(seen_at=at)


@transaction.atomic
def see_all(*, by: User, at: datetime) -> int:
    """Mark all one's notices as seen, but for official ones: each of those must be opened."""
    unseen = Delivery.objects.visible_to(by, at).filter(seen_at=None, is_official=False)
    perform(ADMINISTRATION, unseen, "see_notice", by=by, at=at)
    return unseen.update(seen_at=at)


CHOICES = ("language", "mobile", "mails_news", "mails_reminders", "texts_reminders")


@transaction.atomic
def choose(
    choices: Mapping[str, object], *, by: User, at: datetime, seen: Seen | None = None
) -> User:
    """Choose what is sent to oneself besides official notices, in which language and to which
    mobile number.
    """
    if choices["texts_reminders"] and not choices["mobile"]:
        raise Refused(_("Text messages need a mobile number."))
    person = locked(User.objects.all()).get(pk=by.pk)
    administer("choose_notices", person, by=by, at=at, seen=seen)
    for name in CHOICES:
        setattr(person, name, choices[name])
    person.save(update_fields=CHOICES)
    return person
