"""Files made to cost much: bounded time and memory in a process of their own, and a budget for
whoever sends them.
"""

import io
import random
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from cycles import sandbox
from cycles.sandbox import Limits
from cycles.spreadsheets import sheets as spreadsheets_sheets
from cycles.spreadsheets.safety import Unreadable
from cycles.ui import limits as ui_limits
from submissions.answers.sheet_columns import VALUES
from submissions.evidence import previews, quotas
from tests.factories import build
from tests.submissions.evidence.documents import picture


def run(
    function: str, content: Any = b"abc", *args: Any, seconds: int = 1, megabytes: int = 256
) -> Any:
    limits = Limits(seconds=seconds, megabytes=megabytes)
    with translation.override("en"):
        return sandbox.run(
            f"tests.faults.parts.readers:{function}",
            content,
            *args,
            limits=limits,
            refusal=Unreadable,
        )


@pytest.fixture(autouse=True)
def _started() -> None:
    run("length", b"", 0, seconds=20)


def test_a_file_is_read_and_what_was_found_comes_back() -> None:
    assert run("length", b"abc", 4) == run("length", io.BytesIO(b"abc"), 4) == 7


@pytest.mark.parametrize(
    ("function", "words"),
    (
        ("busy", "more than the 1 seconds"),
        ("asleep", "more than the 1 seconds"),
        ("greedy", "than the 256 MB"),
    ),
)
def test_a_file_that_takes_too_much_is_ended_with_the_limit_in_words(
    function: str, words: str
) -> None:
    begun = time.monotonic()

    with pytest.raises(sandbox.Exceeded, match=words):
        run(function)

    assert time.monotonic() - begun < 8


def test_a_reader_that_dies_or_writes_breaks_nothing_but_itself(tmp_path: Path) -> None:
    place = tmp_path / "written"

    with pytest.raises(sandbox.Broken):
        run("killed", seconds=5)
    with pytest.raises(sandbox.Broken):
        run("writing", b"", str(place), seconds=5)

    assert not place.exists() or place.read_bytes() == b""
    assert run("length", b"abc", 0, seconds=5) == 3


def test_a_reader_knows_no_secrets() -> None:
    assert (
        not {"SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
        & run("environment", seconds=5).keys()
    )


def test_a_server_that_was_killed_is_started_anew() -> None:
    assert sandbox._SERVER.process is not None
    sandbox._SERVER.process.kill()
    sandbox._SERVER.process.wait(5)

    assert run("length", b"abc", 0, seconds=20) == 3


def workbook_bomb() -> bytes:
    """A workbook within every limit of its archive, whose nine hundred thousand empty cells take
    long to read.
    """
    book, plain, bomb = openpyxl.Workbook(write_only=True), io.BytesIO(), io.BytesIO()
    sheet = book.create_sheet()
    sheet.append([str(VALUES), *VALUES.names])
    book.save(plain)
    chance = random.Random(1)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" s="{chance.randrange(9)}"/></row>' for n in range(2, 900_000)
    )
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for part in parts.infolist():
            made.writestr(
                part.filename,
                parts.read(part).replace(b"</sheetData>", rows.encode() + b"</sheetData>"),
            )
    return bomb.getvalue()


@pytest.mark.django_db
def test_a_workbook_bomb_is_a_sentence_on_the_page_and_after_five_their_sender_waits(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    monkeypatch.setattr(sandbox, "SHEET", Limits(seconds=1, megabytes=256))
    client = Client()
    client.force_login(world.staff, backend="config.accounts.backends.PasswordBackend")
    content = workbook_bomb()
    assert len(content) < spreadsheets_sheets.MOST_BYTES
    address = f"/en/submissions/{world.submission.pk}/file/"

    begun = time.monotonic()
    first = client.post(address, {"file": SimpleUploadedFile("a.xlsx", content)})
    took = time.monotonic() - begun
    for _ in range(4):
        ui_limits.spend("costly_file", world.staff)
    begun = time.monotonic()
    last = client.post(address, {"file": SimpleUploadedFile("a.xlsx", content)})

    assert "more than the 1 seconds" in first.content.decode()
    assert took < 25
    assert "Please wait an hour" in last.content.decode()
    assert time.monotonic() - begun < took


@pytest.mark.django_db
def test_a_picture_of_very_many_pixels_is_not_drawn_and_costs_little() -> None:
    begun = time.monotonic()
    flat = picture("PNG", (9000, 9000))

    shown = previews.preview(io.BytesIO(flat), "image/png")

    assert shown.pictures == []
    assert time.monotonic() - begun < 20


@pytest.mark.django_db
def test_an_archive_that_cannot_be_looked_into_in_time_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = build("people")
    monkeypatch.setattr(sandbox, "SHEET", Limits(seconds=0, megabytes=64))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as made:
        for number in range(4000):
            made.writestr(f"word/{number}.rels", b"<Relationships/>")

    with translation.override("en"):
        why = quotas.why_not_content("a.docx", ContentFile(many.getvalue()), by=world.staff)

    assert why.startswith("“a.docx”: Reading this file takes more than the 0 seconds")
