"""How a file is handed out."""

import pytest

from cycles.ui.files import Stored, handed_out
from tests.factories import build, make_agency
from tests.submissions.evidence.documents import pdf
from tests.submissions.evidence.uploading import attach, url

pytestmark = pytest.mark.django_db


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
