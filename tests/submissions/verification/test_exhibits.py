"""Files that show what was found."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cycles.models import Delivery, Entry
from cycles.workflow import Refused
from submissions.models import (
    Document,
    Exhibit,
)
from submissions.verification import actions as verification_actions
from tests.jobs import work_off
from tests.submissions.conftest import EICAR
from tests.submissions.verification.findings import (
    SUPPORTED,
    conclude,
    drawn_all,
    of_line,
    paper,
    url,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_a_file_is_kept_with_its_digest_and_belongs_to_no_agency():
    world = drawn_all()
    held = of_line(world)

    shown = verification_actions.show(
        held, upload=paper("../../log.pdf"), by=held.assessor, at=world.at
    )

    document = shown.document
    assert (document.name, document.agency, document.state) == ("log.pdf", None, "unscanned")
    assert len(document.sha256) == 64
    assert not Document.objects.held_by(world.power.pk).filter(pk=document.pk).exists()
    assert Entry.objects.get(act="show").params["sha256"] == document.sha256
    conclude(world, SUPPORTED)
    assert Entry.objects.get(act="conclude").params["files"] == [document.sha256]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "cannot be accepted"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"<html>", "cannot be accepted"),
        ("a.xlsm", b"PK", "macro"),
    ],
)
def test_other_files_are_refused(name, content, why):
    world = drawn_all()
    held = of_line(world)

    with pytest.raises(Refused, match=why):
        verification_actions.show(held, upload=paper(name, content), by=held.assessor, at=world.at)

    assert not Exhibit.objects.exists()


def test_a_file_that_is_too_large_and_one_too_many_are_refused(monkeypatch):
    world = drawn_all()
    held = of_line(world)
    monkeypatch.setattr(verification_actions, "MOST_AT_ONCE", 2**20)
    monkeypatch.setattr(verification_actions, "MOST_FILES", 1)

    with pytest.raises(Refused, match="larger than 1 MB"):
        verification_actions.show(
            held, upload=paper(content=b"%PDF-1.7" + b" " * 2**20), by=held.assessor, at=world.at
        )
    verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)
    with pytest.raises(Refused, match="at most 1 files"):
        verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)


def test_a_file_shown_by_mistake_is_withdrawn_and_handed_out_to_nobody(visit):
    world = drawn_all()
    held = of_line(world)
    shown = verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)

    page = visit(world, held.assessor).post(
        url("verification", held.pk),
        {"take_back": str(shown.uuid), "text": "half written"},
        follow=True,
    )

    assert "half written" in page.content.decode()
    assert Exhibit.objects.get().withdrawn_at is not None
    assert visit(world, held.assessor).get(url("exhibit", shown.uuid)).status_code == 404


def test_a_harmful_file_is_locked_away(visit, scanner):
    world = drawn_all()
    held = of_line(world)
    client = visit(world, held.assessor)

    client.post(
        url("verification", held.pk), {"act": "note", "file": SimpleUploadedFile("a.txt", EICAR)}
    )
    shown = Exhibit.objects.get()
    work_off()

    shown = Exhibit.objects.get()
    assert not Delivery.objects.filter(
        recipient=world.staff, entry__model="submissions.document"
    ).exists()
    assert shown.document.state == "infected"
    assert client.get(url("exhibit", shown.uuid)).status_code == 302
