"""Evidence in Chromium: a line that drops in mid-upload, files dropped on the page, what is
refused, previews.
"""

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cycles.jobs import actions as jobs
from indicators.models import Measure
from submissions.models import Answer, Document, Evidence, Upload
from tests.browser.conftest import Walker
from tests.factories import shown
from tests.jobs import work_off
from tests.submissions.evidence.documents import pdf

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 2**20
BROKEN = (
    "The line is broken. The upload goes on by itself when it is back; you may also choose "
    "the same file again later."
)


class NetworkLine:
    """The line between a browser and the portal: carries what is sent until it is told to drop."""

    def __init__(self, host: str, port: int) -> None:
        self.to: Any = (host, port)
        self.carried, self.drops_after, self.open = 0, None, []
        self.is_up = True
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _address = self.server.accept()
                if not self.is_up:
                    browser.close()
                    continue
                portal = socket.create_connection(self.to)
                self.open += [browser, portal]
                threading.Thread(
                    target=self._carry, args=(browser, portal, True), daemon=True
                ).start()
                threading.Thread(
                    target=self._carry, args=(portal, browser, False), daemon=True
                ).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
                if is_up:
                    self.carried += len(data)
                    if self.drops_after is not None and self.carried >= self.drops_after:
                        self.drop()
                        return
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        self.is_up, self.drops_after, self.open, gone = False, None, [], self.open
        for each in gone:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        self.drop()
        self.server.close()


@pytest.fixture
def line(live_server: Any) -> Iterator[NetworkLine]:
    made = NetworkLine(live_server.thread.host, live_server.thread.port)
    yield made
    made.close()


def answer(world: Any, code: str = "G1-1") -> Answer:
    return Answer.objects.select_related("measure", "submission").get(
        submission=world.submission, measure__code=code
    )


def open_line(walker: Walker, world: Any, code: str = "G1-1") -> None:
    walker.go("submissions:detail", world.submission.pk, query=f"?line={answer(world, code).pk}")


def settled(path: Path) -> int:
    """The size of a file once the server has written what it had when the line dropped."""
    size = -1
    while size != path.stat().st_size:
        size = path.stat().st_size
        time.sleep(0.5)
    return size


def upload_until_the_line_drops(walker: Walker, line: NetworkLine, paper: Path) -> int:
    """Choose a file of 20 MB at an open line: the network drops at 60 percent of it. How many bytes
    had arrived.
    """
    content = pdf() + b"".join(
        hashlib.sha256(str(n).encode()).digest() for n in range(20 * MEGABYTE // 32)
    )
    paper.write_bytes(content)
    line.carried, line.drops_after = 0, len(content) * 60 // 100
    walker.field("file").set_input_files(paper)
    expect(walker.page.locator(".upload-row")).to_contain_text(walker.said(BROKEN), timeout=20_000)
    return settled(Upload.objects.get().path)


def test_an_upload_goes_on_where_the_line_dropped_after_the_page_was_loaded_anew(
    served: Callable[..., Any], walker: Walker, line: NetworkLine, tmp_path: Path
) -> None:
    world = served("begun")
    walker.base = line.address
    walker.slip_in(world.staff)
    open_line(walker, world)
    paper = tmp_path / "گزارش سالانه.pdf"

    arrived = upload_until_the_line_drops(walker, line, paper)
    content = paper.read_bytes()
    assert (
        8 * MEGABYTE < arrived < len(content) * 0.61
    )  # a piece and part of the next, however often it was sent

    # ... the page is left before it could go on by itself; loaded anew, it says what is not
    # finished
    walker.page.goto("about:blank")
    line.is_up, line.carried = True, 0
    open_line(walker, world)
    row = walker.page.locator("li[data-earlier]")
    expect(row).to_contain_text("گزارش سالانه.pdf")
    percent = str(100 * arrived // len(content)).translate(
        str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    )
    expect(row).to_contain_text(percent)
    before = line.carried
    walker.field("file").set_input_files(paper)
    expect(walker.page.locator("#evidence-list")).to_contain_text(
        "گزارش سالانه.pdf", timeout=20_000
    )

    # ... and what was there has not been sent again
    sent = line.carried - before
    document = Document.objects.get()
    assert sent < len(content) - arrived + MEGABYTE
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert document.size == len(content)
    assert Upload.objects.count() == 1
    assert (
        walker.page.evaluate(
            "Object.keys(localStorage).filter((key) => key.startsWith('tus::')).length"
        )
        == 0
    )


DROP = """([name, parts]) => {
  const transfer = new DataTransfer();
  for (const [each, text] of parts) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], each));
  }
  const place = document.querySelector("section[data-upload]");
  for (const kind of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
  }
}"""


def test_several_files_are_dropped_at_once_and_what_cannot_be_is_said_at_once(
    served: Callable[..., Any], walker: Walker, axe: Callable[..., list[str]]
) -> None:
    world = served("begun")
    Measure.objects.filter(code="G1-1").update(evidence_fa="گزارش")
    Answer.objects.filter(pk=answer(world).pk).update(value=1)
    walker.slip_in(world.staff)
    open_line(walker, world)
    expect(walker.page.locator("#progress")).to_contain_text("۰ از ۴")
    parts = [(f"{n}.pdf", base64.b64encode(pdf(n)).decode()) for n in (1, 2, 3)]
    parts += [
        ("run.exe", base64.b64encode(b"MZ").decode()),
        ("false.png", base64.b64encode(pdf()).decode()),
    ]

    walker.page.evaluate(DROP, ["drop", parts])

    files, rows = walker.page.locator("#evidence-list"), walker.page.locator(".upload-row")
    for n in (1, 2, 3):
        expect(files).to_contain_text(f"{n}.pdf")
    expect(walker.page.locator("#progress")).to_contain_text("۱ از ۴")  # the line lacks nothing now
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="run.exe")).to_contain_text("«run.exe» پذیرفته نمی‌شود")
    expect(rows.filter(has_text="false.png").locator(".text-danger")).to_contain_text("false.png")
    assert axe(walker.page) == []
    assert {d.name for d in Document.objects.all()} == {"1.pdf", "2.pdf", "3.pdf"}
    rows.first.locator("[data-cancel]").click()
    expect(rows).to_have_count(1)


