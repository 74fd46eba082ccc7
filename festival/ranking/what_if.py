"""How sure the places of one group are, and where its agencies would stand under other weights: for
the secretariat.

What is tried here is nowhere kept and cannot be published. The figures come from `uncertainty.py`,
the places from `places.py` under the year's own rule for ties.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Q

from agencies.persian import local_name
from cycles.models import Group, TieRule
from festival.models import Edition, Standing
from festival.places import Entrant, places
from festival.ranking import uncertainty
from festival.ranking.standings import LEAST_GROWTH
from festival.ranking.uncertainty import Axes, MeasuredPercent, PlaceInterval
from indicators.models import Kind
from indicators.scoring.methods import ONE, SHOWN_PLACES, ZERO, half_up, round_to_decimal
from submissions.models import Answer, Mark, NodeScore, Score
from submissions.workflow import BlockState

WHOLE = (Kind.SPECIFIC, Kind.THEMATIC)
"""Kinds that weigh as one: their axes differ from agency to agency."""


@dataclass(frozen=True)
class Part:
    """A general axis, or a kind as a whole, whose weight may be changed."""

    key: str
    title: str


@dataclass(frozen=True)
class ReweighedStanding:
    """One agency's standing with what is not sure of it, and where it would stand."""

    standing: Standing
    interval: PlaceInterval | None
    best: int
    worst: int
    percent: Decimal
    place: int


@dataclass(frozen=True)
class Trial:
    """The group as it would stand; `error` is the standard deviation of one mark in percent of the
    ceiling.
    """

    parts: list[Part]
    rows: list[ReweighedStanding]
    error: Decimal | None
    lines_marked_twice: int


@dataclass(frozen=True)
class RankedGroup:
    """One group of an edition: its standings by submission, their sums, and what may weigh more or
    less.
    """

    edition: Edition
    group: Group
    standings: dict[int, Standing]
    nodes: list[NodeScore]

    @property
    def parts(self) -> list[Part]:
        """List the general axes in their order, then the other kinds of which anybody in the group
        has lines.
        """
        axes = {n.axis.code: n.axis for n in self.nodes if n.axis and n.kind == Kind.GENERAL}
        found = [
            Part(axis.code, local_name(axis.title_fa, axis.title_en))
            for axis in sorted(axes.values(), key=lambda axis: (axis.position, axis.code))
        ]
        kinds = {n.kind for n in self.nodes if n.axis is None}
        return found + [Part(kind.value, str(kind.label)) for kind in WHOLE if kind in kinds]


def ranked_group(edition: Edition, group: Group) -> RankedGroup:
    """Read the agencies of a group that submitted; two queries for any number of them."""
    rows = Standing.objects.filter(edition=edition, group=group, submitted=True).for_list()
    standings = {s.submission_id: s for s in rows if s.submission_id}
    nodes = NodeScore.objects.filter(run=edition.run_id, submission__in=list(standings))
    nodes = nodes.filter(Q(kind=Kind.GENERAL) | Q(kind__in=WHOLE, axis=None)).select_related("axis")
    return RankedGroup(edition, group, standings, list(nodes))


def trial(known: RankedGroup, *, factors: Mapping[str, Decimal], weights: int) -> Trial:
    """Try other weights on a group, each part multiplied by its factor, and find the band of places
    under ± `weights` percent on each part; two queries for any number of agencies.
    """
    parts, standings = known.parts, known.standings
    error, twice = _error(known.edition)
    told = None if error is None else round_to_decimal(error * 100, SHOWN_PLACES)
    ties = _ties(known)
    axes = _axes(known.nodes, parts, ties)
    if not axes:
        return Trial(parts, [], told, twice)
    seed = known.edition.pk * 1000 + known.group.pk
    intervals = _intervals(standings, ties, error, seed)
    bands = uncertainty.under_weights(axes, percent=weights, seed=seed)
    percents = uncertainty.percents_under(axes, [factors.get(p.key, ONE) for p in parts])
    entrants = []
    for member, percent in zip(axes, percents, strict=True):
        ties_by = _then(known, standings[member.key], half_up(percent, SHOWN_PLACES))
        entrants.append(Entrant(member.key, 0, percent, submitted=True, then=ties_by))
    placed = {p.key: p for p in places(entrants)}
    rows = []
    for member, (best, worst) in zip(axes, bands, strict=True):
        rows.append(
            ReweighedStanding(
                standing=standings[member.key],
                interval=intervals.get(member.key),
                best=best,
                worst=worst,
                percent=placed[member.key].percent,
                place=placed[member.key].place,
            )
        )
    rows.sort(key=lambda row: (row.place, row.standing.place, row.standing.pk))
    return Trial(parts, rows, told, twice)


