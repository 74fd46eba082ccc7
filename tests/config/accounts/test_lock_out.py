"""How tries are counted, and how an account is locked and opened again."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from agencies.roles import Role
from cycles.clock import now
from cycles.notices import letters
from cycles.ui.forms import check_signature
from tests.config.accounts.signing_in import TOO_MANY, text, try_to_sign_in
from tests.factories import PASSWORD, World, make_user
from tests.faults.parts.away import refusing_cache

pytestmark = pytest.mark.django_db


def test_five_wrong_passwords_lock_an_account_where_they_come_from_in_both_languages(
    w: World,
) -> None:
    for number in range(5):
        name = (
            "staff" if number % 2 else "staff@example.org"
        )  # the two names of one account are one count
        assert TOO_MANY not in text(try_to_sign_in(Client(), name))

    locked = try_to_sign_in(Client(), "STAFF", PASSWORD)
    persian = Client().post("/fa/accounts/login/", {"login": "staff", "password": PASSWORD})

    assert TOO_MANY in text(locked)
    assert "شمار تلاش‌های ناموفق از حد گذشته است" in text(persian)
    assert try_to_sign_in(Client(), "head", PASSWORD).status_code == 302
    assert try_to_sign_in(Client(REMOTE_ADDR="10.9.9.9"), "staff", PASSWORD).status_code == 302


def test_a_stranger_locks_nobody_out_of_the_device_that_they_use(w: World) -> None:
    """Even from the address of the head's own office, and from a hundred others."""
    own, new = Client(), Client()
    try_to_sign_in(own, "head", PASSWORD)
    own.post(reverse("account_logout"))
    for number in range(140):
        try_to_sign_in(Client(REMOTE_ADDR=f"10.1.{number % 30}.1"), "head")
    for _ in range(6):
        try_to_sign_in(Client(), "head")

    elsewhere = try_to_sign_in(new, "head", PASSWORD)
    here = try_to_sign_in(own, "head", PASSWORD)

    assert TOO_MANY in text(elsewhere)
    assert here.status_code == 302


def test_a_known_device_has_a_count_of_its_own_for_each_owner(w: World) -> None:
    device = Client()
    try_to_sign_in(device, "staff", PASSWORD)
    device.post(reverse("account_logout"))

    own = [TOO_MANY in text(try_to_sign_in(device, "staff")) for _ in range(11)]
    of_others = [TOO_MANY in text(try_to_sign_in(device, "head")) for _ in range(6)]

    assert own == [False] * 10 + [True]
    assert of_others == [False] * 5 + [True]


def test_a_made_up_or_foreign_device_cookie_is_worth_nothing(w: World) -> None:
    foreign, made_up = Client(), Client()
    try_to_sign_in(foreign, "staff", PASSWORD)
    foreign.post(reverse("account_logout"))
    made_up.cookies["device"] = signing.dumps([(str(w.head.pk), "mark")], salt="another")

    for client in (foreign, made_up):
        cache.clear()
        locked = [TOO_MANY in text(try_to_sign_in(client, "head")) for _ in range(6)]
        assert locked == [False] * 5 + [True]


def test_the_device_cookie_is_out_of_reach_of_scripts_and_names_nobody(w: World) -> None:
    client = Client()
    try_to_sign_in(client, "head", PASSWORD)

    cookie = client.cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "head" not in cookie.value


def test_the_lock_out_does_not_say_whether_there_is_such_an_account(w: World) -> None:
    said = {
        name: [text(try_to_sign_in(Client(), name)).replace(name, "") for _ in range(7)]
        for name in ("staff", "nobody-at-all")
    }

    plain = {name: [TOO_MANY in page for page in pages] for name, pages in said.items()}
    assert plain["staff"] == plain["nobody-at-all"] == [False] * 5 + [True] * 2


def test_the_lock_is_lifted_after_its_time(w: World, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "2/2s/key"}
    client = Client()
    for _ in range(2):
        try_to_sign_in(client, "staff")
    assert TOO_MANY in text(try_to_sign_in(client, "staff", PASSWORD))

    time.sleep(2.1)

    assert try_to_sign_in(client, "staff", PASSWORD).status_code == 302


