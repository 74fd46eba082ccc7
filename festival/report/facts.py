"""The facts of the Article 82 report, each with the statements it is read by; the template sets
them, nothing more.

Outline composed after the words of Article 82 (domain notes 3): the calendar actually kept,
coverage, results by group and axis, appeals, and an annex with every agency. What the portal does
not collect yet is said to be so.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Avg, Count, Max, Min, Sum

from appeals.outcomes import queries as outcomes_queries
from appeals.outcomes.queries import Outcomes
from cycles.calendar import Phase
from cycles.models import Entry
from cycles.record import seals
from festival.closing.summary import closing
from festival.duties.timeline import CalendarYear, years
from festival.indices import chapter
from festival.models import Edition, Standing
from festival.report import chapters
from festival.report.contents import (
    AnnexRow,
    AxisResult,
    Declarations,
    Facts,
    GroupResult,
    LevelResult,
    MeasureResult,
)
from festival.report.data_quality import data_quality
from festival.report.figures import Trace
from indicators.models import IndicatorSet, Kind
from indicators.scoring.methods import half_up
from indicators.scoring.statutory_tree import BANDS, LineState
from indicators.workflow import SetState
from submissions.models import SEEN_AFTER_SIGNING, Declaration, Level, NodeScore, Score, Verdict


def gather(edition: Edition, at: datetime) -> Facts:
    """Gather all facts of an edition as of a moment; about thirty queries whatever its size."""
    read = Trace()
    standings = read(
        OF_STANDINGS, lambda: list(Standing.objects.filter(edition=edition).for_list())
    )
    of_agency = {s.participation_id: s for s in standings}
    submitted = [s for s in of_agency.values() if s.submitted]
    bands = Counter(s.band for s in submitted)
    growths = [s.growth for s in submitted if s.growth is not None]
    axes = read(("axes",), _axes, edition)
    percents = read(("groups",), _percents, edition, axes)
    measures = read(("strongest", "weakest"), _measures, edition)
    return Facts(
        edition=edition,
        at=at,
        year=read(("year",), _calendar, edition, at),
        participants=len(of_agency),
        submitted=len(submitted),
        not_submitted=[s for s in of_agency.values() if not s.submitted],
        specific_sets=read(("specific_sets",), _specific_sets, edition),
        lines=read(("lines",), _lines, edition),
        declared=read(("declared",), _declarations, edition),
        mean=chapters.mean([s.percent for s in submitted]),
        mean_growth=chapters.mean(growths),
        grown=sum(1 for g in growths if g > 0),
        fallen=sum(1 for g in growths if g < 0),
        bands=[(band, bands[band.name]) for band in BANDS],
        groups=_groups(standings, percents),
        axes=axes,
        strongest=measures[:5],
        weakest=measures[-5:][::-1],
        appeals=read(("appeals",), _appeals, edition),
        corrected=read(("corrected",), outcomes_queries.correction_totals, edition.cycle),
        soundness=read(("soundness",), data_quality, edition.cycle, at),
        behind=read(("behind",), chapters.behind_target, edition),
        execution=read(("execution",), chapters.execution, edition),
        provinces=chapters.provinces(of_agency.values()),
        validity=read(("validity",), chapters.validity, edition, of_agency.values()),
        closing=read(("closing",), closing, edition.cycle, at),
        indices=read(("indices",), chapter.chapter, edition.cycle.year, at),
        ledger_rows=read(
            ("ledger_rows",), Entry.objects.filter(cycle_id=edition.cycle_id, at__lte=at).count
        ),
        seal=seals.newest(),
        queries=read.queries,
    )


OF_STANDINGS = (
    "participants",
    "submitted",
    "not_submitted",
    "mean",
    "mean_growth",
    "grown",
    "fallen",
    "bands",
    "groups",
    "provinces",
    "validity",
)
"""The facts that are counted from the standings; some take more besides."""


def _calendar(edition: Edition, at: datetime) -> CalendarYear:
    """Return the calendar kept; the festival is dated as soon as its moment is set, for then the
    report is read.
    """
    [year] = years([edition.cycle], at)
    if edition.publish_at is None:
        return year
    moment = edition.publish_at
    phases = (
        replace(k, first=moment, last=moment) if k.phase == Phase.FESTIVAL else k
        for k in year.phases
    )
    return replace(year, phases=tuple(phases))


def _specific_sets(edition: Edition) -> int:
    sets = IndicatorSet.objects.active().filter(
        cycle=edition.cycle, kind=Kind.SPECIFIC, state=SetState.COMMUNICATED
    )
    return sets.count()


def _appeals(edition: Edition) -> Outcomes:
    return outcomes_queries.together(outcomes_queries.filed_in(edition.cycle), edition.cycle)


def _lines(edition: Edition) -> dict[str, int]:
    scores = Score.objects.filter(answer__submission__cycle=edition.cycle, is_current=True).exclude(
        basis=Score.Basis.SELF
    )
    counts = dict(scores.order_by().values_list("state").annotate(Count("id")))
    return {state.value: counts.get(state.value, 0) for state in LineState} | {
        "all": sum(counts.values())
    }


def _declarations(edition: Edition) -> Declarations:
    """Count the declarations of Article 81 that were signed with a self-assessment; two queries."""
    rows = list(
        Declaration.objects.filter(
            submission__cycle=edition.cycle, submission__state__in=SEEN_AFTER_SIGNING
        )
        .select_related("submission__agency")
        .prefetch_related("levels")
        .order_by("submission__agency__code", "pk")
    )
    sums = {level: [0, 0, 0, 0] for level in Level}
    said = []
    for row in rows:
        held = {
            Level(each.level): [each.due, each.assessed, each.forms, each.reports]
            for each in row.levels.all()
        }
        said.append(
            [
                row.submission.agency.code,
                row.statement,
                row.verdict,
                {k.value: v for k, v in held.items()},
            ]
        )
        for level, counts in held.items():
            sums[level] = [a + b for a, b in zip(sums[level], counts, strict=True)]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Declarations(
        count=len(rows),
        confirmed=sum(1 for row in rows if row.verdict == Verdict.ACCEPTED),
        rejected=sum(1 for row in rows if row.verdict == Verdict.REJECTED),
        levels=[LevelResult(level, *counts) for level, counts in sums.items()],
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _groups(
    standings: list[Standing], percents: Mapping[int, list[Decimal | None]]
) -> list[GroupResult]:
    found: dict[int, list[Standing]] = {}
    for s in standings:
        found.setdefault(s.group_id, []).append(s)
    groups = []
    for members in found.values():
        entered = [s for s in members if s.submitted]
        group = members[0].group
        groups.append(
            GroupResult(
                name_fa=group.name_fa,
                name_en=group.name_en,
                province_id=group.province_id,
                size=len(members),
                submitted=len(entered),
                mean=chapters.mean([s.percent for s in entered]),
                best=max((s.percent for s in entered), default=None),
                winners=[s for s in entered if s.place == 1],
                standings=members,
                annex=[AnnexRow(s, percents.get(s.participation.agency_id, [])) for s in members],
            )
        )
    return sorted(groups, key=lambda g: g.province_id is not None)


def _axes(edition: Edition) -> list[AxisResult]:
    rows = (
        NodeScore.objects.filter(
            run=edition.run,
            kind=Kind.GENERAL,
            axis__isnull=False,
            ceiling__gt=0,
            submission__submitted_at__isnull=False,
        )
        .order_by()
        .values("axis__code", "axis__title_fa", "axis__title_en", "axis__position")
        .annotate(
            mean=Avg("percent"), lowest=Min("percent"), highest=Max("percent"), count=Count("id")
        )
    )
    return sorted(
        (
            AxisResult(
                code=r["axis__code"],
                title_fa=r["axis__title_fa"],
                title_en=r["axis__title_en"],
                position=r["axis__position"],
                count=r["count"],
                mean=half_up(r["mean"], 2),
                lowest=half_up(r["lowest"], 2),
                highest=half_up(r["highest"], 2),
            )
            for r in rows
        ),
        key=lambda axis: axis.position,
    )


def _percents(edition: Edition, axes: list[AxisResult]) -> dict[int, list[Decimal | None]]:
    """Read each agency's percent of every axis, in their order, by the agency's key; one query."""
    places = {axis.code: number for number, axis in enumerate(axes)}
    rows = NodeScore.objects.filter(
        run=edition.run, kind=Kind.GENERAL, axis__isnull=False, ceiling__gt=0
    )
    found: dict[int, list[Decimal | None]] = {}
    for agency, code, percent in rows.values_list("submission__agency", "axis__code", "percent"):
        if code in places:
            found.setdefault(agency, [None] * len(axes))[places[code]] = percent
    return found


def _measures(edition: Edition) -> list[MeasureResult]:
    """Rank the general measures by the mean share of their points, the strongest first; not-
    applicable lines are left out.
    """
    scores = Score.objects.filter(
        answer__submission__cycle=edition.cycle,
        answer__submission__submitted_at__isnull=False,
        answer__measure__indicator__axis__set__kind=Kind.GENERAL,
        is_current=True,
        state__in=(LineState.SCORED, LineState.NOT_ANSWERED),
    ).exclude(basis=Score.Basis.SELF)
    rows = (
        scores.order_by()
        .values("answer__measure__code", "answer__measure__title_fa", "answer__measure__title_en")
        .annotate(earned=Sum("points"), possible=Sum("answer__measure__points"), count=Count("id"))
    )
    found = [
        MeasureResult(
            code=r["answer__measure__code"],
            title_fa=r["answer__measure__title_fa"],
            title_en=r["answer__measure__title_en"],
            count=r["count"],
            percent=chapters.percent_of(r["earned"], r["possible"]),
        )
        for r in rows
    ]
    return sorted(found, key=lambda m: (-m.percent, m.code))
