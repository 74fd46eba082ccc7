"""A question about a line: asked once by whose desk it is on, answered within its own window and no
later.
"""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from cycles.calendar import Phase
from cycles.models import Delivery, Entry, Window
from cycles.workflow import Refused
from submissions.marking import actions as marking_actions
from submissions.marking import clarifications
from submissions.models import Answer, Clarification, ExternalFactor
from tests.factories import ask, build

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)


def test_a_question_opens_a_window_of_its_own_for_its_line_and_the_agency_is_told():
    world = build("assigned")

    asked = ask(world)
    window = Window.objects.get(phase=Phase.CLARIFICATION)

    assert (window.agency, window.line, window.closes_at) == (
        world.power,
        asked.line_id,
        world.at + timedelta(days=3),
    )
    told = Delivery.objects.filter(entry__act="ask", channel="inbox").values_list(
        "recipient__username", flat=True
    )
    assert sorted(told) == ["head", "staff"]


def test_the_reply_is_taken_until_the_window_closes_and_not_a_moment_longer():
    world = build("assigned")
    asked = ask(world)
    closes = world.at + timedelta(days=3)

    with (
        translation.override("en"),
        pytest.raises(Refused, match="Clarification of a line closed on"),
    ):
        clarifications.reply(asked, text="late", by=world.staff, at=closes)
    replied = clarifications.reply(asked, text="in time", by=world.staff, at=closes - MICROSECOND)

    assert (replied.state, replied.reply, replied.replied_by) == ("replied", "in time", world.staff)
    with pytest.raises(Refused):
        clarifications.reply(replied, text="again", by=world.staff, at=closes - MICROSECOND)


def test_a_line_is_asked_about_once_and_only_by_whose_desk_it_is_on():
    world = build("assigned")
    line = Answer.objects.filter(
        measure__indicator__axis=world.block.axis, submission=world.submission
    )
    line = line.with_submission().order_by("pk").first()

    for person in (world.other_assessor, world.administrator, world.head):
        with pytest.raises(Refused):
            clarifications.ask(line, question="?", by=person, at=world.at)
    ask(world)
    with translation.override("en"), pytest.raises(Refused, match="asked about this line already"):
        ask(world)

    assert Entry.objects.filter(act="ask").count() == 1


def test_a_question_about_one_line_opens_no_other():
    world = build("assigned")
    asked = ask(world)
    other = Answer.objects.exclude(pk=asked.line_id).filter(submission=world.submission).first()
    of = {
        "cycle": world.cycle,
        "agency": world.power,
        "submission": world.submission,
        "assessor": world.assessor,
    }
    unasked = Clarification.objects.create(line=other, question="?", **of)

    with (
        translation.override("en"),
        pytest.raises(Refused, match="No question has been asked about this line"),
    ):
        clarifications.reply(unasked, text="x", by=world.staff, at=world.at)


def test_assessor_and_agency_write_to_each_other_on_the_dossier(client, settings):
    world = build("assigned")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    line = Answer.objects.filter(
        submission=world.submission, measure__indicator__axis=world.block.axis
    )
    line = line.order_by("pk").first()
    page = f"/en/submissions/lines/{line.pk}/"

    client.force_login(world.assessor)
    empty = client.post(f"{page}ask/", {"question": ""}).content.decode()
    asked = client.post(f"{page}ask/", {"question": "کدام سند؟"}, follow=True).content.decode()
    client.force_login(world.staff)
    shown = client.get(page).content.decode()
    home = client.get("/en/").content.decode()
    client.post(f"{page}reply/", {"reply": "سند پیوست است"})
    client.force_login(world.assessor)
    read = client.get(page).content.decode()
    marking = client.get(f"/en/submissions/blocks/{world.block.pk}/").content.decode()

    assert "This field is required." in empty
    assert "کدام سند؟" in asked
    assert "A reply is accepted until" in shown
    assert "An assessor asks about a line" in home
    assert "Reply to the assessor" in shown
    assert "سند پیوست است" in read
    assert "سند پیوست است" in marking
    assert "Ask the agency" not in read


def test_nothing_is_asked_any_more_once_the_scores_are_communicated():
    world = build("scored")

    with (
        translation.override("en"),
        pytest.raises(Refused, match="scores of this agency are communicated"),
    ):
        ask(world)

    assert not Clarification.objects.exists()


def _mark_everything(world):
    lines = Answer.objects.on_desk(world.block)
    marks = {line.pk: {"points": 0, "reason": "بدون سند"} for line in lines}
    marking_actions.save_marks(world.block, marks, by=world.assessor, at=world.at)


def test_a_block_waits_for_the_reply_to_a_question_or_the_end_of_its_days():
    world = build("assigned")
    _mark_everything(world)
    asked = ask(world)
    closes = world.at + timedelta(days=3)

    with translation.override("en"), pytest.raises(Refused, match="may still answer a question"):
        marking_actions.hand_in(world.block, by=world.assessor, at=closes - MICROSECOND)
    assert world.fresh(world.block).state == "open"

    handed_in = marking_actions.hand_in(world.block, by=world.assessor, at=closes)
    assert (handed_in.state, world.fresh(asked).state) == ("handed_in", "asked")


def test_a_block_is_handed_in_as_soon_as_its_question_is_answered():
    world = build("assigned")
    _mark_everything(world)
    clarifications.reply(ask(world), text="صفحهٔ ۳", by=world.staff, at=world.at)

    handed_in = marking_actions.hand_in(world.block, by=world.assessor, at=world.at)

    assert handed_in.state == "handed_in"


def test_a_block_waits_for_the_verdict_on_an_influence_from_outside():
    world = build("assigned")
    _mark_everything(world)
    line = Answer.objects.on_desk(world.block).order_by("pk").first()
    factor = ExternalFactor.objects.create(
        answer=line, kind="law", text="قانون تازه", claimed_by=world.staff, claimed_at=world.at
    )

    with translation.override("en"), pytest.raises(Refused, match="not judged yet"):
        marking_actions.hand_in(world.block, by=world.assessor, at=world.at)
    marking_actions.judge_factor(
        factor, verdict="rejected", reason="بی‌ارتباط", by=world.assessor, at=world.at
    )

    handed_in = marking_actions.hand_in(world.block, by=world.assessor, at=world.at)
    assert handed_in.state == "handed_in"


def test_the_marking_page_says_what_a_marked_block_waits_for(client, settings):
    world = build("assigned")
    _mark_everything(world)
    ask(world)
    settings.CLOCK_OFFSET = world.at - timezone.now()
    client.force_login(world.assessor)
    hand_in = f"/en/submissions/blocks/{world.block.pk}/hand-in/"

    page = client.get(f"/en/submissions/blocks/{world.block.pk}/").content.decode()

    assert "may still answer a question" in page
    assert hand_in not in page
