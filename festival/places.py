"""Places within a group: by percent rounded once to 2 places, ties by the year's rule, who did not
submit last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from indicators.scoring.methods import SHOWN_PLACES, half_up


class Ranking(TextChoices):
    """By what the agencies of a group are placed."""

    TOTAL = "total", _("All indicators")
    GENERAL = "general", _("General indicators")
    SPECIFIC = "specific", _("Specific indicators")
    THEMATIC = "thematic", _("Thematic indicators")
    GROWTH = "growth", _("Growth on last year")


@dataclass(frozen=True)
class Entrant:
    """One agency in one group; `percent` is exact, of its applicable points, or growth in
    percentage points.

    `then` is what parts equal percents, the first before the second, where the cycle's rule parts
    them.
    """

    key: int
    group: int
    percent: Decimal
    submitted: bool
    then: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Place:
    key: int
    group: int
    percent: Decimal
    place: int


def places(entrants: Iterable[Entrant]) -> list[Place]:
    """Place every entrant in its group; the order of input does not matter.

    >>> one = Entrant(1, 1, Decimal("80.001"), True)
    >>> other = Entrant(2, 1, Decimal("80.004"), True)
    >>> [p.place for p in places([one, other])]
    [1, 1]
    """
    groups: dict[int, list[tuple[bool, tuple[Decimal, ...], int]]] = {}
    for e in entrants:
        percents = (e.percent, *e.then) if e.submitted else (Decimal(0),)
        shown = tuple(half_up(p, SHOWN_PLACES) for p in percents)
        groups.setdefault(e.group, []).append((e.submitted, shown, e.key))
    found = []
    for group, members in sorted(groups.items()):
        ranked = sorted(members, key=lambda m: (not m[0], [-p for p in m[1]], m[2]))
        first: dict[tuple[bool, tuple[Decimal, ...]], int] = {}
        for position, (submitted, percents, key) in enumerate(ranked, start=1):
            place = first.setdefault((submitted, percents), position)
            found.append(Place(key=key, group=group, percent=percents[0], place=place))
    return found
