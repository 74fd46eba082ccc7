"""The disk is full: a sentence, nothing half written, nothing half kept; and room is asked for
before it is needed.
"""

import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from submissions.models import Answer, Document, Evidence, Upload
from tests.factories import World, build

ROOM = 300_000
FULL = "no room left on the server’s disk"
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with little room; only root may have one made."""
    if os.getuid():
        pytest.skip("only root may mount a small disk: run as root, as CI does")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def w(settings: Any) -> World:
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


@pytest.fixture
def client(w: World) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(w.staff, backend="config.accounts.backends.PasswordBackend")
    return made


def line_of(w: World) -> Answer:
    return (
        Answer.objects.filter(submission=w.submission)
        .exclude(measure__method="steward")
        .order_by("pk")[0]
    )


def begin(client: Client, line: Answer, size: int) -> Any:
    name = b64encode(b"a.txt").decode()
    headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    return client.post(f"/en/submissions/lines/{line.pk}/evidence/uploads/", headers=headers)


def send(client: Client, address: str, piece: bytes) -> Any:
    headers = TUS | {"Upload-Offset": "0"}
    return client.patch(
        address, piece, content_type="application/offset+octet-stream", headers=headers
    )


@pytest.mark.django_db(transaction=True)
def test_a_piece_that_finds_no_room_is_told_so_and_gives_its_room_back(
    w: World, client: Client, small_disk: Path, settings: Any
) -> None:
    settings.UPLOAD_DIR, settings.DISK_RESERVE_BYTES = small_disk, -(10**9)
    address = begin(client, line_of(w), 2 * ROOM)["Location"]

    told = send(client, address, b"x" * 2 * ROOM)

    assert told.status_code == 507
    assert FULL in told.content.decode()
    assert told["Content-Type"].startswith("text/plain")
    assert list(small_disk.iterdir()) == []
    assert not Upload.objects.exists()
    assert client.head(address, headers=TUS).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_form_s_file_that_finds_no_room_leaves_neither_half_a_file_nor_a_row(
    w: World, client: Client, small_disk: Path, settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "config.storage.WholeFileStorage",
            "OPTIONS": {"location": small_disk},
        }
    }
    line = line_of(w)
    attach = f"/en/submissions/lines/{line.pk}/evidence/"

    page = client.post(attach, {"file": SimpleUploadedFile("a.txt", b"x" * 2 * ROOM)})
    small = client.post(attach, {"file": SimpleUploadedFile("b.txt", b"small")})

    assert page.status_code == 507
    assert FULL in page.content.decode()
    assert "has to be chosen again" in page.content.decode()
    assert small.status_code == 302
    assert [e.document.name for e in Evidence.objects.filter(answer=line)] == ["b.txt"]
    kept = [file for file in small_disk.rglob("*") if file.is_file()]
    assert [file.read_bytes() for file in kept] == [b"small"]
    assert Document.objects.count() == 1


@pytest.mark.django_db
def test_an_upload_for_which_there_is_no_room_is_not_begun(
    w: World, client: Client, settings: Any
) -> None:
    settings.DISK_RESERVE_BYTES = 10**18

    told = begin(client, line_of(w), 1000)

    assert told.status_code == 422
    assert FULL in told.content.decode()
    assert not Upload.objects.exists()
