"""The papers of appeals: receipt, decision, and the ZIP that holds everything and checks itself."""

import hashlib
import io
import json
import zipfile

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation

from appeals import evidence
from appeals.drafting import actions as drafting
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Attachment
from cycles.models import Entry
from tests.factories import build
from tests.papers import paper_of
from tests.sealing import sealed

pytestmark = pytest.mark.django_db


def url(name, *args, language="fa"):
    with translation.override(language):
        return reverse(name, args=args)


def heard():
    """An appeal with a file, a question with its reply, and a decision."""
    world = build("drafted_appeal")
    upload = ContentFile(b"%PDF-1.7 new", name="سند تازه.pdf")
    evidence.attach(world.appeal, upload=upload, by=world.staff, at=world.at)
    [world.appeal] = drafting.file([world.appeal], by=world.head, at=world.at)
    world.at = world.opens("appeal_review", world.power)
    hearing.share_out(world.cycle, by=None, at=world.at)
    world.appeal = world.fresh(world.appeal)
    asked = hearing.ask(
        world.appeal, question="کدام صفحه؟", agency=True, by=world.reviewer, at=world.at
    )
    hearing.reply(asked, text="صفحهٔ سه", by=world.staff, at=world.at)
    world.appeal = decision.decide(
        world.appeal, "uphold", reason="سند پذیرفته شد", by=world.reviewer, at=world.at
    )
    return world


def text_of(pdf):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("language", ("fa", "en"))
def test_receipt_and_decision_are_pdfs_that_name_number_digest_and_seal(visit, language):
    world = heard()
    client, filing = visit(world, world.head), world.appeal.filing

    receipt = paper_of(client, url("appeals:receipt", filing.uuid, language=language))
    paper = paper_of(client, url("appeals:paper", world.appeal.pk, language=language))

    for handed in (receipt, paper):
        assert handed.response["Content-Type"] == "application/pdf"
        assert (
            pypdf.PdfReader(io.BytesIO(handed.content))
            .trailer["/Root"]["/Lang"]
            .startswith(language)
        )
    assert str(filing.uuid)[:8] in text_of(receipt.content)
    assert filing.sha256[:16] in text_of(receipt.content).replace("\r\n", "").replace("\n", "")
    digest = Attachment.objects.get().document.sha256
    assert digest[:16] in text_of(paper.content).replace("\r\n", "").replace("\n", "")


def test_anybody_verifies_a_receipt_and_learns_no_argument(visit, client):
    world = heard()

    page = client.get(url("verify_appeals", world.appeal.filing.uuid)).content.decode()

    assert world.appeal.filing.sha256 in page
    assert "مقدار درست" not in page


@pytest.mark.django_db(transaction=True)
def test_the_zip_checks_itself_and_its_rows_stand_in_the_record(visit):
    world = heard()
    sealed(world.at)
    bundle = paper_of(visit(world, world.auditor), url("appeals:bundle", world.appeal.pk))

    archive = zipfile.ZipFile(io.BytesIO(bundle.content))
    sums = dict(
        reversed(row.split("  ", 1)) for row in archive.read("SHA256SUMS").decode().splitlines()
    )
    rows = json.loads(archive.read("record.json"))

    assert set(sums) == set(archive.namelist()) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert hashlib.sha256(archive.read("filing.json")).hexdigest() == world.appeal.filing.sha256
    assert [r["act"] for r in rows] == [
        "attach",
        "file",
        "file",
        "assign",
        "ask",
        "reply",
        "uphold",
    ]
    for row in rows:
        assert hashlib.sha256(row["body"].encode()).hexdigest() == row["sha256"]
        assert Entry.objects.get(pk=row["id"]).digest == row["sha256"]
        assert row["seal"]["sha256"]


def test_the_agency_s_zip_names_nobody_of_the_authority(visit):
    world = heard()
    bundle = paper_of(visit(world, world.head), url("appeals:bundle", world.appeal.pk))

    archive = zipfile.ZipFile(io.BytesIO(bundle.content))
    rows = json.loads(archive.read("record.json"))

    assert {r["act"] for r in rows if "body" in r} == {"attach", "file", "reply"}
    assert all(world.reviewer.name not in json.dumps(r, ensure_ascii=False) for r in rows)
