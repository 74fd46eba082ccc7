"""One assessment year walked from end to end by people of the right roles, through the same actions
as the pages.

Deterministic: the same agencies and the same seed give the same year. Attainment is realistic (a
mean of 60 to 75 percent, few above 90), two agencies of the largest group tie, some never submit,
and appeals end in every way.
"""

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
        all_stages, begins = stages(), beginnings()
        first = all_stages.index(after) + 1 if after else 0
        for stage in all_stages[first : all_stages.index(until) + 1]:
            if stage in begins and not self.due(self.within(*begins[stage])):
                break
            with self.phase(stage):
                getattr(self, f"_{stage}")()
        return self

    def settle(self) -> list[str]:
        """Every fault found, with the comparison of the acts done and the rows of the ledger."""
        rows = Entry.objects.count() - self.rows_before
        if rows != self.acts:
            self.faults.append(f"{self.acts} acts were done but the ledger has {rows} rows")
        seals.seal(at=timezone.now())
        if broken := audit.verify().broken:
            self.faults.append(f"the ledger does not hold: {broken}")
        return self.faults

    def _ranked(self) -> None:
        at = self.within(Phase.FINAL, 0.5)
        self.edition: Edition = results.finalise(self.cycle, by=self.cast.administrator, at=at)
        self.did(2)
        awards.award_all(self)

    def _published(self) -> None:
        at, admin = self.within(Phase.FINAL, 0.8), self.cast.administrator
        opens = self.within(Phase.FESTIVAL, 0)
        self.refused(
            "published before the festival",
            lambda: results.schedule(
                self.edition, publish_at=opens - timedelta(seconds=1), by=admin, at=at
            ),
        )
        instant = opens + timedelta(days=25, hours=10)
        self.edition = results.schedule(self.edition, publish_at=instant, by=admin, at=at)
        self.did()
        if self.due(instant):
            self.did(2 * len(results.publish_due(at=instant)))
        closing.close(self, instant)


def stages() -> list[str]:
    """The stages of a rehearsed year, in its order."""
    return ["planned", *beginnings()]


def beginnings() -> dict[str, tuple[Phase, float]]:
    """When each stage's acts begin: the phase and the share of its window."""
    found = {}
    for spec in PHASES.values():
        for stage, share in spec.stages.items():
            found[stage] = spec.phase, share
    return found
