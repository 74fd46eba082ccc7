"""A plan as it is worked on: its measures with what holds of them for the agency, the figures, and
what is missing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from agencies.statements import Statement, keys_slot, slot
from cycles.models import Participation
from indicators.attainment import Light, attainment, light
from indicators.models.choices import Direction
from indicators.models.measures import Measure
from indicators.models.plans import Figure, Plan
from indicators.models.sets import Kind
from indicators.models.targets import Bounded, MeasureTarget, asked_of
from indicators.workflow import ReportState

LAST = 4
"""The quarter that ends with the year: its target is the year's, with its value the self-assessment
begins.
"""

WANTED: Mapping[str, str | Promise] = {
    "target": _("“%(measure)s”, quarter %(quarter)s: the target"),
    "actual": _("“%(measure)s”: the actual value"),
    "explanation": _("“%(measure)s”: the explanation of the miss"),
    "forecast": _("“%(measure)s”: the forecast for the year's end"),
}


@dataclass(frozen=True)
class Planned(Bounded):
    """A measure that is asked of the agency and so may be planned, with what holds of it for the
    agency alone.
    """

    measure: Measure
    own: MeasureTarget | None

    @property
    def is_own(self) -> bool:
        """Tell whether it stands in a set of the agency's own, so that it must be planned; general
        measures may be.
        """
        return self.measure.indicator.axis.set.kind != Kind.GENERAL

    @property
    def target(self) -> Decimal | None:
        """Find what the agency is to reach by the end of the year."""
        return self.own.target if self.own and self.own.target is not None else self.measure.target

    @property
    def scoring_params(self) -> dict[str, object]:
        return self.measure.scoring_params | (self.own.scoring_params if self.own else {})

    def falls_short(self, value: Decimal | None) -> bool:
        """Tell whether a value at the year's end would miss the year's target."""
        if value is None or self.target is None:
            return False
        return (
            value > self.target
            if self.measure.direction == Direction.LOWER
            else value < self.target
        )


@dataclass(frozen=True)
class Lack:
    """One thing without which a plan cannot be signed or a quarter not be reported."""

    what: str
    measure: Measure
    quarter: int

    def __str__(self) -> str:
        sentence = gettext(str(WANTED[self.what]))
        return sentence % {"measure": self.measure.title, "quarter": in_locale(self.quarter)}

    @property
    def field(self) -> str:
        """Name the field on the page where it is entered."""
        return field_of(self.what, self.measure.pk, self.quarter)


def field_of(what: str, measure: int, quarter: int) -> str:
    """Name the field of a figure in a form: a plan's say their quarter, a report is of one."""
    return f"{what}-{measure}-{quarter}" if what == "target" else f"{what}-{measure}"


def _measures() -> QuerySet[Measure]:
    """Select those of the measures of an agency's own that are asked, and of general ones those
    that are named; what a steward supplies is planned by nobody.
    """
    is_general = Q(indicator__axis__set__kind=Kind.GENERAL)
    rows = Measure.objects.filter(
        ~is_general | Q(pk__in=keys_slot("named")), pk__in=keys_slot("keys")
    )
    rows = rows.exclude(method="steward").for_list()
    return rows.select_related(None).select_related("indicator__axis__set")


MEASURES: Statement[Measure] = Statement(_measures)
PARTICIPATION: Statement[Participation] = Statement(
    lambda: Participation.objects.filter(pk=slot("pk")).select_related("agency")
)
OWN_TARGETS: Statement[MeasureTarget] = Statement(
    lambda: MeasureTarget.objects.filter(pk__in=keys_slot("keys"))
)
FIGURES: Statement[Figure] = Statement(
    lambda: Figure.objects.filter(plan=slot("plan")).order_by("pk")
)