def _then(known: RankedGroup, standing: Standing, percent: Decimal) -> tuple[Decimal, ...]:
    """Return the figures that part equal percents, as `standings.Result.entrant` does.

    Specific indicators weigh as one, so that their percent stays; growth is that of the percent
    tried.
    """
    if known.edition.cycle.tie_rule != TieRule.SPECIFIC:
        return ()
    before = None if standing.growth is None else standing.percent - standing.growth
    growth = None if before is None else percent - before
    return tuple(LEAST_GROWTH if p is None else p for p in (standing.specific_percent, growth))


def _ties(known: RankedGroup) -> dict[int, int]:
    """Return the order of agencies with equal percents, by submission, the larger first."""
    then = [_then(known, standing, ZERO) for standing in known.standings.values()]
    return dict(zip(known.standings, uncertainty.standing_of_ties(then), strict=True))


def _axes(nodes: list[NodeScore], parts: list[Part], ties: Mapping[int, int]) -> list[Axes]:
    """Return the points and ceilings of each submission by part, with its order in `ties`."""
    held: dict[int, dict[str, NodeScore]] = defaultdict(dict)
    for node in nodes:
        if node.axis is not None or node.kind in WHOLE:
            held[node.submission_id][node.axis.code if node.axis else node.kind] = node
    found = []
    for key, before in ties.items():
        own = [held[key].get(part.key) for part in parts]
        points = tuple(node.points if node else ZERO for node in own)
        ceilings = tuple(node.ceiling if node else ZERO for node in own)
        found.append(Axes(key, points, ceilings, before))
    return found


def _error(edition: Edition) -> tuple[float | None, int]:
    """Estimate the standard deviation of one mark as a share, from the lines of the year that two
    assessors have marked.
    """
    marks = Mark.objects.filter(
        block__cycle=edition.cycle_id, block__state=BlockState.HANDED_IN, points__isnull=False
    )
    twice = (
        marks.order_by()
        .values("answer")
        .annotate(
            readers=Count("pk"),
            most=Max("points"),
            least=Min("points"),
            ceiling=Max("answer__measure__points"),
        )
        .filter(readers=2)
        .values_list("most", "least", "ceiling")
    )
    differences = [float((most - least) / ceiling) for most, least, ceiling in twice]
    return uncertainty.error_of_a_mark(differences), len(differences)


def _intervals(
    standings: Mapping[int, Standing], ties: Mapping[int, int], error: float | None, seed: int
) -> dict[int, PlaceInterval]:
    """Return the intervals by submission; none where no line was marked twice or the group is too
    small.
    """
    if error is None:
        return {}
    lines: dict[int, list[tuple[float, int]]] = defaultdict(list)
    marked = Answer.objects.filter(
        submission__in=list(standings), scores__is_current=True, scores__basis=Score.Basis.AGREED,
        scores__points__isnull=False, measure__is_pilot=False,
    )  # fmt: skip
    counted = marked.annotate(
        readers=Count("marks", filter=Q(marks__points__isnull=False)), ceiling=F("measure__points")
    )
    for submission, ceiling, readers in counted.order_by("pk").values_list(
        "submission_id", "ceiling", "readers"
    ):
        if readers:
            lines[submission].append((float(ceiling), readers))
    members = [
        MeasuredPercent(
            key=key,
            percent=float(s.percent),
            error=uncertainty.error_of_a_percent(lines[key], float(s.ceiling), error),
            place=s.place,
            before=ties[key],
        )
        for key, s in standings.items()
    ]
    return {found.key: found for found in uncertainty.place_intervals(members, seed=seed) or ()}
