"""The second factor in a browser: set up when required, asked for at sign-in, by app, passkey or
recovery code.
"""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Page, expect

from agencies.models import User
from tests.browser.conftest import Walker
from tests.browser.test_pages import (
    DESK,
    PHONE,
    not_english,
    not_persian,
    out_of_reach,
    too_wide,
    untitled,
)
from tests.factories import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(served: Callable[[str], World], settings: Any) -> World:
    settings.SECOND_FACTOR = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return served("open")


@pytest.fixture
def keys(page: Page) -> Any:
    """An authenticator in the browser that says yes to everything."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    options |= {"automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def begin(walker: Walker, user: User) -> None:
    """The first factor."""
    walker.page.context.clear_cookies()
    walker.go("account_login")
    walker.field("login").fill(user.username)
    walker.field("password").fill(PASSWORD)
    with walker.page.expect_navigation():
        walker.page.locator("main form button[type=submit]").click()


def confirm(walker: Walker) -> None:
    """The password again before a sensitive step."""
    walker.field("password").fill(PASSWORD)
    with walker.page.expect_navigation():
        walker.page.locator("main form button[type=submit]").first.click()


def at(walker: Walker, name: str, *args: Any) -> None:
    expect(walker.page).to_have_url(walker.base + walker.path(name, *args))


def test_the_head_sets_up_an_app_keeps_the_codes_goes_on_and_signs_in_with_either(
    world: World, walker: Walker
) -> None:
    begin(walker, world.head)
    at(walker, "mfa_index")
    walker.page.goto(walker.base + walker.path("cycles:delegation"))
    at(walker, "mfa_index")
    walker.press("Set up an app")
    confirm(walker)
    secret = walker.page.locator("#secret").inner_text()
    walker.field("code").fill("000000")
    walker.press("Set up")
    walker.reads(walker.said("This code is not right, or it has been used already."))
    assert walker.page.locator("#secret").inner_text() == secret
    walker.field("code").fill(code_of(secret))
    walker.press("Set up")
    at(walker, "mfa_generate_recovery_codes")
    walker.press("Make new codes")
    codes = walker.page.locator("#recovery_codes code").all_inner_texts()
    walker.press("I have kept them: go on")
    at(walker, "cycles:delegation")

    cache.clear()  # the code that set it up may still be the code of this half minute
    begin(walker, world.head)
    at(walker, "mfa_authenticate")
    walker.field("code").fill(code_of(secret))
    walker.press("Sign in")
    at(walker, "home")

    begin(walker, world.head)
    walker.field("code").fill(codes[0])
    walker.press("Sign in")
    at(walker, "home")
    assert len(codes) == 10


def test_an_assessor_signs_in_with_a_passkey(world: World, walker: Walker, keys: Any) -> None:
    begin(walker, world.assessor)
    at(walker, "mfa_index")
    walker.press("Add a passkey")
    confirm(walker)
    with walker.page.expect_navigation():
        walker.press("Add a passkey")
    at(walker, "mfa_generate_recovery_codes")
    walker.press("Make new codes")
    walker.press("I have kept them: go on")
    at(walker, "home")

    begin(walker, world.assessor)
    at(walker, "mfa_authenticate")
    with walker.page.expect_navigation():
        walker.press("Use a passkey")

    at(walker, "home")
    key = Authenticator.objects.get(user=world.assessor, type="webauthn")
    assert key.last_used_at
    assert str(key) == "کلید عبور ۱"


def test_the_page_says_so_when_the_browser_gives_no_passkey(
    world: World, walker: Walker, keys: Any
) -> None:
    begin(walker, world.assessor)
    walker.press("Add a passkey")
    confirm(walker)
    refusing = "() => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    walker.page.evaluate(f"() => {{ navigator.credentials.create = {refusing}; }}")

    walker.press("Add a passkey")

    expect(walker.page.locator("#passkey_failed")).to_be_visible()
    at(walker, "mfa_add_webauthn")


def test_every_page_of_the_account_is_right_in_both_languages(
    world: World, walker: Walker, keys: Any, axe: Callable[..., list[str]], settings: Any
) -> None:
    """Those that need a second factor, a fresh password or somebody between the two factors."""
    walker.language, faults, page = "fa", [], walker.page

    def look() -> None:
        for language in ("fa", "en"):
            wanted = re.sub("/(fa|en)/", f"/{language}/", page.url, count=1)
            page.set_viewport_size(DESK if language == "fa" else PHONE)
            page.emulate_media(color_scheme="light" if language == "fa" else "dark")
            page.goto(wanted)
            assert page.url == wanted
            found = axe(page) + untitled(page)
            if language == "fa":
                found += not_persian(page, world) + out_of_reach(page)
                page.set_viewport_size(PHONE)
            else:
                found += not_english(page, world)
            faults.extend(f"{wanted}: {fault}" for fault in found + too_wide(page))
        page.goto(re.sub("/en/", "/fa/", page.url, count=1))

    begin(walker, world.head)
    look()
    walker.go("account_reauthenticate")
    look()
    walker.go("account_reauthenticate")
    confirm(walker)
    walker.go("mfa_activate_totp")
    look()
    secret = page.locator("#secret").inner_text()
    walker.field("code").fill(code_of(secret))
    walker.press("Set up")
    look()
    walker.go("mfa_add_webauthn")
    look()
    walker.field("name").fill("کلید")
    with page.expect_navigation():
        walker.press("Add a passkey")
    key = Authenticator.objects.get(user=world.head, type="webauthn")
    walker.go("account_reauthenticate")
    confirm(walker)
    for name, *args in (
        ("mfa_index",), ("mfa_deactivate_totp",), ("mfa_generate_recovery_codes",), ("mfa_list_webauthn",),
        ("mfa_edit_webauthn", key.pk), ("mfa_remove_webauthn", key.pk), ("mfa_reauthenticate",),
        ("mfa_reauthenticate_webauthn",), ("account_change_password",), ("usersessions_list",),
    ):  # fmt: skip
        walker.go(name, *args)
        look()
    begin(walker, world.head)
    look()
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"sign_in": "1/h/ip"}
    begin(walker, world.head)
    begin(walker, world.head)
    faults += axe(page) + untitled(page) + not_persian(page, world)

    assert not faults, "\n" + "\n".join(faults)