class Sheet:
    """A plan with its measures, own ones first, and their figures; a fixed number of queries for
    any number of them.

    Where `only` names measures, general ones that neither it names nor the plan has figures of are
    left out: an act on a few measures need not read the whole catalogue.
    """

    def __init__(self, plan: Plan, only: Iterable[int] | None = None) -> None:
        self.plan = plan
        [participation] = PARTICIPATION.fetch(pk=plan.participation_id)
        asked = asked_of(plan.cycle_id, [participation])[participation.pk]
        rows = OWN_TARGETS.fetch(keys=[key for key in asked.values() if key])
        own = {row.pk: row for row in rows}
        figures = [f for f in FIGURES.fetch(plan=plan.pk) if f.measure_id in asked]
        named = asked if only is None else {*only, *(f.measure_id for f in figures)}
        measures = MEASURES.fetch(keys=list(asked), named=list(named))
        planned = [Planned(m, own.get(asked[m.pk] or 0)) for m in measures]
        self.planned = sorted(planned, key=lambda p: not p.is_own)
        self.by_key = {p.measure.pk: p for p in self.planned}
        self.figures: dict[tuple[int, int], Figure] = {}
        for figure in figures:
            if figure.measure_id in self.by_key:
                figure.measure = self.by_key[figure.measure_id].measure
                self.figures[figure.measure_id, figure.quarter] = figure

    def figure(self, measure: int, quarter: int) -> Figure:
        """Find the figure of a measure in a quarter; an empty one where nothing has been
        entered.
        """
        found = self.figures.get((measure, quarter))
        return found or Figure(
            plan=self.plan, measure=self.by_key[measure].measure, quarter=quarter
        )

    def of_quarter(self, quarter: int) -> list[Figure]:
        return [self.figure(p.measure.pk, quarter) for p in self.planned]

    @property
    def lacks_of_plan(self) -> list[Lack]:
        """List the targets without which the plan cannot be signed: every quarter of every measure
        of the agency's own.
        """
        lacks = []
        for planned in self.planned:
            for quarter in self.plan.quarters if planned.is_own else ():
                if self.figure(planned.measure.pk, quarter).target is None:
                    lacks.append(Lack("target", planned.measure, quarter))
        return lacks

    def lacks_of(self, quarter: int) -> list[Lack]:
        """List what a quarter's report still needs: an actual value wherever there is a target, the
        explanation of every miss, and a forecast of every measure of the agency's own, but of the
        last quarter, which ends the year.
        """
        found = []
        for planned in self.planned:
            figure = self.figure(planned.measure.pk, quarter)
            if figure.target is not None and figure.actual is None:
                found.append(Lack("actual", planned.measure, quarter))
            if figure.is_missed and not figure.explanation.strip():
                found.append(Lack("explanation", planned.measure, quarter))
            if planned.is_own and figure.forecast is None and quarter < LAST:
                found.append(Lack("forecast", planned.measure, quarter))
        return found

    @property
    def differing(self) -> list[Planned]:
        """List the measures whose target for the last quarter is not the year's: allowed, but
        said.
        """
        return [
            p
            for p in self.planned
            if (end := self.figure(p.measure.pk, LAST).target) is not None
            and p.target is not None
            and end != p.target
        ]


def digest(figures: Iterable[Figure], *names: str) -> str:
    """Compute the SHA-256 of what is signed: fields of the figures, by measure and quarter."""
    rows: list[list[object]] = []
    for f in sorted(figures, key=lambda f: (f.measure_id, f.quarter)):
        rows.append([f.measure_id, f.quarter, *(_plain(getattr(f, name)) for name in names)])
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Decimal | str | None) -> str | None:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def lights_of(plans: Iterable[Plan]) -> dict[int, Counter[Light]]:
    """Count by the plan's key how many figures of its newest reported quarter have which light; one
    query for all plans.
    """
    newest: dict[int, int] = {}
    for plan in plans:
        for report in plan.reports.all():
            if report.state == ReportState.REPORTED:
                newest[plan.pk] = max(report.quarter, newest.get(plan.pk, 0))
    lights: dict[int, Counter[Light]] = {}
    rows = Figure.objects.filter(
        plan__in=newest, target__isnull=False, actual__isnull=False
    ).order_by("pk")
    for key, quarter, actual, target, direction in rows.values_list(
        "plan_id", "quarter", "actual", "target", "measure__direction"
    ):
        if quarter == newest[key]:
            percent = attainment(actual, target, less_is_better=direction == Direction.LOWER)
            lights.setdefault(key, Counter())[light(percent)] += 1
    return lights
