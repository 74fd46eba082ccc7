"""Journeys through the portal in a browser: those who only read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from agencies.models import Interest
from cycles.calendar import (
    format_both,
    format_moment,
)
from cycles.models import Entry
from submissions.evidence import actions as evidence
from tests.browser.answered_lines import line

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_public_reads_the_ranking_from_its_instant_on(served, walker, clock):
    world = served("scheduled")
    publish_at = world.edition.publish_at

    walker.go("festival:results")
    before = walker.page.get_by_role("main").inner_text()
    clock(publish_at)
    walker.page.reload()  # a browser keeps the page for a minute, and this clock has leapt
    walker.reads(format_both(publish_at, "fa"))
    walker.follow("festival:edition", world.cycle.year)

    assert world.power.name_fa not in before
    walker.reads(world.power.name_fa)
    walker.reads("۱۴۰۵")


def test_the_auditor_reads_the_ledger(served, walker):
    world = served("submitted")

    walker.sign_in(world.auditor)
    walker.go("cycles:ledger")
    walker.reads(world.head.name_fa)
    walker.reads(format_moment(world.at, "fa"))
    walker.field("person").fill(world.head.username)
    walker.press("Show")

    expect(walker.page.locator("tbody tr")).to_have_count(
        Entry.objects.filter(actor_id=world.head.pk).count()
    )


def test_those_who_only_read_find_what_is_theirs(served, walker):
    world = served("answered")
    evidence.attach(
        line(world), upload=SimpleUploadedFile("سند.pdf", b"%PDF-1.7"), by=world.staff, at=world.at
    )

    walker.sign_in(world.headquarters)
    walker.go("submissions:list")
    walker.follow("submissions:detail", world.submission.pk)
    walker.follow("submissions:review", world.submission.pk)
    walker.reads("۱۰۰٫۰۰")
    assert walker.page.locator(f"a[href$='/{world.submission.pk}/submit/']").count() == 0
    walker.sign_in(world.agency_administrator)
    walker.go("submissions:line", line(world).pk)
    walker.reads("سند.pdf")
    walker.sign_in(world.steward)
    walker.go("cycles:interests")
    walker.field("agency").fill("MOHME")
    walker.field("reason").fill("همسرم آنجا کار می‌کند")
    walker.press("Declare this interest")
    walker.reads("وزارت بهداشت")
    assert Interest.objects.get(user=world.steward).agency == world.health


def test_the_same_lists_in_english(served, walker):
    world = served("filed")
    walker.language = "en"

    walker.sign_in(world.administrator)
    for name in ("home", "submissions:list", "appeals:list", "indicators:list", "cycles:list", "cycles:agencies",
                 "cycles:people", "cycles:ledger", "festival:results"):  # fmt: skip
        walker.go(name)
        expect(walker.page.locator("html")).to_have_attribute("dir", "ltr")
        expect(walker.page.locator("h1")).to_have_count(1)
    walker.go("submissions:list")
    walker.follow("submissions:detail", world.submission.pk)

    walker.reads("Ministry of Energy")
    walker.reads("Scores communicated")
