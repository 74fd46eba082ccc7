"""What every stage of a rehearsed year uses: its clock and its counts."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from agencies.models import Agency, User
from config.rehearsal.people import Cast
from cycles.calendar import Phase
from cycles.models import Cycle, Entry, Window
from cycles.workflow import Refused
from festival.models import Edition

T = TypeVar("T")


@dataclass
class Walk:
    """A year being walked: counts the acts done, and requires the refusal of those that are not
    allowed.
    """

    cast: Cast
    year: int
    seed: int = 82
    preset: str = "statutory_gregorian"
    say: Callable[[str], None] = print
    now: datetime | None = None  # nothing dated later is done: where a demonstration stands
    late: timedelta = (
        timedelta()
    )  # how long after its time the authority communicates the indicators
    acts: int = 0
    refusals: int = 0
    faults: list[str] = field(default_factory=list)

    # set by the stages, for those that follow
    cycle: Cycle = field(init=False, repr=False, compare=False)
    agencies: list[Agency] = field(init=False, repr=False, compare=False)
    twins: set[int] = field(init=False, repr=False, compare=False)
    edition: Edition = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.random = random.Random(f"{self.seed}-{self.year}")  # noqa: S311 -- the same year each time, no secret
        self.skill = {pk: self.random.gauss(0.72, 0.10) for pk in sorted(self.cast.staff)}
        self.rows_before = Entry.objects.count()

    def within(
        self, phase: Phase, share: float, agency: Agency | None = None, quarter: int = 1
    ) -> datetime:
        """Find the moment at a share (0 to 1) of a phase's window, of the first of several unless
        another is asked for.
        """
        window = Window.objects.get(
            cycle=self.cycle, phase=phase, agency=agency, quarter__in=(0, quarter)
        )
        return window.opens_at + (window.closes_at - window.opens_at) * share

    def is_due(self, at: datetime) -> bool:
        return self.now is None or at <= self.now

    def spread(
        self, items: Sequence[T], phase: Phase, first: float, last: float, quarter: int = 1
    ) -> Iterator[tuple[T, datetime]]:
        """Spread items evenly over a part of a phase's window, each with its moment, until now."""
        opens, closes = (self.within(phase, share, quarter=quarter) for share in (0, 1))
        for number, item in enumerate(items):
            at = opens + (closes - opens) * (first + (last - first) * number / len(items))
            if not self.is_due(at):
                return
            yield item, at

    def count_acts(self, count: int = 1) -> None:
        self.acts += count

    def require_refusal(self, what: str, act: Callable[[], object]) -> None:
        """Try an act that is not allowed; anything but a refusal is a fault."""
        try:
            act()
        except Refused:
            self.refusals += 1
        else:
            self.faults.append(f"{what}: should have been refused")

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        before, refusals, began = self.acts, self.refusals, time.monotonic()
        yield
        met = f"{self.refusals - refusals:>3} refusals required and met"
        self.say(
            f"  {name:<18} {self.acts - before:>6} acts  {met}  {time.monotonic() - began:>6.1f} s"
        )

    def _any_head(self) -> User:
        return next(iter(self.cast.heads.values()))
