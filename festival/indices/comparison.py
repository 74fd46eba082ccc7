"""Where a country stands in an index and how fast it moves, compared with others; pure functions
over published scores.

Scores are taken as published, by the letters of the country; who is not covered is not among them.
Rank and score are kept apart, for a rank moves with the number of countries. What cannot be said is
None, never zero.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from indicators.scoring.methods import round_to_decimal

Scores = Mapping[str, Decimal]
Series = Mapping[int, Scores]

VALUE, PERCENT = 8, 2
"""Places to which values and percents are rounded, once."""


@dataclass(frozen=True)
class Place:
    """A place among so many countries."""

    place: int
    of: int


@dataclass(frozen=True)
class Progress:
    """The rate of progress from the year `first` to the year `last`, beside `compared` other
    countries.

    `annual` is the country's own, `median` that of all compared with it among them, `excess` the
    one less the other; `faster` the percent of the other countries that progressed faster.
    """

    first: int
    last: int
    annual: Decimal
    median: Decimal | None
    excess: Decimal | None
    faster: Decimal | None
    compared: int


@dataclass(frozen=True)
class Gap:
    """What is lacking to a target score, less than zero where it is passed, and what each year must
    add to reach it.
    """

    lacking: Decimal
    pace: Decimal | None


def within(scores: Scores, among: Collection[str] | None) -> Scores:
    """Keep the scores of these countries, as far as they are covered; None keeps all."""
    return scores if among is None else {c: s for c, s in scores.items() if c in among}


# --- Position -----------------------------------------------------------------------------------


def places(scores: Scores, *, higher: bool) -> dict[str, int]:
    """Place every country: equal scores share a place, and the next stands after all of them (1, 1,
    3).
    """
    found: dict[str, int] = {}
    ordered = sorted(scores.items(), key=lambda item: -item[1] if higher else item[1])
    for position, (country, score) in enumerate(ordered, start=1):
        tied = position > 1 and score == ordered[position - 2][1]
        found[country] = found[ordered[position - 2][0]] if tied else position
    return found


def place_of(
    scores: Scores, country: str, *, higher: bool, among: Collection[str] | None = None
) -> Place | None:
    """Place one country by its score; None where it is not covered or nobody stands beside it."""
    compared = within(scores, among)
    if country not in compared or len(compared) < 2:
        return None
    return Place(places(compared, higher=higher)[country], len(compared))


def percentile(scores: Scores, country: str, *, higher: bool) -> Decimal | None:
    """Return the percent of the other countries that do worse; equals do not."""
    if country not in scores or len(scores) < 2:
        return None
    own = scores[country]
    worse = sum(1 for score in scores.values() if (score < own if higher else score > own))
    return round_to_decimal(Fraction(100 * worse, len(scores) - 1), PERCENT)


def median(values: Iterable[Decimal | Fraction]) -> Fraction | None:
    """Return the middle value, for an even number the mean of the two in the middle."""
    ordered = sorted(Fraction(v) for v in values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def holder(scores: Scores, place: int, *, higher: bool) -> Decimal | None:
    """Return the score of the country at a place, the last one's where there are fewer."""
    ordered = sorted(scores.values(), reverse=higher)
    return ordered[min(place, len(ordered)) - 1] if ordered else None


# --- Progress -----------------------------------------------------------------------------------


def gain(first: Decimal, last: Decimal, *, higher: bool) -> Decimal:
    """Return the change from the first score to the last, more than zero where it is for the
    better.
    """
    return last - first if higher else first - last


def change(series: Series, country: str, years: int, *, higher: bool) -> Decimal | None:
    """Return the gain over exactly so many years up to the country's last score; None where either
    end is missing.
    """
    covered = [year for year, scores in series.items() if country in scores]
    if not covered or country not in series.get(max(covered) - years, {}):
        return None
    return gain(series[max(covered) - years][country], series[max(covered)][country], higher=higher)


def span(covered: Collection[int], years: int) -> tuple[int, int] | None:
    """Return the years from which and to which progress is taken: to the last one covered, from the
    last one at least so many years before it, else from the first; None where fewer than two are
    covered.
    """
    if len(set(covered)) < 2:
        return None
    last = max(covered)
    early = [year for year in covered if year <= last - years]
    return (max(early) if early else min(covered)), last


def progress(
    series: Series, country: str, *, years: int, higher: bool, among: Collection[str] | None = None
) -> Progress | None:
    """Compare a country's rate of progress with that of others.

    A country's rate is its annual change of score in the good direction, (score in `last` - score
    in `first`) / (last - first), with the sign turned where less is better. The excess is that rate
    less the median rate of all countries that are covered at both ends, or of those of them that
    are named. `first` and `last` come from `span`.
    """
    ends = span([year for year, scores in series.items() if country in scores], years)
    if ends is None:
        return None
    first, last = ends
    both = [c for c in within(series[last], among) if c in series[first]]
    rates = {c: _rate(series, c, first, last, higher) for c in {*both, country}}
    own = rates[country]
    others = [rate for c, rate in rates.items() if c != country]
    if not others:
        return Progress(first, last, round_to_decimal(own, VALUE), None, None, None, 0)
    middle = median(rates.values()) or Fraction(0)
    faster = Fraction(100 * sum(1 for rate in others if rate > own), len(others))
    return Progress(
        first=first,
        last=last,
        annual=round_to_decimal(own, VALUE),
        median=round_to_decimal(middle, VALUE),
        excess=round_to_decimal(own - middle, VALUE),
        faster=round_to_decimal(faster, PERCENT),
        compared=len(others),
    )


def _rate(series: Series, country: str, first: int, last: int, higher: bool) -> Fraction:
    return Fraction(gain(series[first][country], series[last][country], higher=higher)) / (
        last - first
    )


def gap(score: Decimal, target: Decimal, *, higher: bool, year: int, by: int) -> Gap:
    """Return the distance in `year` to a target for the year `by`; no pace once it is reached."""
    lacking = gain(score, target, higher=higher)
    if lacking <= 0 or by <= year:
        return Gap(lacking, None)
    return Gap(lacking, round_to_decimal(Fraction(lacking) / (by - year), VALUE))


def points_of(series: Series, country: str) -> Sequence[tuple[int, Decimal]]:
    """List the years in which a country has a score, each with it."""
    return [(year, series[year][country]) for year in sorted(series) if country in series[year]]
