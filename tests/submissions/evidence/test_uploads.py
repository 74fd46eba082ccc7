"""Uploads that go on where they were broken off; versions, places, files shown again; who may, and
until when."""

import fcntl
import hashlib

import pytest
from django.core.files.base import ContentFile

from cycles.models import Entry
from submissions.evidence import uploads
from submissions.models import Document, Evidence, Upload
from tests.factories import build
from tests.submissions.evidence.documents import pdf
from tests.submissions.evidence.uploading import TUS, begin, head, line, patch, url

pytestmark = pytest.mark.django_db


def test_a_file_comes_in_by_pieces_and_is_whole(visit):
    world = build("begun")
    client, content = visit(world, world.staff), pdf(3)

    begun = begin(client, line(world), len(content))
    address = begun["Location"]
    first = patch(client, address, content[:100], 0)
    half = head(client, address)
    last = patch(client, address, content[100:], 100)

    assert (begun.status_code, first.status_code, last.status_code) == (201, 204, 204)
    assert (first["Upload-Offset"], half["Upload-Offset"], last["Upload-Offset"]) == (
        "100",
        "100",
        str(len(content)),
    )
    assert half["Upload-Length"] == str(len(content))
    document = Document.objects.get()
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.name, document.size, document.content_type) == (
        "گزارش.pdf",
        len(content),
        "application/pdf",
    )
    with document.file.open("rb") as stored:
        assert stored.read() == content
    assert not Upload.objects.get().path.exists()
    assert head(client, address)["Upload-Offset"] == str(len(content))
    entry = Entry.objects.get(act="attach")
    assert (entry.params["sha256"], entry.note) == (document.sha256, "گزارش.pdf")


def test_what_the_server_can_do_is_said(visit):
    world = build("begun")
    client = visit(world, world.staff)

    said = client.options(url("uploads", line(world).pk))

    assert said.status_code == 204
    assert (said["Tus-Version"], said["Tus-Extension"]) == ("1.0.0", "creation,termination")
    assert said["Tus-Max-Size"] == str(200 * 2**20)


def test_the_protocol_is_kept_to_the_letter(visit):
    world = build("begun")
    client = visit(world, world.staff)
    address = begin(client, line(world), 10)["Location"]

    assert client.head(address).status_code == 412
    assert client.post(url("uploads", line(world).pk), headers=TUS).status_code == 400
    assert patch(client, address, b"x", 3).status_code == 409
    assert patch(client, address, b"x" * 11, 0).status_code == 413
    assert client.patch(address, b"x", content_type="text/plain", headers=TUS).status_code == 415
    assert (
        client.patch(
            address, b"x", content_type="application/offset+octet-stream", headers=TUS
        ).status_code
        == 400
    )
    assert begin(client, line(world), 10, replaces="no uuid").status_code == 404
    assert head(client, address)["Upload-Offset"] == "0"
    assert head(client, address)["Cache-Control"] == "private, no-store"


def test_two_at_once_do_not_write_the_same_file(visit):
    world = build("begun")
    client = visit(world, world.staff)
    address = begin(client, line(world), 10)["Location"]

    with Upload.objects.get().path.open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert patch(client, address, b"x", 0).status_code == 423

    assert patch(client, address, b"x", 0).status_code == 204


def test_the_last_piece_that_came_in_as_the_server_stopped_is_no_piece_lost(visit):
    world = build("begun")
    client, content = visit(world, world.staff), pdf()
    address = begin(client, line(world), len(content))["Location"]
    Upload.objects.get().path.write_bytes(content)

    assert head(client, address)["Upload-Offset"] == str(len(content))

    assert Evidence.objects.get().document.size == len(content)
    assert head(client, address).status_code == 200


def test_finished_twice_it_is_evidence_once():
    world = build("begun")
    upload = uploads.begin_upload(
        line(world), name="a.pdf", length=len(pdf()), by=world.staff, at=world.at
    )

    first, second = (
        uploads.finish_upload(
            upload, content=ContentFile(pdf(), name="a.pdf"), by=world.staff, at=world.at
        )
        for _time in range(2)
    )

    assert first == second
    assert Evidence.objects.count() == 1


def test_an_upload_that_is_cancelled_is_gone(visit, django_capture_on_commit_callbacks):
    world = build("begun")
    client = visit(world, world.staff)
    address = begin(client, line(world), 10)["Location"]
    path = Upload.objects.get().path

    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(address, headers=TUS).status_code == 204

    assert not path.exists()
    assert head(client, address).status_code == 404
    assert patch(client, address, b"x", 0).status_code == 404


def test_a_file_whose_content_is_not_accepted_is_refused_in_words_and_forgotten(visit):
    world = build("begun")
    client = visit(world, world.staff)
    address = begin(client, line(world), 4, name="proof.pdf")["Location"]

    refused = patch(client, address, b"MZ\x90\0", 0)

    assert refused.status_code == 422
    assert "its content is not what its name says" in refused.content.decode()
    assert refused["Content-Type"] == "text/plain; charset=utf-8"
    assert head(client, address).status_code == 404
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("name", "length", "said"),
    (
        ("run.exe", 5, "“run.exe” cannot be accepted"),
        ("a.pdf", 0, "“a.pdf” is empty"),
        ("a.pdf", 200 * 2**20 + 1, "larger than 200 MB"),
        ("a.docm", 5, "holds a program"),
    ),
)
def test_limits_are_held_before_the_first_piece(visit, name, length, said):
    world = build("begun")

    refused = begin(visit(world, world.staff), line(world), length, name=name)

    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert not Upload.objects.exists()


def test_nobody_begins_without_end(visit, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_UNDER_WAY", 2)
    world = build("begun")
    client = visit(world, world.staff)

    statuses = [begin(client, line(world), 10).status_code for _number in range(3)]

    assert statuses == [201, 201, 422]
