"""Signing in again in another tab, in Chromium: a plain form, one sent by htmx and an upload go on
in the first.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from submissions.models import Answer, Document, LineComment, Upload
from tests.browser.conftest import Walker
from tests.browser.test_uploads import (
    MEGABYTE,
    NetworkLine,
    answer,
    open_line,
    upload_until_the_line_drops,
)
from tests.factories import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "عددی که از سامانهٔ مالی آمده است با گزارش سالانه می‌خواند."
COMMENT = "main form[action$='/comment/']"


@pytest.fixture
def line(live_server: Any) -> Iterator[NetworkLine]:
    made = NetworkLine(live_server.thread.host, live_server.thread.port)
    yield made
    made.close()


def sign_in_elsewhere(walker: Walker, user: Any) -> None:
    """Signs out and in again, in another tab of the same browser."""
    other = Walker(walker.page.context.new_page(), walker.base, walker.language)
    other.sign_in(user)
    other.page.close()


def write_comment(walker: Walker) -> None:
    walker.page.evaluate(
        "document.querySelectorAll('details').forEach((each) => (each.open = true))"
    )
    walker.page.locator(COMMENT).locator("[name=text]").fill(TEXT)


def send_comment(walker: Walker) -> None:
    walker.page.locator(COMMENT).locator("button[type=submit]").click()


def test_a_plain_form_and_one_sent_by_htmx_go_on_with_the_new_sign_in(
    served: Callable[..., World], walker: Walker
) -> None:
    world = served("begun")
    walker.sign_in(world.staff)
    open_line(walker, world)
    walker.field("value").fill("۴۰")
    walker.field("value").blur()
    walker.reads(walker.said("Saved"))

    sign_in_elsewhere(walker, world.staff)
    with walker.page.expect_response(lambda response: response.url.endswith("/answer/")) as saved:
        walker.field("value").fill("۴۱")
        walker.field("value").blur()
    assert saved.value.status == 200
    assert Answer.objects.get(pk=answer(world).pk).value == 41

    sign_in_elsewhere(walker, world.staff)
    write_comment(walker)
    with walker.page.expect_navigation():
        send_comment(walker)
    walker.reads(TEXT)
    assert LineComment.objects.get().text == TEXT


def test_what_is_typed_under_one_name_is_not_sent_under_another(
    served: Callable[..., World], walker: Walker
) -> None:
    world = served("begun")
    walker.sign_in(world.staff)
    open_line(walker, world)
    write_comment(walker)

    sign_in_elsewhere(walker, world.head)
    send_comment(walker)

    walker.reads(TEXT)
    walker.reads(walker.said("You have signed in again"))
    assert not LineComment.objects.exists()


def test_without_scripts_the_text_comes_back_on_a_page_and_is_sent_by_a_button(
    served: Callable[..., World], browser: Browser, live_server: Any
) -> None:
    world = served("begun")
    page = browser.new_context(java_script_enabled=False).new_page()
    walker = Walker(page, live_server.url)
    walker.sign_in(world.staff)
    open_line(walker, world)
    other = Walker(page.context.new_page(), live_server.url)
    other.page.context.clear_cookies(name="sessionid")
    other.go("account_login")
    other.field("login").fill(world.staff.username)
    other.field("password").fill(PASSWORD)
    other.page.locator("main form button[type=submit]").click()
    write_comment(walker)

    send_comment(walker)
    walker.reads(walker.said("You have signed in again"))
    expect(walker.page.locator("html")).to_have_attribute("lang", "fa")
    expect(walker.page.locator("textarea")).to_have_value(TEXT)
    walker.press("Send it again")

    walker.reads(TEXT)
    assert LineComment.objects.get().text == TEXT


def test_an_upload_keeps_its_place_while_nobody_is_signed_in_and_goes_on_afterwards(
    served: Callable[..., World], walker: Walker, line: NetworkLine, tmp_path: Path
) -> None:
    world = served("begun")
    walker.base = line.address
    walker.sign_in(world.staff)
    open_line(walker, world)
    paper = tmp_path / "گزارش.pdf"
    arrived = upload_until_the_line_drops(walker, line, paper)
    content, row = paper.read_bytes(), walker.page.locator(".upload-row")

    # the line is back, and the session over: the library's own retry is answered 401
    walker.page.context.clear_cookies()
    line.is_up = True
    signed_out = walker.page.locator("body").get_attribute("data-signed-out") or "-"
    expect(row).to_contain_text(signed_out, timeout=40_000)
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('tus::')).length"
    assert walker.page.evaluate(kept) == 1

    sign_in_elsewhere(walker, world.staff)
    line.carried = 0
    walker.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(walker.page.locator("#evidence-list")).to_contain_text("گزارش.pdf", timeout=40_000)

    assert line.carried < len(content) - arrived + MEGABYTE
    assert Upload.objects.count() == 1
    assert Document.objects.get().sha256 == hashlib.sha256(content).hexdigest()
