"""What the Article 82 report tells: its facts, and how they are read from one another."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agencies.persian import local_name
from appeals.outcomes.queries import CorrectionTotals, Outcomes
from cycles.models import Seal
from festival.closing.summary import Closing
from festival.duties.sentences import sentence
from festival.duties.timeline import CalendarYear
from festival.indices.chapter import Chapter
from festival.models import Edition, Standing
from festival.report.chapters import ActChapter, MissedTargets, ProvinceResult, Validity
from festival.report.data_quality import DataQuality
from indicators.scoring.methods import half_up
from indicators.scoring.statutory_tree import BANDS, Band
from submissions.models import Level

GROUPS_IN_SUMMARY, WINNERS_IN_SUMMARY = 8, 3
"""What fits on the first page of the summary; the rest stands in the chapters."""


@dataclass(frozen=True)
class AxisResult:
    """The agencies' percents on an axis, without those to whom it does not apply."""

    code: str
    title_fa: str
    title_en: str
    position: int
    count: int
    mean: Decimal
    lowest: Decimal
    highest: Decimal

    @property
    def title(self) -> str:
        return local_name(self.title_fa, self.title_en)


@dataclass(frozen=True)
class MeasureResult:
    """The share of a measure's points that the agencies attained together."""

    code: str
    title_fa: str
    title_en: str
    count: int
    percent: Decimal

    @property
    def title(self) -> str:
        return local_name(self.title_fa, self.title_en)


@dataclass(frozen=True)
class AnnexRow:
    """An agency in the annex: where it stands, and its percent of each axis, None where the axis
    does not apply.
    """

    standing: Standing
    percents: list[Decimal | None]


@dataclass(frozen=True)
class GroupResult:
    """A group and its members; one of a province names it."""

    name_fa: str
    name_en: str
    province_id: int | None
    size: int
    submitted: int
    mean: Decimal | None
    best: Decimal | None
    winners: list[Standing]
    standings: list[Standing]
    annex: list["AnnexRow"]

    @property
    def name(self) -> str:
        return local_name(self.name_fa, self.name_en)

    @property
    def first_winners(self) -> list[Standing]:
        return self.winners[:WINNERS_IN_SUMMARY]

    @property
    def further_winners(self) -> int:
        return len(self.winners[WINNERS_IN_SUMMARY:])

    @property
    def bands(self) -> list[int]:
        """Count the agencies in each band, in the order of BANDS."""
        counts = Counter(s.band for s in self.standings if s.submitted)
        return [counts[band.name] for band in BANDS]


@dataclass(frozen=True)
class LevelResult:
    """One level of Article 81 over all agencies that declared it: how many were due, were assessed,
    and by what.
    """

    level: Level
    due: int
    assessed: int
    forms: int
    reports: int

    @property
    def percent(self) -> Decimal | None:
        """Return the percent of those due that were assessed; None where none was due."""
        return half_up(Decimal(self.assessed) * 100 / self.due, 2) if self.due else None


@dataclass(frozen=True)
class Declarations:
    """The declarations of Article 81; `digest` names the very rows that were added up."""

    count: int
    confirmed: int
    rejected: int
    levels: list[LevelResult]
    digest: str

    @property
    def unjudged_count(self) -> int:
        return self.count - self.confirmed - self.rejected


@dataclass(frozen=True)
class Facts:
    edition: Edition
    at: datetime
    year: CalendarYear
    participants: int
    submitted: int
    not_submitted: list[Standing]
    specific_sets: int
    lines: Mapping[str, int]
    declared: Declarations
    mean: Decimal | None
    mean_growth: Decimal | None
    grown: int
    fallen: int
    bands: list[tuple[Band, int]]
    groups: list[GroupResult]
    axes: list[AxisResult]
    strongest: list[MeasureResult]
    weakest: list[MeasureResult]
    appeals: Outcomes
    corrected: CorrectionTotals
    soundness: DataQuality
    behind: MissedTargets
    execution: list[ActChapter]
    provinces: list[ProvinceResult]
    validity: list[Validity]
    closing: Closing
    indices: Chapter
    ledger_rows: int
    seal: Seal | None
    queries: Mapping[str, list[str]]

    @property
    def leading_groups(self) -> list[GroupResult]:
        """Return the groups on the first page: the national ones, or the first of the provinces'
        where there are no others.
        """
        national = [g for g in self.groups if g.province_id is None]
        return (national or self.groups)[:GROUPS_IN_SUMMARY]

    @property
    def further_groups(self) -> int:
        return len(self.groups) - len(self.leading_groups)

    @property
    def lateness(self) -> list[str]:
        """Say which duties are late, each in a sentence without its full stop."""
        return [sentence(duty) for duty in self.year.duties if duty.lates]

    @property
    def weakest_axis(self) -> AxisResult | None:
        return min(self.axes, key=lambda a: (a.mean, a.position), default=None)

    @property
    def below_average(self) -> int:
        """Count the agencies that submitted and stand in the lowest band."""
        return self.bands[-1][1]
