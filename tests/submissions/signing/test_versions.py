"""What was signed is kept letter for letter; what is not signed again in time stands as last
signed, or lapses.
"""

import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import zxingcpp
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pypdf import PdfReader

from cycles.calendar import Phase
from cycles.models import Delivery, Entry
from cycles.ui import squares
from cycles.workflow import Refused
from submissions.answers import actions as answers
from submissions.answers import teamwork
from submissions.models import Answer, Declaration, Level, Score, Submission, Version
from submissions.signing import actions as signing
from submissions.signing import declaration, versions
from tests.factories import PASSWORD, build, deputise, make_user
from tests.papers import paper_of

pytestmark = pytest.mark.django_db


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission__agency", "submission__cycle")
    return rows.get(submission=world.submission, measure__code=code)


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(name, args=args)


@pytest.fixture
def unit():
    """The power ministry's unit has answered and signed; its headquarters has a checker."""
    w = build("answered")
    w.submission = Submission.objects.get(cycle=w.cycle, agency=w.unit)
    answers.save_answer(line(w), value=Decimal(30), note="سی", by=w.unit_head, at=w.at)
    w.submission = signing.move(w.submission, "submit", by=w.unit_head, at=w.at)
    return w


def test_a_signature_keeps_the_content_whose_digest_it_signs():
    world = build("submitted")

    version = Version.objects.get(submission=world.submission)

    said = {each["measure"]: each for each in json.loads(version.content)["lines"]}
    assert (
        version.sha256
        == versions.digest(version.content)
        == world.fresh(world.submission).content_hash
    )
    assert said["G1-1"]["value"] == "30"
    assert Entry.objects.get(act="submit").params["hash"] == version.sha256
    assert (version.made_by, version.made_as) == (world.head, "head")


def test_a_deputy_signs_in_their_own_name_under_the_delegation():
    world = build("answered")
    deputise(world)

    signing.move(world.submission, "submit", by=world.deputy, at=world.at)

    version = Version.objects.get(submission=world.submission)
    assert (version.made_by, version.made_as) == (world.deputy, "deputy")


def test_each_signature_is_a_version_of_its_own_and_the_receipt_tells_which_counts():
    world = build("submitted")
    signing.move(world.submission, "withdraw", by=world.head, at=world.at)
    answers.save_answer(line(world), value=Decimal(31), by=world.staff, at=world.at)
    signing.move(world.submission, "submit", by=world.head, at=world.at)

    second, first = Version.objects.filter(submission=world.submission).signed()

    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    assert world.fresh(world.submission).content_hash == second.sha256


def test_a_refused_signature_keeps_no_version():
    world = build("answered")

    with translation.override("en"), pytest.raises(Refused, match="closed on"):
        signing.move(
            world.submission, "submit", by=world.head, at=world.closes(Phase.SELF_ASSESSMENT)
        )

    assert not Version.objects.exists()


def test_what_was_returned_and_not_signed_again_stands_as_it_was_signed(unit):
    w = unit
    signed = w.fresh(w.submission)
    signing.move(
        w.submission, "send_back", by=w.headquarters, at=w.at, note="مستند سنجهٔ نخست را کامل کنید."
    )
    answers.save_answer(line(w), value=Decimal(99), note="ناتمام", by=w.unit_head, at=w.at)

    signing.lapse(w.cycle, at=w.opens(Phase.SCORING))

    now = w.fresh(w.submission)
    assert (now.state, now.content_hash, now.submitted_at) == (
        "submitted",
        signed.content_hash,
        signed.submitted_at,
    )
    assert (line(w).value, line(w).note) == (30, "سی")
    aside = Version.objects.get(submission=w.submission, kind=Version.Kind.SET_ASIDE)
    said = {each["measure"]: each for each in json.loads(aside.content)["lines"]}
    assert (said["G1-1"]["value"], said["G1-1"]["note"]) == ("99", "ناتمام")
    assert Score.objects.get(answer=line(w), is_current=True).basis == Score.Basis.SELF
    assert Entry.objects.get(act="stand", object_pk=now.pk).params["version"] == 1
    assert Delivery.objects.filter(recipient=w.unit_head, entry__act="stand").exists()


def test_a_return_needs_a_remark_and_leaves_the_deadline_to_the_unit(unit):
    w = unit

    with translation.override("en"), pytest.raises(Refused, match="remark"):
        signing.move(w.submission, "send_back", by=w.headquarters, at=w.at, note=" ")
    signing.move(w.submission, "send_back", by=w.headquarters, at=w.at, note="کامل کنید.")
    signing.move(
        w.submission,
        "submit",
        by=w.unit_head,
        at=w.closes(Phase.SELF_ASSESSMENT) - timedelta(seconds=1),
    )

    assert w.fresh(w.submission).state == "submitted"
    assert w.fresh(w.submission).remarks == ""


def test_a_check_is_noted_until_the_next_signature(unit):
    w = unit
    signing.move(w.submission, "check", by=w.headquarters, at=w.at)
    checked = w.fresh(w.submission)
    signing.move(w.submission, "withdraw", by=w.unit_head, at=w.at)

    assert (checked.checked_by, checked.state) == (w.headquarters, "submitted")
    assert w.fresh(w.submission).checked_at is None


