"""Nothing is shown or handed out before its state allows it: a real scanner, none, and one that is
away.
"""

import io
import subprocess
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import translation
from PIL import Image

from cycles import workflow
from cycles.jobs import runner
from cycles.jobs.actions import order_missing
from cycles.jobs.kinds import QUICK
from cycles.models import Delivery, Entry
from cycles.sandbox import Exceeded
from submissions import models
from submissions.contents import pictures
from submissions.evidence import actions as evidence
from submissions.evidence import previews, uploads
from submissions.evidence import scanner as evidence_scanner
from submissions.models import Answer, Document
from tests.factories import build, shown
from tests.jobs import newest, work_off
from tests.submissions.conftest import EICAR
from tests.submissions.evidence.documents import docx, huge_picture, pdf, picture, xlsx

pytestmark = pytest.mark.django_db


def url(name, *args):
    with translation.override("en"):
        return reverse(f"submissions:{name}", args=args)


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission")
    return rows.get(submission=world.submission, measure__code=code)


def attached(world, content=None, name="a.pdf", code="G1-1"):
    file = ContentFile(pdf() if content is None else content, name=name)
    return evidence.attach(line(world, code), upload=file, by=world.staff, at=world.at)


def scan(file):
    work_off()
    return Document.objects.get(pk=file.document_id)


# --- With a scanner -----------------------------------------------------------------------------


def test_a_file_can_be_read_once_it_has_been_found_clean_and_not_before(scanner, visit):
    world = build("begun")
    file, client = attached(world), visit(world, world.staff)

    before = client.get(url("evidence", file.uuid), follow=True)
    early = client.get(url("picture", file.uuid, 1))
    document = scan(file)
    after = client.get(url("evidence", file.uuid))

    assert "This file is not handed out: Being checked." in before.content.decode()
    assert early.status_code == 404
    assert (document.state, document.pages, document.finding) == ("clean", 1, "")
    assert b"".join(after.streaming_content) == pdf()


def test_a_pending_file_may_be_signed_with(scanner):
    world = build("answered")
    attached(world)

    with translation.override("en"):
        signed = models.Evidence.objects.facts(world.submission)

    assert [row[1] for row in signed] == [Document.objects.get().sha256]


def test_a_harmful_file_is_locked_away_and_the_agency_is_told(scanner, visit):
    world = build("begun")
    file, client = attached(world, EICAR, "a.txt"), visit(world, world.head)

    document = scan(file)
    page = client.get(url("preview", file.uuid)).content.decode()

    assert document.state == "infected"
    assert "Eicar" in document.finding
    entry = Entry.objects.get(act="quarantine")
    assert (entry.actor_id, entry.params["sha256"], entry.agency_code) == (
        None,
        document.sha256,
        "MOE",
    )
    told = Delivery.objects.filter(entry=entry, channel="inbox").values_list(
        "recipient__username", flat=True
    )
    assert set(told) == {"staff", "head"}
    assert "locked away" in page
    assert client.get(url("evidence", file.uuid)).status_code == 302
    assert client.get(url("picture", file.uuid, 1)).status_code == 404
    with pytest.raises(workflow.Refused):
        evidence.reuse(line(world, "G2-1"), document, by=world.staff, at=world.at)
    notice = Delivery.objects.get(entry=entry, channel="inbox", recipient=world.head)
    with translation.override("en"):
        assert client.get(reverse("cycles:notice", args=[notice.pk]))["Location"] == url(
            "preview", file.uuid
        )


def test_what_the_scanner_cannot_look_into_is_not_called_clean(scanner):
    world = build("begun")
    file = attached(world, b"x" * (5 * 2**20), "large.txt")

    document = scan(file)

    assert document.state == "unscannable"
    assert not document.is_open


def test_a_daemon_that_is_away_judges_nothing_and_is_asked_again(settings, clamd):
    world = build("begun")
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    file = attached(world)

    for _attempt in range(7):
        assert runner.work(QUICK, worker="test", clock=lambda: newest("scan").not_before)
        waiting = newest("scan")
        assert (waiting.state, waiting.reason, waiting.attempts) == ("waiting", "scanner", 0)
    assert Document.objects.get().state == "pending"
    settings.CLAMD_ADDRESS = clamd
    assert scan(file).state == "clean"

    assert Document.objects.get().state == "clean"
    assert Document.objects.get().pages == 1


@pytest.mark.parametrize("address", ("unix:///nowhere/socket", "/nowhere/socket", "localhost:9"))
def test_every_form_of_address_is_understood(settings, address):
    settings.CLAMD_ADDRESS = address

    assert evidence_scanner.scan(io.BytesIO(b"x")) is None


def test_a_second_look_at_a_file_changes_nothing(scanner):
    world = build("begun")
    file = attached(world, EICAR, "a.txt")

    scan(file)
    rows = Entry.objects.count()
    scan(file)
    evidence.note_scan(file.document, outcome="clean", at=world.at)

    assert Entry.objects.count() == rows
    assert Document.objects.get().state == "infected"


