"""What every answer tells the browser, and which cookies it is given."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import PASSWORD, build, make_user

PUBLIC = (
    "account_login",
    "account_reset_password",
    "festival:results",
    "data",
    "api_editions",
    "record_json",
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", (*PUBLIC, "healthz", "metrics", "security_txt", "entrance"))
def test_every_answer_says_what_the_browser_may_do(client, name):
    answered = client.get(reverse(name))

    assert answered["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answered["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answered["Permissions-Policy"]
    is_open = name in ("data", "api_editions", "record_json")
    assert answered["Cross-Origin-Resource-Policy"] == (
        "cross-origin" if is_open else "same-origin"
    )


@pytest.mark.django_db
def test_a_page_may_load_from_here_only_and_is_framed_by_nobody(client):
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]

    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["base-uri"] == parts["object-src"] == parts["frame-ancestors"] == "'none'"
    assert parts["default-src"] == parts["form-action"] == "'self'"


@pytest.mark.django_db
def test_pages_of_other_windows_stay_apart(client):
    assert client.get(reverse("account_login"))["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_nobody_keeps_a_page_that_was_made_for_a_person(client):
    world = build("answered")
    client.force_login(world.staff)
    pages = [
        reverse("home"),
        reverse("cycles:seals"),
        reverse("festival:timeline"),
        reverse("festival:results"),
    ]
    line = reverse("submissions:line", args=[world.submission.answers.first().pk])

    kept = [page for page in pages if client.get(page)["Cache-Control"] != "private, no-store"]
    part = client.get(line, headers={"HX-Request": "true"})

    assert kept == []
    assert part["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_public_pages_are_kept_for_those_without_a_session(client):
    assert client.get(reverse("festival:timeline"))["Cache-Control"] == "public, max-age=300"


@pytest.mark.django_db
def test_the_browser_forgets_what_it_holds_when_somebody_signs_out(client):
    make_user("zahra", "auditor")
    client.post(reverse("account_login"), {"login": "zahra", "password": PASSWORD})

    before = client.get(reverse("home"))
    after = client.post(reverse("account_logout"))

    assert "Clear-Site-Data" not in before
    assert after["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.django_db
def test_whoever_finds_a_hole_is_told_where_to_write(client, settings):
    settings.SECURITY_CONTACT = "mailto:holes@portal.example"

    told = dict(
        line.split(": ", 1)
        for line in client.get("/.well-known/security.txt").content.decode().splitlines()
    )

    assert told["Contact"] == "mailto:holes@portal.example"
    assert told["Canonical"].endswith("/.well-known/security.txt")
    assert set(told) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}


def production(printed, **env):
    given = {
        "PATH": os.environ["PATH"], "SECRET_KEY": "a" * 60, "ALLOWED_HOSTS": "portal.example",
        "DJANGO_SETTINGS_MODULE": "config.settings", **env,
    }  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; print({printed})"],
        env=given, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return told.stdout.strip()


def test_cookies_are_tied_to_this_very_name():
    cookies = (
        "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME"
    )

    names = production(f"{cookies}, settings.SESSION_COOKIE_SECURE")

    assert names == "__Host-session __Host-csrf __Host-messages True"


@pytest.mark.parametrize(("given", "listed"), (({}, "False"), ({"HSTS_PRELOAD": "1"}, "True")))
def test_browsers_lists_are_entered_only_by_a_setting(given, listed):
    assert production("settings.SECURE_HSTS_PRELOAD", **given) == listed


def test_a_form_of_the_log_that_nobody_knows_stops_the_start():
    with pytest.raises(subprocess.CalledProcessError):
        production("settings.DEBUG", LOG_FORMAT="xml")
