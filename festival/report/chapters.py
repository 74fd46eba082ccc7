"""Chapters of the Article 82 report that look past the ranking: specific targets, the Act itself,
provinces, validity.

Each is one query or none, whatever the number of agencies.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import StatisticsError, correlation

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Province
from agencies.persian import latin_digits, local_name
from festival.models import Edition, Standing
from indicators.models import Kind, Law
from indicators.scoring.methods import SHOWN_PLACES, half_up
from indicators.scoring.statutory_tree import LineState
from submissions.models import Score

MOST_BEHIND = 15
FEWEST_FOR_VALIDITY = 10
"""Of fewer agencies a correlation says nothing."""


def _scores(edition: Edition) -> QuerySet[Score]:
    """Read the scores that count of the agencies that submitted; lines that do not apply are left
    out.
    """
    scores = Score.objects.filter(
        answer__submission__cycle=edition.cycle,
        answer__submission__submitted_at__isnull=False,
        answer__measure__is_pilot=False,
        is_current=True,
        state__in=(LineState.SCORED, LineState.NOT_ANSWERED),
    )
    return scores.exclude(basis=Score.Basis.SELF).order_by()


def percent_of(earned: Decimal | None, possible: Decimal) -> Decimal:
    """Return the percent of the possible points that were earned, rounded as pages show it."""
    return half_up((earned or Decimal(0)) * 100 / possible, SHOWN_PLACES)


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """Round the mean of percents as pages show it; None where there are none."""
    return half_up(sum(values, Decimal(0)) / len(values), SHOWN_PLACES) if values else None


# --- Specific indicators behind their target ----------------------------------------------------


@dataclass(frozen=True)
class MissedTarget:
    """One agency's measure that missed its target, with what it lost by it."""

    agency_fa: str
    agency_en: str
    title_fa: str
    title_en: str
    value: Decimal | None
    target: Decimal | None
    unit_fa: str
    unit_en: str
    percent: Decimal
    lost: Decimal

    @property
    def agency(self) -> str:
        return local_name(self.agency_fa, self.agency_en)

    @property
    def title(self) -> str:
        return local_name(self.title_fa, self.title_en)

    @property
    def unit(self) -> str:
        return local_name(self.unit_fa, self.unit_en)


@dataclass(frozen=True)
class MissedTargets:
    """Specific measures that reached fewer points than they had, and those that lost most."""

    lines: int
    behind: int
    not_answered: int
    most: list[MissedTarget]

    @property
    def percent(self) -> Decimal | None:
        return half_up(Decimal(self.behind) * 100 / self.lines, 2) if self.lines else None


def behind_target(edition: Edition) -> MissedTargets:
    """Find the specific measures whose line did not earn its ceiling, and so missed its target; two
    queries.
    """
    measure, submission = "answer__measure", "answer__submission"
    scores = _scores(edition).filter(answer__measure__indicator__axis__set__kind=Kind.SPECIFIC)
    missed = Q(points__lt=F(f"{measure}__points")) | Q(points=None)
    counts = scores.aggregate(
        lines=Count("pk"),
        behind=Count("pk", filter=missed),
        empty=Count("pk", filter=Q(state=LineState.NOT_ANSWERED)),
    )
    rows = (
        scores.filter(missed, state=LineState.SCORED)
        .annotate(lost=F(f"{measure}__points") - F("points"))
        .order_by("-lost", f"{submission}__agency__sort_key", "pk")
        .values(
            "points",
            "lost",
            agency_fa=F(f"{submission}__agency__name_fa"),
            agency_en=F(f"{submission}__agency__name_en"),
            title_fa=F(f"{measure}__title_fa"),
            title_en=F(f"{measure}__title_en"),
            unit_fa=F(f"{measure}__unit_fa"),
            unit_en=F(f"{measure}__unit_en"),
            value=F("answer__value"),
            target=Coalesce("answer__own__target", f"{measure}__target"),
            ceiling=F(f"{measure}__points"),
        )[:MOST_BEHIND]
    )
    most = [
        MissedTarget(
            agency_fa=row["agency_fa"],
            agency_en=row["agency_en"],
            title_fa=row["title_fa"],
            title_en=row["title_en"],
            value=row["value"],
            target=row["target"],
            unit_fa=row["unit_fa"],
            unit_en=row["unit_en"],
            percent=percent_of(row["points"], row["ceiling"]),
            lost=row["lost"],
        )
        for row in rows
    ]
    return MissedTargets(
        lines=counts["lines"], behind=counts["behind"], not_answered=counts["empty"], most=most
    )


# --- Execution of the Act -----------------------------------------------------------------------

