"""Who reads a finding, and when; who gives a line to whom."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from cycles.workflow import Refused
from submissions.marking import actions as marking
from submissions.models import (
    Block,
    Submission,
    Verification,
)
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.verification import actions as verification_actions
from submissions.verification import draw
from tests.submissions.verification.findings import (
    SUPPORTED,
    UNSUPPORTED,
    conclude,
    drawn_all,
    hand_in_all,
    of_line,
    paper,
    url,
)
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_the_agency_appeals_a_finding_and_may_win_its_points_back(visit):
    world = drawn_all("marked")
    for held in Verification.objects.all():
        conclude(world, UNSUPPORTED if held.line == power_line(world) else SUPPORTED, of=held)
    signing.lapse(world.cycle, at=world.at)
    release.communicate([world.submission], by=world.administrator, at=world.at)

    page = (
        visit(world, world.staff)
        .get(reverse("appeals:draft", args=[power_line(world).pk]))
        .content.decode()
    )

    assert "The verification at the source" in page
    report = visit(world, world.staff).get(url("report", world.submission.pk)).content.decode()
    assert "Verification at the source" in report
    assert UNSUPPORTED["text"] in report


def test_an_administrator_gives_a_line_to_another_and_never_to_who_marks_it():
    world = drawn_all()
    held = of_line(world)

    for name in ("assessor", "interested", "provincial_assessor"):
        with pytest.raises(Refused, match="may not verify"):
            draw.hand_over(held, assessor=getattr(world, name), by=world.administrator, at=world.at)

    assert of_line(world).assessor == world.other_assessor
    assert draw.fit_for(held, world.at) == [world.other_assessor]


def test_whoever_comes_to_mark_the_line_does_not_verify_it():
    world = drawn_all()
    Block.objects.filter(submission=world.submission).update(assessor=world.other_assessor)

    with pytest.raises(Refused, match="never one who marks it"):
        conclude(world, UNSUPPORTED)


SECRET = "NOT FOR YOUR EYES"


def test_who_marks_reads_no_finding_before_all_is_marked(visit):
    world = drawn_all()
    held = conclude(world, UNSUPPORTED | {"text": SECRET})
    block = Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1")
    client = visit(world, world.assessor)
    addresses = [
        url("line", held.line_id),
        url("verifications"),
        url("blocks"),
        url("block", block.pk),
        url("hand_in", block.pk),
    ]

    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
    assert client.get(url("verification", held.pk)).status_code == 404

    hand_in_all(world)
    assert SECRET in client.get(url("verification", held.pk)).content.decode()


def test_an_administrator_who_marks_is_as_blind(visit):
    world = drawn_all()
    held = conclude(world, UNSUPPORTED | {"text": SECRET})
    Block.objects.filter(submission=world.submission).update(assessor=world.administrator)

    assert visit(world, world.administrator).get(url("verification", held.pk)).status_code == 404


def test_the_agency_reads_what_was_found_and_its_files_with_its_scores(visit):
    world = drawn_all("marked")
    held = of_line(world)
    shown = verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)
    conclude(world, UNSUPPORTED | {"text": SECRET})
    client = visit(world, world.staff)

    for address in (url("verification", held.pk), url("exhibit", shown.uuid)):
        assert client.get(address).status_code == 404
    assert SECRET not in client.get(url("line", held.line_id)).content.decode()
    Submission.objects.filter(pk=world.submission.pk).update(
        state="communicated", communicated_at=world.at
    )

    assert SECRET in client.get(url("verification", held.pk)).content.decode()
    assert SECRET in client.get(url("line", held.line_id)).content.decode()
    file = client.get(url("exhibit", shown.uuid))
    assert (file.status_code, b"".join(file.streaming_content)) == (200, b"%PDF-1.7 %%EOF")
    assert "attachment" in file["Content-Disposition"]
    assert visit(world, world.other_staff).get(url("exhibit", shown.uuid)).status_code == 404


def test_what_is_noted_is_read_by_nobody_else(visit):
    world = drawn_all("marked")
    held = of_line(world)
    verification_actions.note(
        held, **(UNSUPPORTED | {"text": SECRET}), by=held.assessor, at=world.at
    )
    shown = verification_actions.show(
        held, upload=paper("secret.pdf"), by=held.assessor, at=world.at
    )
    client = visit(world, world.administrator)

    page = client.get(url("verification", held.pk)).content.decode()

    assert SECRET not in page
    assert "secret.pdf" not in page
    assert client.get(url("exhibit", shown.uuid)).status_code == 404
    assert SECRET not in client.get(url("line", held.line_id)).content.decode()
    assert SECRET in visit(world, held.assessor).get(url("verification", held.pk)).content.decode()


def test_the_verifier_sees_the_line_and_its_evidence_but_no_mark(visit):
    world = drawn_all()
    marking.save_marks(
        Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1"),
        {power_line(world).pk: {"points": Decimal("87.65"), "reason": SECRET}},
        by=world.assessor,
        at=world.at,
    )
    client = visit(world, world.other_assessor)

    for address in (url("verification", of_line(world).pk), url("line", power_line(world).pk)):
        page = client.get(address).content.decode()
        assert "87.65" not in page
        assert SECRET not in page
