"""The stages in which assessors mark, and appeals are decided."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from agencies.models import User
from config.rehearsal import appeals, calibration, stewards, values
from config.rehearsal.walk import Walk
from cycles.calendar import Phase
from submissions.marking import actions as marking
from submissions.marking import assignment, double_marking, reconciliation
from submissions.models import Block, Declaration, Reconciliation, Submission
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.signing import declaration
from submissions.stewards import appointment
from submissions.workflow import SubmissionState

SITTINGS = 30
"""In how many sittings the assessors mark what is on their desks, however much it is."""


class ScoringStages(Walk):
    def _assign(self) -> None:
        at = self.within(Phase.SCORING, 0.01)
        self.count_acts(len(signing.lapse(self.cycle, at=at)))
        signed = Submission.objects.filter(cycle=self.cycle, state=SubmissionState.SUBMITTED)
        self.count_acts(signed.count())
        self.count_acts(
            calibration.school(self.cycle, self.cast, at=self.within(Phase.SELF_ASSESSMENT, 0.9))
        )
        assignment.assign_all(self.cycle, by=self.cast.administrator, at=at)
        self.count_acts(
            appointment.appoint_named(self.cycle, by=self.cast.administrator, at=at).measures
        )

    def _mark_blocks(self) -> None:
        blocks = list(Block.objects.filter(cycle=self.cycle).order_by("pk"))
        users = {u.pk: u for u in self.cast.assessors}
        other = next(u for u in self.cast.assessors if u.pk != blocks[0].assessor_id)
        at = self.within(Phase.SCORING, 0.02)
        self.require_refusal("another's block", lambda: marking.hand_in(blocks[0], by=other, at=at))
        judged: dict[int, Block] = {}
        many = max(1, len(blocks) // SITTINGS)
        sittings = [blocks[start : start + many] for start in range(0, len(blocks), many)]
        for sitting, at in self.spread(sittings, Phase.SCORING, 0.05, 0.9):
            desks: dict[int, list[Block]] = {}
            for block in sitting:
                desks.setdefault(block.assessor_id, []).append(block)
            for assessor, desk in desks.items():
                self._mark(desk, users[assessor], at)
            for block in sitting:
                if block.submission_id not in judged:
                    self._judge(
                        judged.setdefault(block.submission_id, block), users[block.assessor_id], at
                    )
        self._reconcile()

    def _mark(self, desk: Sequence[Block], assessor: User, at: datetime) -> None:
        """Mark and hand in for one assessor the blocks of a desk in one act."""
        lines = (
            double_marking.on_desks(desk)
            .select_related("measure", "submission", "own")
            .order_by("pk")
        )
        marks = {
            a.pk: values.mark_fields(a, self.random, twin=a.submission_id in self.twins)
            for a in lines
        }
        first, *also = desk
        marking.save_marks(first, marks, by=assessor, at=at, also=also)
        marking.hand_in(first, by=assessor, at=at, also=also)
        self.count_acts(len(desk))

    def _supply_figures(self) -> None:
        stewards.supply_all(self)
        self.count_acts(
            Submission.objects.filter(cycle=self.cycle, state=SubmissionState.MARKED).count()
        )

    def _reconcile(self) -> None:
        """Bring assessors whose marks are apart together half way."""
        waiting = list(Reconciliation.objects.filter(cycle=self.cycle).for_list())
        many = max(1, len(waiting) // SITTINGS)
        sittings = [waiting[start : start + many] for start in range(0, len(waiting), many)]
        for sitting, at in self.spread(sittings, Phase.SCORING, 0.91, 0.94):
            proposed: dict[User, list[Reconciliation]] = {}
            for apart in sitting:
                one, other = apart.first.block.assessor, apart.second.block.assessor
                points = values.half_way(apart.first, apart.second)
                reconciliation.propose(
                    apart, points=points, reason=values.RECONCILED, by=one, at=at
                )
                proposed.setdefault(other, []).append(apart)
            agree = partial(
                reconciliation.agree, sitting[-1], by=sitting[-1].first.block.assessor, at=at
            )
            self.require_refusal("the proposer agrees", agree)
            for other, (first, *also) in proposed.items():
                reconciliation.agree(first, by=other, at=at, also=also)
            self.count_acts(2 * len(sitting))

    def _judge(self, block: Block, assessor: User, at: datetime) -> None:
        """Judge a declaration as the first of the agency's assessors to hand in."""
        held = Declaration.objects.select_related("submission").get(submission=block.submission_id)
        verdict, reason = values.verdict(held)
        judge = partial(declaration.judge_declaration, held, verdict=verdict, reason=reason, at=at)
        if block.pk % 10 == 0:
            head = self.cast.heads[block.agency_id]
            self.require_refusal("a head judges", partial(judge, by=head))
        judge(by=assessor)
        self.count_acts()

    def _communicate(self) -> None:
        at = self.within(Phase.SCORING, 0.95)
        ready = list(
            Submission.objects.filter(cycle=self.cycle, state=SubmissionState.MARKED).order_by("pk")
        )
        self.require_refusal(
            "a head communicates", lambda: release.communicate(ready, by=self._any_head(), at=at)
        )
        self.count_acts(len(release.communicate(ready, by=self.cast.administrator, at=at)))

    def _appeal(self) -> None:
        appeals.appeal_all(self)

    def _decide_appeals(self) -> None:
        appeals.decide_all(self)
