"""What is sent, to whom and once, and what becomes of a message that fails."""

import smtplib
import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from agencies.models import User
from appeals.drafting import actions as drafting
from cycles.calendar import Phase
from cycles.engine import reminders
from cycles.models import Channel, Delivery
from cycles.notices import delivery
from submissions import tasks as submissions_tasks
from submissions.release import actions as release
from submissions.signing import actions as signing
from tests.cycles.notices.deliveries import DAY, HOUR, MINUTE, drafts_of, forget, inbox
from tests.factories import build

pytestmark = pytest.mark.django_db


# --- Sending ------------------------------------------------------------------------------------


def test_each_person_gets_one_mail_in_their_language_whose_links_record_the_reading():
    w = build("marked")
    User.objects.filter(pk=w.staff.pk).update(language="en")
    forget()
    release.communicate([w.submission], by=w.administrator, at=w.at)
    answer = w.submission.answers.get(measure__code="G1-1")
    appeal = drafting.save_draft(
        answer, fields={"ground": "value", "argument": "x"}, by=w.staff, at=w.at
    )
    drafting.file([appeal], by=w.head, at=w.at)

    assert delivery.tell(at=w.at + MINUTE) == 2

    to_staff = next(m for m in mail.outbox if m.to == [w.staff.email])
    to_head = next(m for m in mail.outbox if m.to == [w.head.email])
    assert to_staff.subject == "2 notices"
    assert "Scores have been communicated\nMinistry of Energy · 1405" in to_staff.body
    assert all(
        f"http://localhost:8000/en/cycles/notices/{d.pk}/" in to_staff.body for d in inbox(w.staff)
    )
    assert 'lang="en" dir="ltr"' in to_staff.alternatives[0].content
    assert 'lang="fa" dir="rtl"' in to_head.alternatives[0].content
    assert "/fa/cycles/notices/" in to_head.body
    assert to_staff.extra_headers["Message-ID"].endswith("@localhost>")
    assert not Delivery.objects.filter(channel=Channel.MAIL, told_at=None).exists()


def test_nothing_is_sent_twice_and_a_run_with_nothing_to_do_sends_nothing():
    w = build("scored")

    first = delivery.tell(at=w.at + DAY)
    again = delivery.tell(at=w.at + 2 * DAY)

    assert first == len(mail.outbox) > 0
    assert again == 0
    assert len({m.to[0] for m in mail.outbox}) == first


def test_news_waits_an_hour_for_more_of_it_and_what_is_official_goes_at_once():
    w = build("answered")
    forget()
    signing.move(w.submission, "submit", by=w.head, at=w.at)

    early = delivery.tell(at=w.at + 59 * MINUTE)
    late = delivery.tell(at=w.at + HOUR)

    assert (early, late) == (0, 1)


def test_news_and_reminders_can_be_switched_off_and_official_notices_cannot():
    w = build("answered")
    off = {
        "mails_news": False,
        "mails_reminders": False,
        "texts_reminders": False,
        "mobile": "",
        "language": "fa",
    }
    delivery.choose(off, by=w.staff, at=w.at)
    forget()

    signing.move(w.submission, "submit", by=w.head, at=w.at)
    signing.move(w.fresh(w.submission), "withdraw", by=w.head, at=w.at)
    reminders.remind(
        Phase.SELF_ASSESSMENT,
        submissions_tasks.not_signed,
        at=w.closes(Phase.SELF_ASSESSMENT) - DAY,
    )
    signing.lapse(w.cycle, at=w.opens(Phase.SCORING))

    acts = inbox(w.staff).values_list("entry__act", flat=True)
    assert sorted(act or "reminder" for act in acts) == ["reminder", "stand", "submit", "withdraw"]
    mailed = Delivery.objects.filter(recipient=w.staff, channel=Channel.MAIL).values_list(
        "entry__act", flat=True
    )
    assert list(mailed) == ["stand"]


class OneAddressRefused(EmailBackend):
    """A mail server that does not know the staff's address, until it is told."""

    refuses = True

    def send_messages(self, messages):
        if self.refuses and any("staff@example.org" in m.to for m in messages):
            raise smtplib.SMTPRecipientsRefused({"staff@example.org": (550, b"No such user here")})
        return super().send_messages(messages)


