"""What a table of duties shows, in sentences: fit for a title, a list and a report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale, language, persian_digits
from festival.duties.catalogue import DutyCode
from festival.duties.queries import DutySummary

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Wording:
    """The sentences for one duty done late, waiting, and done in time."""

    late: "StrPromise"
    overdue: "StrPromise"
    in_time: str | Promise


_WORDINGS = {
    DutyCode.COMMUNICATE_INDICATORS: Wording(
        ngettext_lazy(
            "Indicators of %(year)s were communicated %(days)s day late",
            "Indicators of %(year)s were communicated %(days)s days late",
            "count",
        ),
        ngettext_lazy(
            "Indicators of %(year)s are not communicated, %(days)s day after their date",
            "Indicators of %(year)s are not communicated, %(days)s days after their date",
            "count",
        ),
        _("Indicators of %(year)s were communicated in time"),
    ),
    DutyCode.COMMUNICATE_SCORES: Wording(
        ngettext_lazy(
            "Scores of %(year)s were communicated %(days)s day late",
            "Scores of %(year)s were communicated %(days)s days late",
            "count",
        ),
        ngettext_lazy(
            "Scores of %(year)s are not communicated, %(days)s day after their date",
            "Scores of %(year)s are not communicated, %(days)s days after their date",
            "count",
        ),
        _("Scores of %(year)s were communicated in time"),
    ),
    DutyCode.DECIDE_APPEALS: Wording(
        ngettext_lazy(
            "Appeals of %(year)s were decided %(days)s day late",
            "Appeals of %(year)s were decided %(days)s days late",
            "count",
        ),
        ngettext_lazy(
            "Appeals of %(year)s are not decided, %(days)s day after their date",
            "Appeals of %(year)s are not decided, %(days)s days after their date",
            "count",
        ),
        _("Appeals of %(year)s were decided in time"),
    ),
    DutyCode.APPROVE_REPORT: Wording(
        ngettext_lazy(
            "The report on %(year)s was approved %(days)s day late",
            "The report on %(year)s was approved %(days)s days late",
            "count",
        ),
        ngettext_lazy(
            "The report on %(year)s is not approved, %(days)s day after its date",
            "The report on %(year)s is not approved, %(days)s days after its date",
            "count",
        ),
        _("The report on %(year)s was approved in time"),
    ),
    DutyCode.DELIVER_REPORT: Wording(
        ngettext_lazy(
            "The report on %(year)s was delivered %(days)s day late",
            "The report on %(year)s was delivered %(days)s days late",
            "count",
        ),
        ngettext_lazy(
            "The report on %(year)s is not delivered, %(days)s day after its date",
            "The report on %(year)s is not delivered, %(days)s days after its date",
            "count",
        ),
        _("The report on %(year)s was delivered in time"),
    ),
    DutyCode.PUBLISH: Wording(
        ngettext_lazy(
            "Results of %(year)s were published %(days)s day late",
            "Results of %(year)s were published %(days)s days late",
            "count",
        ),
        ngettext_lazy(
            "Results of %(year)s are not published, %(days)s day after their date",
            "Results of %(year)s are not published, %(days)s days after their date",
            "count",
        ),
        _("Results of %(year)s were published in time"),
    ),
}


def digits(text: object) -> str:
    """Write a year or any text with its digits in the reader's form, never grouped."""
    return persian_digits(str(text)) if (language()).startswith("fa") else str(text)


def sentence(counted: DutySummary, *, part: bool = True) -> str:
    """Say whether a duty was done in time or how late, without a full stop; occasions that still
    wait go before those that were late.

    `part`: with how many of how many it is, where it is not all.
    """
    wording, year = _WORDINGS[counted.duty.code], digits(counted.year)
    if not counted.lates:
        return str(wording.in_time) % {"year": year}
    text, days, some = wording.late, counted.worst, counted.late
    if counted.overdue:
        text, days, some = wording.overdue, counted.worst_overdue, counted.overdue
    said = str(text % {"count": days, "days": in_locale(days), "year": year})
    if some == counted.total or not part:
        return said
    told = {"said": said, "some": in_locale(some), "all": in_locale(counted.total)}
    return gettext("%(said)s (%(some)s of %(all)s)") % told


def _all_in_time(due: Sequence[DutySummary]) -> str:
    first, last = min(c.year for c in due), max(c.year for c in due)
    if first == last:
        sentence = gettext("Every duty of %(year)s that has fallen due was done in time")
    else:
        sentence = gettext(
            "Every duty that has fallen due since the year %(year)s was done in time"
        )
    return sentence % {"year": digits(first)}


def _without_delivery_of_unapproved(late: Sequence[DutySummary]) -> list[DutySummary]:
    """Leave out the delivery of a report that is not approved, for it follows from that."""
    is_unapproved = any(c.overdue and c.duty.code == DutyCode.APPROVE_REPORT for c in late)
    if not is_unapproved:
        return list(late)
    return [c for c in late if c.duty.code != DutyCode.DELIVER_REPORT]


def finding(counted: Iterable[DutySummary], at: datetime) -> str:
    """Sum up a table of duties in one sentence: the newest year in which something is late, the
    worst duty first.
    """
    due = [c for c in counted if c.lates or c.in_time or c.due_from <= at]
    if not due:
        return gettext("No duty has fallen due yet")
    late = [c for c in due if c.lates]
    if not late:
        return _all_in_time(due)
    year = max(c.year for c in late)
    return _late_in_one_year([c for c in due if c.year == year])


def _late_in_one_year(due: Sequence[DutySummary]) -> str:
    """Name the two worst duties of a year, and say how many more are late."""
    late = [c for c in due if c.lates]
    news = _without_delivery_of_unapproved(late)
    parts = [sentence(c) for c in sorted(news, key=lambda c: -c.worst)[:2]]
    parts[1:] = [said[0].lower() + said[1:] for said in parts[1:]]
    if further := len(late) - len(parts):
        said = ngettext("%(count)s more duty is late", "%(count)s more duties are late", further)
        parts.append(said % {"count": in_locale(further)})
    elif len(late) < len(due):
        parts.append(gettext("all else in time"))
    return gettext("; ").join(parts)
