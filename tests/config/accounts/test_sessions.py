"""How long a session lasts: without use, in all, and what it costs to know."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.accounts.sessions.limits import BEGAN, COARSE, SEEN
from tests.factories import PASSWORD, World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(settings: Any) -> World:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 60, 12
    return build("people")


def signed_in(name: str) -> Client:
    client = Client()
    client.post("/en/accounts/login/", {"login": name, "password": PASSWORD})
    assert client.get("/en/account/").status_code == 200
    return client


def shift(client: Client, name: str, seconds: float) -> None:
    """As if this moment of the session lay so many seconds further back."""
    session = client.session
    session[name] -= seconds
    session.save()


def test_who_needs_a_second_factor_is_signed_out_after_an_hour_without_use(w: World) -> None:
    head, staff = signed_in("auditor"), signed_in("staff")
    for client in (head, staff):
        shift(client, SEEN, 60 * 60)

    led_away = head.get("/en/account/")
    page = head.get(led_away["Location"]).content.decode()

    assert led_away["Location"] == "/en/accounts/login/?next=/en/account/"
    assert "nothing was done for a while" in page
    assert staff.get("/en/account/").status_code == 200


def test_every_use_begins_the_hour_anew(w: World) -> None:
    client = signed_in("head")
    for _ in range(3):
        shift(client, SEEN, 59 * 60)
        assert client.get("/en/account/").status_code == 200


def test_nobody_stays_signed_in_longer_than_twelve_hours(w: World) -> None:
    client = signed_in("staff")
    shift(client, BEGAN, 12 * 60 * 60)

    led_away = client.get("/en/account/")

    assert led_away.status_code == 302
    assert "a working day at most" in client.get(led_away["Location"]).content.decode()


def test_the_entrance_tells_whoever_was_just_signed_out_why(w: World) -> None:
    client = signed_in("staff")
    shift(client, BEGAN, 12 * 60 * 60)

    arrived = client.get("/", headers={"Accept-Language": "en"}, follow=True)

    assert "a working day at most" in arrived.content.decode()


def test_a_new_sign_in_begins_anew_and_says_nothing_more(w: World) -> None:
    client = signed_in("staff")
    shift(client, BEGAN, 12 * 60 * 60)
    client.get("/en/account/")

    client.post("/en/accounts/login/", {"login": "staff", "password": PASSWORD})

    assert client.get("/en/account/").status_code == 200
    assert time.time() - client.session[BEGAN] < 60
    assert "signed_out" not in client.session


def test_what_a_pages_script_asks_for_is_answered_401_so_that_typed_text_stays(w: World) -> None:
    for header in ({"HX-Request": "true"}, {"Tus-Resumable": "1.0.0"}):
        client = signed_in("head")
        shift(client, SEEN, 60 * 60)
        assert client.get(reverse("home"), headers=header).status_code == 401


def test_a_form_sent_too_late_gives_back_what_was_typed_and_no_password(w: World) -> None:
    client = signed_in("head")
    shift(client, SEEN, 60 * 60)
    typed = {
        "note": "متنی که یک ساعت <طول> کشید",
        "role": "staff",
        "password": "a long secret of mine",
    }

    english = client.post("/en/cycles/interests/", typed)
    persian = client.post("/fa/cycles/interests/", typed).content.decode()
    short = client.post("/en/cycles/interests/", {"role": "staff"})

    page = english.content.decode()
    assert english.status_code == 401
    assert "متنی که یک ساعت &lt;طول&gt; کشید" in page
    assert "a long secret of mine" not in page
    assert "next=%2Fen%2Fcycles%2Finterests%2F" in page
    assert "از سامانه خارج شدید" in persian
    assert short["Location"].startswith("/en/accounts/login/")


def test_a_use_within_the_minute_writes_nothing(w: World) -> None:
    client = signed_in("head")
    client.get("/en/account/")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/en/account/")
    shift(client, SEEN, COARSE)
    with CaptureQueriesContext(connection) as later:
        client.get("/en/account/")

    table = Session._meta.db_table
    assert [q for q in queries if f'UPDATE "{table}"' in q["sql"]] == []
    assert len([q for q in later if f'UPDATE "{table}"' in q["sql"]]) == 1


def test_the_times_are_settings(w: World, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 5, 1
    idle, old = signed_in("head"), signed_in("staff")
    shift(idle, SEEN, 5 * 60)
    shift(old, BEGAN, 60 * 60)

    assert idle.get("/en/account/").status_code == 302
    assert old.get("/en/account/").status_code == 302
