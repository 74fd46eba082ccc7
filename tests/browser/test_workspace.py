"""The workspace in Chromium: what is typed is saved by itself, survives a lost line and an expired
sign-in, and never silently takes the place of a colleague's text.
"""

from decimal import Decimal

from playwright.sync_api import expect

from submissions.answers import actions as answers
from submissions.models import Answer
from tests.factories import make_user

KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('kept:')).length"


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission__agency", "submission__cycle")
    return rows.get(submission=world.submission, measure__code=code)


def open_line(walker, world, code="G1-1"):
    walker.go("submissions:detail", world.submission.pk, query=f"?line={line(world, code).pk}")


def saved(walker):
    return expect(walker.page.locator("#outcome .text-success"))


def test_a_line_is_saved_as_it_is_typed_with_its_points_and_the_time(served, walker):
    world = served("begun")
    walker.slip_in(world.staff)
    open_line(walker, world)

    walker.field("value").press_sequentially("۴۵")
    saved(walker).to_contain_text(walker.said("Saved"))
    expect(walker.page.locator("#outcome")).to_contain_text("۱۵۰٫۰۰")
    walker.field("note").fill("از گزارش")
    expect(walker.page.locator("#outcome [name=seen_note]")).to_have_value(
        Answer.token_of("از گزارش")
    )

    assert (line(world).value, line(world).note) == (Decimal(45), "از گزارش")
    assert walker.page.evaluate(KEPT) == 0


def test_what_is_typed_while_the_line_is_down_is_kept_here_and_saved_when_it_is_back(
    served, walker
):
    world = served("begun")
    walker.slip_in(world.staff)
    open_line(walker, world)

    walker.page.context.set_offline(True)
    walker.field("note").fill("نوشته در قطعی")
    expect(walker.page.locator("#trouble")).to_be_visible()
    assert walker.page.evaluate(KEPT) == 1
    walker.page.context.set_offline(False)
    saved(walker).to_be_visible()

    assert line(world).note == "نوشته در قطعی"
    assert walker.page.evaluate(KEPT) == 0


def test_what_is_typed_after_the_sign_in_expired_is_kept_through_the_next_sign_in(served, walker):
    world = served("begun")
    walker.sign_in(world.staff)
    open_line(walker, world)

    walker.page.context.clear_cookies()
    walker.field("note").fill("پس از پایان نشست")
    expect(walker.page.locator("#trouble")).to_contain_text(
        walker.said(
            "You are no longer signed in. What you typed is still here; sign in again in another "
            "tab, then go on here."
        )
    )
    assert line(world).note == ""
    walker.page.evaluate(
        "window.addEventListener('beforeunload', (e) => e.stopImmediatePropagation(), true)"
    )
    walker.page.on("dialog", lambda dialog: dialog.accept())
    walker.sign_in(world.staff)
    open_line(walker, world)
    saved(walker).to_be_visible()

    expect(walker.field("note")).to_have_value("پس از پایان نشست")
    assert line(world).note == "پس از پایان نشست"
    assert walker.page.evaluate(KEPT) == 0


def test_signing_in_again_in_another_tab_lets_the_first_go_on(served, walker):
    world = served("begun")
    walker.sign_in(world.staff)
    open_line(walker, world)
    first = walker.page

    first.context.clear_cookies()
    walker.field("note").fill("الف")
    expect(first.locator("#trouble")).to_be_visible()
    walker.page = first.context.new_page()
    walker.sign_in(world.staff)
    walker.page.close()
    walker.page = first
    walker.field("note").fill("الف و ب")
    saved(walker).to_be_visible()

    assert line(world).note == "الف و ب"


def test_of_two_who_write_one_line_the_later_sees_both_texts_and_chooses(served, walker):
    world = served("begun")
    colleague = make_user("colleague", "staff", agency=world.power)
    walker.slip_in(world.staff)
    open_line(walker, world)
    answers.save_answer(
        line(world), value=Decimal(5), note="نوشتهٔ همکار", by=colleague, at=world.at
    )

    walker.field("note").fill("نوشتهٔ من")
    expect(walker.page.locator(".clash")).to_contain_text("نوشتهٔ همکار")
    assert line(world).note == "نوشتهٔ همکار"
    assert walker.page.evaluate(KEPT) == 1
    walker.press("Save mine in its place")
    saved(walker).to_be_visible()

    assert (line(world).note, line(world).value) == (
        "نوشتهٔ من",
        5,
    )  # the value that was not touched is the colleague's


def test_whoever_takes_the_colleagues_text_finds_it_in_the_field(served, walker):
    world = served("begun")
    colleague = make_user("colleague", "staff", agency=world.power)
    walker.slip_in(world.staff)
    open_line(walker, world)
    answers.save_answer(line(world), note="نوشتهٔ همکار", by=colleague, at=world.at)
    walker.page.on("dialog", lambda dialog: dialog.accept())

    walker.field("note").fill("نوشتهٔ من")
    expect(walker.page.locator(".clash")).to_be_visible()
    walker.press("Take theirs, drop mine")

    expect(walker.field("note")).to_have_value("نوشتهٔ همکار")
    assert line(world).note == "نوشتهٔ همکار"
    assert walker.page.evaluate(KEPT) == 0


def test_the_keys_lead_through_the_lines(served, walker):
    world = served("begun")
    walker.slip_in(world.staff)
    walker.go("submissions:detail", world.submission.pk)
    keys = walker.page.keyboard

    keys.press("n")
    opened = walker.page.locator("article.opened")
    expect(opened).to_be_visible()
    first = walker.page.url
    keys.press("v")
    expect(walker.field("value")).to_be_focused()
    keys.type("7")
    saved(walker).to_be_visible()
    keys.press("Escape")
    keys.press("j")
    expect(walker.page).not_to_have_url(first)
    second = opened.locator("h3").inner_text()
    keys.press("k")
    expect(opened.locator("h3")).not_to_have_text(second)
    keys.press("?")

    expect(walker.page.locator("#shortcuts dl")).to_be_visible()
