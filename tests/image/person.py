"""A person with an account: a browser, a password of their own, and an app that shows codes."""

import base64
import hmac
import html
import re
import secrets
import struct
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from tests.image.compose import Fault
from tests.image.deployment import Deployment
from tests.image.visitor import Answer, Visitor

SECRET = re.compile(r'id="secret">([A-Z2-7]+)<')
MESSAGE = re.compile(r'<p class="alert[^"]*">(.*?)</p>', re.S)
STEP = 30
"""Seconds for which an app shows one code."""


def app_code(secret: str, at: float) -> str:
    """What an app shows that holds this secret (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // STEP), "sha1")
    start = digest[-1] & 15
    [number] = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


class Person(Visitor):
    def __init__(self, deployment: Deployment, username: str) -> None:
        super().__init__(deployment)
        self.username = username
        self.password = secrets.token_urlsafe(15)
        self.app = ""

    def moved_to(self, deployment: Deployment) -> "Person":
        """The same person, with the same password and app, in another browser before another
        deployment.
        """
        person = Person(deployment, self.username)
        person.password, person.app = self.password, self.app
        return person

    # -- What is done on any page

    def open(self, path: str) -> str:
        """Read a page, wherever it leads."""
        for _redirect in range(5):
            answer = self.expect(self.get(path), 200, 302)
            if answer.status == 200:
                return answer.text
            path = answer.headers["Location"]
        raise Fault(f"{path} leads round in a circle.")

    def send(self, path: str, fields: Mapping[str, str] | None = None) -> str:
        """Fill in a form that leads to another page; what that page says has been done."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **(fields or {})}).encode()
        form = "application/x-www-form-urlencoded"
        answer = self.expect(self.ask("POST", path, body, Content_Type=form), 200, 302)
        if answer.status == 200:
            raise Fault(f"{path} was not accepted: {complaints(answer)}")
        page = self.open(answer.headers["Location"])
        return "; ".join(words(said) for said in MESSAGE.findall(page))

    # -- Accounts

    def choose_password(self, link: str) -> None:
        """Take up an invitation, and sign in."""
        place = self.expect(self.get(link), 302).headers["Location"]
        self.expect(self.get(place), 200)
        self.send(place, {"password1": self.password, "password2": self.password})
        self.sign_in(self.username, self.password)

    def set_up_app(self) -> None:
        """Give the secret that the page shows to the app, and the app's code to the page."""
        place = "/en/accounts/factors/totp/activate/"
        self.open(place)
        self.send("/en/accounts/reauthenticate/", {"password": self.password})
        [self.app] = SECRET.findall(self.open(place))
        self.send(place, {"code": app_code(self.app, time.time())})

    def sign_in_with_code(self) -> None:
        self.sign_in(self.username, self.password)
        self.open("/en/accounts/factors/authenticate/")
        code = app_code(self.app, time.time())
        self.send("/en/accounts/factors/authenticate/", {"code": code})


def words(markup: str) -> str:
    """A piece of a page as it is read."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def complaints(answer: Answer) -> str:
    """What a form that is shown again has against what was typed."""
    found = re.findall(
        r'class="[^"]*(?:invalid-feedback|alert|errorlist)[^"]*"[^>]*>(.*?)</', answer.text, re.S
    )
    return "; ".join(words(said) for said in found) or words(answer.text)[:600]
