"""One document given to several units."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Refused
from indicators.models import Measure
from submissions.answers import actions as answers
from submissions.answers import headquarters
from submissions.models import Evidence
from tests.submissions.answers.units import address, line, unit, with_units

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def contents(given: Any) -> list[bytes]:
    found = []
    for evidence in given:
        with evidence.document.file.open("rb") as file:
            found.append(file.read())
        evidence.document.file.close()
    return found


def test_one_document_is_given_to_several_units_each_with_its_own_entry(visit):
    w = with_units(3)
    client = visit(w, w.headquarters)
    units = [unit(w, code) for code in ("MOE-QZ", "MOE-2")]
    body = {"measure": line(w).measure_id, "units": [u.pk for u in units]}

    client.post(
        address(w, "document/"),
        body | {"file": SimpleUploadedFile("گزارش.pdf", b"%PDF-1.7", "application/pdf")},
    )

    given = Evidence.objects.filter(answer__measure__code="G1-1")
    assert {e.answer.submission_id for e in given} == {u.pk for u in units}
    assert contents(given) == [b"%PDF-1.7", b"%PDF-1.7"]
    assert {e.object_pk for e in Entry.objects.filter(act="provide")} == {u.pk for u in units}


def test_a_large_document_that_was_put_aside_on_disk_reaches_every_unit(visit):
    w = with_units(3)
    file = TemporaryUploadedFile("a.txt", "text/plain", 5, "utf-8")
    file.write(b"hello")
    file.seek(0)

    given = headquarters.give_document(
        [unit(w), unit(w, "MOE-1")], line(w).measure, upload=file, by=w.headquarters, at=w.at
    )

    assert contents(given) == [b"hello", b"hello"]


def test_a_document_shows_a_line_that_lacked_evidence_as_having_it(begun):
    w = begun
    Measure.objects.filter(code="G1-1").update(evidence_rule="required")
    a = answers.save_answer(line(w), value=Decimal(33), by=w.unit_head, at=w.at)

    headquarters.give_document(
        [unit(w)], a.measure, upload=SimpleUploadedFile("a.txt", b"x"), by=w.headquarters, at=w.at
    )

    assert "evidence" in a.lacking
    assert "evidence" not in line(w).lacking


@pytest.mark.parametrize(("name", "said"), (("a.exe", "cannot be accepted"), ("a.pdf", "is empty")))
def test_a_document_that_is_no_evidence_is_refused_on_the_page(begun, visit, name, said):
    w, client = begun, visit(begun, begun.headquarters)
    content = b"" if name == "a.pdf" else b"x"
    body = {
        "measure": line(w).measure_id,
        "units": [unit(w).pk],
        "file": SimpleUploadedFile(name, content),
    }

    page = client.post(address(w, "document/"), body)

    assert said in page.content.decode() or "empty" in page.content.decode()
    assert not Evidence.objects.exists()


def test_a_unit_of_which_the_measure_is_not_asked_gets_no_document(begun):
    w = begun
    own = Measure.objects.of(w.specific).order_by("pk").first()

    with pytest.raises(Refused, match="Choose units"):
        headquarters.give_document(
            [unit(w)], own, upload=SimpleUploadedFile("a.txt", b"x"), by=w.headquarters, at=w.at
        )
