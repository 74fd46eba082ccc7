"""The public timeline."""

from datetime import timedelta

import pytest
from django.utils import translation

from cycles.calendar import TEHRAN, Phase
from cycles.years.actions import plan_cycle
from festival.duties.views import Scale
from festival.models import Standing
from tests.factories import EPOCH, build
from tests.festival.conftest import decree
from tests.festival.duties.calendars import DAY, FEED, URL, another_year

pytestmark = pytest.mark.usefixtures("english")


def test_everybody_reads_every_opened_year_newest_first_and_no_planned_one(db, client, clock):
    world = build("filed")
    another_year(world, 1406)
    plan_cycle(year=1407, preset="statutory_gregorian", by=world.administrator, at=EPOCH)
    clock(world.at)

    page = client.get(URL).content.decode()

    assert page.index("Assessment of 1406") < page.index("Assessment of 1405")
    assert "Assessment of 1407" not in page
    assert "Monitoring, quarter 3" in page
    assert "28 February 2026, 24:00 (9 Esfand 1404)" in page


def test_the_address_holds_the_year(db, client, clock):
    world = build("filed")
    another_year(world, 1406)
    clock(world.at)

    one, unknown = (client.get(URL, {"year": year}).content.decode() for year in ("1406", "1300"))

    assert ("Assessment of 1406" in one, "Assessment of 1405" in one) == (True, False)
    assert "Assessment of 1405" in unknown


def test_a_late_duty_and_a_decree_stand_on_the_page(db, client, clock):
    world = build("drafted_appeal")
    decree(
        world, Phase.APPEAL, world.closes(Phase.APPEAL, world.power) + 5 * DAY, agency=world.power
    )
    clock(world.closes(Phase.FINAL) + 2 * DAY)

    page = client.get(URL).content.decode()

    assert "3 days late: Approve the Article 82 report" in page
    assert "Decree 1405/12 of" in page
    assert "for Ministry of Energy" in page
    assert "سیل در استان" in page
    assert "The report on 1405 is not approved, 3 days after its date" in page
    assert "style=" not in page


def test_before_publication_the_page_tells_no_score_no_place_and_no_moment_set(
    scheduled, client, clock
):
    clock(scheduled.at + timedelta(minutes=1))
    assert Standing.objects.filter(percent=70).exists()

    texts = [client.get(url).content.decode() for url in (URL, "/fa/timeline/", FEED)]

    moment = scheduled.edition.publish_at.astimezone(TEHRAN)
    for text in texts:
        for secret in (
            "70.00",
            "۷۰٫۰۰",
            "MOE",
            "Ministry",
            "وزارت",
            moment.strftime("%-d %B %Y"),
            f"{moment:%Y%m%d}",
        ):
            assert secret not in text, secret
    clock(scheduled.edition.publish_at)
    assert moment.strftime("%-d %B %Y") in client.get(URL).content.decode()


def test_the_page_that_caches_keep_holds_nobodys_token_and_sets_no_cookie(db, client, clock):
    world = build("open")
    clock(world.at)

    answer = client.get(URL)

    assert {*answer["Cache-Control"].split(", ")} == {"public", "max-age=300"}
    assert not answer.cookies
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert "X-CSRFToken" not in answer.content.decode()
    client.force_login(world.staff)
    assert client.get(URL)["Cache-Control"] == "private, no-store"


def test_a_scale_runs_from_the_left_in_english_and_from_the_right_in_persian():
    english = Scale(0, 200).bar(0, 50)
    with translation.override("fa"):
        persian = Scale(0, 200).bar(0, 50)

    assert english == {"x": "0.00%", "width": "25.00%", "zero": "0.00%"}
    assert persian == {"x": "75.00%", "width": "25.00%", "zero": "100.00%"}


def test_the_timeline_is_linked_from_the_results_and_from_every_frame(db, client, clock):
    world = build("open")
    clock(world.at)

    pages = [client.get(url).content.decode() for url in ("/en/festival/", "/en/accounts/login/")]

    assert pages[0].count('href="/en/timeline/"') == 3  # wide and narrow navigation, and the text
    assert pages[1].count('href="/en/timeline/"') == 2