def test_an_upload_is_cancelled_and_leaves_nothing(
    served: Callable[..., Any], walker: Walker, line: NetworkLine, tmp_path: Path
) -> None:
    world = served("begun")
    walker.base = line.address
    walker.slip_in(world.staff)
    open_line(walker, world)
    paper = tmp_path / "a.pdf"
    paper.write_bytes(pdf() + b"%" * 4 * MEGABYTE)
    line.carried, line.drops_after = 0, MEGABYTE
    walker.field("file").set_input_files(paper)
    expect(walker.page.locator(".upload-row .btn").last).to_be_visible()
    expect(walker.page.locator("[data-text]")).to_contain_text(walker.said(BROKEN), timeout=20_000)

    walker.page.goto("about:blank")
    line.is_up = True
    open_line(walker, world)
    row = walker.page.locator("li[data-earlier]")
    expect(row).to_have_count(1)
    row.locator("[data-cancel]").click()
    expect(row).to_have_count(0)

    assert not Upload.objects.exists()


def test_a_new_version_is_uploaded_on_its_page(
    served: Callable[..., Any], walker: Walker, tmp_path: Path
) -> None:
    world = served("begun")
    shown(world, answer(world), name="old.pdf")
    walker.slip_in(world.staff)
    open_line(walker, world)
    paper = tmp_path / "new.pdf"
    paper.write_bytes(pdf())

    walker.press("New version")
    walker.field("file").set_input_files(paper)

    expect(walker.page.locator("#evidence-list")).to_contain_text("new.pdf")
    assert [e.document.name for e in Evidence.objects.live()] == ["new.pdf"]
    assert Evidence.objects.live().get().replaces.document.name == "old.pdf"


def test_pages_are_looked_at_beside_the_line(
    served: Callable[..., Any], walker: Walker, axe: Callable[..., list[str]]
) -> None:
    world = served("begun")
    file = shown(world, answer(world), pdf(2), name="گزارش.pdf")
    jobs.order_missing(at=timezone.now())
    work_off()
    walker.slip_in(world.staff)
    open_line(walker, world)

    walker.page.locator("a[data-evidence]").click()
    expect(walker.page.locator(f"#preview-{file.uuid} img")).to_be_visible()
    walker.page.locator(".viewer a[rel=next]").click()
    expect(walker.page.locator(".viewer")).to_contain_text("۲")
    expect(walker.page.locator(".viewer a[rel=prev]")).to_be_visible()

    walker.page.wait_for_load_state("networkidle")
    assert (
        walker.page.locator(".viewer img").evaluate(
            "(image) => image.decode().then(() => image.naturalWidth)"
        )
        > 500
    )
    assert axe(walker.page) == []
