"""Journeys through the portal in a browser: the administrators, from the sets to the results."""

import pytest
from playwright.sync_api import expect

from cycles.calendar import (
    DAY,
    Phase,
    format_date,
    format_deadline,
    from_jalali,
    midnight,
)
from cycles.models import Delivery
from festival.models import Edition
from submissions.models import Block
from submissions.signing import actions as signing
from tests.browser.answered_lines import PDF

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_administrator_communicates_the_sets(served, walker):
    world = served("approved")

    walker.sign_in(world.administrator)
    walker.go("indicators:list")
    walker.follow("indicators:communicate_all", world.cycle.year)
    walker.sign()

    expect(walker.page.locator("tbody tr")).to_have_count(2)
    assert {world.fresh(s).state for s in (world.general, world.specific)} == {"communicated"}


def test_the_administrator_assigns_the_work(served, walker, clock):
    world = served("submitted")
    clock(world.opens(Phase.SCORING))

    walker.sign_in(world.administrator)
    walker.go("submissions:board", world.cycle.pk)
    walker.follow("submissions:assign", world.submission.pk)
    walker.field("axis").select_option(index=1)
    walker.field("assessor").select_option(str(world.assessor.pk))
    walker.press("Assign")

    walker.reads(world.assessor.name_fa)
    assert Block.objects.get().assessor == world.assessor


def test_the_administrator_communicates_the_scores(served, walker, clock):
    world = served("marked")
    signing.lapse(world.cycle, at=world.at)

    walker.sign_in(world.administrator)
    walker.go("submissions:board", world.cycle.pk)
    walker.follow("submissions:communicate_all", world.cycle.pk)
    walker.sign()

    expect(walker.page).to_have_url(walker.base + walker.path("submissions:board", world.cycle.pk))
    assert world.fresh(world.submission).state == "communicated"
    walker.reads("۱۳ روز")  # of the fourteen to appeal


def test_the_administrator_freezes_the_results_and_sets_their_moment(served, walker, clock):
    world = served("decided")
    clock(world.opens(Phase.FINAL))
    day = format_date(world.opens(Phase.FESTIVAL), "fa")

    walker.sign_in(world.administrator)
    walker.go("festival:manage", world.cycle.year)
    walker.follow("festival:finalise", world.cycle.year)
    walker.sign()
    walker.follow("festival:schedule", world.cycle.year)
    walker.field("publish_at").fill("۱۴۰۶/۰۶/۲۰ ۱۰:۰۰")
    walker.sign()

    walker.reads("۲۰ شهریور ۱۴۰۶")
    edition = Edition.objects.get(cycle=world.cycle)
    assert edition.state == "scheduled"
    assert format_date(edition.publish_at, "fa") == "۲۰ شهریور ۱۴۰۶"
    assert day.endswith("شهریور ۱۴۰۶")


def test_a_deadline_is_extended_by_decree_told_to_the_head_and_shown_to_the_public(served, walker):
    world = served("answered")
    until = from_jalali(1406, 3, 25)
    told = format_deadline(midnight(until) + DAY, "fa")

    walker.sign_in(world.administrator)
    walker.go("cycles:detail", world.cycle.year)
    walker.follow("cycles:extend", world.cycle.year)
    walker.field("window").select_option("self_assessment:0")
    walker.field("agency").fill("وزارت نيرو")
    walker.field("closes_at").fill("۱۴۰۶/۰۳/۲۵")
    walker.field("decree_number").fill("۱۲/۱۴۰۶")
    walker.field("decreed_on").fill("۱۴۰۶/۰۳/۰۱")
    walker.field("reason").fill("سیل در استان")
    walker.field("file").set_input_files(PDF)
    walker.sign()
    walker.reads(told)
    walker.sign_in(world.head)
    walker.page.locator(f"a[href='{walker.path('cycles:inbox')}']").first.click()
    walker.page.get_by_role(
        "link", name=walker.said("A deadline has been extended by decree")
    ).first.click()
    walker.go("submissions:detail", world.submission.pk)
    walker.reads(told)
    walker.page.context.clear_cookies()
    walker.go("festival:timeline")

    walker.reads("۱۲/۱۴۰۶")
    walker.reads("سیل در استان")
    seen = Delivery.objects.get(recipient=world.head, channel="inbox", entry__act="extend")
    assert seen.seen_at is not None
    assert not Delivery.objects.filter(recipient=world.other_head, entry__act="extend").exists()
