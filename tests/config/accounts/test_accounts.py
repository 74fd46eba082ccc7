"""Sessions of an account, and what is not offered."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import NoReverseMatch, reverse

from agencies.models import User
from tests.config.accounts.signing_in import SECRET, text, try_to_sign_in
from tests.factories import PASSWORD, World

pytestmark = pytest.mark.django_db


def test_one_sees_where_one_is_signed_in_and_signs_out_everywhere_else(w: World) -> None:
    here, there = Client(REMOTE_ADDR="10.0.0.1"), Client(REMOTE_ADDR="10.0.0.2")
    for client in (there, here):
        try_to_sign_in(client, "staff", PASSWORD, **{"user-agent": "Firefox 140"})

    page = text(here.get("/en/accounts/sessions/"))
    here.post("/en/accounts/sessions/")

    assert "10.0.0.1" in page
    assert "10.0.0.2" in page
    assert "Firefox 140" in page
    assert here.get("/en/account/").status_code == 200
    assert there.get("/en/account/").status_code == 302
    assert UserSession.objects.filter(user=w.staff).count() == 1


def test_a_changed_password_ends_the_other_sessions(w: World) -> None:
    here, there = Client(), Client()
    for client in (there, here):
        try_to_sign_in(client, "staff", PASSWORD)
    new = "a new one, and Long 8"

    wrong = here.post(
        "/en/accounts/password/change/", {"oldpassword": "x", "password1": new, "password2": new}
    )
    differ = here.post(
        "/en/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": "x"},
    )
    here.post(
        "/en/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert "This is not your password." in text(wrong)
    assert "The two passwords differ." in text(differ)
    assert here.get("/en/account/").status_code == 200
    assert there.get("/en/account/").status_code == 302


@pytest.mark.parametrize(
    "path", ["signup", "email", "confirm-email", "password/set", "login/code/confirm", "login/code"]
)
def test_what_is_not_offered_cannot_be_reached(w: World, path: str) -> None:
    signed_in = Client()
    signed_in.force_login(w.staff, backend="config.accounts.backends.PasswordBackend")

    for client in (Client(), signed_in):
        for call in (client.get, client.post):
            assert call(f"/en/accounts/{path}/").status_code == 404
    for name in ("account_confirm_email", "mfa_login_webauthn", "mfa_signup_webauthn", "mfa_trust"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_who_is_led_away_comes_back_to_what_was_wanted(w: World, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    client.force_login(w.head, backend="config.accounts.backends.PasswordBackend")
    client.get("/en/cycles/delegation/?agency=1")
    TOTP.activate(w.head, SECRET)

    back = client.get("/en/account/onward/")
    then = client.get("/en/account/onward/")

    assert back["Location"] == "/en/cycles/delegation/?agency=1"
    assert then["Location"] == "/en/account/"
    assert User.objects.get(pk=w.head.pk).last_login
