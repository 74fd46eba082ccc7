"""Signing in and staying signed in: limits and lock-out, required second factors, what is not
offered.
"""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from agencies.models import Membership, User
from agencies.persian import persian_digits
from agencies.roles import TWO_FACTORS, Role
from config.accounts import recovery_codes, second_factor
from cycles.clock import now
from cycles.notices import letters
from cycles.ui.forms import signed
from tests.factories import EPOCH, PASSWORD, World, build, deputise, make_user
from tests.faults.parts.away import refusing_cache

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/en/accounts/login/"
TOO_MANY = "Too many attempts that failed"


@pytest.fixture
def w(settings: Any) -> World:
    world = build("people")
    deputise(world)
    settings.CLOCK_OFFSET = EPOCH + timedelta(days=30) - timezone.now()
    return world


def text(answer: Any) -> str:
    return answer.content.decode()


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def try_to_sign_in(client: Client, login: str, password: str = "wrong", **headers: str) -> Any:
    return client.post(LOGIN, {"login": login, "password": password}, headers=headers)


# --- Lock-out -----------------------------------------------------------------------------------


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
    client.force_login(w.administrator, backend="django.contrib.auth.backends.ModelBackend")
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
    client.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    client.post(url, {"note": "lost", "password": PASSWORD})
    assert not Authenticator.objects.filter(user=w.staff).exists()


def test_without_the_cache_whoever_is_signed_in_signs_all_the_same(w: World, settings: Any) -> None:
    settings.CACHES = refusing_cache()

    assert signed(w.head, PASSWORD) == ""
    with pytest.raises(ValidationError, match=r"not your password|گذرواژه"):
        signed(w.head, "wrong")


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
    client.force_login(w.agency_administrator, backend="django.contrib.auth.backends.ModelBackend")
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


# --- Required second factors --------------------------------------------------------------------

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
    client.force_login(w.people[name], backend="django.contrib.auth.backends.ModelBackend")

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
    client.force_login(w.people[name], backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("home")).status_code == 200


def test_the_law_names_the_roles_that_need_a_factor_and_recovery_codes_are_none(
    w: World, settings: Any
) -> None:
    settings.SECOND_FACTOR = True
    recovery_codes.renew(w.head)
    client = Client()
    client.force_login(w.head, backend="django.contrib.auth.backends.ModelBackend")

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
    client.force_login(w.staff, backend="django.contrib.auth.backends.ModelBackend")
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
    client.force_login(w.head, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/en/accounts/factors/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    then = client.post("/en/accounts/factors/totp/activate/", {"code": code})

    assert then["Location"] == "/en/accounts/factors/recovery-codes/generate/"
    assert not Authenticator.objects.filter(type="recovery_codes").exists()


def test_the_middleware_names_only_addresses_that_exist() -> None:
    for name in second_factor.OPEN:
        reverse(name)


# --- Sessions and what is not offered -----------------------------------------------------------


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
    signed_in.force_login(w.staff, backend="django.contrib.auth.backends.ModelBackend")

    for client in (Client(), signed_in):
        for call in (client.get, client.post):
            assert call(f"/en/accounts/{path}/").status_code == 404
    for name in ("account_confirm_email", "mfa_login_webauthn", "mfa_signup_webauthn", "mfa_trust"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_who_is_led_away_comes_back_to_what_was_wanted(w: World, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    client.force_login(w.head, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/en/cycles/delegation/?agency=1")
    TOTP.activate(w.head, SECRET)

    back = client.get("/en/account/onward/")
    then = client.get("/en/account/onward/")

    assert back["Location"] == "/en/cycles/delegation/?agency=1"
    assert then["Location"] == "/en/account/"
    assert User.objects.get(pk=w.head.pk).last_login
