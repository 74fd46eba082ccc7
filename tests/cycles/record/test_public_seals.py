"""Seals for everybody: on their pages, on papers, and checked by hand from the export."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from cycles.engine import ledger
from cycles.people import interests
from cycles.record import seals
from festival.report import facts as report_facts
from festival.report import paper as report_paper
from tests.factories import build
from tests.sealing import sealed

pytestmark = pytest.mark.django_db


# --- Seals for everybody ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_anyone_finds_out_whether_a_seal_is_ours(client):
    world = build("open")
    made = sealed(world.at)

    page = client.get("/en/record/").content.decode()
    yes = client.get("/en/record/", {"seal": made.digest[:12]}).content.decode()
    no = client.get("/fa/record/", {"seal": "0123456789abcdef"})
    short = client.get("/en/record/", {"seal": made.digest[:5]}).content.decode()
    told = client.get("/record.json")

    assert made.digest in page
    assert f"Yes: it is seal {made.pk}, made on" in yes
    assert no.status_code == 200
    assert "too short" in short
    assert told.json()["newest"] == seals.seal_statement(made)
    assert told.json()["days"] == [seals.seal_statement(made) | {"rows": 2}]
    assert client.get("/record.json?from=1").json()["seals"] == [seals.seal_statement(made)]
    assert told.headers["Cache-Control"] == no.headers["Cache-Control"] == "max-age=60"
    assert client.get("/record.json?from=x").status_code == 200


def test_the_pages_of_seals_stand_before_anything_is_sealed(client):
    assert "Nothing has been sealed yet." in client.get("/en/record/").content.decode()
    assert client.get("/record.json").json() == {"newest": None, "days": []}


@pytest.mark.django_db(transaction=True)
def test_papers_carry_the_seal_over_their_act(as_):
    world = build("decided")
    head = as_(world.head, world.at)
    with translation.override("en"):
        pages = [
            reverse("submissions:review", args=[world.submission.pk]),
            reverse("submissions:report", args=[world.submission.pk]),
            reverse("appeals:detail", args=[world.appeal.pk]),
        ]
    before = [head.get(page).content.decode() for page in pages]
    sealed(world.at)
    acts = [
        (world.submission, "submit"),
        (world.submission, "communicate"),
        (world.appeal, "uphold_partly"),
    ]
    over_them = [seals.stamp(obj, act).seal for obj, act in acts]
    interests.declare_interest(agency=world.health, reason="x", by=world.assessor, at=world.at)
    sealed(world.at)

    after = [head.get(page).content.decode() for page in pages]

    assert ["its seal follows within seconds" in text for text in before] == [True] * 3
    assert [seal.digest[:16] in text for seal, text in zip(over_them, after, strict=True)] == [
        True
    ] * 3


@pytest.mark.django_db(transaction=True)
def test_the_article_82_report_prints_the_newest_seal_and_where_to_check_it():
    world = build("final")
    sealed(world.at)
    edition = world.fresh(world.edition)

    page = report_paper.page(report_facts.gather(edition, at=world.at), language="fa")

    assert f"{seals.newest().digest[:16]}…" in page
    assert f"{settings.PORTAL_URL}{reverse('cycles:seals')}" in page


# --- By hand ------------------------------------------------------------------------------------


def by_hand(directory):
    snippet = re.search(
        r"```python\n(.*?)```", Path(settings.BASE_DIR, "docs/record.md").read_text(), re.S
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", snippet[1]],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_the_record_is_verified_by_hand_from_its_export_as_the_document_tells(as_, tmp_path):
    world = build("open")
    sealed(world.at)
    for agency in (world.power, world.health, world.unit):
        interests.declare_interest(agency=agency, reason="x", by=world.assessor, at=world.at)
    last = sealed(world.at)
    client = as_(world.auditor, world.at)
    ledger_csv, record_json = tmp_path / "ledger.csv", tmp_path / "record.json"
    ledger_csv.write_bytes(b"".join(client.get("/fa/cycles/ledger/export/").streaming_content))
    record_json.write_bytes(client.get("/record.json?from=1").content)

    holds = by_hand(tmp_path)
    ledger_csv.write_text(ledger_csv.read_text().replace("declare_interest", "declare_nothing_", 1))
    changed = by_hand(tmp_path)
    lines = ledger_csv.read_text().splitlines(keepends=True)
    ledger_csv.write_text("".join(lines[:1] + lines[2:]))
    shortened = by_hand(tmp_path)

    assert holds.stdout == f"{last.pk} seals hold; the last is {last.digest}\n"
    assert "was changed" in changed.stderr
    assert shortened.returncode == 1


def test_the_document_shows_the_columns_in_their_order():
    document = Path(settings.BASE_DIR, "docs/record.md").read_text()
    [example] = re.findall(r"```json\n(.*?)```", document, re.S)

    shown = json.loads(example)

    assert len(shown) == 1 + len(ledger.FACTS)
    assert shown[0] == ledger.FORM
    assert shown[1 + ledger.FACTS.index("at")] == "2026-02-01T06:30:00"
    with transaction.atomic():
        assert "json_build_array(1, workflow" in ledger.BODY
