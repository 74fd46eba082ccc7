"""The authority's duties compared over the years, the public timeline and its calendar feed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Province
from agencies.persian import in_locale, language
from agencies.roles import Role
from cycles.calendar import day_of, format_date, jalali, midnight
from cycles.models import Cycle
from cycles.requests import PortalRequest
from cycles.spreadsheets import exports as spreadsheets_exports
from cycles.ui.pages import page_of, sheet_answer
from festival.duties import calendar_feed, exports
from festival.duties.catalogue import DUTIES, Duty
from festival.duties.forms import DutyForm
from festival.duties.queries import DutyFilter, DutySummary, duty_occurrences, reach_of, summary
from festival.duties.sentences import digits, finding
from festival.duties.tables import OccasionTable
from festival.duties.timeline import CalendarYear, PhaseKept, opened_years, years

PUBLIC_SECONDS = 300


class Scale:
    """Where a value stands on an axis from `low` to `high`, as SVG takes it; from right to left in
    Persian.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low, self.length, self.mirrored = low, (high - low) or 1.0, get_language_bidi()

    def at(self, value: float) -> str:
        """Return the place of a value in percent from the left."""
        share = (value - self.low) / self.length * 100
        return f"{100 - share if self.mirrored else share:.2f}%"

    def bar(self, first: float, last: float) -> dict[str, str]:
        """Return where a bar between two values begins, from the left, and how wide it is."""
        width = f"{(last - first) / self.length * 100:.2f}%"
        return {
            "x": self.at(last if self.mirrored else first),
            "width": width,
            "zero": self.at(first),
        }


# --- Duties over the years ----------------------------------------------------------------------


@dataclass(frozen=True)
class DutyOfYear:
    """A duty in a year, as chart and table show it; `counted` None: nothing was owed."""

    title: str
    year: str
    counted: DutySummary | None
    url: str
    bar: dict[str, str]

    @property
    def words(self) -> str:
        """Say in a few words whether the duty was done in time."""
        c = self.counted
        if c is None:
            return _("nothing owed")
        if c.overdue:
            days = c.worst_overdue
            return ngettext("%(days)s day overdue", "%(days)s days overdue", days) % {
                "days": in_locale(days)
            }
        if c.late:
            return ngettext("%(days)s day late", "%(days)s days late", c.worst) % {
                "days": in_locale(c.worst)
            }
        return _("in time") if c.is_done else _("not due yet")

    @property
    def part(self) -> str:
        """Say how many occasions are late; "" where all or none are."""
        c = self.counted
        if c is None or not c.lates or c.total == 1:
            return ""
        told = {
            "some": in_locale(c.lates),
            "all": in_locale(c.total),
            "median": in_locale(c.median),
        }
        if c.lates == 1:
            return _("%(some)s of %(all)s") % told
        return _("%(some)s of %(all)s, median %(median)s") % told


@dataclass(frozen=True)
class Series:
    """One duty over the years, newest first, on an axis of its own from
    none to `ticks[-1]` days.
    """

    duty: Duty
    ticks: list[int]
    cells: list[DutyOfYear]


