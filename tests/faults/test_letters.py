"""The mail server is away or slow: the answer to whoever asks for a new password tells nothing and
takes no time.
"""

import time
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from django.test import Client

from agencies.models import User
from cycles.clock import now
from cycles.models import PasswordLetter
from cycles.notices import letters
from tests.factories import World, build
from tests.faults.parts.away import silent_port

pytestmark = pytest.mark.django_db

RESET = "/en/accounts/password/reset/"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def w() -> World:
    return build("people")


def ask(email: str) -> tuple[Any, float]:
    client = Client()
    begun = time.monotonic()
    answer = client.post(RESET, {"email": email})
    return answer, time.monotonic() - begun


def test_a_mail_server_that_says_nothing_tells_nobody_who_has_an_account(
    w: World, settings: Any
) -> None:
    listening, port = silent_port()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1000/m/ip"}
    known, unknown = [], []

    with listening:
        ask("warm@elsewhere.org")
        for number in range(9):
            PasswordLetter.objects.all().delete()
            answer, seconds = ask(w.staff.email)
            known.append(seconds)
            other, seconds = ask(f"stranger{number}@elsewhere.org")
            unknown.append(seconds)
            assert (answer.status_code, answer["Location"]) == (
                other.status_code,
                other["Location"],
            )

    assert max(known + unknown) < 2
    assert median(known) < 2 * median(unknown) + 0.05


def test_a_letter_waits_while_the_mail_server_is_away_and_goes_when_it_is_back(
    w: World, settings: Any, mailoutbox: list[Any]
) -> None:
    back = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    ask(w.staff.email)

    assert letters.send(at=now()) == 0
    assert PasswordLetter.objects.count() == 1

    settings.EMAIL_BACKEND = back
    assert letters.send(at=now()) == 1
    [mail] = mailoutbox
    assert mail.to == [w.staff.email]
    assert f"{settings.PORTAL_URL}/en/accounts/password/reset/key/" in mail.body
    assert not PasswordLetter.objects.exists()
    assert letters.send(at=now()) == 0


def test_whoever_asks_twice_gets_one_letter_and_a_closed_account_none(
    w: World, mailoutbox: list[Any]
) -> None:
    for _ in range(2):
        ask(w.staff.email)
    ask(w.head.email)
    User.objects.filter(pk=w.head.pk).update(is_active=False)

    letters.send(at=now())

    assert [mail.to for mail in mailoutbox] == [[w.staff.email]]
    assert not PasswordLetter.objects.exists()


def test_a_letter_that_nobody_waits_for_any_more_is_not_sent(
    w: World, mailoutbox: list[Any]
) -> None:
    ask(w.staff.email)

    letters.send(at=now() + letters.KEPT_FOR + timedelta(seconds=1))

    assert mailoutbox == []
    assert not PasswordLetter.objects.exists()


def test_a_link_leads_to_the_portal_s_own_address_whatever_host_was_named(
    w: World, mailoutbox: list[Any]
) -> None:
    Client(headers={"Host": "localhost"}).post(RESET, {"email": w.staff.email})

    letters.send(at=now())

    [mail] = mailoutbox
    assert "http://localhost:8000/en/accounts/" in mail.body