CHAPTERS = (
    (1, 1, 5, _("Definitions")),
    (2, 6, 24, _("Strategies and technology of the Government's tasks")),
    (3, 25, 28, _("Rights of the people")),
    (4, 29, 35, _("Organizational structure")),
    (5, 36, 40, _("Information technology and administrative services")),
    (6, 41, 44, _("Entry into service")),
    (7, 45, 52, _("Employment")),
    (8, 53, 57, _("Appointment and promotion")),
    (9, 58, 63, _("Enabling of employees")),
    (10, 64, 80, _("Salaries and benefits")),
    (11, 81, 83, _("Performance assessment")),
    (12, 84, 94, _("Rights and duties of employees")),
    (13, 95, 113, _("Social security")),
    (
        14,
        114,
        116,
        _("The Supreme Administrative Council and the Council for Management Development"),
    ),
    (15, 117, 128, _("Miscellaneous provisions")),
)
"""Number, first and last article, and title of each chapter of the Civil Service Management Act
(1386).
"""


@dataclass(frozen=True)
class ActChapter:
    """The percent of a chapter of the Act that agencies carried out; None: no measure cites it."""

    number: int
    first: int
    last: int
    title: str | Promise
    measures: int
    lines: int
    percent: Decimal | None


def execution(edition: Edition) -> list[ActChapter]:
    """Return every chapter of the Act with the mean share of the points of the measures that rest
    on it; one query.
    """
    measure = "answer__measure"
    rows = (
        _scores(edition)
        .filter(answer__measure__law=Law.CSMA)
        .values(f"{measure}__article")
        .annotate(
            earned=Sum("points"),
            possible=Sum(f"{measure}__points"),
            lines=Count("pk"),
            measures=Count(f"{measure}__lineage", distinct=True),
        )
    )
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)
    for row in rows:
        found = re.match(r"\d+", latin_digits(row[f"{measure}__article"]).strip())
        article = int(found[0]) if found else 0
        number = next((n for n, first, last, _title in CHAPTERS if first <= article <= last), 0)
        said = (
            row["earned"] or Decimal(0),
            row["possible"],
            Decimal(row["lines"]),
            Decimal(row["measures"]),
        )
        sums[number] = [a + b for a, b in zip(sums[number], said, strict=True)]
    chapters = []
    for number, first, last, title in CHAPTERS:
        earned, possible, lines, measures = sums[number]
        percent = percent_of(earned, possible) if possible else None
        chapters.append(ActChapter(number, first, last, title, int(measures), int(lines), percent))
    return chapters


# --- Provinces ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProvinceResult:
    """The units of one province: how many there are, how many submitted, and what they reached."""

    province: Province
    size: int
    submitted: int
    mean: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None


def provinces(standings: Iterable[Standing]) -> list[ProvinceResult]:
    """Sum up each province from one standing an agency, the highest mean first; no query."""
    units: dict[int, list[Standing]] = defaultdict(list)
    for s in standings:
        if s.participation.province_id:
            units[s.participation.province_id].append(s)

    found = []
    for own in units.values():
        province = own[0].participation.province
        assert province is not None
        percents = [s.percent for s in own if s.submitted]
        found.append(
            ProvinceResult(
                province=province,
                size=len(own),
                submitted=len(percents),
                mean=mean(percents),
                lowest=min(percents, default=None),
                highest=max(percents, default=None),
            )
        )
    return sorted(found, key=lambda p: (p.mean is None, -(p.mean or 0), p.province.code))


# --- Validity -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Validity:
    """Whether agencies that the public or the outside world finds good score high on everything
    else: -1 to 1.
    """

    title_fa: str
    title_en: str
    agencies: int
    correlation: Decimal | None

    @property
    def title(self) -> str:
        return local_name(self.title_fa, self.title_en)


def validity(edition: Edition, standings: Iterable[Standing]) -> list[Validity]:
    """Compute Pearson's correlation over agencies of each outside survey's percent with the percent
    of all other points.

    None of fewer than ten agencies, or where either does not vary; one query.
    """
    totals = {s.submission_id: s for s in standings if s.submitted}
    measure = "answer__measure"
    rows = (
        _scores(edition)
        .filter(answer__measure__method="survey", points__isnull=False)
        .order_by(f"{measure}__code", "pk")
        .values(
            "points",
            lineage=F(f"{measure}__lineage"),
            title_fa=F(f"{measure}__title_fa"),
            title_en=F(f"{measure}__title_en"),
            submission=F("answer__submission"),
            ceiling=F(f"{measure}__points"),
        )
    )
    pairs: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        standing = totals.get(row["submission"])
        points, ceiling = row["points"], row["ceiling"]
        if standing is not None and points is not None and standing.ceiling > ceiling:
            percent = float(points * 100 / ceiling)
            rest = float((standing.total - points) * 100 / (standing.ceiling - ceiling))
            measured = str(row["lineage"]), row["title_fa"], row["title_en"]
            pairs[measured].append((percent, rest))

    return [
        Validity(title_fa, title_en, len(own), _correlation(own))
        for (_lineage, title_fa, title_en), own in pairs.items()
    ]


def _correlation(pairs: list[tuple[float, float]]) -> Decimal | None:
    if len(pairs) < FEWEST_FOR_VALIDITY:
        return None
    try:
        return half_up(Decimal(repr(correlation(*zip(*pairs, strict=True)))), 2)
    except StatisticsError:
        return None
