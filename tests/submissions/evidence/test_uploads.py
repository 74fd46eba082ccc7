"""Uploads that go on where they were broken off; versions, places, files shown again; who may, and
until when.
"""

import base64
import fcntl
import hashlib
import socket
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from cycles.calendar import Phase
from cycles.models import Entry
from cycles.ui.files import Stored, handed_out
from cycles.workflow import Refused
from submissions.evidence import actions as evidence
from submissions.evidence import upload_views, uploads
from submissions.models import Answer, Document, Evidence, Upload
from submissions.signing import actions as signing
from submissions.signing import versions
from tests.factories import build, make_agency, shown
from tests.submissions.evidence.documents import pdf, xlsx

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}


def url(name, *args):
    with translation.override("en"):
        return reverse(f"submissions:{name}", args=args)


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission")
    return rows.get(submission=world.submission, measure__code=code)


def metadata(**given):
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items()
    )


def begin(client, answer, length, name="گزارش.pdf", **more):
    headers = {
        **TUS,
        "Upload-Length": str(length),
        "Upload-Metadata": metadata(filename=name, **more),
    }
    return client.post(url("uploads", answer.pk), headers=headers)


def patch(client, address, content, offset, **headers):
    sent = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.patch(
        address, content, content_type="application/offset+octet-stream", headers=sent
    )


def head(client, address):
    return client.head(address, headers=TUS)


# --- The protocol -------------------------------------------------------------------------------


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


# --- Who, and until when ------------------------------------------------------------------------


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
    client.force_login(world.staff, backend="django.contrib.auth.backends.ModelBackend")

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


# --- A line that is lost ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_lost_leaves_what_had_come_in(live_server, settings):
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    client, content = Client(), pdf() + b"%" * 3_000_000
    client.force_login(world.staff, backend="django.contrib.auth.backends.ModelBackend")
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
    client.force_login(world.staff, backend="django.contrib.auth.backends.ModelBackend")
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


# --- Versions, places, files shown again --------------------------------------------------------


def attach(world, name="a.pdf", content=None, code="G1-1", **more):
    file = ContentFile(pdf() if content is None else content, name=name)
    return evidence.attach(line(world, code), upload=file, by=world.staff, at=world.at, **more)


def test_a_new_version_never_replaces_silently(visit):
    world = build("begun")
    first = attach(world, reference="صفحهٔ ۷")
    client = visit(world, world.staff)

    content = pdf(2)
    address = begin(client, line(world), len(content), replaces=str(first.uuid))["Location"]
    patch(client, address, content, 0)

    [second] = Evidence.objects.filter(answer=line(world)).with_versions()
    assert second.versions == [first]
    assert second.reference == first.reference
    first = world.fresh(first)
    assert (first.withdrawn_at, first.withdrawn_by) == (
        world.fresh(second).attached_at,
        world.staff,
    )
    assert first.document.file.storage.exists(first.document.file.name)
    assert (
        Entry.objects.filter(act="attach").latest("pk").params["replaces"] == first.document.sha256
    )
    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()
    assert "1 earlier version" in page
    assert b"".join(client.get(url("evidence", first.uuid)).streaming_content) == pdf()


def test_a_version_of_what_is_replaced_meanwhile_is_refused():
    world = build("begun")
    first = attach(world)
    attach(world, name="b.pdf", replaces=first)

    with translation.override("en"), pytest.raises(Refused, match="in the meantime"):
        attach(world, name="c.pdf", replaces=first)
    with translation.override("en"), pytest.raises(Refused, match="in the meantime"):
        evidence.detach(first, by=world.staff, at=world.at)
    with translation.override("en"), pytest.raises(Refused, match="in the meantime"):
        evidence.refer(first, reference="1", by=world.staff, at=world.at)


