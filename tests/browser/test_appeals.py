"""An appeal from the communication of the scores to its decision, in Persian, as the people
concerned walk it.
"""

from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest
from playwright.sync_api import expect

from appeals.hearing import actions as hearing
from appeals.models import Appeal, Attachment, Filing, Question
from cycles.calendar import Phase
from submissions.models import Answer, NodeScore
from tests.factories import PASSWORD
from tests.papers import draw_all

pytestmark = pytest.mark.django_db(transaction=True)

PDF = {"name": "گواهی.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 minutes"}
CODES = ("G1-1", "G2-1", "G1-2")


def lines(world):
    rows = Answer.objects.filter(submission=world.submission, measure__code__in=CODES)
    found = {a.measure.code: a for a in rows.select_related("measure")}
    return [found[code] for code in CODES]


def draft(walker, world, answer, *, ground, value, argument, file=None):
    """Draft an appeal against one line, from the page of the agency's appeals."""
    walker.go("appeals:agency", world.submission.pk)
    walker.follow("appeals:draft", answer.pk)
    walker.page.locator(f"main [name=ground][value={ground}]").check()
    walker.field("proposed_value").fill(value)
    walker.field("argument").fill(argument)
    if file:
        walker.field("file").set_input_files(file)
    walker.press("Save the draft")


def decide(walker, appeal, name, *, awarded="", reason):
    walker.go("appeals:detail", appeal.pk)
    walker.follow("appeals:decide", appeal.pk)
    walker.page.locator(f"main [name=decision][value={name}]").check()
    if awarded:
        walker.field("awarded").fill(awarded)
    walker.field("reason").fill(reason)
    walker.sign()


def saved(walker, name, *args):
    """Read the text of the PDF behind a link of this page; it comes by itself once it is drawn."""
    shown = walker.page.url
    with walker.page.expect_download() as download:
        walker.page.locator(f"main a[href^='{walker.path(name, *args)}']").first.click()
        walker.reads(walker.said("The paper is being drawn"))
        draw_all()
    walker.page.goto(shown)
    return "".join(page.extract_text() for page in pypdf.PdfReader(download.value.path()).pages)


def communicate(walker, world):
    walker.sign_in(world.administrator)
    walker.go("submissions:communicate_all", world.cycle.pk)
    walker.sign()
    world.submission = world.fresh(world.submission)


def draft_on_two_days(walker, world, clock, first, second, third):
    walker.sign_in(world.staff)
    walker.go("submissions:report", world.submission.pk)
    walker.follow("appeals:draft", first.pk)
    walker.reads(walker.said("%(left)s left", left="۱۳ روز و ۲۳ ساعت"))
    draft(walker, world, first, ground="value", value="۶۰", argument="مقدار درست ۶۰ است", file=PDF)
    expect(walker.page.get_by_role("main")).to_contain_text("گواهی.pdf")
    expect(walker.page.locator("#preview")).to_contain_text("۲۰۰٫۰۰")
    clock(world.submission.communicated_at + timedelta(days=1, hours=2))
    draft(
        walker,
        world,
        second,
        ground="evidence",
        value="۳۵",
        argument="صفحهٔ دوم گواهی دیده نشده است",
    )
    draft(walker, world, third, ground="steward", value="۸۰", argument="رقم سامانه کهنه است")
    walker.reads("۱۲ روز")


def sign_and_keep_the_receipt(walker, world):
    """Sign all three at once as the head."""
    walker.sign_in(world.head)
    walker.press("Sign and file")
    expect(walker.page.locator("main [name=appeal]:checked")).to_have_count(3)
    walker.sign()
    filing = Filing.objects.get()
    expect(walker.page).to_have_url(walker.base + walker.path("appeals:filing", filing.uuid))
    assert filing.sha256[:12] in saved(walker, "appeals:receipt", filing.uuid).replace("\n", "")
    assert Attachment.objects.get().is_new


def ask_and_reply(walker, world, appeal):
    """Ask as the reviewer, and reply from the agency's desk."""
    walker.sign_in(world.reviewer)
    walker.press("Decide")
    walker.follow("appeals:detail", appeal.pk)
    walker.field("question").fill("کدام بند صورت‌جلسه؟")
    walker.press("Send the question")
    walker.sign_in(world.staff)
    walker.press("Reply")
    walker.field("reply").fill("بند سه")
    walker.press("Send the reply")
    walker.reads("بند سه")
    assert Question.objects.get().state == "replied"


def decide_all(walker, world, first, second, third):
    """Uphold one as the reviewer, uphold one in part, dismiss one."""
    walker.sign_in(world.reviewer)
    decide(walker, first, "uphold", reason="بند سه مقدار را نشان می‌دهد")
    decide(walker, second, "uphold_partly", awarded="۳۲۰", reason="نیمی از گواهی پذیرفته شد")
    decide(walker, third, "dismiss", reason="رقم سامانه درست است")


def read_the_decisions(walker, world, upheld):
    walker.sign_in(world.head)
    walker.go("submissions:report", world.submission.pk)
    walker.reads("۲۰۰٫۰۰ / ۳۰۰")
    walker.reads("۳۲۰٫۰۰ / ۴۰۰")
    walker.reads(walker.said("As communicated"))
    walker.go("appeals:agency", world.submission.pk)
    for state in ("Upheld", "Partly upheld", "Dismissed"):
        walker.reads(walker.said(state))
    walker.go("appeals:detail", upheld.pk)
    walker.reads("بند سه مقدار را نشان می‌دهد")
    assert "وزارت نیرو" in saved(walker, "appeals:paper", upheld.pk)


def added_points(world):
    total = NodeScore.objects.get(
        run=world.fresh(world.submission).current_run, submission=world.submission, kind=""
    )
    before = NodeScore.objects.get(
        run=world.submission.provisional_run, submission=world.submission, kind=""
    )
    return total.points - before.points


def test_three_lines_are_appealed_over_two_days_heard_and_decided(served, walker, clock):
    world = served("marked")
    answers = lines(world)

    communicate(walker, world)
    draft_on_two_days(walker, world, clock, *answers)
    sign_and_keep_the_receipt(walker, world)

    moment = world.opens(Phase.APPEAL_REVIEW, world.power) + timedelta(hours=9)
    clock(moment)
    hearing.share_out(world.cycle, by=None, at=moment)
    filed = {appeal.answer_id: appeal for appeal in Appeal.objects.all()}
    appeals = [filed[answer.pk] for answer in answers]
    ask_and_reply(walker, world, appeals[0])
    decide_all(walker, world, *appeals)

    read_the_decisions(walker, world, appeals[0])
    assert added_points(world) == Decimal(100 + 20)
    assert PASSWORD not in walker.page.content()
