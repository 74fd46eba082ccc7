"""A NUL, and other characters that no database keeps: no such page, or a word beside the field, and
never a fault.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from config.monitoring.views import PROBES
from submissions.models import Answer
from tests.factories import PASSWORD, World, build
from tests.guard.test_authorization import ROWS

BACKEND = "config.accounts.backends.PasswordBackend"
SURROGATE = "\ud800"

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(settings: Any) -> World:
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


def client_of(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


def plain_addresses() -> list[str]:
    """Every address of the reviewed table that needs no object; probes are answered before any of
    ours is looked up.
    """
    found = []
    for name in sorted({name for name, methods, *_ in ROWS if "GET" in methods}):
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return [address for address in found if address.removeprefix("/") not in PROBES]


def test_an_address_with_a_nul_leads_nowhere_wherever_the_nul_stands(w: World) -> None:
    client = client_of(w.administrator)
    with translation.override("en"):
        addresses = plain_addresses()
    assert len(addresses) > 30

    queries = {
        address: client.get(f"{address}?q=%00&page=%00", follow=True).status_code
        for address in addresses
    }
    paths = {
        address: client.get(f"{address}a%00b/", follow=True).status_code for address in addresses
    }

    assert {address: status for address, status in queries.items() if status != 404} == {}
    assert {address: status for address, status in paths.items() if status != 404} == {}


def test_a_nul_in_a_field_is_named_beside_it_and_one_outside_fields_in_a_sentence(
    w: World,
) -> None:
    line = (
        Answer.objects.filter(submission=w.submission)
        .exclude(measure__method="steward")
        .order_by("pk")[0]
    )
    client = client_of(w.staff)

    field = client.post(f"/en/submissions/lines/{line.pk}/answer/", {"note": "a\0b"})
    entrance = Client(raise_request_exception=False).post(
        "/en/accounts/login/", {"login": "st\0aff", "password": PASSWORD}
    )
    reset = Client(raise_request_exception=False).post(
        "/en/accounts/password/reset/", {"email": "a\0@b.org"}
    )

    assert field.status_code < 500
    assert entrance.status_code in (200, 400)
    assert reset.status_code in (200, 400)
    line.refresh_from_db()
    assert "\0" not in line.note


def test_a_cookie_with_a_nul_is_nobody_s(w: World) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x"

    answer = client.get("/en/", headers={"Cookie": 'sessionid="\\000' + "a" * 31 + '"'})

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_a_file_s_name_and_an_upload_s_header_lose_what_cannot_be_kept(w: World) -> None:
    line = (
        Answer.objects.filter(submission=w.submission)
        .exclude(measure__method="steward")
        .order_by("pk")[0]
    )
    client = client_of(w.staff)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00b.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\ntext\r\n--x--\r\n"
    )

    form = client.post(
        f"/en/submissions/lines/{line.pk}/evidence/",
        body,
        content_type="multipart/form-data; boundary=x",
    )
    tus = client.post(
        f"/en/submissions/lines/{line.pk}/evidence/uploads/",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "3",
            "Upload-Metadata": "filename YQBiLnR4dA==",
        },
    )

    assert form.status_code in (200, 302)
    assert tus.status_code == 201


@pytest.mark.parametrize("text", ("a\0b", SURROGATE))
def test_what_the_database_refuses_is_a_sentence(w: World, text: str, settings: Any) -> None:
    client = client_of(w.staff)
    settings.ROOT_URLCONF = "tests.faults.parts.addresses"

    answer = client.get("/en/stored/", {"codes": ",".join(str(ord(c)) for c in text)})

    assert answer.status_code == 400
    assert "characters that cannot be kept" in answer.content.decode()
