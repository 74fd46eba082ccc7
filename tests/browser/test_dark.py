"""A reader who prefers dark: the square of the second factor stays
readable, and paper stays white.
"""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import expect

from tests.browser.conftest import Walker
from tests.browser.test_factors import begin, confirm
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)

QUIET = 4
"""Modules of white around a square."""


def test_the_square_of_the_second_factor_is_dark_on_white_in_the_dark(
    served: Callable[[str], World], walker: Walker, settings: Any
) -> None:
    settings.SECOND_FACTOR = True
    world = served("open")
    walker.page.emulate_media(color_scheme="dark")
    begin(walker, world.head)
    walker.go("mfa_activate_totp")
    confirm(walker)
    square = walker.page.locator("img.qr")
    expect(square).to_be_visible()

    shown = Image.open(BytesIO(square.screenshot())).convert("L")
    [code] = zxingcpp.read_barcodes(shown)
    corner = code.position.top_left
    module = (code.position.top_right.x - corner.x) / 45
    border = min(corner.x, corner.y)

    assert code.text.startswith("otpauth://totp/")
    assert border >= QUIET * module * 0.8
    assert shown.crop((0, 0, shown.width, int(border) - 1)).getextrema()[0] > 250
    assert shown.crop((0, 0, int(border) - 1, shown.height)).getextrema()[0] > 250


CONTRAST = """() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((n) => n / 255)
      .map((n) => (n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll("main h1, main h2, main p, main a:not(.btn), main td, main th")]
    .filter((each) => each.checkVisibility() && each.textContent.trim() && !each.closest(".badge, .btn, .alert"))
    .map((each) => [each.tagName, 1.05 / (luminance(getComputedStyle(each).color) + 0.05)])
    .filter(([, contrast]) => contrast < 4.5);
}"""


def test_a_page_is_printed_dark_on_white_by_a_reader_who_prefers_dark(
    served: Callable[[str], World], walker: Walker, clock: Any, tmp_path: Path
) -> None:
    world = served("scheduled")
    clock(world.edition.publish_at)
    walker.page.emulate_media(color_scheme="dark")
    walker.go("festival:results")
    html = walker.page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "dark")

    in_the_dark = printed(walker, tmp_path / "dark")
    walker.page.emulate_media(color_scheme="dark", media="print")
    expect(html).to_have_attribute("data-bs-theme", "light")
    faint = walker.page.evaluate(CONTRAST)
    walker.page.emulate_media(color_scheme="dark", media="null")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    walker.page.emulate_media(color_scheme="light")
    in_the_light = printed(walker, tmp_path / "light")

    assert faint == []
    assert ImageStat.Stat(ImageChops.difference(in_the_dark, in_the_light)).mean[0] < 8
    assert ImageStat.Stat(in_the_dark).mean[0] > 220


def printed(walker: Walker, path: Path) -> Image.Image:
    """The first page of paper, backgrounds as well, as a grey picture."""
    walker.page.pdf(path=path, print_background=True)
    program = ["pdftoppm", "-r", "60", "-gray", "-singlefile", "-f", "1", path, path]
    subprocess.run(program, check=True)
    return Image.open(path.with_suffix(".pgm")).convert("L")
