"""What journeys and the sweep over all pages share: a served world at its own moment, and somebody
who walks in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Locator, Page, expect

from agencies.models import User
from tests.factories import PASSWORD, World, build


@pytest.fixture
def clock(settings: Any) -> Callable[[datetime], None]:
    """Sets the portal's clock; the live server runs in this process and goes by it."""

    def set_to(at: datetime) -> None:
        settings.CLOCK_OFFSET = at - timezone.now()

    return set_to


@pytest.fixture
def served(live_server: Any, clock: Callable[[datetime], None]) -> Callable[..., World]:
    """`served("begun")` builds a world in the served database and moves the clock to its moment."""

    def made(stage: str) -> World:
        world = build(stage)
        clock(world.at)
        return world

    return made


@dataclass
class Walker:
    """Somebody at the portal in one language: finds buttons, links and fields by their English
    message ids.
    """

    page: Page
    base: str
    language: str = "fa"

    def said(self, message: str, **given: Any) -> str:
        """A sentence as this walker's language has it."""
        with translation.override(self.language):
            text = translation.gettext(message)
            return text % {key: str(value) for key, value in given.items()} if given else text

    def path(self, name: str, *args: Any) -> str:
        with translation.override(self.language):
            return reverse(name, args=args)

    def go(self, name: str, *args: Any, query: str = "") -> None:
        answer = self.page.goto(f"{self.base}{self.path(name, *args)}{query}")
        assert answer is not None
        assert answer.status == 200, f"{answer.url}: {answer.status}"

    def sign_in(self, user: User) -> None:
        """Through the form, as people do."""
        self.page.context.clear_cookies()
        self.go("account_login")
        self.field("login").fill(user.username)
        self.field("password").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page).to_have_url(self.base + self.path("home"))

    def slip_in(self, user: User | None) -> None:
        """With a session made by the test: for sweeps, which are not about signing in."""
        self.page.context.clear_cookies()
        if user is not None:
            client = Client()
            client.force_login(user, backend="config.accounts.backends.PasswordBackend")
            value = client.cookies["sessionid"].value
            self.page.context.add_cookies([{"name": "sessionid", "value": value, "url": self.base}])

    def field(self, name: str) -> Locator:
        return self.page.locator(f"main [name='{name}']")

    def press(self, message: str, **given: Any) -> None:
        """The button or link of this name; its hidden words for screen
        readers may follow the name.
        """
        name = self.said(message, **given)
        main = self.page.get_by_role("main")
        button = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        button.first.click()

    def follow(self, name: str, *args: Any) -> None:
        """The link on this page that leads to an address: what is not
        offered cannot be followed.
        """
        with self.page.expect_navigation():
            self.page.locator(f"main a[href^='{self.path(name, *args)}']").first.click()

    def sign(self) -> None:
        """Password and the one button of the page on which an act is confirmed."""
        self.field("password").fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("main form[method=post] button.btn-primary[type=submit]").click()

    def reads(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)


@pytest.fixture
def walker(page: Page, live_server: Any) -> Walker:
    return Walker(page, live_server.url)
