"""Counts of one duty, and somebody who signs in to see them."""

from datetime import timedelta

from festival.duties.queries import (
    DutyFilter,
    summary,
)

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
URL, FILE = "/en/duties/", "/en/duties.csv"


def counted(at, code, **asked):
    """What is counted of one duty in the only year; None where nothing is owed."""
    return next((c for c in summary(DutyFilter(**asked), at) if c.duty.code == code), None)


def numbers(at, code, **asked):
    c = counted(at, code, **asked)
    return (c.in_time, c.late, c.overdue, c.waiting, c.worst)


def enter(client, clock, world, name, at=None):
    clock(at or world.at)
    client.force_login(world.people[name])
