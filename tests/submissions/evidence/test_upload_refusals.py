"""Whose an upload is, and when no piece of it is taken."""

import hashlib
import socket
import time
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from cycles.calendar import Phase
from submissions.evidence import upload_views
from submissions.models import Document, Evidence, Upload
from submissions.signing import actions as signing
from tests.factories import build
from tests.submissions.evidence.documents import pdf
from tests.submissions.evidence.uploading import TUS, begin, head, line, patch, url

pytestmark = pytest.mark.django_db


def test_an_upload_is_its_starters_alone(visit):
    world = build("begun")
    address = begin(visit(world, world.staff), line(world), 10)["Location"]

    for other in (
        world.head,
        world.headquarters,
        world.other_staff,
        world.administrator,
        world.assessor,
    ):
        client = visit(world, other)
        assert head(client, address).status_code == 404
        assert patch(client, address, b"x", 0).status_code == 404
        assert client.delete(address, headers=TUS).status_code == 404


def test_signed_out_is_said_and_is_no_page(visit):
    world = build("begun")
    address = begin(visit(world, world.staff), line(world), 10)["Location"]

    for response in (
        head(Client(), address),
        patch(Client(), address, b"x", 0),
        begin(Client(), line(world), 10),
    ):
        assert response.status_code == 401
        assert "Location" not in response


def test_a_piece_needs_the_token_of_our_own_page(visit):
    world = build("begun")
    address = begin(visit(world, world.staff), line(world), 10)["Location"]
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.staff, backend="config.accounts.backends.PasswordBackend")

    assert patch(client, address, b"x", 0).status_code == 403
    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert patch(client, address, b"x", 0, **{"X-CSRFToken": token}).status_code == 204


def test_a_deadline_that_passes_meanwhile_is_told_at_the_next_piece(visit):
    world = build("begun")
    closes = world.closes(Phase.SELF_ASSESSMENT)
    client = visit(world, world.staff, closes - timedelta(seconds=30))
    content = pdf()
    address = begin(client, line(world), len(content))["Location"]
    assert patch(client, address, content[:50], 0).status_code == 204
    path = Upload.objects.get().path

    late = patch(visit(world, world.staff, closes), address, content[50:], 50)

    assert late.status_code == 422
    assert "closed on" in late.content.decode()
    assert path.read_bytes() == content[:50]
    assert not Evidence.objects.exists()


def test_a_signed_self_assessment_takes_no_piece(visit):
    world = build("answered")
    client, content = visit(world, world.staff), pdf()
    address = begin(client, line(world), len(content))["Location"]
    signing.move(world.submission, "submit", by=world.head, at=world.at)

    refused = patch(client, address, content, 0)

    assert refused.status_code == 422
    assert "is not possible" in refused.content.decode()
    assert not Evidence.objects.exists()


def test_the_steward_s_line_takes_no_file(visit):
    world = build("begun")

    refused = begin(visit(world, world.staff), line(world, "G1-2"), 10)

    assert refused.status_code == 422
    assert "The steward supplies this figure" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_lost_leaves_what_had_come_in(live_server, settings):
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    client, content = Client(), pdf() + b"%" * 3_000_000
    client.force_login(world.staff, backend="config.accounts.backends.PasswordBackend")
    address = begin(client, line(world), len(content))["Location"]
    client.get(url("detail", world.submission.pk), {"line": line(world).pk})
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    host = live_server.thread.host, live_server.thread.port
    lines = [
        f"PATCH {address} HTTP/1.1", f"Host: {host[0]}:{host[1]}", f"Cookie: {cookies}", "Tus-Resumable: 1.0.0",
        f"X-CSRFToken: {client.cookies['csrftoken'].value}", f"Content-Length: {len(content)}", "Upload-Offset: 0",
        "Content-Type: application/offset+octet-stream", "", "",
    ]  # fmt: skip
    path = Upload.objects.get().path

    with socket.create_connection(host) as line_to_be_lost:
        line_to_be_lost.sendall("\r\n".join(lines).encode() + content[:1_000_000])
    for _wait in range(100):
        if path.stat().st_size >= 1_000_000:
            break
        time.sleep(0.05)

    offset = int(head(client, address)["Upload-Offset"])
    assert offset == 1_000_000
    assert patch(client, address, content[offset:], offset).status_code == 204
    assert Document.objects.get().sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_no_connection_to_the_database_is_held_while_a_slow_piece_comes_in(monkeypatch, settings):
    monkeypatch.setattr(upload_views, "PATIENCE", 0)
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    client, held = Client(), []
    client.force_login(world.staff, backend="config.accounts.backends.PasswordBackend")
    content = pdf() + b"%" * 1_000_000
    address = begin(client, line(world), len(content))["Location"]
    read = WSGIRequest.read

    def watching(request, *args):
        held.append(connection.connection is not None)
        return read(request, *args)

    monkeypatch.setattr(WSGIRequest, "read", watching)
    assert patch(client, address, content, 0).status_code == 204
    connections.close_all()

    assert held[0]  # nobody knows yet how slow it is
    assert not any(held[1:])
    assert Document.objects.get().size == len(content)
