"""The stages in which the year is planned and its indicators are agreed."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from agencies.models import User
from config.rehearsal import measures
from config.rehearsal.people import EPOCH
from config.rehearsal.walk import Walk
from cycles.calendar import Phase
from cycles.models import Cycle, Participation
from cycles.years import actions as years
from indicators.drafting import actions as drafting
from indicators.drafting import contents
from indicators.drafting.catalogue import general_catalogue
from indicators.exchange import actions as exchange
from indicators.models import IndicatorSet, Kind, Measure
from indicators.sets import approval
from indicators.working_groups import actions as working_groups
from indicators.working_groups import meetings

TYPED = 5
"""So many agencies type their measures one by one; the others send them as a file."""


class DesignStages(Walk):
    def _planned(self) -> None:
        admin = self.cast.administrator
        at = EPOCH + timedelta(days=365)
        self.cycle: Cycle = years.plan_cycle(year=self.year, preset=self.preset, by=admin, at=at)
        at = self.within(Phase.PROPOSAL, 0) - timedelta(days=10)
        self.refused(
            "a head opens a cycle", lambda: years.open_cycle(self.cycle, by=self._any_head(), at=at)
        )
        self.cycle = years.open_cycle(self.cycle, by=admin, at=at)
        self.did(2)
        self.agencies = [
            p.agency
            for p in Participation.objects.filter(cycle=self.cycle)
            .select_related("agency__province")
            .order_by("pk")
        ]

    def _proposed(self) -> None:
        admin = self.cast.administrator
        at = self.within(Phase.PROPOSAL, 0.05)
        general = drafting.draft_set(
            cycle=self.cycle, kind=Kind.GENERAL, agency=None, by=admin, at=at
        )
        rows = measures.named(general_catalogue(), self.cast.steward)
        contents.fill_general_set(general, rows=rows, by=admin, at=at)
        approval.move(general, "propose", by=admin, at=at)
        self.did()
        for number, (agency, at) in enumerate(self.paced(self.agencies, Phase.PROPOSAL, 0.1, 0.9)):
            staff, head = self.cast.staff[agency.pk], self.cast.heads[agency.pk]
            chosen = drafting.draft_set(
                cycle=self.cycle, kind=Kind.SPECIFIC, agency=agency, by=staff, at=at
            )
            if number < TYPED:
                for fields in measures.specific_fields():
                    drafting.save_measure(chosen, fields=fields, by=staff, at=at)
            else:
                digest = hashlib.sha256(f"{agency.code} {self.year}".encode()).hexdigest()
                exchange.import_measures(
                    chosen,
                    measures.specific_contents,
                    file_name="سنجه‌ها.xlsx",
                    sha256=digest,
                    by=staff,
                    at=at,
                )
            if number == 0:
                self.refused(
                    "staff propose",
                    lambda: approval.move(chosen, "propose", by=staff, at=at),  # noqa: B023
                )
                late = self.within(Phase.PROPOSAL, 1)
                self.refused(
                    "proposed on the stroke",
                    lambda: approval.move(chosen, "propose", by=head, at=late),  # noqa: B023
                )
            approval.move(chosen, "propose", by=head, at=at)
            self.did()

    def _discussed(self) -> None:
        """The working group of one agency's sector is called together, asks and suggests another
        target.
        """
        cast, at = self.cast, self.within(Phase.APPROVAL, 0.3)
        self.discussed = first = IndicatorSet.objects.filter(
            cycle=self.cycle, kind=Kind.SPECIFIC
        ).order_by("-pk")[1]
        measure = Measure.objects.of(first).order_by("position", "pk")[0]
        self.meeting = meetings.convene(
            self.cycle,
            sector=first.sector,
            held_at=at + timedelta(days=4),
            place="تالار اجتماعات",
            sets=[first],
            by=cast.chair,
            at=at,
        )
        text = "عملکرد سه سال گذشته در پیوست نیامده است؛ لطفاً افزوده شود."
        working_groups.comment(first, lineage=measure.lineage, text=text, by=cast.members[1], at=at)
        assert measure.target is not None
        self.suggested = {"target": measure.target * Decimal("0.9")}
        said: dict[str, Any] = {
            "values": self.suggested,
            "reason": "روند سه سال گذشته هدف سخت‌تری را نشان می‌دهد.",
        }
        working_groups.suggest(first, lineage=measure.lineage, **said, by=cast.members[0], at=at)
        head = cast.heads[first.agency_id or 0]
        self.refused(
            "a head suggests",
            lambda: working_groups.suggest(first, lineage=measure.lineage, **said, by=head, at=at),
        )
        self.did(2)

    def _agree(self, at: datetime) -> None:
        """The chair settles the suggested target with the group's votes behind it, and signs the
        minutes.
        """
        measure = Measure.objects.of(self.discussed).order_by("position", "pk")[0]
        reason = "با حضور نمایندهٔ دستگاه توافق شد."
        working_groups.settle(
            self.discussed,
            lineage=measure.lineage,
            outcome="approved",
            values=self.suggested,
            reason=reason,
            by=self.cast.chair,
            at=at,
        )
        present = {self.cast.chair.pk: "authority", self.cast.members[1].pk: "budget"}
        resolutions = {item.pk: "با هدف توافق‌شده تصویب شد." for item in self.meeting.agenda.all()}
        minutes = "دربارهٔ هدف سنجهٔ نخست گفت‌وگو و هدف تازه توافق شد."
        meetings.minute(
            self.meeting,
            minutes=minutes,
            resolutions=resolutions,
            present=present,
            by=self.cast.chair,
            at=at,
        )
        self.did(2)

    def _approved(self) -> None:
        cast = self.cast
        at = self.within(Phase.APPROVAL, 0.85)
        sets = list(
            IndicatorSet.objects.filter(cycle=self.cycle)
            .select_related("agency", "cycle")
            .order_by("pk")
        )
        returned = sets[-1]
        self.refused(
            "no consent yet", lambda: approval.move(sets[0], "approve", by=cast.chair, at=at)
        )
        self.refused("the proposer votes", lambda: self._vote(sets[0], cast.administrator, at))
        approval.move(
            returned, "send_back", by=cast.chair, at=at, note="هدف سنجهٔ نخست بازنگری شود."
        )
        head = self.cast.heads[returned.agency_id or 0]
        approval.move(returned, "propose_again", by=head, at=at)
        self.did(2)
        for each in sets:
            for member in cast.members:
                self._vote(each, member, at)
            if each == self.discussed:
                self._agree(at)
            approval.move(each, "approve", by=cast.chair, at=at)
            self.did(len(cast.members) + 1)
        at = self.within(Phase.APPROVAL, 0.95) + self.late
        self.refused(
            "a head communicates", lambda: approval.communicate(sets, by=self._any_head(), at=at)
        )
        self.did(len(approval.communicate(sets, by=cast.administrator, at=at)))

    def _vote(self, each: IndicatorSet, member: User, at: datetime) -> None:
        working_groups.vote(each, choice="approve", reason="", by=member, at=at)
