"""Where the country stands in the indices that are followed: what the register holds, as position
and progress.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from cycles.calendar import day_of
from festival.countries import HOME
from festival.indices.comparison import (
    VALUE,
    Gap,
    Place,
    Progress,
    Scores,
    Series,
    gain,
    gap,
    holder,
    median,
    percentile,
    place_of,
    progress,
    span,
    within,
)
from festival.models import Index, IndexEdition, IndexValue, Region
from indicators.scoring.methods import round_to_decimal

YEARS = 5
"""Over so many years, at the least where the register holds them, the rate of progress is taken."""


@dataclass(frozen=True)
class Change:
    """The gain in score since the edition before in which the country has one; more than zero is
    for the better.
    """

    since: int
    gain: Decimal


@dataclass(frozen=True)
class Goal:
    """The Vision target: how many places are lacking to it, and the score that it takes now with
    what is lacking.
    """

    region: Region | None
    places: int | None
    score: Decimal | None
    gap: Gap | None


@dataclass(frozen=True)
class Position:
    """One index: its newest edition, what it says of the country, and what follows in comparison
    with others.

    `value` is None where nothing is known of the country in that edition. `held` is the newest
    edition that covers it, `at` its value there; the rest is of `held`. `place` is the publisher's
    rank, or reckoned from the scores.
    """

    index: Index
    edition: IndexEdition | None
    value: IndexValue | None
    held: IndexEdition | None
    at: IndexValue | None
    place: Place | None
    is_reckoned: bool
    ranked: int | None
    region: Region | None
    region_place: Place | None
    better_than: Decimal | None
    change: Change | None
    progress: Progress | None
    region_progress: Progress | None
    goal: Goal | None
    line: Sequence[tuple[int, Decimal]]

    @property
    def is_not_covered(self) -> bool:
        """Say whether the newest edition says that it does not cover the country."""
        return self.value is not None and self.value.state == IndexValue.State.NOT_COVERED


def positions(
    indices: Iterable[Index],
    region: Region | None,
    *,
    upto: int | None = None,
    at: datetime | None = None,
) -> list[Position]:
    """Return the country's position in each index, as known at a moment up to a Gregorian year.

    Three queries for any number of indices, years and countries.
    """
    indices = list(indices)
    known = Q() if upto is None else Q(year__lte=upto)
    if at is not None:
        today = day_of(at)
        known &= Q(published_on=None) | Q(published_on__lte=today)
    rows = list(
        IndexEdition.objects.current().filter(known, index__in=indices).order_by("year", "pk")
    )
    editions: dict[int, dict[int, IndexEdition]] = {}
    for edition in rows:
        editions.setdefault(edition.index_id, {})[edition.year] = edition
    keys = [edition.pk for edition in rows]
    own = {v.edition_id: v for v in IndexValue.objects.of_home().filter(edition__in=keys)}
    ends: set[int] = set()
    for of_index in editions.values():
        ends.update(_ends(of_index, own))
    scores: dict[int, dict[str, Decimal]] = {}
    for value in IndexValue.objects.filter(edition__in=ends):
        if value.score is not None:
            scores.setdefault(value.edition_id, {})[value.country] = value.score
    return [_position(index, region, editions.get(index.pk, {}), own, scores) for index in indices]


def _line(
    editions: dict[int, IndexEdition], own: dict[int, IndexValue]
) -> list[tuple[int, Decimal]]:
    """List the years in which the country has a score, each with it."""
    line = []
    for year, edition in editions.items():
        value = own.get(edition.pk)
        if value is not None and value.score is not None:
            line.append((year, value.score))
    return line


def _ends(editions: dict[int, IndexEdition], own: dict[int, IndexValue]) -> list[int]:
    """List the editions of which every country is needed: the newest with a score, and the one it
    is compared with.
    """
    years = [year for year, _score in _line(editions, own)]
    return [editions[year].pk for year in (span(years, YEARS) or years[-1:])]


def _position(
    index: Index,
    region: Region | None,
    editions: dict[int, IndexEdition],
    own: dict[int, IndexValue],
    scores: dict[int, dict[str, Decimal]],
) -> Position:
    higher = index.is_higher_better
    newest = editions[max(editions)] if editions else None
    held = _newest_covering(editions, own)
    value = own[held.pk] if held else None
    line = _line(editions, own)
    series: Series = {year: scores.get(e.pk, {}) for year, e in editions.items() if e.pk in scores}
    now: Scores = series.get(held.year, {}) if held else {}
    reckoned = place_of(now, HOME, higher=higher)
    ranked = value.rank if value else None
    region_place = region_progress = None
    if region is not None:
        among = frozenset(region.countries) | {HOME}
        region_place = place_of(now, HOME, higher=higher, among=among)
        region_progress = progress(series, HOME, years=YEARS, higher=higher, among=among)
    return Position(
        index=index,
        edition=newest,
        value=own.get(newest.pk) if newest else None,
        held=held,
        at=value,
        place=_published_place(held, ranked) or reckoned,
        is_reckoned=ranked is None and reckoned is not None,
        ranked=ranked or (reckoned.place if reckoned else None),
        region=region,
        region_place=region_place,
        better_than=percentile(now, HOME, higher=higher),
        change=_change(line, held, higher=higher),
        progress=progress(series, HOME, years=YEARS, higher=higher),
        region_progress=region_progress,
        goal=_goal(index, held, value, now),
        line=line,
    )


def _newest_covering(
    editions: dict[int, IndexEdition], own: dict[int, IndexValue]
) -> IndexEdition | None:
    covering = [
        edition
        for edition in editions.values()
        if edition.pk in own and own[edition.pk].state == IndexValue.State.PUBLISHED
    ]
    return covering[-1] if covering else None


def _published_place(held: IndexEdition | None, rank: int | None) -> Place | None:
    """Return the publisher's rank among its countries; None where either is not known."""
    if held is None or not rank or not held.country_count:
        return None
    return Place(rank, held.country_count)


