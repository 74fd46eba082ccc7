"""Calendars kept: a year's phases, another year, and the events of the feed."""

from datetime import timedelta

import icalendar

from cycles.years.actions import open_cycle, plan_cycle
from festival.duties import timeline
from tests.factories import EPOCH

DAY = timedelta(days=1)
URL, FEED = "/en/timeline/", "/en/timeline.ics"


def phases_kept(world, at=None):
    [year] = timeline.years([world.cycle], at or world.at)
    return {(kept.phase, kept.term.quarter): kept for kept in year.phases}


def another_year(world, year):
    planned = plan_cycle(year=year, preset="statutory_gregorian", by=world.administrator, at=EPOCH)
    return open_cycle(planned, by=world.administrator, at=EPOCH)


def events(client, url=FEED):
    calendar = icalendar.Calendar.from_ical(client.get(url).content)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def event_named(found, summary):
    [one] = [e for e in found.values() if summary in e["summary"]]
    return one
