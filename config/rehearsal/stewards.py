"""How a rehearsed year's steward supplies the measures that the agencies
do not answer themselves.
"""

import random
from collections.abc import Container
from datetime import datetime
from decimal import Decimal

from django.core.files.base import ContentFile

from agencies.models import with_roles
from config.rehearsal.people import Cast
from config.rehearsal.walk import Walk
from cycles.calendar import Phase
from submissions.models import Stewardship
from submissions.stewards import actions as stewards
from submissions.stewards import figure_givers, supply
from submissions.stewards.actions import FigureValues

MOMENTS = (0.2, 0.34, 0.48, 0.62, 0.76)
"""Shares of the scoring window at which one measure after another is supplied."""


def supply_all(walk: Walk) -> None:
    """Supply one measure after another on a rehearsal's way; where time stops, the next is half
    entered.
    """
    held = Stewardship.objects.filter(cycle=walk.cycle).select_related(
        "cycle", "measure", "steward"
    )
    for number, one in enumerate(held.order_by("pk")):
        at = walk.within(Phase.SCORING, MOMENTS[number % len(MOMENTS)])
        if walk.now is not None and not walk.is_due(at):
            _enter(one, walk.cast, walk.twins, at=walk.now, half=True)
            return
        _supply(one, walk, at=at)


def _enter(
    held: Stewardship, cast: Cast, twins: Container[int], *, at: datetime, half: bool = False
) -> None:
    """Enter the steward's figures, and as an administrator those that the steward may not give."""
    chance = random.Random(f"steward-{held.cycle.year}-{held.measure.code}")  # noqa: S311 -- the same year each time
    [steward] = with_roles([held.steward])
    by_steward, by_administrator = dict[int, FigureValues](), dict[int, FigureValues]()
    lines = list(stewards.lines_of(held))
    for answer in lines[: len(lines) // 2] if half else lines:
        share = (
            Decimal("0.7") if answer.submission_id in twins else Decimal(chance.gauss(0.68, 0.12))
        )
        percent = (min(max(share, Decimal(0)), Decimal(1)) * 100).quantize(Decimal("0.01"))
        why = figure_givers.why_not_given(answer, steward, by=steward, at=at)
        figure = FigureValues(percent=percent, is_not_applicable=False, note="")
        (by_administrator if why else by_steward)[answer.pk] = figure
    stewards.save_figures(held, by_steward, by=steward, at=at)
    stewards.save_figures(held, by_administrator, by=cast.administrator, at=at)


def _supply(held: Stewardship, walk: Walk, *, at: datetime) -> None:
    """Name the source of a measure's figures, enter them and sign for them."""
    do = lambda: supply.supply(held, by=held.steward, at=at)  # noqa: E731
    walk.require_refusal("supplied without a source", do)
    title = f"گزارش سالانهٔ «{held.measure.title_fa}»"
    paper = ContentFile(f"{held.measure.code} {held.cycle.year}\n".encode(), name="گزارش.txt")
    stewards.cite(held, title=title, document=paper, by=held.steward, at=at)
    walk.require_refusal("supplied without figures", do)
    _enter(held, walk.cast, walk.twins, at=at)
    do()
    walk.count_acts(2)
