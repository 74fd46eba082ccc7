"""What nobody may see too early: unreleased scores, and other people's marks."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader
from tablib import Dataset

from agencies.models import Membership, User
from agencies.roles import Role
from cycles.models import Paper
from submissions.marking import actions as marking
from submissions.models import Answer, Block, Mark, Score, Submission
from submissions.release import actions as release
from submissions.scoring import totals
from tests.factories import EPOCH, build, supply
from tests.papers import ordered_pages

pytestmark = pytest.mark.django_db

SECRET_POINTS = Decimal("123.45")
SECRET_REASON = "The register of services says otherwise"
HTMX = {"HX-Request": "true"}


def url(name, *args):
    with translation.override("en"):
        return reverse(f"submissions:{name}", args=args)


@pytest.fixture
def marked():
    """Every block handed in, the figures supplied and the totals computed: points and a reason that
    could leak.
    """
    world = build("assigned")
    for block in Block.objects.filter(submission=world.submission).order_by("pk"):
        lines = Answer.objects.on_desk(block)
        marks = {a.pk: {"points": SECRET_POINTS, "reason": SECRET_REASON} for a in lines}
        marking.save_marks(block, marks, by=world.assessor, at=world.at)
        marking.hand_in(block, by=world.assessor, at=world.at)
    supply(world, percent="41.15")  # of 300 points
    totals.compute([world.fresh(world.submission)], why="test", by=None, at=world.at)
    world.submission = world.fresh(world.submission)
    return world


def line(world):
    return Answer.objects.get(submission=world.submission, measure__code="G1-1")


def text_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response["Content-Type"].startswith("application/vnd"):
        return str(Dataset().load(BytesIO(body).read(), format="xlsx").dict)
    if response["Content-Type"] == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    return body.decode()


def pages(world):
    s, a = world.submission.pk, line(world).pk
    block = Block.objects.filter(submission=s).first().pk
    return [
        (url("list"), {}),
        (url("export"), {}),
        (url("detail", s), {}),
        (url("detail", s) + f"?line={a}", {}),
        (url("detail", s) + f"?line={a}", HTMX),
        (url("review", s), {}),
        (url("move", s, "submit"), {}),
        (url("move", s, "communicate"), {}),
        (url("report", s), {}),
        (url("report", s), HTMX),
        (url("report_file", s), {}),
        (url("extract", s), {}),
        (url("extract", s) + "?unit=", {}),
        (url("extract_file", s), {}),
        (url("line", a), {}),
        (url("line", a), HTMX),
        (url("block", block), {}),
        (url("blocks"), {}),
        (url("board", world.cycle.pk), {}),
        (url("communicate_all", world.cycle.pk), {}),
        (f"/en/appeals/lines/{a}/", {}),
        (f"/en/appeals/lines/{a}/", HTMX),
        (f"/en/appeals/lines/{a}/draft/", {}),
        ("/en/appeals/", {}),
    ]


def leaks(client, world):
    found = []
    for address, headers in pages(world):
        text = text_of(client.get(address, headers=headers, follow=True)) + ordered_pages()
        Paper.objects.all().delete()
        if SECRET_REASON in text or re.search(r"123[.]45", text) or "617.25" in text:
            found.append(address)
    return found


def test_there_is_something_to_leak(marked, visit):
    found = leaks(visit(marked, marked.administrator), marked)

    for name in ("report", "report_file", "extract_file"):
        assert url(name, marked.submission.pk) in found
    assert url("extract", marked.submission.pk) + "?unit=" in found
    assert url("line", line(marked).pk) in found


@pytest.mark.parametrize("name", ("staff", "head", "headquarters", "agency_administrator"))
def test_no_page_partial_or_export_tells_an_agency_its_scores_too_early(marked, visit, name):
    client = visit(marked, getattr(marked, name))

    assert client.get(url("detail", marked.submission.pk)).status_code == 200
    assert leaks(client, marked) == []


@pytest.mark.parametrize(
    "name", ("other_assessor", "interested", "reviewer", "other_head", "stranger", "steward")
)
def test_no_page_tells_others_the_marks(marked, visit, name):
    assert leaks(visit(marked, getattr(marked, name)), marked) == []


def test_an_assessor_of_another_axis_sees_the_line_but_not_its_marks(marked, visit):
    block = Block.objects.filter(submission=marked.submission).exclude(axis__code="G1").first()
    Block.objects.filter(pk=block.pk).update(assessor=marked.other_assessor)
    client = visit(marked, marked.other_assessor)

    assert client.get(url("line", line(marked).pk)).status_code == 200
    assert leaks(client, marked) == []


def test_an_administrator_learns_the_own_agency_s_scores_like_everybody_of_it(marked, visit):
    Membership.objects.create(
        user=marked.administrator, role=Role.STAFF, agency=marked.power, valid_from=EPOCH
    )

    client = visit(marked, marked.administrator)

    assert client.get(url("report", marked.submission.pk)).status_code == 404
    assert leaks(client, marked) == []


def test_after_communication_the_agency_reads_scores_and_reasons(marked, visit):
    User.objects.filter(pk=marked.assessor.pk).update(name_en="Rostam Farrokhzad")
    release.communicate([marked.submission], by=marked.administrator, at=marked.at)
    client = visit(marked, marked.staff)

    report = client.get(url("report", marked.submission.pk)).content.decode()
    dossier = client.get(url("line", line(marked).pk)).content.decode()

    for page in (report, dossier):
        assert "123.45" in page
        assert SECRET_REASON in page
        assert "Farrokhzad" not in page


def test_an_assessor_reads_no_report_and_nobody_s_marks_after_communication(marked, visit):
    of_power = {"cycle": marked.cycle, "agency": marked.power, "submission": marked.submission}
    second = Block.objects.create(
        **of_power,
        axis=marked.block.axis,
        assessor=marked.other_assessor,
        is_second=True,
        drawn=[line(marked).pk],
    )
    Mark.objects.filter(answer=line(marked)).update(assessor=marked.other_assessor, block=second)
    release.communicate([marked.submission], by=marked.administrator, at=marked.at)
    client = visit(marked, marked.assessor)

    dossier = client.get(url("line", line(marked).pk)).content.decode()

    assert client.get(url("report", marked.submission.pk)).status_code == 404
    assert "123.45" not in dossier


def test_querysets_keep_unreleased_scores_to_the_authority(marked):
    at = marked.at
    agreed = Score.objects.filter(basis=Score.Basis.AGREED)

    for person in (marked.head, marked.assessor, marked.reviewer, marked.stranger):
        assert not agreed.visible_to(person, at).exists()
        assert not Submission.objects.scores_visible_to(person, at).exists()
    assert Mark.objects.visible_to(marked.assessor, at).count() == 4
    assert not Mark.objects.visible_to(marked.head, at).exists()
    assert agreed.visible_to(marked.auditor, at).count() == 4


def test_a_provincial_administrator_reads_the_own_province_only(marked):
    visible = Submission.objects.scores_visible_to(marked.provincial_administrator, marked.at)

    assert [s.agency for s in visible] == [marked.unit]