def test_the_page_or_sheet_is_said_beside_the_file_and_signed_with_it(visit):
    world = build("answered")
    file, client = attach(world), visit(world, world.staff)
    before = versions.content_of(world.submission)

    client.post(url("refer", file.uuid), {"reference": "برگهٔ ۳"})

    assert world.fresh(file).reference == "برگهٔ 3"
    assert Evidence.objects.facts(world.submission) == [
        [line(world).pk, file.document.sha256, "برگهٔ 3", "", "", ""]
    ]
    assert versions.content_of(world.submission) != before
    assert "برگهٔ" in client.get(url("line", line(world).pk)).content.decode()


def test_a_file_is_shown_for_another_line_without_being_uploaded_again(visit):
    world = build("begun")
    file, client = attach(world, "Report of the year.pdf"), visit(world, world.staff)
    other = line(world, "G2-1")

    listed = client.get(url("held", other.pk), {"q": "report of"}).content.decode()
    client.post(url("reuse", other.pk, file.document.uuid))

    assert "Report of the year.pdf" in listed
    assert "Measure G1-1" in listed
    assert Document.objects.count() == 1
    assert Evidence.objects.get(answer=other).document == file.document
    page = client.get(url("detail", world.submission.pk), {"line": other.pk}).content.decode()
    assert "Also for 1 other line" in page
    assert "It is shown for this line." in client.get(url("held", other.pk)).content.decode()
    with translation.override("en"), pytest.raises(Refused, match="shown for this line already"):
        evidence.reuse(other, file.document, by=world.staff, at=world.at)


def test_last_year_s_file_is_shown_this_year(visit):
    world = build("begun")
    earlier = type(world.cycle).objects.create(
        year=world.cycle.year - 1, preset=world.cycle.preset, state="published"
    )
    file = shown(world, line(world, "G2-1"), name="پارسال.pdf", cycle=earlier)
    client = visit(world, world.staff)

    listed = client.get(url("held", line(world).pk), {"q": "پارسال"}).content.decode()
    client.post(url("reuse", line(world).pk, file.document.uuid))

    assert "پارسال.pdf" in listed
    assert Evidence.objects.filter(answer=line(world), document=file.document).exists()


def test_an_agency_finds_its_own_files_only(visit):
    world = build("begun")
    file = attach(world, "ours.pdf")
    health = (
        Answer.objects.filter(submission=world.other)
        .select_related("measure", "submission")
        .first()
    )
    client = visit(world, world.other_staff)

    assert "ours.pdf" not in client.get(url("held", health.pk)).content.decode()
    assert client.post(url("reuse", health.pk, file.document.uuid)).status_code == 404
    with translation.override("en"), pytest.raises(Refused, match="belongs to another agency"):
        evidence.reuse(health, file.document, by=world.other_staff, at=world.at)


def test_the_list_of_files_says_why_it_is_empty(visit):
    world = build("begun")
    client = visit(world, world.staff)

    assert (
        "The agency holds no file yet." in client.get(url("held", line(world).pk)).content.decode()
    )
    assert (
        "No file of this name."
        in client.get(url("held", line(world).pk), {"q": "zzz"}).content.decode()
    )


# --- Pages --------------------------------------------------------------------------------------


def test_without_scripts_a_form_sends_a_file_and_its_new_version(visit):
    world = build("begun")
    client = visit(world, world.staff)

    client.post(url("attach", line(world).pk), {"file": ContentFile(xlsx(), name="a.xlsx")})
    first = Evidence.objects.get()
    page = client.get(url("attach", line(world).pk), {"replaces": str(first.uuid)}).content.decode()
    client.post(
        url("attach", line(world).pk),
        {"file": ContentFile(pdf(), name="b.pdf"), "replaces": str(first.uuid)},
    )

    assert "at most 200 MB, in a browser without scripts 25 MB" in page
    assert [e.document.name for e in Evidence.objects.live()] == ["b.pdf"]


