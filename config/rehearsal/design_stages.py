"""The stages in which the year is planned and its indicators are agreed."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

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
    def _plan_cycle(self) -> None:
        admin = self.cast.administrator
        at = EPOCH + timedelta(days=365)
        self.cycle: Cycle = years.plan_cycle(year=self.year, preset=self.preset, by=admin, at=at)
        at = self.within(Phase.PROPOSAL, 0) - timedelta(days=10)
        self.require_refusal(
            "a head opens a cycle", lambda: years.open_cycle(self.cycle, by=self._any_head(), at=at)
        )
        self.cycle = years.open_cycle(self.cycle, by=admin, at=at)
        self.count_acts(2)
        self.agencies = [
            p.agency
            for p in Participation.objects.filter(cycle=self.cycle)
            .select_related("agency__province")
            .order_by("pk")
        ]

    def _propose(self) -> None:
        admin = self.cast.administrator
        at = self.within(Phase.PROPOSAL, 0.05)
        general = drafting.draft_set(
            cycle=self.cycle, kind=Kind.GENERAL, agency=None, by=admin, at=at
        )
        rows = measures.with_steward(general_catalogue(), self.cast.steward)
        contents.fill_general_set(general, rows=rows, by=admin, at=at)
        approval.move(general, "propose", by=admin, at=at)
        self.count_acts()
        for number, (agency, at) in enumerate(self.spread(self.agencies, Phase.PROPOSAL, 0.1, 0.9)):
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
                self.require_refusal(
                    "staff propose",
                    partial(approval.move, chosen, "propose", by=staff, at=at),
                )
                late = self.within(Phase.PROPOSAL, 1)
                self.require_refusal(
                    "proposed on the stroke",
                    partial(approval.move, chosen, "propose", by=head, at=late),
                )
            approval.move(chosen, "propose", by=head, at=at)
            self.count_acts()

    def _discuss(self) -> None:
        """Call one sector's working group together, ask a question and suggest another target."""
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
        suggest = partial(
            working_groups.suggest,
            first,
            lineage=measure.lineage,
            values=self.suggested,
            reason="روند سه سال گذشته هدف سخت‌تری را نشان می‌دهد.",
            at=at,
        )
        suggest(by=cast.members[0])
        head = cast.heads[first.agency_id or 0]
        self.require_refusal("a head suggests", lambda: suggest(by=head))
        self.count_acts(2)

    def _agree(self, at: datetime) -> None:
        """Settle the suggested target as the chair with the group's votes behind it, and sign the
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
        self.count_acts(2)

    def _approve(self) -> None:
        cast = self.cast
        at = self.within(Phase.APPROVAL, 0.85)
        sets = list(
            IndicatorSet.objects.filter(cycle=self.cycle)
            .select_related("agency", "cycle")
            .order_by("pk")
        )
        returned = sets[-1]
        self.require_refusal(
            "no consent yet", lambda: approval.move(sets[0], "approve", by=cast.chair, at=at)
        )
        self.require_refusal(
            "the proposer votes", lambda: self._vote(sets[0], cast.administrator, at)
        )
        approval.move(
            returned, "send_back", by=cast.chair, at=at, note="هدف سنجهٔ نخست بازنگری شود."
        )
        head = self.cast.heads[returned.agency_id or 0]
        approval.move(returned, "propose_again", by=head, at=at)
        self.count_acts(2)
        for indicator_set in sets:
            for member in cast.members:
                self._vote(indicator_set, member, at)
            if indicator_set == self.discussed:
                self._agree(at)
            approval.move(indicator_set, "approve", by=cast.chair, at=at)
            self.count_acts(len(cast.members) + 1)
        at = self.within(Phase.APPROVAL, 0.95) + self.late
        self.require_refusal(
            "a head communicates", lambda: approval.communicate(sets, by=self._any_head(), at=at)
        )
        self.count_acts(len(approval.communicate(sets, by=cast.administrator, at=at)))

    def _vote(self, indicator_set: IndicatorSet, member: User, at: datetime) -> None:
        working_groups.vote(indicator_set, choice="approve", reason="", by=member, at=at)
