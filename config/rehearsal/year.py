"""One assessment year walked from end to end by people of the right roles, through the same actions
as the pages.

Deterministic: the same agencies and the same seed give the same year. Attainment is realistic (a
mean of 60 to 75 percent, few above 90), two agencies of the largest group tie, some never submit,
and appeals end in every way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from config.rehearsal import awards, closing
from config.rehearsal.design_stages import DesignStages
from config.rehearsal.reporting_stages import ReportingStages
from config.rehearsal.scoring_stages import ScoringStages
from cycles.calendar import PHASES, Phase
from cycles.models import Entry
from cycles.record import audit, seals
from festival.models import Edition
from festival.results import actions as results


@dataclass
class Rehearsal(DesignStages, ReportingStages, ScoringStages):
    """One assessment year, walked stage by stage."""

    def walk(self, until: str, *, after: str = "") -> "Rehearsal":
        """Walk the stages up to and including `until`, from the first or from the one that follows
        `after`.
        """
        stages, begins = self._stages(), beginnings()
        names = list(stages)
        first = names.index(after) + 1 if after else 0
        for name in names[first : names.index(until) + 1]:
            if name in begins and not self.is_due(self.within(*begins[name])):
                break
            with self.phase(name):
                stages[name]()
        return self

    def _stages(self) -> dict[str, Callable[[], None]]:
        """List the stages in their order, by the state in which each leaves the year."""
        return {
            "planned": self._plan_cycle,
            "proposed": self._propose,
            "discussed": self._discuss,
            "approved": self._approve,
            "monitored": self._monitor,
            "answered": self._answer,
            "submitted": self._submit,
            "assigned": self._assign,
            "marked": self._mark_blocks,
            "supplied": self._supply_figures,
            "communicated": self._communicate,
            "appealed": self._appeal,
            "decided": self._decide_appeals,
            "ranked": self._rank,
            "published": self._publish,
        }

    def settle(self) -> list[str]:
        """List every fault found; the acts done are compared with the rows of the ledger."""
        rows = Entry.objects.count() - self.rows_before
        if rows != self.acts:
            self.faults.append(f"{self.acts} acts were done but the ledger has {rows} rows")
        seals.seal(at=timezone.now())
        if broken := audit.verify().broken:
            self.faults.append(f"the ledger does not hold: {broken}")
        return self.faults

    def _rank(self) -> None:
        at = self.within(Phase.FINAL, 0.5)
        self.edition: Edition = results.finalise(self.cycle, by=self.cast.administrator, at=at)
        self.count_acts(2)
        awards.award_all(self)

    def _publish(self) -> None:
        at, admin = self.within(Phase.FINAL, 0.8), self.cast.administrator
        opens = self.within(Phase.FESTIVAL, 0)
        self.require_refusal(
            "published before the festival",
            lambda: results.schedule(
                self.edition, publish_at=opens - timedelta(seconds=1), by=admin, at=at
            ),
        )
        instant = opens + timedelta(days=25, hours=10)
        self.edition = results.schedule(self.edition, publish_at=instant, by=admin, at=at)
        self.count_acts()
        if self.is_due(instant):
            self.count_acts(2 * len(results.publish_due(at=instant)))
        closing.close(self, instant)


def beginnings() -> dict[str, tuple[Phase, float]]:
    """Answer when each stage's acts begin: the phase and the share of its window."""
    found = {}
    for spec in PHASES.values():
        for stage, share in spec.stages.items():
            found[stage] = spec.phase, share
    return found