def _change(
    line: Sequence[tuple[int, Decimal]], held: IndexEdition | None, *, higher: bool
) -> Change | None:
    """Return the gain over the score before; None where the newest edition has no score."""
    if held is None or len(line) < 2 or line[-1][0] != held.year:
        return None
    (since, before), (_year, after) = line[-2:]
    return Change(since, gain(before, after, higher=higher))


def _goal(
    index: Index, held: IndexEdition | None, value: IndexValue | None, now: Scores
) -> Goal | None:
    """Return the way to the Vision target; a place takes the score of its present holder."""
    if index.vision_year is None:
        return None
    higher, region = index.is_higher_better, index.vision_region
    among: Collection[str] | None = frozenset(region.countries) | {HOME} if region else None
    compared = within(now, among)
    target, places = index.vision_score, None
    if index.vision_rank is not None and (place := place_of(now, HOME, higher=higher, among=among)):
        places = place.place - index.vision_rank
        target = (
            target if target is not None else holder(compared, index.vision_rank, higher=higher)
        )
    if target is None or held is None or value is None or value.score is None:
        return Goal(region, places, target, None)
    return Goal(
        region,
        places,
        target,
        gap(value.score, target, higher=higher, year=held.year, by=index.vision_year),
    )


# --- One index over the years -------------------------------------------------------------------


@dataclass(frozen=True)
class EditionFigures:
    """One edition of an index: what it says of the country, and the medians of its region and of
    all countries.
    """

    edition: IndexEdition
    value: IndexValue | None
    place: Place | None
    world: Decimal | None
    region: Decimal | None
    covered: int

    @property
    def is_reckoned(self) -> bool:
        """Say whether the place is not the publisher's own."""
        return self.place is not None and (self.value is None or self.value.rank is None)


def all_editions(index: Index) -> tuple[list[IndexEdition], dict[int, dict[str, IndexValue]]]:
    """Read all editions of an index, superseded ones too, newest first, and the values of each; two
    queries.
    """
    editions = list(IndexEdition.objects.filter(index=index).for_list())
    values: dict[int, dict[str, IndexValue]] = {}
    for value in IndexValue.objects.filter(edition__index=index):
        values.setdefault(value.edition_id, {})[value.country] = value
    return editions, values


def years(
    index: Index,
    region: Region | None,
    editions: Iterable[IndexEdition],
    values: dict[int, dict[str, IndexValue]],
) -> list[EditionFigures]:
    """Return each edition with the country's value and the medians, in the order of the
    editions.
    """
    found, higher = [], index.is_higher_better
    among = frozenset(region.countries) | {HOME} if region else frozenset()
    for edition in editions:
        held = values.get(edition.pk, {})
        scores = {c: v.score for c, v in held.items() if v.score is not None}
        own = held.get(HOME)
        rank, count = (own.rank if own else None), edition.country_count
        found.append(
            EditionFigures(
                edition=edition,
                value=own,
                place=Place(rank, count or 0) if rank else place_of(scores, HOME, higher=higher),
                world=_median(scores),
                region=_median(within(scores, among)),
                covered=len(scores),
            )
        )
    return found


def _median(scores: Scores) -> Decimal | None:
    """Return the median score; None where fewer than two countries are covered, for it would be one
    country's own.
    """
    middle = median(scores.values()) if len(scores) > 1 else None
    return None if middle is None else round_to_decimal(middle, VALUE)