def test_a_file_that_storage_has_lost_is_not_called_clean(scanner):
    world = build("begun")
    file = attached(world)
    default_storage.delete(file.document.file.name)

    assert scan(file).state == "unscannable"


# --- Without one --------------------------------------------------------------------------------


def test_without_a_scanner_files_are_open_and_the_page_says_that_nobody_checked_them(visit):
    world = build("begun")
    file, client = attached(world), visit(world, world.staff)

    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()

    assert "Not checked for viruses" in page
    assert "No virus scanner is set up here" in page
    assert b"".join(client.get(url("evidence", file.uuid)).streaming_content) == pdf()


def test_once_there_is_a_scanner_what_came_in_before_waits_for_it(visit, settings, clamd):
    world = build("begun")
    file, client = attached(world, EICAR, "a.txt"), visit(world, world.staff)

    settings.CLAMD_ADDRESS = clamd
    assert client.get(url("evidence", file.uuid)).status_code == 302
    order_missing(at=world.at)
    work_off()

    assert Document.objects.get().state == "infected"


def test_where_the_scanner_is_given_up_nothing_waits_for_ever(settings):
    world = build("begun")
    file = shown(world, line(world), pdf(), state="pending")

    order_missing(at=world.at)
    work_off()

    assert Document.objects.get(pk=file.document_id).state == "unscanned"
    assert Document.objects.get(pk=file.document_id).pages == 1


# --- Pictures -----------------------------------------------------------------------------------


def test_the_first_pages_of_a_pdf_are_drawn(tmp_path):
    shown = previews.preview(io.BytesIO(pdf(pictures.MOST_PAGES + 3)), "application/pdf")

    assert (len(shown.pictures), shown.page_count) == (pictures.MOST_PAGES, pictures.MOST_PAGES + 3)
    with Image.open(shown.pictures[0]) as first:
        assert max(first.size) == pictures.WIDEST
        assert first.format == "PNG"


def test_a_picture_is_drawn_anew_and_small():
    [drawn] = previews.preview(io.BytesIO(picture("JPEG", (4000, 2000))), "image/jpeg").pictures

    with Image.open(drawn) as image:
        assert (image.format, image.size) == ("PNG", (pictures.WIDEST, pictures.WIDEST // 2))


@pytest.mark.parametrize(
    ("content", "kind"),
    (
        (b"%PDF-1.7 broken", "application/pdf"),
        (huge_picture(), "image/png"),
        (b"GIF89a", "image/png"),
        (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ),
)
def test_what_cannot_be_drawn_has_no_picture_and_nothing_breaks(content, kind):
    assert previews.preview(io.BytesIO(content), kind) == previews.Preview()


def test_a_drawing_program_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(previews, "SECONDS", 0)

    with pytest.raises(Exceeded):
        previews.preview(io.BytesIO(pdf(3)), "application/pdf")


def test_a_drawing_program_may_use_so_much_memory_and_no_more():
    greedy = f"{previews._LIMITED}\n"
    program = ["python3", "-c", "x = bytearray(2 * 1024 ** 3)"]

    done = subprocess.run(
        ["python3", "-I", "-c", greedy, *program], capture_output=True, check=False
    )

    assert b"MemoryError" in done.stderr


def test_pictures_are_looked_at_page_by_page_and_may_do_nothing(visit):
    world = build("begun")
    file, client = attached(world, pdf(3)), visit(world, world.staff)
    scan(file)

    first = client.get(url("preview", file.uuid)).content.decode()
    last = client.get(
        url("preview", file.uuid), {"page": "99"}, headers={"HX-Request": "true"}
    ).content.decode()
    image = client.get(url("picture", file.uuid, 3))

    assert "Page 1 of 3" in first
    assert "Page 3 of 3" in last
    assert "<html" not in last
    assert b"".join(image.streaming_content).startswith(b"\x89PNG")
    assert image["Content-Type"] == "image/png"
    assert image["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert image["X-Content-Type-Options"] == "nosniff"
    assert image["Cache-Control"] == "private, no-store"
    assert client.get(url("picture", file.uuid, 4)).status_code == 404


def test_a_file_without_a_picture_says_so(visit):
    world = build("begun")
    file = attached(world, xlsx(), "a.xlsx")
    client = visit(world, world.staff)

    scan(file)

    assert (
        "There is no picture of this file."
        in client.get(url("preview", file.uuid)).content.decode()
    )


def test_old_uploads_are_forgotten_after_a_week_and_young_ones_are_not(
    settings, django_capture_on_commit_callbacks
):
    world = build("begun")
    old = uploads.begin_upload(line(world), name="a.txt", length=3, by=world.staff, at=world.at)
    young = uploads.begin_upload(
        line(world), name="b.txt", length=3, by=world.staff, at=world.at + timedelta(days=1)
    )
    for upload in (old, young):
        upload.path.parent.mkdir(exist_ok=True)
        upload.path.write_bytes(b"x")

    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.clear_uploads(at=world.at + uploads.KEPT_FOR + timedelta(seconds=1)) == 1

    assert not old.path.exists()
    assert young.path.exists()