@pytest.mark.parametrize(("keeps", "state"), ((True, "submitted"), (False, "lapsed")))
def test_what_a_head_withdrew_and_did_not_sign_again_follows_the_rule_of_the_cycle(keeps, state):
    world = build("submitted")
    type(world.cycle).objects.filter(pk=world.cycle.pk).update(keeps_signature=keeps)
    signing.move(world.submission, "withdraw", by=world.head, at=world.at)
    answers.save_answer(line(world), value=Decimal(99), by=world.staff, at=world.at)

    signing.lapse(world.cycle, at=world.opens(Phase.SCORING))

    assert world.fresh(world.submission).state == state
    assert line(world).value == (30 if keeps else 99)  # nothing typed is lost


def test_a_version_is_taken_up_with_files_and_factors_and_the_present_text_kept(unit):
    w = unit
    signing.move(w.submission, "withdraw", by=w.unit_head, at=w.at)
    added = teamwork.claim_factor(line(w), kind="law", text="تازه", by=w.unit_head, at=w.at)
    answers.save_answer(line(w), value=Decimal(99), by=w.unit_head, at=w.at)
    first = Version.objects.filter(submission=w.submission).signed().get()

    signing.take_up(first, by=w.unit_head, at=w.at)

    assert line(w).value == 30
    assert w.fresh(added).withdrawn_at is not None
    assert (
        versions.digest(versions.content_of(Submission.objects.get(pk=w.submission.pk)))
        == first.sha256
    )
    assert Version.objects.get(submission=w.submission, kind=Version.Kind.SET_ASIDE).number == 2


def test_the_declaration_is_taken_up_with_the_version_it_was_signed_with(unit):
    w = unit
    levels = {level: {"due": 9, "assessed": 5, "forms": 1, "reports": 1} for level in Level}
    signing.move(w.submission, "withdraw", by=w.unit_head, at=w.at)
    declaration.save_declaration(
        w.submission, statement="نخست", levels=levels, by=w.unit_head, at=w.at
    )
    signing.move(w.submission, "submit", by=w.unit_head, at=w.at)
    signing.move(w.submission, "withdraw", by=w.unit_head, at=w.at)
    later = {level: counts | {"assessed": 9} for level, counts in levels.items()}
    declaration.save_declaration(
        w.submission, statement="دوم", levels=later, by=w.unit_head, at=w.at
    )

    signing.lapse(w.cycle, at=w.opens(Phase.SCORING))

    declared = Declaration.objects.get(submission=w.submission)
    assert declared.statement == "نخست"
    assert {row.assessed for row in declared.levels.all()} == {5}
    assert (
        versions.digest(versions.content_of(w.fresh(w.submission)))
        == w.fresh(w.submission).content_hash
    )


def test_the_receipt_has_digest_and_address_and_its_page_tells_whether_it_counts(
    visit,
):
    world = build("submitted")
    version = Version.objects.get(submission=world.submission)
    client = visit(world, world.head)

    answer = paper_of(client, url("submissions:receipt", version.uuid))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    public = client.get(
        url("verify", version.uuid), headers={"Accept-Language": "en"}
    ).content.decode()
    signing.move(world.submission, "withdraw", by=world.head, at=world.at)
    later = client.get(
        url("verify", version.uuid), headers={"Accept-Language": "en"}
    ).content.decode()

    flat = text.replace("\n", "").replace(" ", "")
    assert answer.response["Content-Type"] == "application/pdf"
    assert version.sha256 in flat
    assert f"/verify/{version.uuid}/" in flat
    assert "What was signed then is what counts now." in public
    assert "no longer counts" in later
    assert "G1-1" not in public


def test_the_square_on_the_receipt_is_read_as_the_address_of_its_page():
    address = "https://portal.example/verify/01890a5d-ac96-774b-bcce-b302099a8057/"

    picture = Image.open(BytesIO(squares.draw(address)))

    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [address]


def test_the_content_is_given_letter_for_letter_to_whoever_may_see_it(visit):
    world = build("submitted")
    version = Version.objects.get(submission=world.submission)

    own = visit(world, world.staff).get(url("submissions:version_content", version.uuid))
    others = visit(world, world.other_staff).get(url("submissions:version_content", version.uuid))

    assert versions.digest(own.content.decode()) == version.sha256
    assert others.status_code == 404


def test_the_head_sees_where_most_is_lost_and_who_can_still_do_what(visit):
    world = build("answered")
    colleague = make_user("colleague", "staff", agency=world.power)
    teamwork.share_out(
        world.submission,
        assignee=colleague,
        axis=line(world).measure.indicator.axis,
        by=world.staff,
        at=world.at,
    )
    answers.save_answer(line(world), value=None, by=world.staff, at=world.at)

    page = (
        visit(world, world.head)
        .get(url("submissions:move", world.submission.pk, "submit"))
        .content.decode()
    )

    lost = page[page.index("Where most is lost") :]
    assert lost.index("Measure G1-1") < lost.index("No answer")
    assert "Colleague" in lost
    assert PASSWORD not in page
