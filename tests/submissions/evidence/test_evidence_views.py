"""Evidence as pages take it and hand it out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from submissions.evidence import actions as evidence
from submissions.models import Evidence
from tests.factories import build
from tests.submissions.pages import line, url

pytestmark = pytest.mark.django_db


def pdf(name="proof.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 proof", content_type="text/html")


def test_evidence_is_served_as_a_download_with_a_type_of_our_own(visit):
    world = build("answered")
    client = visit(world, world.staff)

    client.post(url("attach", line(world).pk), {"file": pdf("گواهی.pdf")})
    file = Evidence.objects.get()
    response = client.get(url("evidence", file.uuid))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 proof"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_evidence_is_hidden_from_strangers_and_from_assessors_until_signed(visit):
    world = build("answered")
    file = evidence.attach(line(world), upload=pdf(), by=world.staff, at=world.at)

    for person in (world.other_staff, world.stranger, world.assessor, world.reviewer):
        assert visit(world, person).get(url("evidence", file.uuid)).status_code == 404


def test_a_file_of_another_kind_is_refused_beside_the_field(visit):
    world = build("answered")

    page = (
        visit(world, world.staff)
        .post(url("attach", line(world).pk), {"file": pdf("run.exe")})
        .content.decode()
    )

    assert "“run.exe” cannot be accepted." in page
    assert not Evidence.objects.exists()


def test_withdrawn_evidence_stays_on_record(visit):
    world = build("answered")
    file = evidence.attach(line(world), upload=pdf(), by=world.staff, at=world.at)
    client = visit(world, world.staff)

    client.post(url("detach", file.uuid))
    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()

    assert world.fresh(file).withdrawn_at is not None
    assert "proof.pdf" not in page
