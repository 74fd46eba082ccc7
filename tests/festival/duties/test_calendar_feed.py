"""The timeline as a calendar to subscribe to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cycles.calendar import Phase, day_of
from tests.factories import YEAR, build
from tests.festival.conftest import decree, delivered_report
from tests.festival.duties.calendars import DAY, FEED, event_named, events

pytestmark = pytest.mark.usefixtures("english")


def test_the_feed_has_each_window_and_each_hard_deadline_and_parses_back(db, client, clock):
    world = build("filed")
    clock(world.at)

    answer = client.get(FEED)
    found = events(client)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(found) == 12 + 7 + 2  # windows, hard deadlines, duties done
    window = event_named(
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
    last_day = event_named(found, "Deadline: Self-assessment")
    assert (last_day["dtstart"].dt, last_day["dtend"].dt) == (date(2027, 5, 31), date(2027, 6, 1))
    done = event_named(found, "Scores of 1405 were communicated in time")
    assert isinstance(done["dtstart"].dt, date)
    assert not isinstance(done["dtstart"].dt, datetime)
    assert "VALARM" not in answer.content.decode()


def test_a_decree_moves_the_event_raises_its_number_and_keeps_its_name(db, client, clock):
    world = build("begun")
    clock(world.at)
    before = event_named(events(client), "Deadline: Self-assessment")
    closes = world.closes(Phase.SELF_ASSESSMENT)
    world.at += timedelta(hours=1)
    decree(world, Phase.SELF_ASSESSMENT, closes + 3 * DAY)
    clock(world.at)

    after = event_named(events(client), "Deadline: Self-assessment")

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
    before = event_named(events(client), "Appeal review")

    decree(world, Phase.APPEAL, world.closes(Phase.APPEAL) + 3 * DAY)
    clock(world.at)
    after = event_named(events(client), "Appeal review")

    assert (before["dtend"].dt, after["dtend"].dt) == (closes, closes + 3 * DAY)
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert "by decree 1405/12" in after["description"]


def test_a_decree_for_one_agency_is_told_and_moves_nobody_elses_event(db, client, clock):
    world = build("begun")
    closes = world.closes(Phase.SELF_ASSESSMENT)
    decree(world, Phase.SELF_ASSESSMENT, closes + 3 * DAY, agency=world.power)
    clock(world.at)

    found = event_named(events(client), "Deadline: Self-assessment")

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
        event_named(found, "The report on 1405 was delivered in time")["dtstart"].dt
        == scheduled.at.date()
    )
    published = event_named(found, "Results of 1405 were published in time")["dtstart"].dt
    assert published == day_of(scheduled.edition.publish_at)