def test_an_address_that_fails_stops_nobody_else_and_is_tried_again_as_the_same_mail(
    settings, monkeypatch
):
    settings.EMAIL_BACKEND = f"{__name__}.OneAddressRefused"
    w = build("marked")
    forget()
    release.communicate([w.submission], by=w.administrator, at=w.at)

    assert delivery.tell(at=w.at) == 1
    failed = Delivery.objects.get(recipient=w.staff, channel=Channel.MAIL)
    assert (failed.attempts, failed.told_at) == (1, None)
    assert "No such user here" in failed.error
    assert delivery.tell(at=w.at + timedelta(seconds=30)) == 0
    assert w.fresh(failed).attempts == 1

    monkeypatch.setattr(OneAddressRefused, "refuses", False)
    assert delivery.tell(at=w.at + MINUTE) == 1

    sent = w.fresh(failed)
    assert (sent.message_id, sent.error, sent.told_at) == (failed.message_id, "", w.at + MINUTE)
    assert mail.outbox[-1].extra_headers["Message-ID"] == f"<{failed.message_id}>"


def test_after_eight_attempts_a_message_is_given_up(settings):
    settings.EMAIL_BACKEND = f"{__name__}.OneAddressRefused"
    w = build("scored")
    Delivery.objects.exclude(recipient=w.staff).delete()

    for day in range(20):
        delivery.tell(at=w.at + day * DAY)

    assert set(
        Delivery.objects.filter(channel=Channel.MAIL).values_list("attempts", flat=True)
    ) == {8}


def test_a_mail_server_that_does_not_answer_is_held_against_no_message(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    w = build("scored")

    assert delivery.tell(at=w.at + DAY) == 0

    assert set(Delivery.objects.filter(channel=Channel.MAIL).values_list("attempts", "error")) == {
        (0, "")
    }
    assert not Delivery.objects.filter(channel=Channel.MAIL, message_id="").exists()


def test_a_closed_account_gets_nothing_even_if_it_was_told_before_it_closed():
    w = build("scored")
    User.objects.filter(pk=w.staff.pk).update(is_active=False)

    delivery.tell(at=w.at + DAY)

    assert all(m.to != [w.staff.email] for m in mail.outbox)
    assert Delivery.objects.filter(
        recipient=w.staff, channel=Channel.MAIL, error="The account is closed."
    ).exists()
    assert (
        not Delivery.objects.filter(recipient=w.staff, channel=Channel.MAIL)
        .exclude(told_at=None)
        .exists()
    )


class DiesAfterSending(EmailBackend):
    """The worker's last breath: the mail is out, and nobody is left to mark it."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


def test_a_mail_that_was_sent_but_not_marked_comes_again_as_the_same_mail(settings):
    w = build("scored")
    Delivery.objects.exclude(recipient=w.head).delete()
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    with pytest.raises(SystemExit):
        delivery.tell(at=w.at + DAY)
    assert Delivery.objects.filter(channel=Channel.MAIL, told_at=None).exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    delivery.tell(at=w.at + 2 * DAY)

    first, again = mail.outbox
    assert first.extra_headers == again.extra_headers
    assert (first.subject, first.body, first.alternatives) == (
        again.subject,
        again.body,
        again.alternatives,
    )
    assert not Delivery.objects.filter(channel=Channel.MAIL, told_at=None).exists()


class Slow(EmailBackend):
    def send_messages(self, messages):
        time.sleep(0.01)
        return super().send_messages(messages)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    w = build("begun")
    drafts_of(w, 20)
    forget()
    reminders.remind(
        Phase.SELF_ASSESSMENT,
        submissions_tasks.not_signed,
        at=w.closes(Phase.SELF_ASSESSMENT) - DAY,
    )
    start, sent = threading.Barrier(2), []

    def work():
        try:
            start.wait()
            sent.append(delivery.tell(at=w.closes(Phase.SELF_ASSESSMENT) - DAY))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    delivery.tell(at=w.closes(Phase.SELF_ASSESSMENT) - DAY)

    ids = [m.extra_headers["Message-ID"] for m in mail.outbox]
    people = len(
        set(Delivery.objects.filter(channel=Channel.MAIL).values_list("recipient", flat=True))
    )
    assert len(ids) == len(set(ids)) == people == 45
    assert not Delivery.objects.filter(told_at=None).exists()
