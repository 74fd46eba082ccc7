"""Takes the pictures of the README from a served demonstration: `python -m tests.pictures
http://127.0.0.1:8000 DIR`

with, after the folder, the names of the pages wanted (none: all).
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PASSWORD = "demo-Portal-82"  # as config.cast gives every account of the demonstration
PAGES = {
    "home": ("head-maj", "/"),
    "workspace": ("staff-maj", "first:/submissions/"),
    "marking": ("assessor1", "first:/submissions/blocks/"),
    "progress": ("administrator", "/submissions/board/2/"),
    "report": ("head-maj", "/submissions/1/report/"),
    "ranking": ("", "/festival/1403/"),
    "appeal": ("administrator", "first:/appeals/"),
    "agency": ("", "/festival/agencies/MAJ/"),
    "data": ("", "/festival/1403/editions/1/data/"),
    "indices": ("", "/indices/"),
    "awards": ("", "/festival/1403/awards/"),
    "method": ("", "/festival/method/"),
    "whatif": ("administrator", "/festival/manage/1403/what-if/"),
    "ceremonies": ("administrator", "/festival/manage/1403/ceremonies/"),
    "improvement": ("staff-maj", "first:/improvement/"),
    "consequences": ("administrator", "/consequences/1403/"),
    "lessons": ("administrator", "/lessons/1403/"),
    "index": ("", "/indices/HDI/"),
    "chapter": ("", "/indices/chapter/1403/"),
    "timeline": ("", "/timeline/"),
    "duties": ("administrator", "/duties/"),
    "inbox": ("head-maj", "/cycles/notices/"),
    "record": ("", "/record/"),
    "board": ("administrator", "/submissions/"),
    "cycle": ("administrator", "/cycles/1404/"),
    "indicators": ("administrator", "first:/indicators/"),
    "ledger": ("auditor", "/cycles/ledger/"),
    "results": ("", "/festival/"),
    "manage": ("administrator", "/festival/manage/1403/"),
    "plan": ("staff-maj", "first:/indicators/plans/"),
}
WIDTHS = {"": 1280, "-phone": 390}


def sign_in(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/en/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def main(base: str, folder: Path, wanted: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--disable-dev-shm-usage"]
        )
        for name, (user, path) in PAGES.items():
            if wanted and name not in wanted:
                continue
            for suffix, width in WIDTHS.items():
                context = browser.new_context(viewport={"width": width, "height": 900})
                page = context.new_page()
                if user:
                    sign_in(page, base, user)
                for language in ("fa", "en"):
                    spot = path.removeprefix("first:")
                    page.goto(f"{base}/{language}{spot}")
                    if path.startswith("first:"):
                        link = page.locator("main table tbody a").first
                        page.goto(f"{base}{link.get_attribute('href')}")
                    page.screenshot(path=folder / f"{name}-{language}{suffix}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:])