def test_files_stand_alone_for_the_page_that_asks_again(visit):
    world = build("begun")
    attach(world)

    client, asked = visit(world, world.staff), {"HX-Request": "true", "HX-Target": "evidence-list"}
    part = client.get(url("files", line(world).pk), headers=asked)

    assert "a.pdf" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "evidence-changed" in part["HX-Trigger-After-Settle"]
    assert not client.get(url("files", line(world).pk), headers={"HX-Request": "true"}).has_header(
        "HX-Trigger-After-Settle"
    )


def test_whoever_only_reads_is_offered_no_act(visit):
    world = build("begun")
    attach(world)

    page = visit(world, world.administrator).get(url("attach", line(world).pk)).content.decode()

    assert "No file can be added to this line now." in page
    assert "Withdraw" not in page
    assert "New version" not in page


@pytest.mark.parametrize("name", ("detail", "line", "preview", "held"))
def test_files_of_a_line_take_one_query_for_any_number(visit, name):
    world = build("begun")
    file, client, taken = attach(world), visit(world, world.staff), []
    arguments = {"detail": [world.submission.pk], "preview": [file.uuid]}.get(
        name, [line(world).pk]
    )

    for more in (0, 1, 8):
        last = file
        for number in range(more):
            attach(world, f"{more}-{number}.pdf")
            last = attach(
                world, f"v{more}-{number}.pdf", replaces=Evidence.objects.live().latest("pk")
            )
            evidence.reuse(line(world, "G2-1"), last.document, by=world.staff, at=world.at)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, *arguments), {"line": line(world).pk})
        taken.append([q["sql"] for q in queries if "submissions_document" in q["sql"]])

    assert len({len(sql) for sql in taken}) == 1
    if name == "detail":
        assert len(taken[0]) == 2  # the files, and how much the agency keeps


# --- Handing out --------------------------------------------------------------------------------


def test_a_download_has_the_right_headers(visit):
    world = build("begun")
    file = attach(world, "گزارش.pdf")

    response = visit(world, world.staff).get(url("evidence", file.uuid))

    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%DA%AF")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_nginx_is_told_where_the_file_is(visit, settings):
    world = build("begun")
    file = attach(world)
    settings.ACCEL_PREFIX = "/private/"

    response = visit(world, world.staff).get(url("evidence", file.uuid))

    assert (
        response["X-Accel-Redirect"] == f"/private/evidence/{world.cycle.year}/{file.document.uuid}"
    )
    assert response.content == b""
    assert response["Content-Disposition"] == 'attachment; filename="a.pdf"'


def test_other_storage_is_reached_by_an_address_signed_for_a_minute():
    from storages.backends.s3 import S3Storage

    storage = S3Storage(
        bucket_name="private", endpoint_url="https://s3.example", region_name="x", access_key="a", secret_key="b",
        signature_version="s3v4",
    )  # fmt: skip

    response = handed_out(
        Stored("evidence/1405/x", storage), name="گزارش.pdf", content_type="application/pdf"
    )

    assert response.status_code == 302
    assert response["Location"].startswith("https://s3.example/private/evidence/1405/x?")
    for part in (
        "X-Amz-Expires=60",
        "X-Amz-Signature=",
        "response-content-type=application%2Fpdf",
        "attachment",
    ):
        assert part in response["Location"]
    assert response["Cache-Control"] == "private, no-store"


def test_a_file_that_storage_has_lost_is_a_page_that_is_not_there(visit):
    world = build("begun")
    file = attach(world)
    file.document.file.storage.delete(file.document.file.name)

    assert visit(world, world.staff).get(url("evidence", file.uuid)).status_code == 404


def test_another_agency_sees_neither_file_nor_picture(visit):
    world = build("begun")
    file = attach(world)
    make_agency("X", "سازمان", "Office")

    for name, arguments in (("evidence", []), ("preview", []), ("picture", [1])):
        assert (
            visit(world, world.other_staff).get(url(name, file.uuid, *arguments)).status_code == 404
        )
