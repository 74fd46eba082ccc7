"""Places within a group: by percent rounded once to 2 places, ties share a place (1, 1, 3), non-submitters last."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from indicators.methods import SHOWN_PLACES, half_up


@dataclass(frozen=True)
class Entrant:
    """One agency in one group; `percent` is exact, of its applicable points."""

    key: int
    group: int
    percent: Decimal
    submitted: bool


@dataclass(frozen=True)
class Place:
    key: int
    group: int
    percent: Decimal
    place: int


def places(entrants: Iterable[Entrant]) -> list[Place]:
    """The place of every entrant in its group; the order of input does not matter.

    >>> [p.place for p in places([Entrant(1, 1, Decimal("80.001"), True), Entrant(2, 1, Decimal("80.004"), True)])]
    [1, 1]
    """
    groups: dict[int, list[tuple[bool, Decimal, int]]] = {}
    for e in entrants:
        shown = half_up(e.percent, SHOWN_PLACES) if e.submitted else Decimal("0.00")
        groups.setdefault(e.group, []).append((e.submitted, shown, e.key))
    found = []
    for group, members in sorted(groups.items()):
        ranked = sorted(members, key=lambda m: (not m[0], -m[1], m[2]))
        first: dict[tuple[bool, Decimal], int] = {}
        for position, (submitted, percent, key) in enumerate(ranked, start=1):
            place = first.setdefault((submitted, percent), position)
            found.append(Place(key=key, group=group, percent=percent, place=place))
    return found