def _steps(worst: int) -> int:
    """Choose the end of an axis on which the largest value still has room: a round number of
    days.
    """
    for end in (10, 20, 50, 100, 200, 300, 400, 500, 600, 800, 1000, 2000):
        if worst <= end:
            return end
    return -(-worst // 1000) * 1000


def _series(counted: Sequence[DutySummary], cycles: Sequence[Cycle], query: str) -> list[Series]:
    series = []
    for code, duty in DUTIES.items():
        by_year = {c.year: c for c in counted if c.duty is duty}
        if not by_year:
            continue
        end = _steps(max(c.worst for c in by_year.values()))
        scale = Scale(0, end)
        cells = [
            DutyOfYear(
                duty.title,
                digits(cycle.year),
                by_year.get(cycle.year),
                f"?duty={code}&year={cycle.year}{query}#each",
                scale.bar(0, by_year[cycle.year].worst if cycle.year in by_year else 0),
            )
            for cycle in cycles
        ]
        series.append(Series(duty, [0, end // 2, end], cells))
    return series


def _by_year(
    series: Sequence[Series], cycles: Sequence[Cycle]
) -> list[tuple[str, list[DutyOfYear]]]:
    """Turn the series round: of each year the cell of every duty, for the table."""
    rows = []
    for number, cycle in enumerate(cycles):
        rows.append((digits(cycle.year), [duty.cells[number] for duty in series]))
    return rows


def _duty_filter(request: PortalRequest) -> tuple[DutyForm, DutyFilter, Q | None, list[Cycle]]:
    """Return the filter form, the duties it asks for, the reader's reach and the years; outside the
    authority there is no such page.
    """
    roles = (Role.ADMINISTRATOR, Role.AUDITOR)
    if not request.user.holds(*roles, at=request.at):
        raise Http404
    reach, cycles = reach_of(request.user, request.at), list(opened_years())
    provinces = Province.objects.order_by("sort_key", "pk")
    if reach is not None:
        provinces = provinces.filter(pk__in=request.user.province_ids(request.at, *roles) or ())
    labels = [(cycle.year, digits(cycle.year)) for cycle in cycles]
    form = DutyForm(request.GET, years=labels, provinces=provinces)
    return form, form.duty_filter(reach, {cycle.year: cycle.pk for cycle in cycles}), reach, cycles


@require_safe
def duties(request: PortalRequest) -> HttpResponse:
    """Compare every duty in every year; below, list each occasion as the address narrows them."""
    form, duty_filter, reach, cycles = _duty_filter(request)
    counted = summary(DutyFilter(agencies=reach), request.at)
    query = f"&state={duty_filter.timeliness}" if duty_filter.timeliness else ""
    series = _series(counted, cycles, query)
    chosen = [c for c in counted if duty_filter.cycles is None or c.cycle_id in duty_filter.cycles]
    context = {
        "finding": finding(chosen, request.at),
        "series": series,
        "years": _by_year(series, cycles),
        "form": form,
        "table": page_of(request, OccasionTable(duty_occurrences(duty_filter, request.at))),
        "is_national": reach is None,
    }
    return render(request, "festival/duties/duties.html", context)


@require_safe
def duties_file(request: PortalRequest) -> HttpResponse:
    """Send the occasions shown, as CSV."""
    _form, duty_filter, _reach, _cycles = _duty_filter(request)
    rows = duty_occurrences(duty_filter, request.at).order_by(
        "-of_year", "duty", "agency_code", "row"
    )
    content = spreadsheets_exports.write_dataset(
        exports.duties(rows.iterator()), "csv", title="duties"
    )
    return sheet_answer(content, "duties", "csv")


# --- The public timeline ------------------------------------------------------------------------


@dataclass(frozen=True)
class PhaseBars:
    """A phase with its bars: the law's span, what decrees added, what was
    late, and where it ended.
    """

    kept: PhaseKept
    law: dict[str, str]
    decreed: dict[str, str] | None
    late: dict[str, str] | None
    ended: str


@dataclass(frozen=True)
class Picture:
    """One year as bars over the months."""

    year: CalendarYear
    title: str
    rows: list[PhaseBars]
    months: list[tuple[str, str, bool]]


def _picture(year: CalendarYear, at: datetime) -> Picture:
    ends = [(kept, _bar_end(kept, at)) for kept in year.phases]
    low = min(kept.opens_at for kept in year.phases)
    high = max(max(kept.term.closes_at, end) for kept, end in ends)
    scale = Scale(low.timestamp(), high.timestamp())
    rows = []
    for kept, end in ends:
        term = kept.term
        opens, law, closes = (
            m.timestamp() for m in (kept.opens_at, term.statutory_at, term.closes_at)
        )
        rows.append(
            PhaseBars(
                kept=kept,
                law=scale.bar(opens, law),
                decreed=scale.bar(law, closes) if closes > law else None,
                late=scale.bar(closes, end.timestamp())
                if kept.most_days_late and end > term.closes_at
                else None,
                ended=scale.at(kept.ended_at.timestamp()) if kept.ended_at else "",
            )
        )
    return Picture(year, finding(year.duties, at), rows, _months(low, high, scale))


def _bar_end(kept: PhaseKept, at: datetime) -> datetime:
    """Find until when the bar of a phase goes: what is overdue goes on until now."""
    if kept.overdue:
        return max(at, kept.term.closes_at)
    return max(kept.ended_at or kept.term.closes_at, kept.term.closes_at)


def _months(low: datetime, high: datetime, scale: Scale) -> list[tuple[str, str, bool]]:
    """List the beginnings of months between two moments in the reader's calendar: name, place,
    whether a phone has room.
    """
    firsts: list[tuple[date, datetime]] = []
    day = day_of(low)
    while (moment := midnight(day)) < high:
        number = jalali(day).day if language().startswith("fa") else day.day
        if number == 1 and moment >= low:
            firsts.append((day, moment))
        day += timedelta(days=1)
    shown = firsts[:: -(-len(firsts) // 8) or 1]
    months, before = [], ""
    for number, (first, moment) in enumerate(shown):
        _one, month, year = format_date(first, language()).split()
        name, before = (month if year == before else f"{month} {year}"), year
        months.append((name, scale.at(moment.timestamp()), not number % 2))
    return months


@login_not_required
@require_safe
def timeline(request: PortalRequest) -> HttpResponse:
    """Show the law's dates against those kept, of every year that has been opened; for
    everybody.
    """
    cycles = list(opened_years())
    wanted = request.GET.get("year", "")
    chosen = [cycle for cycle in cycles if str(cycle.year) == wanted] or cycles
    context: dict[str, object] = {
        "pictures": [
            _picture(year, request.at) for year in years(chosen, request.at) if year.phases
        ],
        "cycles": cycles,
        "wanted": int(wanted) if len(chosen) == 1 and wanted.isdecimal() else None,
    }
    if request.user.is_authenticated:
        response = render(request, "festival/duties/timeline.html", context)
        patch_cache_control(response, private=True)
        return response
    # a page that caches keep for all must hold nobody's token
    response = render(request, "festival/duties/timeline.html", context | {"csrf_token": ""})
    patch_cache_control(response, public=True, max_age=PUBLIC_SECONDS)
    return response


@login_not_required
@require_safe
def timeline_feed(request: PortalRequest) -> HttpResponse:
    """Send the timeline as a calendar to subscribe to."""
    page = request.build_absolute_uri(reverse("festival:timeline"))
    body = calendar_feed.calendar(years(opened_years(), request.at), language=language(), page=page)
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    response = HttpResponse(
        body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag}
    )
    patch_cache_control(response, public=True, max_age=PUBLIC_SECONDS)
    return get_conditional_response(request, etag=etag, response=response) or response
