"""The public timeline and its calendar feed: the law's dates against those kept, and the decrees
between them.
"""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.calendar import TEHRAN, Phase, day_of
from cycles.years.actions import open_cycle, plan_cycle
from festival.duties import timeline
from festival.duties.views import Scale
from festival.models import Standing
from tests.factories import EPOCH, YEAR, build, lay_plan, report_quarter
from tests.festival.conftest import decree, delivered_report

DAY = timedelta(days=1)
URL, FEED = "/en/timeline/", "/en/timeline.ics"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def kept_of(world, at=None):
    [year] = timeline.years([world.cycle], at or world.at)
    return {(kept.phase, kept.term.quarter): kept for kept in year.phases}


def another_year(world, year):
    planned = plan_cycle(year=year, preset="statutory_gregorian", by=world.administrator, at=EPOCH)
    return open_cycle(planned, by=world.administrator, at=EPOCH)


def events(client, url=FEED):
    calendar = icalendar.Calendar.from_ical(client.get(url).content)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def event(found, summary):
    [one] = [e for e in found.values() if summary in e["summary"]]
    return one


# -- The facts


def test_a_year_is_told_phase_by_phase_with_its_quarters(scheduled):
    kept = kept_of(scheduled)

    assert [phase for phase, _quarter in kept] == [
        Phase.PROPOSAL, Phase.APPROVAL, *[Phase.MONITORING] * 4, Phase.SELF_ASSESSMENT, Phase.SCORING, Phase.APPEAL,
        Phase.APPEAL_REVIEW, Phase.FINAL, Phase.FESTIVAL,
    ]  # fmt: skip
    proposal, scoring = kept[Phase.PROPOSAL, 0], kept[Phase.SCORING, 0]
    assert (proposal.acts, proposal.late, proposal.duties) == (2, None, ())
    assert (scoring.acts, scoring.late, scoring.ended_at) == (1, 0, scoring.last)
    assert kept[Phase.FESTIVAL, 0].missing == "not published yet"


def test_a_phase_whose_duty_waits_has_not_ended_and_goes_on_being_late(db):
    world = build("assigned")
    late = world.closes(Phase.SCORING) + 2 * DAY

    before, after = (kept_of(world, at)[Phase.SCORING, 0] for at in (world.at, late))

    assert (before.late, before.overdue, before.ended_at) == (0, False, None)
    assert (after.late, after.overdue, after.ended_at) == (3, True, None)


def test_each_quarter_is_told_with_the_reports_that_were_made_of_it(client, db):
    world = build("communicated")
    lay_plan(world)
    report_quarter(world, 2)

    kept = kept_of(world)

    first, second, third = (kept[Phase.MONITORING, quarter] for quarter in (1, 2, 3))
    assert (second.acts, second.first, second.last, second.late) == (1, world.at, world.at, None)
    assert (second.counted, second.missing) == ("1 agency has reported", "")
    assert (first.acts, first.missing, first.counted) == (0, "not reported", "")
    assert third.missing == "to come"
    assert "1 agency has reported" in client.get(URL).content.decode()


def test_a_decree_is_told_with_the_closing_that_it_found(db):
    world = build("begun")
    statutory = world.closes(Phase.SELF_ASSESSMENT)
    decree(world, Phase.SELF_ASSESSMENT, statutory + 3 * DAY, "1405/1")
    world.at += timedelta(hours=1)
    decree(world, Phase.SELF_ASSESSMENT, statutory + 9 * DAY, "1405/2", agency=world.power)

    kept = kept_of(world)[Phase.SELF_ASSESSMENT, 0]

    assert [(d.number, d.scope, d.was_until, d.until) for d in kept.decrees] == [
        ("1405/1", "all agencies", statutory, statutory + 3 * DAY),
        ("1405/2", "Ministry of Energy", statutory + 3 * DAY, statutory + 9 * DAY),
    ]
    assert (kept.term.statutory_at, kept.term.closes_at, kept.term.decree) == (
        statutory,
        statutory + 3 * DAY,
        "1405/1",
    )


def test_a_decree_is_told_in_the_language_of_whoever_reads_it(db):
    world = build("begun")
    decree(
        world, Phase.SELF_ASSESSMENT, world.closes(Phase.SELF_ASSESSMENT) + DAY, agency=world.power
    )

    [told] = kept_of(world)[Phase.SELF_ASSESSMENT, 0].decrees

    with translation.override("fa"):
        assert told.scope == "وزارت نیرو"
    assert told.scope == "Ministry of Energy"


def test_a_decree_made_later_is_not_foreseen(db):
    world = build("begun")
    decree(world, Phase.SELF_ASSESSMENT, world.closes(Phase.SELF_ASSESSMENT) + DAY)

    assert kept_of(world, world.at - timedelta(hours=1))[Phase.SELF_ASSESSMENT, 0].decrees == ()


def test_a_quarter_has_its_own_decrees(db):
    world = build("communicated")
    closes = kept_of(world)[Phase.MONITORING, 2].term.closes_at
    decree(world, Phase.MONITORING, closes + DAY, quarter=2)

    kept = kept_of(world)

    assert [len(kept[Phase.MONITORING, quarter].decrees) for quarter in (1, 2, 3, 4)] == [
        0,
        1,
        0,
        0,
    ]
    assert kept[Phase.MONITORING, 2].decrees[0].label == "Monitoring, quarter 2"


