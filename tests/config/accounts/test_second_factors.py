"""Who needs a second factor, and the codes of apps and recovery codes."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from agencies.persian import persian_digits
from agencies.roles import TWO_FACTORS, Role
from config.accounts import recovery_codes, second_factor
from tests.config.accounts.signing_in import SECRET, TOO_MANY, text, try_to_sign_in
from tests.factories import EPOCH, PASSWORD, World

pytestmark = pytest.mark.django_db


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


REQUIRED = {
    "headquarters", "agency_administrator", "auditor",
    "head", "deputy", "administrator", "provincial_administrator", "assessor", "reviewer", "steward", "member", "chair",
    "budget", "representative", "expert",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_who_signs_marks_or_decides_is_led_to_the_second_factor_and_nowhere_else(
    w: World, settings: Any, name: str
) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    client.force_login(w.people[name], backend="config.accounts.backends.PasswordBackend")

    for address in (
        "home",
        "account",
        "onward",
        "cycles:people",
        "festival:results",
        "usersessions_list",
    ):
        answer = client.get(reverse(address))
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), address
        assert client.post(reverse(address)).status_code in (302, 405)
    part = client.get(reverse("home"), headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == reverse("mfa_index")
    assert client.get("/en/accounts/factors/").status_code == 200
    assert client.get("/fa/accounts/factors/").status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("home"))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["staff", "other_staff", "stranger"])
def test_others_may_do_without(w: World, settings: Any, name: str) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    client.force_login(w.people[name], backend="config.accounts.backends.PasswordBackend")

    assert client.get(reverse("home")).status_code == 200


def test_the_law_names_the_roles_that_need_a_factor_and_recovery_codes_are_none(
    w: World, settings: Any
) -> None:
    settings.SECOND_FACTOR = True
    recovery_codes.renew(w.head)
    client = Client()
    client.force_login(w.head, backend="config.accounts.backends.PasswordBackend")

    led = client.get(reverse("home"))
    TOTP.activate(w.head, SECRET)
    let_in = client.get(reverse("home"))

    assert set(Role) - TWO_FACTORS == {Role.STAFF}
    assert (led.status_code, let_in.status_code) == (302, 200)


def test_a_role_that_begins_leads_to_the_second_factor_at_that_moment(
    w: World, settings: Any
) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    client.force_login(w.staff, backend="config.accounts.backends.PasswordBackend")
    before = client.get(reverse("home")).status_code

    Membership.objects.create(user=w.staff, role=Role.ASSESSOR, valid_from=EPOCH)

    assert before == 200
    assert client.get(reverse("home"))["Location"] == reverse("mfa_index")


def test_sign_in_asks_for_the_code_takes_persian_digits_and_takes_no_code_twice(w: World) -> None:
    TOTP.activate(w.head, SECRET)
    client, code = Client(), code_now()

    first = try_to_sign_in(client, "head", PASSWORD)
    assert first["Location"] == "/en/accounts/factors/authenticate/"
    assert client.get(reverse("home")).status_code == 302
    client.post("/en/accounts/factors/authenticate/", {"code": persian_digits(code)})
    assert client.get(reverse("home")).status_code == 200

    again = Client()
    try_to_sign_in(again, "head", PASSWORD)
    refused = again.post("/en/accounts/factors/authenticate/", {"code": code})
    assert "This code is not right, or it has been used already." in text(refused)


def test_a_code_stays_used_for_as_long_as_it_would_be_right(w: World) -> None:
    TOTP.activate(w.head, SECRET)
    code, outcomes = code_now(), []
    for _ in range(2):
        client = Client()
        try_to_sign_in(client, "head", PASSWORD)
        client.post("/en/accounts/factors/authenticate/", {"code": code})
        outcomes.append(client.get(reverse("home")).status_code)
        cache.delete(
            f"allauth.mfa.totp.used?user={w.head.pk}&code={code}"
        )  # as the library does after half a minute

    assert outcomes == [200, 302]


def test_codes_of_a_second_factor_cannot_be_guessed(w: World) -> None:
    TOTP.activate(w.head, SECRET)
    client = Client()
    try_to_sign_in(client, "head", PASSWORD)

    for _ in range(5):
        client.post("/en/accounts/factors/authenticate/", {"code": "000000"})
    right = client.post("/en/accounts/factors/authenticate/", {"code": code_now()})

    assert TOO_MANY in text(right)


def test_a_recovery_code_works_once(w: World) -> None:
    TOTP.activate(w.head, SECRET)
    code = recovery_codes.renew(w.head)[0]

    outcomes = []
    for typed in (code.lower().replace("-", " "), code):
        client = Client()
        try_to_sign_in(client, "head", PASSWORD)
        client.post("/en/accounts/factors/authenticate/", {"code": typed})
        outcomes.append(client.get(reverse("home")).status_code)

    assert outcomes == [200, 302]
    assert recovery_codes.unused_count(w.head) == recovery_codes.COUNT - 1


def test_recovery_codes_are_shown_once_and_rest_as_digests(w: World) -> None:
    TOTP.activate(w.head, SECRET)
    client = Client()
    try_to_sign_in(client, "head", PASSWORD)
    client.post("/en/accounts/factors/authenticate/", {"code": code_now()})
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})

    shown = client.post("/en/accounts/factors/recovery-codes/generate/")
    codes = shown.context["codes"]
    again = client.get("/en/accounts/factors/recovery-codes/generate/")

    row = str(Authenticator.objects.get(user=w.head, type="recovery_codes").data)
    assert len(set(codes)) == recovery_codes.COUNT
    assert all(code in text(shown) for code in codes)
    assert not any(
        code in text(again) or code in row or code.replace("-", "") in row for code in codes
    )
    assert "no-store" in shown["Cache-Control"]
    assert client.get("/en/accounts/factors/recovery-codes/").status_code == 404


def test_new_recovery_codes_make_the_old_ones_worthless(w: World) -> None:
    TOTP.activate(w.head, SECRET)
    old = recovery_codes.renew(w.head)[0]
    recovery_codes.renew(w.head)

    assert recovery_codes.use(w.head, old, at=w.at) is None


def test_recovery_codes_cannot_be_guessed(w: World) -> None:
    TOTP.activate(w.head, SECRET)
    code, client = recovery_codes.renew(w.head)[0], Client()
    try_to_sign_in(client, "head", PASSWORD)

    for _ in range(5):
        client.post("/en/accounts/factors/authenticate/", {"code": "2222-2222-2222-2222"})
    right = client.post("/en/accounts/factors/authenticate/", {"code": code})

    assert TOO_MANY in text(right)
    assert recovery_codes.unused_count(w.head) == recovery_codes.COUNT


def test_codes_that_the_library_makes_are_no_longer_made(w: World) -> None:
    client = Client()
    client.force_login(w.head, backend="config.accounts.backends.PasswordBackend")
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/en/accounts/factors/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    then = client.post("/en/accounts/factors/totp/activate/", {"code": code})

    assert then["Location"] == "/en/accounts/factors/recovery-codes/generate/"
    assert not Authenticator.objects.filter(type="recovery_codes").exists()


def test_the_middleware_names_only_addresses_that_exist() -> None:
    for name in second_factor.OPEN:
        reverse(name)
