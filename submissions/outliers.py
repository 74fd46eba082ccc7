"""Values that stand out against the agency's own last year or against its group, and so need an
explanation.

Against last year: a change by more than half. Against the group: outside the outer fences of last
year's values, three interquartile ranges beyond the quartiles (Tukey, Exploratory Data Analysis,
1977), in groups of five and more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import FilteredRelation, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.statements import Statement, slot
from submissions.models import Answer, Submission
from submissions.workflow import SubmissionState

CHANGE = Decimal("0.5")
FENCE = 3
FEWEST = 5
KEPT = 3600
"""Seconds for which the bounds of a self-assessment are kept: last year's values hardly ever change
any more.
"""
YEARS = 3


class Against(TextChoices):
    HISTORY = "history", _("Differs from last year by more than half")
    GROUP = "group", _("Lies far outside what its group reached last year")


@dataclass(frozen=True)
class Bounds:
    """What a value is held against: last year's own, and the quartiles of the group where it is
    large enough.
    """

    last: Decimal | None = None
    first_quartile: Decimal | None = None
    third_quartile: Decimal | None = None

    def outliers(self, value: Decimal | None) -> list[str]:
        """Name what a value stands out against."""
        if value is None:
            return []
        found = []
        if self.last is not None and abs(value - self.last) > CHANGE * abs(self.last):
            found.append(Against.HISTORY.value)
        if self.first_quartile is not None and self.third_quartile is not None:
            reach = FENCE * (self.third_quartile - self.first_quartile)
            if reach and not self.first_quartile - reach <= value <= self.third_quartile + reach:
                found.append(Against.GROUP.value)
        return found


@dataclass(frozen=True)
class Past:
    """One line of an earlier year: its value and what it scored in the end."""

    year: int
    value: Decimal | None
    points: Decimal | None
    ceiling: Decimal

    @property
    def share(self) -> Decimal | None:
        """Percent of the points reached."""
        return None if self.points is None else self.points * 100 / self.ceiling


def history(submission: Submission) -> dict[UUID, list[Past]]:
    """Read the lines of the last three years whose scores were communicated, by lineage, newest
    first; one query.
    """
    year = submission.cycle.year
    rows = PAST_LINES.fetch_tuples(agency=submission.agency_id, first=year - YEARS, last=year - 1)
    found: dict[UUID, list[Past]] = {}
    for lineage, *facts in rows:
        found.setdefault(lineage, []).append(Past(*facts))
    return found


def _past_lines() -> QuerySet[Answer, Any]:
    current = FilteredRelation("scores", condition=Q(scores__is_current=True))
    rows = Answer.objects.filter(
        submission__agency=slot("agency"),
        submission__state=SubmissionState.COMMUNICATED,
        submission__cycle__year__range=(slot("first"), slot("last")),
    ).annotate(current=current)
    return rows.order_by("-submission__cycle__year", "pk").values_list(
        "measure__lineage",
        "submission__cycle__year",
        "value",
        "current__points",
        "measure__points",
    )


PAST_LINES: Statement[Any] = Statement(_past_lines)


def bounds(submission: Submission) -> Mapping[UUID, Bounds]:
    """Work out what the values of a self-assessment are compared with, by lineage; two queries once
    an hour.
    """
    key = f"bounds:{submission.pk}"
    kept: Mapping[UUID, Bounds] | None = cache.get(key)
    if kept is None:
        last_year = submission.cycle.year - 1
        own = {
            lineage: past[0].value
            for lineage, past in history(submission).items()
            if past[0].year == last_year
        }
        quartiles = _quartiles(submission, last_year)
        kept = {
            lineage: Bounds(own.get(lineage), *quartiles.get(lineage, (None, None)))
            for lineage in own.keys() | quartiles.keys()
        }
        cache.set(key, kept, KEPT)
    return kept


QUARTILES = """
    SELECT m.lineage,
           exact_quantile(array_agg(a.value ORDER BY a.value), 0.25),
           exact_quantile(array_agg(a.value ORDER BY a.value), 0.75)
    FROM cycles_participation_groups own
    JOIN cycles_participation_groups peer ON peer.group_id = own.group_id
    JOIN cycles_participation p ON p.id = peer.participation_id
    JOIN submissions_submission s ON s.agency_id = p.agency_id AND s.state = 'communicated'
    JOIN cycles_cycle c ON c.id = s.cycle_id AND c.year = %(year)s
    JOIN submissions_answer a ON a.submission_id = s.id AND a.value IS NOT NULL
    JOIN indicators_measure m ON m.id = a.measure_id
    WHERE own.participation_id = %(participation)s AND s.agency_id <> %(agency)s
    GROUP BY m.lineage HAVING count(DISTINCT s.agency_id) >= %(fewest)s
"""  # percentile_cont would turn the values into doubles


def _quartiles(submission: Submission, year: int) -> dict[UUID, tuple[Decimal, Decimal]]:
    given = {
        "year": year,
        "participation": submission.participation_id,
        "agency": submission.agency_id,
        "fewest": FEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUARTILES, given)
        return {lineage: (low, high) for lineage, low, high in cursor.fetchall()}


def standing_out(submission: Submission, answers: Iterable[Answer]) -> None:
    """Note on each line, unsaved, against what its value stands out."""
    known = bounds(submission)
    for a in answers:
        a.outliers = known.get(a.measure.lineage, Bounds()).outliers(a.value)