def test_years_take_the_same_queries_whatever_their_number(db):
    world = build("filed")
    counts = []
    for years in ((), (1406,), (1407, 1408)):
        for year in years:
            another_year(world, year)
        decree(world, Phase.APPEAL, world.closes(Phase.APPEAL) + (len(years) + 30) * DAY)
        with CaptureQueriesContext(connection) as captured:
            timeline.years(list(timeline.opened_years()), world.at)
        counts.append(len(captured))

    assert counts == [6, 6, 6]


# -- The page


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


# -- The feed


def test_the_feed_has_each_window_and_each_hard_deadline_and_parses_back(db, client, clock):
    world = build("filed")
    clock(world.at)

    answer = client.get(FEED)
    found = events(client)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(found) == 12 + 7 + 2  # windows, hard deadlines, duties done
    window = event(
        {k: v for k, v in found.items() if "Deadline" not in v["summary"]}, "Self-assessment"
    )
    assert (window["dtstart"].dt, window["dtend"].dt) == (
        world.opens(Phase.SELF_ASSESSMENT).astimezone(UTC),
        world.closes(Phase.SELF_ASSESSMENT).astimezone(UTC),
    )
    assert window["dtstart"].dt.tzinfo is not None
    assert "Statutory date: 31 May 2027, 24:00 (10 Khordad 1406)" in window["description"]
    assert "Article 3 of the executive bylaw" in window["description"]
    assert str(window["url"]) == f"http://testserver/en/timeline/?year={YEAR}"
    last_day = event(found, "Deadline: Self-assessment")
    assert (last_day["dtstart"].dt, last_day["dtend"].dt) == (date(2027, 5, 31), date(2027, 6, 1))
    done = event(found, "Scores of 1405 were communicated in time")
    assert isinstance(done["dtstart"].dt, date)
    assert not isinstance(done["dtstart"].dt, datetime)
    assert "VALARM" not in answer.content.decode()


def test_a_decree_moves_the_event_raises_its_number_and_keeps_its_name(db, client, clock):
    world = build("begun")
    clock(world.at)
    before = event(events(client), "Deadline: Self-assessment")
    closes = world.closes(Phase.SELF_ASSESSMENT)
    world.at += timedelta(hours=1)
    decree(world, Phase.SELF_ASSESSMENT, closes + 3 * DAY)
    clock(world.at)

    after = event(events(client), "Deadline: Self-assessment")

    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after["last-modified"].dt > before["last-modified"].dt
    assert after["dtstart"].dt == date(2027, 6, 3)
    assert "Extended by decree 1405/12 of" in after["description"]
    assert "Statutory date: 31 May 2027" in after["description"]


def test_a_decree_that_moves_appeals_moves_their_review_in_the_feed_too(db, client, clock):
    world = build("scored")
    closes = world.closes(Phase.APPEAL_REVIEW)
    clock(world.at)
    before = event(events(client), "Appeal review")

    decree(world, Phase.APPEAL, world.closes(Phase.APPEAL) + 3 * DAY)
    clock(world.at)
    after = event(events(client), "Appeal review")

    assert (before["dtend"].dt, after["dtend"].dt) == (closes, closes + 3 * DAY)
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert "by decree 1405/12" in after["description"]


def test_a_decree_for_one_agency_is_told_and_moves_nobody_elses_event(db, client, clock):
    world = build("begun")
    closes = world.closes(Phase.SELF_ASSESSMENT)
    decree(world, Phase.SELF_ASSESSMENT, closes + 3 * DAY, agency=world.power)
    clock(world.at)

    found = event(events(client), "Deadline: Self-assessment")

    assert found["dtstart"].dt == date(2027, 5, 31)
    assert "for Ministry of Energy, to 3 June 2027" in found["description"]


def test_both_languages_name_the_same_events_and_fold_long_lines(db, client, clock):
    world = build("filed")
    clock(world.at)

    persian = client.get("/fa/timeline.ics").content

    assert set(events(client)) == set(events(client, "/fa/timeline.ics"))
    lines = persian.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no letter is torn in two
    summaries = [str(e["summary"]) for e in events(client, "/fa/timeline.ics").values()]
    assert any("خودارزیابی" in summary and "۱۴۰۵" in summary for summary in summaries)


def test_the_feed_is_sent_again_only_when_something_changed(db, client, clock):
    world = build("assigned")
    late = world.closes(Phase.SCORING) + DAY
    clock(late)
    first = client.get(FEED)

    clock(late + DAY)  # a day later it is a day more overdue, which is no change
    again = client.get(FEED, headers={"If-None-Match": first["ETag"]})
    another = client.get(FEED, headers={"If-None-Match": '"another"'})

    assert (first.status_code, again.status_code, another.status_code) == (200, 304, 200)
    assert again.content == b""
    assert "public" in first["Cache-Control"]
    assert not first.cookies


def test_a_finished_year_tells_in_the_feed_when_each_duty_was_done(scheduled, client, clock):
    delivered_report(scheduled)
    clock(scheduled.edition.publish_at)

    found = events(client)

    assert (
        event(found, "The report on 1405 was delivered in time")["dtstart"].dt
        == scheduled.at.date()
    )
    published = event(found, "Results of 1405 were published in time")["dtstart"].dt
    assert published == day_of(scheduled.edition.publish_at)
