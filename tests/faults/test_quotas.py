"""An agency's year and a person's hour have an end, told with the numbers
before anything is sent.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from cycles.workflow import Refused
from submissions.evidence import actions as evidence
from submissions.evidence import quotas, uploads
from submissions.models import Answer, Document, Evidence
from tests.factories import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def w(settings: Any) -> World:
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


@pytest.fixture
def line(w: World) -> Answer:
    lines = Answer.objects.filter(submission=w.submission).select_related(
        "measure", "submission__agency"
    )
    return lines.exclude(measure__method="steward").order_by("pk")[0]


def attach(w: World, line: Answer, name: str, content: bytes = b"text") -> Evidence:
    return evidence.attach(line, upload=SimpleUploadedFile(name, content), by=w.staff, at=w.at)


def test_what_is_kept_is_shown_where_files_are_added(w: World, line: Answer) -> None:
    attach(w, line, "a.txt")
    Document.objects.update(size=1_234_000_000)
    client = Client()
    client.force_login(w.staff, backend="config.accounts.backends.PasswordBackend")

    english = client.get(f"/en/submissions/lines/{line.pk}/evidence/").content.decode()
    persian = client.get(f"/fa/submissions/lines/{line.pk}/evidence/").content.decode()

    assert "Used this year: 1.2 of 5.0 GB, 1 of 2,000 files." in english
    assert "۱٫۲" in persian


def test_an_agency_s_files_end_at_its_quota_and_the_numbers_are_told(
    w: World, line: Answer, settings: Any
) -> None:
    settings.AGENCY_MOST_FILES = 2
    attach(w, line, "a.txt")
    begun = uploads.begin_upload(line, name="b.txt", length=4, by=w.staff, at=w.at)

    with pytest.raises(Refused, match="2 of 2 files") as refused:
        attach(w, line, "c.txt")
    with pytest.raises(Refused, match="There is no room for this one"):
        uploads.begin_upload(line, name="c.txt", length=4, by=w.staff, at=w.at)

    assert "of 5.0 GB" in str(refused.value)
    uploads.finish_upload(begun, content=SimpleUploadedFile("b.txt", b"text"), by=w.staff, at=w.at)
    assert quotas.used_amount(w.cycle, w.power).files == 2


def test_bytes_count_and_what_is_withdrawn_counts_on(w: World, line: Answer, settings: Any) -> None:
    settings.AGENCY_MOST_GIGABYTES = 1
    shown = attach(w, line, "a.txt")
    Document.objects.update(size=999_999_990)
    evidence.detach(shown, by=w.staff, at=w.at)

    with pytest.raises(Refused, match=r"1\.0 of 1\.0 GB"):
        attach(w, line, "b.txt", b"more than ten bytes")

    assert attach(w, line, "c.txt", b"ten bytes").document.size == 9


def test_a_person_sends_so_much_an_hour_and_the_next_hour_again(
    w: World, line: Answer, settings: Any
) -> None:
    settings.PERSON_MOST_FILES = 1
    attach(w, line, "a.txt")

    with pytest.raises(Refused, match="Within the last hour you have sent"):
        attach(w, line, "b.txt")

    later = w.at + quotas.HOUR
    upload = SimpleUploadedFile("c.txt", b"text")
    assert evidence.attach(line, upload=upload, by=w.staff, at=later).document.name == "c.txt"


def test_one_agency_s_files_are_none_of_another_s(w: World, line: Answer, settings: Any) -> None:
    settings.AGENCY_MOST_FILES = 0
    other = (
        Answer.objects.filter(submission=w.other)
        .exclude(measure__method="steward")
        .order_by("pk")[0]
    )
    assert quotas.used_amount(w.cycle, w.health) == quotas.Amount(0, 0)

    with pytest.raises(Refused, match="0 of 0 files"):
        attach(w, line, "a.txt")
    settings.AGENCY_MOST_FILES = 1
    attach(w, line, "a.txt")

    assert quotas.used_amount(w.cycle, other.submission.agency) == quotas.Amount(0, 0)
