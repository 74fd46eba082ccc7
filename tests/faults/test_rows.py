"""A row that somebody holds, a statement that takes too long: one sentence, in time, for whom it
concerns alone.
"""

import ast
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.requests.timeouts import PROCESSES
from submissions.models import Answer
from tests.factories import World, build
from tests.faults.parts.away import held_row, timeouts

HELD = "Somebody else is just changing this"
BACKEND = "config.accounts.backends.PasswordBackend"


@pytest.fixture
def w(settings: Any) -> World:
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


def line_of(w: World) -> Answer:
    return (
        Answer.objects.filter(submission=w.submission)
        .exclude(measure__method="steward")
        .order_by("pk")[0]
    )


def client_of(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.django_db(transaction=True)
def test_a_locked_row_is_one_sentence_in_the_reader_s_language_and_keeps_typed_text(
    w: World,
) -> None:
    line = line_of(w)
    address = f"submissions/lines/{line.pk}/answer/"
    client = client_of(w.staff)

    with held_row("submissions_submission", w.submission.pk), timeouts(statement=25, lock=0.3):
        page = client.post(f"/en/{address}", {"note": "typed <b>\nlong", "password": "secret"})
        part = client.post(f"/en/{address}", {"note": "typed"}, headers={"HX-Request": "true"})
        persian = client.post(f"/fa/{address}", {"note": "typed"})
    after = client.post(f"/en/{address}", {"note": "typed"}, headers={"HX-Request": "true"})

    assert [r.status_code for r in (page, part, persian, after)] == [503, 503, 503, 200]
    assert HELD in page.content.decode()
    assert "typed &lt;b&gt;\nlong</textarea>" in page.content.decode()
    assert "secret" not in page.content.decode()
    assert part.content.decode().startswith(HELD)
    assert part["Content-Type"].startswith("text/plain")
    assert 'lang="fa" dir="rtl"' in persian.content.decode()
    assert HELD not in persian.content.decode()
    assert page["Retry-After"] == "5"


@pytest.mark.django_db(transaction=True)
def test_a_view_without_a_limit_of_its_own_is_stopped_by_the_connection_s(
    w: World, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.faults.parts.addresses"
    client = client_of(w.staff)

    with timeouts(statement=0.3, lock=5):
        begun = time.monotonic()
        answer = client.get("/en/sleepy/")
        waited = time.monotonic() - begun

    assert answer.status_code == 503
    assert "took too long" in answer.content.decode()
    assert waited < 5


@pytest.mark.django_db(transaction=True)
def test_the_connection_of_a_web_process_has_both_limits(w: World) -> None:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
        )
        limits = cursor.fetchone()

    assert limits == ("25s", "5s")
    assert 20 <= PROCESSES["web"].statement <= 30
    assert all(limits.lock for limits in PROCESSES.values())


def test_no_code_sets_a_limit_of_its_own_or_connects_by_itself() -> None:
    setting = re.compile(r"(statement|lock|transaction)_timeout", re.IGNORECASE)
    connecting = re.compile(r"\bpsycopg2?\.connect\(|connections\.create_connection\(")
    rooms = ("agencies", "cycles", "indicators", "submissions", "appeals", "festival", "config")
    found = []
    for room in rooms:
        for file in sorted(Path(portal.BASE_DIR, room).rglob("*.py")):
            name = file.relative_to(portal.BASE_DIR).as_posix()
            code = ast.unparse(ast.parse(file.read_text()))
            if setting.search(code.replace("idle_in_transaction_session_timeout", "")):
                found.append(f"{name} sets a limit")
            if connecting.search(code):
                found.append(f"{name} connects")

    assert found == [
        "config/embedded/__init__.py connects",
        "config/requests/timeouts.py sets a limit",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_a_sentence_and_no_page_of_ours(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(w.staff)
    own = connection.settings_dict
    connection.close()
    connection.settings_dict = own | {"HOST": "127.0.0.1", "PORT": "1", "NAME": "away"}
    try:
        answer = client.get("/en/")
    finally:
        connection.settings_dict = own

    assert answer.status_code == 503
    assert "database does not answer" in answer.content.decode()
