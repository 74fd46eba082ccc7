"""The calendar kept as an iCalendar file, for those who want the year's dates among their own."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import icalendar
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cycles.calendar import PHASES, TEHRAN, Binding, day_of, format_date, format_deadline
from festival.duties.sentences import digits, sentence
from festival.duties.timeline import CalendarYear, Decree, PhaseKept

SPACE = uuid.UUID("2f0f2b5e-8f1c-5d9b-9f1e-6a3a5a0d7c81")
"""The namespace of event identifiers: an event has the same one in every feed and for ever."""

INSTANT = timedelta(microseconds=1)


def calendar(years: Iterable[CalendarYear], *, language: str, page: str) -> bytes:
    """Write each phase from its opening to its closing in force, each hard deadline as a day, and
    each duty done as a day.

    `page` is the address of the timeline. The file changes only when something in it does.
    """
    feed = icalendar.Calendar()
    feed.add("prodid", "-//Performance assessment of executive agencies//Calendar//FA-EN")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    feed.add("name", _("Assessment of executive agencies"))
    feed.add("x-wr-calname", _("Assessment of executive agencies"))
    feed.add("x-wr-timezone", str(TEHRAN))
    feed.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for year in years:
        for kept in year.phases:
            for event in _events(year, kept, language):
                event.add("url", f"{page}?year={year.cycle.year}")
                feed.add_component(event)
    content: bytes = feed.to_ical()
    return content


def _events(year: CalendarYear, kept: PhaseKept, language: str) -> Iterable[icalendar.Event]:
    term, told = kept.term, _description(kept, language)
    name = _("%(phase)s · assessment of %(year)s") % {
        "phase": kept.label,
        "year": digits(year.cycle.year),
    }
    key = f"{year.cycle.year}/{kept.phase}/{term.quarter}"
    window = _event(f"{key}/window", name, told, year, kept)
    window.add("dtstart", term.opens_at.astimezone(UTC))
    window.add("dtend", term.closes_at.astimezone(UTC))
    yield window
    if term.binding == Binding.HARD:
        said = _("Deadline: %(what)s") % {"what": name}
        yield _day(_event(f"{key}/deadline", said, told, year, kept), (term.closes_at - INSTANT))
    for duty in kept.duties:
        if duty.is_done and duty.last_at:
            yield _day(
                _event(f"{key}/{duty.duty.code}", sentence(duty), told, year, kept), duty.last_at
            )


def _event(
    key: str, summary: str, description: str, year: CalendarYear, kept: PhaseKept
) -> icalendar.Event:
    """Make an event that takes up nobody's time; each decree raises its number, each change its
    date.
    """
    event = icalendar.Event()
    event.add("uid", str(uuid.uuid5(SPACE, key)))
    event.add("summary", summary)
    event.add("description", description)
    event.add("transp", "TRANSPARENT")
    decrees = _decrees(year, kept)
    event.add("sequence", len(decrees))
    moments = [
        year.cycle.opened_at,
        kept.last,
        *(d.made_at for d in decrees),
        *(d.last_at for d in kept.duties),
    ]
    changed = (
        max((m for m in moments if m), default=kept.opens_at).astimezone(UTC).replace(microsecond=0)
    )
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    return event


def _decrees(year: CalendarYear, kept: PhaseKept) -> list[Decree]:
    """List the decrees that move a phase: its own, and those of the phase that it follows."""
    before = [k for k in year.phases if k.phase == PHASES[kept.phase].follows]
    decrees: list[Decree] = []
    for phase in (kept, *before):
        decrees += phase.decrees
    return decrees


def _day(event: icalendar.Event, moment: datetime) -> icalendar.Event:
    """Let an event last the whole day in Tehran in which a moment lies."""
    day = day_of(moment)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    return event


def _description(kept: PhaseKept, language: str) -> str:
    term = kept.term
    lines: list[str | Promise] = [
        PHASES[kept.phase].article,
        _("Statutory date: %(when)s") % {"when": format_deadline(term.statutory_at, language)},
    ]
    for decree in kept.decrees:
        told = {
            "number": digits(decree.number),
            "day": format_date(decree.decreed_on, language),
            "scope": decree.scope,
            "when": format_deadline(decree.until, language),
        }
        lines.append(
            _("Extended by decree %(number)s of %(day)s, for %(scope)s, to %(when)s") % told
        )
    if term.decree and not kept.decrees:
        told = {"number": digits(term.decree), "when": format_deadline(term.closes_at, language)}
        lines.append(_("extended to %(when)s by decree %(number)s") % told)
    if kept.duties:
        # days that grow from day to day would make every day's file another
        lines += [sentence(duty) for duty in kept.duties if duty.is_done]
        lines += [
            _("%(duty)s: overdue") % {"duty": digits(duty.duty.title)}
            for duty in kept.duties
            if duty.overdue
        ]
    elif kept.first and kept.last:
        told = {
            "first": format_date(kept.first, language),
            "last": format_date(kept.last, language),
        }
        lines.append(_("First act %(first)s, last act %(last)s") % told)
    return "\n".join(str(line) for line in lines)
