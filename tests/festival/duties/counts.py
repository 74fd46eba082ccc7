"""Counts of one duty, and somebody who signs in to see them."""

from datetime import timedelta

from festival.duties.queries import (
    DutyFilter,
    summary,
)

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
URL, FILE = "/en/duties/", "/en/duties.csv"


def count_of(at, code, **asked):
    """What is counted of one duty in the only year; None where nothing is owed."""
    return next((c for c in summary(DutyFilter(**asked), at) if c.duty.code == code), None)


def numbers_of(at, code, **asked):
    c = count_of(at, code, **asked)
    return (c.in_time, c.late, c.overdue, c.waiting, c.worst)


def sign_in(client, clock, world, name, at=None):
    clock(at or world.at)
    client.force_login(world.people[name])