def test_a_new_password_by_mail_lifts_the_lock(w: World, mailoutbox: list[Any]) -> None:
    client = Client()
    for _ in range(6):
        try_to_sign_in(client, "staff")
    assert TOO_MANY in text(try_to_sign_in(client, "staff", PASSWORD))
    client.post("/en/accounts/password/reset/", {"email": w.staff.email})
    letters.send(at=now())
    [message] = mailoutbox
    link = next(word for word in message.body.split() if "/password/reset/key/" in word)

    form = client.get(link, follow=True)
    client.post(
        form.redirect_chain[-1][0],
        {"password1": "another Long one 7", "password2": "another Long one 7"},
    )

    assert try_to_sign_in(client, "staff", "another Long one 7").status_code == 302


def test_an_address_gets_only_so_many_tries_and_a_forged_header_is_no_way_out(
    w: World, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"sign_in": "3/m/ip"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    # nginx puts the address that it saw last, whatever the browser has written before
    answers = [
        try_to_sign_in(Client(), f"nobody{n}", **{"x-forwarded-for": f"1.2.3.{n}, 203.0.113.7"})
        for n in range(4)
    ]
    other = try_to_sign_in(Client(), "nobody", **{"x-forwarded-for": "203.0.113.7, 203.0.113.8"})

    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert "too many attempts in a short time" in text(answers[-1])
    assert other.status_code == 200


def test_with_no_proxy_of_ours_in_front_the_header_is_not_believed_at_all(
    w: World, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"sign_in": "3/m/ip"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0

    answers = [
        try_to_sign_in(Client(), f"nobody{n}", **{"x-forwarded-for": f"1.2.3.{n}"})
        for n in range(4)
    ]

    assert answers[-1].status_code == 429


def test_the_password_asked_for_again_cannot_be_guessed_by_a_stolen_session(w: World) -> None:
    Authenticator.objects.create(user=w.staff, type="totp", data={})
    client = Client()
    client.force_login(w.administrator, backend="config.accounts.backends.PasswordBackend")
    url = f"/en/cycles/people/{w.staff.pk}/reset/"

    pages = [text(client.post(url, {"note": "lost", "password": f"guess {n}"})) for n in range(5)]
    right = client.post(url, {"note": "lost", "password": PASSWORD})

    assert all("This is not your password." in page for page in pages)
    assert "Too many wrong passwords" in text(right)
    assert Authenticator.objects.filter(user=w.staff).exists()
    # others sign on, and strangers' tries at the sign-in page do not stop who is signed in
    second = make_user("second_administrator", Role.ADMINISTRATOR)
    for _ in range(6):
        try_to_sign_in(Client(), second.username)
    client.force_login(second, backend="config.accounts.backends.PasswordBackend")
    client.post(url, {"note": "lost", "password": PASSWORD})
    assert not Authenticator.objects.filter(user=w.staff).exists()


def test_without_the_cache_whoever_is_signed_in_signs_all_the_same(w: World, settings: Any) -> None:
    settings.CACHES = refusing_cache()

    assert check_signature(w.head, PASSWORD) == ""
    with pytest.raises(ValidationError, match=r"not your password|گذرواژه"):
        check_signature(w.head, "wrong")


def test_pages_of_reset_and_invitation_are_limited(w: World, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {
        "reset_password": "2/m/ip",
        "reset_password_from_key": "2/m/ip",
        "invite": "2/h/key",
    }
    client = Client()
    reset = [
        client.post("/en/accounts/password/reset/", {"email": f"a{n}@example.org"})
        for n in range(3)
    ]
    keyed = [client.post("/en/accounts/password/reset/key/1-set-password/", {}) for n in range(3)]
    client.force_login(w.agency_administrator, backend="config.accounts.backends.PasswordBackend")
    form = {"name_fa": "ن", "role": "staff", "agency": w.power.pk, "password": PASSWORD}
    invited = [
        client.post("/en/cycles/people/invite/", form | {"email": f"b{n}@example.org"})
        for n in range(3)
    ]

    assert [a.status_code for a in reset] == [302, 302, 429]
    assert keyed[-1].status_code == 429
    assert [a.status_code for a in invited] == [302, 302, 429]


def test_a_reset_answers_an_unknown_address_alike_and_mails_no_stranger(
    w: World, mailoutbox: list[Any]
) -> None:
    answers = [
        Client().post("/en/accounts/password/reset/", {"email": email})["Location"]
        for email in (w.staff.email, "stranger@elsewhere.org")
    ]

    letters.send(at=now())

    assert answers[0] == answers[1]
    assert [m.to for m in mailoutbox] == [[w.staff.email]]
