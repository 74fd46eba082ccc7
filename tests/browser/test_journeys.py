"""Journeys through the portal in a browser: an agency's people, a working group, and assessors."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from cycles.calendar import (
    Phase,
    format_deadline,
    format_moment,
)
from cycles.models import Entry
from indicators.models import Measure, Vote
from indicators.working_groups import actions as working_groups
from submissions.models import Answer, Block, Clarification, Evidence, Mark
from tests.browser.answered_lines import PDF, line

pytestmark = pytest.mark.django_db(transaction=True)


def test_staff_answer_a_line_see_its_points_and_upload_evidence(served, walker):
    world = served("begun")
    answer = line(world)

    walker.sign_in(world.staff)
    walker.reads("۴ سنجه")
    walker.press("Continue")
    walker.reads(format_deadline(world.closes(Phase.SELF_ASSESSMENT), "fa"))
    walker.page.locator(f"#line-{answer.pk} a").click()
    walker.field("value").fill("۴۵")
    walker.field("note").fill("از گزارش كميته")  # with the letters of an Arabic keyboard
    walker.press("Save")
    expect(walker.page.locator("#outcome")).to_contain_text("۱۵۰٫۰۰")
    expect(walker.page.locator("#progress")).to_contain_text("۱")
    walker.field("file").set_input_files(PDF)

    expect(walker.page.locator("#evidence-list")).to_contain_text("گواهی.pdf")
    answer = line(world)
    assert (answer.value, answer.note) == (Decimal(45), "از گزارش کمیته")
    assert Evidence.objects.get().answer == answer


def test_the_head_reviews_signs_and_sees_that_it_is_submitted(served, walker):
    world = served("answered")

    walker.sign_in(world.head)
    walker.press("Review")
    walker.reads(format_deadline(world.closes(Phase.SELF_ASSESSMENT), "fa"))
    walker.press("Sign and submit to the authority")
    walker.sign()

    expect(walker.page).to_have_url(
        walker.base + walker.path("submissions:review", world.submission.pk)
    )
    signed = world.fresh(world.submission)
    assert signed.state == "submitted"
    walker.reads(str(walker.said("Submitted")))
    assert Entry.objects.get(act="submit", object_pk=signed.pk).actor_id == world.head.pk


def test_a_member_votes_and_the_chair_approves(served, walker):
    world = served("proposed")
    working_groups.vote(world.specific, choice="approve", reason="", by=world.budget, at=world.at)

    walker.sign_in(world.member)
    walker.go("indicators:detail", world.specific.pk)
    walker.follow("indicators:vote", world.specific.pk)
    walker.page.locator("main [name=choice][value=approve]").check()
    walker.press("Cast this vote")
    walker.reads(format_moment(world.at, "fa").split("،")[0])
    walker.sign_in(world.chair)
    walker.go("indicators:detail", world.specific.pk)
    walker.follow("indicators:move", world.specific.pk, "approve")
    walker.sign()

    walker.reads(walker.said("Approved"))
    assert Vote.objects.get(set=world.specific, member=world.member).choice == "approve"
    assert world.fresh(world.specific).state == "approved"


def test_the_assessor_marks_a_block_by_keyboard_alone_and_hands_it_in(served, walker):
    world = served("assigned")
    block = Block.objects.filter(submission=world.submission, axis__code="G1").get()
    computed = line(world, "G1-1")
    measure = Measure.objects.create(
        indicator=computed.measure.indicator, code="G1-3", title_fa="سنجه", points=300, unit_fa="درصد",
        method="survey", position=3,
    )  # fmt: skip
    other = Answer.objects.create(submission=world.submission, measure=measure, value=40)
    keyboard = walker.page.keyboard

    walker.sign_in(world.assessor)
    walker.go("submissions:blocks")
    walker.reads(format_deadline(world.closes(Phase.SCORING), "fa"))
    walker.follow("submissions:block", block.pk)
    keyboard.press("j")
    expect(walker.page.locator(f"#line-{computed.pk}")).to_be_focused()
    keyboard.press("a")
    expect(walker.page.locator(f"#entry-{computed.pk}")).to_contain_text("۱۰۰٫۰۰")
    expect(walker.page.locator(f"#line-{other.pk}")).to_be_focused()
    keyboard.type("150")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.type("بر پایهٔ سامانه")
    keyboard.press("Escape")
    keyboard.press("s")
    hand_in = walker.page.locator("#marked-count a")
    expect(hand_in).to_be_visible()
    bench = walker.page.url
    for _try in range(10):  # while a line is still being saved, leaving the page is held up
        if walker.page.url != bench:
            break
        hand_in.press("Enter")
        walker.page.wait_for_timeout(500)
    walker.reads("۱۵۰٫۰۰")
    walker.sign()

    walker.reads(walker.said("Handed in"))
    assert world.fresh(block).state == "handed_in"
    assert list(Mark.objects.order_by("answer").values_list("points", flat=True)) == [
        Decimal(100),
        Decimal(150),
    ]


AGREEING, CHANGED = 90, 10


def test_a_hundred_lines_are_marked_by_keyboard_alone_with_one_key_an_agreeing_line(served, walker):
    """Ninety lines with which the assessor agrees and ten that are changed with a reason."""
    world = served("assigned")
    block = Block.objects.get(submission=world.submission, axis__code="G1")
    first = line(world, "G1-1")
    measure = first.measure
    for number in range(Answer.objects.on_desk(block).count(), AGREEING + CHANGED):
        measure.pk, measure.code, measure.position = None, f"K-{number}", number
        measure.lineage = Measure._meta.get_field("lineage").get_default()
        measure.save()
        Answer.objects.create(submission=world.submission, measure=measure, value=50)
    assert Answer.objects.on_desk(block).count() == AGREEING + CHANGED
    keyboard, keys = walker.page.keyboard, 0
    walker.sign_in(world.assessor)
    walker.go("submissions:block", block.pk)

    def current() -> int:
        return int(
            walker.page.evaluate("document.activeElement.closest('[data-line]')?.dataset.line || 0")
        )

    keyboard.press("j")
    for number in range(AGREEING + CHANGED):
        here = current()
        if number % 10 == 9:
            keyboard.type("7")
            keyboard.press("Tab")
            keyboard.press("Tab")
            keyboard.type("سند کافی نیست")
            keyboard.press("Escape")
            keyboard.press("s")
        else:
            keyboard.press("a")
            keys += 1
        if number < AGREEING + CHANGED - 1:
            walker.page.wait_for_function(
                "here => !document.getElementById('line-' + here).contains(document.activeElement)",
                arg=here,
            )
    expect(
        walker.page.locator("#marked-count a")
    ).to_be_visible()  # the last of all stays, and can be handed in

    marks = Mark.objects.filter(block=block)
    assert marks.count() == AGREEING + CHANGED
    assert marks.filter(points=7, reason="سند کافی نیست").count() == CHANGED
    assert keys <= 2 * AGREEING


def test_text_typed_on_the_desk_saves_itself_and_again_when_the_network_comes_back(served, walker):
    world = served("assigned")
    block = Block.objects.get(submission=world.submission, axis__code="G1")
    answer = line(world)
    state, reason = walker.page.locator(f"#state-{answer.pk}"), walker.field(f"{answer.pk}-reason")

    walker.sign_in(world.assessor)
    walker.go("submissions:block", block.pk)
    walker.field(f"{answer.pk}-points").fill("۹۰")
    expect(state).to_contain_text(walker.said("Not saved yet:"))  # a reason is missing
    reason.press_sequentially("دو خدمت دوبار شمرده شده است")
    expect(state).to_contain_text(walker.said("Saved %(time)s", time=""))
    expect(reason).to_be_focused()
    walker.page.context.set_offline(True)
    reason.press_sequentially(" و سند ندارد")
    expect(state).to_contain_text(
        walker.said("Not saved: the line is down; it is tried again by itself")
    )
    walker.page.context.set_offline(False)

    expect(state).to_contain_text(walker.said("Saved %(time)s", time=""), timeout=15_000)
    assert Mark.objects.get(answer=answer).reason == "دو خدمت دوبار شمرده شده است و سند ندارد"


def test_an_assessor_asks_about_a_line_and_the_agency_replies_from_its_desk(served, walker):
    world = served("assigned")
    answer = line(world)

    walker.sign_in(world.assessor)
    walker.go("submissions:line", answer.pk)
    walker.field("question").fill("سند این عدد کدام است؟")
    walker.press("Ask the agency")
    walker.reads("سند این عدد کدام است؟")
    walker.sign_in(world.staff)
    walker.press("Reply")
    walker.field("reply").fill("گزارش شمارهٔ ۱۲")
    walker.press("Reply to the assessor")

    walker.reads("گزارش شمارهٔ ۱۲")
    assert Clarification.objects.get().state == "replied"
