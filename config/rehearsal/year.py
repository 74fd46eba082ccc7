"""One assessment year walked from end to end by people of the right roles, through the same actions
as the pages.

Deterministic: the same agencies and the same seed give the same year. Attainment is realistic (a
mean of 60 to 75 percent, few above 90), two agencies of the largest group tie, some never submit,
and appeals end in every way.
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.core.files.base import ContentFile
from django.utils import timezone

from agencies.models import Agency, User
from config.rehearsal import appeals, awards, calibration, closing, stewards, values
from config.rehearsal.people import EPOCH, Cast
from cycles.calendar import Phase
from cycles.models import Cycle, Entry, Participation, Window
from cycles.record import audit, seals
from cycles.workflow import Refused
from cycles.years import actions as years
from festival.models import Edition
from festival.results import actions as results
from indicators.exchange import actions as exchange
from indicators.models import IndicatorSet, Kind, Measure, Plan, Planned, QuarterReport, Sheet
from indicators.plans import actions as plans_actions
from indicators.sets import approval, drafting
from indicators.sets.catalogue import general_catalogue
from indicators.working_groups import actions as working_groups
from submissions.answers import actions as answers
from submissions.evidence import actions as evidence
from submissions.marking import actions as marking
from submissions.marking import assignment, double_marking, reconciliation
from submissions.models import Answer, Block, Declaration, Reconciliation, Submission
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.signing import declaration
from submissions.stewards import appointment
from submissions.workflow import SubmissionState

T = TypeVar("T")

TYPED = 5
"""So many agencies type their measures one by one; the others send them as a file."""

SITTINGS = 30
"""In how many sittings the assessors mark what is on their desks, however much it is."""


@dataclass
class Rehearsal:
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

    def __post_init__(self) -> None:
        self.random = random.Random(f"{self.seed}-{self.year}")  # noqa: S311 -- the same year each time, no secret
        self.skill = {pk: self.random.gauss(0.72, 0.10) for pk in sorted(self.cast.staff)}
        self.rows_before = Entry.objects.count()

    # -- What every phase uses

    def within(
        self, phase: Phase, share: float, agency: Agency | None = None, quarter: int = 1
    ) -> datetime:
        """A moment at a share (0 to 1) of a phase's window, of the first of several unless another
        is asked for.
        """
        window = Window.objects.get(
            cycle=self.cycle, phase=phase, agency=agency, quarter__in=(0, quarter)
        )
        return window.opens_at + (window.closes_at - window.opens_at) * share

    def due(self, at: datetime) -> bool:
        return self.now is None or at <= self.now

    def paced(
        self, items: Sequence[T], phase: Phase, first: float, last: float, quarter: int = 1
    ) -> Iterator[tuple[T, datetime]]:
        """Items with moments spread evenly over a part of a phase's window,
        as far as `now` allows.
        """
        opens, closes = (self.within(phase, share, quarter=quarter) for share in (0, 1))
        for number, item in enumerate(items):
            at = opens + (closes - opens) * (first + (last - first) * number / len(items))
            if not self.due(at):
                return
            yield item, at

    def did(self, count: int = 1) -> None:
        self.acts += count

    def refused(self, what: str, act: Callable[[], Any]) -> None:
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

    def walk(self, until: str, *, after: str = "") -> "Rehearsal":
        """Walk the STAGES up to and including `until`, from the first or from the one that follows
        `after`.
        """
        first = STAGES.index(after) + 1 if after else 0
        for stage in STAGES[first : STAGES.index(until) + 1]:
            if stage in BEGINNINGS and not self.due(self.within(*BEGINNINGS[stage])):
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

    # -- The stages

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

    def _any_head(self) -> User:
        return next(iter(self.cast.heads.values()))

    def _proposed(self) -> None:
        admin = self.cast.administrator
        at = self.within(Phase.PROPOSAL, 0.05)
        general = drafting.draft_set(
            cycle=self.cycle, kind=Kind.GENERAL, agency=None, by=admin, at=at
        )
        rows = values.named(general_catalogue(), self.cast.steward)
        drafting.fill_general_set(general, rows=rows, by=admin, at=at)
        approval.move(general, "propose", by=admin, at=at)
        self.did()
        for number, (agency, at) in enumerate(self.paced(self.agencies, Phase.PROPOSAL, 0.1, 0.9)):
            staff, head = self.cast.staff[agency.pk], self.cast.heads[agency.pk]
            chosen = drafting.draft_set(
                cycle=self.cycle, kind=Kind.SPECIFIC, agency=agency, by=staff, at=at
            )
            if number < TYPED:
                for fields in values.specific_fields():
                    drafting.save_measure(chosen, fields=fields, by=staff, at=at)
            else:
                digest = hashlib.sha256(f"{agency.code} {self.year}".encode()).hexdigest()
                sent = {"file_name": "سنجه‌ها.xlsx", "sha256": digest}
                exchange.import_measures(chosen, values.specific_contents, **sent, by=staff, at=at)
            if number == 0:
                self.refused(
                    "staff propose",
                    lambda: approval.move(chosen, "propose", by=staff, at=at),  # noqa: B023  # noqa: B023
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
        self.meeting = working_groups.convene(
            self.cycle, sector=first.sector, held_at=at + timedelta(days=4), place="تالار اجتماعات", sets=[first],
            by=cast.chair, at=at,
        )  # fmt: skip
        text = "عملکرد سه سال گذشته در پیوست نیامده است؛ لطفاً افزوده شود."
        working_groups.comment(first, lineage=measure.lineage, text=text, by=cast.members[1], at=at)
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
            self.discussed, lineage=measure.lineage, outcome="approved", values=self.suggested, reason=reason,
            by=self.cast.chair, at=at,
        )  # fmt: skip
        present = {self.cast.chair.pk: "authority", self.cast.members[1].pk: "budget"}
        resolutions = {item.pk: "با هدف توافق‌شده تصویب شد." for item in self.meeting.agenda.all()}
        minutes = "دربارهٔ هدف سنجهٔ نخست گفت‌وگو و هدف تازه توافق شد."
        working_groups.minute(
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
        approval.move(returned, "propose_again", by=self.cast.heads[returned.agency_id], at=at)
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

    def _monitored(self) -> None:
        """The assessed year itself: plans are laid and signed, a decree extends the first quarter,
        each is reported.
        """
        self._plan()
        self._extend()
        for quarter in (1, 2, 3, 4):
            self._report(quarter)

    def _plan(self) -> None:
        plans = list(Plan.objects.filter(cycle=self.cycle).order_by("pk"))
        self.planned: dict[int, list[Planned]] = {}
        for number, (plan, at) in enumerate(self.paced(plans, Phase.MONITORING, 0.05, 0.3)):
            staff, head = self.cast.staff[plan.agency_id], self.cast.heads[plan.agency_id]
            if number == 0:
                self.refused(
                    "an empty plan",
                    lambda: plans_actions.move_plan(plan, "sign", by=head, at=at),  # noqa: B023
                )
            self.planned[plan.pk] = Sheet(plan, only=()).planned
            targets = values.targets(self.planned[plan.pk], plan.quarters)
            plans_actions.save_plan(plan, targets, by=staff, at=at)
            plans_actions.move_plan(plan, "sign", by=head, at=at)
            self.did()

    def _report(self, quarter: int) -> None:
        """A quarter as its agencies report it; one of them stays silent all year."""
        chance = random.Random(f"{self.seed}-{self.year}-quarter-{quarter}")  # noqa: S311 -- the same year each time
        rows = QuarterReport.objects.filter(cycle=self.cycle, quarter=quarter).select_related(
            "plan"
        )
        reports = list(rows.exclude(agency=self.agencies[-1]).order_by("pk"))
        for number, (report, at) in enumerate(
            self.paced(reports, Phase.MONITORING, 0.6, 0.85, quarter)
        ):
            staff, head = self.cast.staff[report.agency_id], self.cast.heads[report.agency_id]
            planned, skill = self.planned[report.plan_id], self.skill[report.agency_id]
            figures = values.figures(planned, quarter, skill, chance)
            plans_actions.save_figures(report, figures, by=staff, at=at)
            do = partial(plans_actions.move_report, report, "report", by=head)
            if number == 0 and quarter > 1:  # the first quarter's closing is moved by decree
                stroke = self.within(Phase.MONITORING, 1, quarter=quarter)
                self.refused("reported on the stroke", lambda: do(at=stroke))  # noqa: B023
            do(at=at)
            self.did()

    def _extend(self) -> None:
        at, closes = self.within(Phase.MONITORING, 0.9), self.within(Phase.MONITORING, 1)
        if not self.due(at):
            return
        decree = values.decree(self.year, closes + timedelta(days=10), at)
        self.refused(
            "a head extends", lambda: years.extend(self.cycle, **decree, by=self._any_head())
        )
        years.extend(self.cycle, **decree, by=self.cast.administrator)
        self.did()

    def _answered(self) -> None:
        at = self.within(Phase.SELF_ASSESSMENT, 0.02)
        taking_part = Participation.objects.filter(cycle=self.cycle)
        self.did(len(answers.begin(taking_part, by=None, at=at)))
        drafts = list(
            Submission.objects.filter(cycle=self.cycle)
            .select_related("agency", "cycle")
            .order_by("pk")
        )
        twins = values.twins(drafts)
        chance = random.Random(f"{self.seed}-{self.year}-declarations")  # noqa: S311 -- the same year each time
        entered: dict[int, dict[tuple[str, str], Decimal | None]] = {}
        for s, at in self.paced(drafts, Phase.SELF_ASSESSMENT, 0.05, 0.95):
            lines = list(Answer.objects.filter(submission=s).for_page())
            twin = entered.get(twins.get(s.pk, 0))
            entered[s.pk] = twin or values.values(lines, self.skill[s.agency_id], self.random)
            given = {
                a.pk: values.given(a, entered[s.pk][values.key(a)])
                for a in lines
                if not a.measure.is_stewarded
            }
            staff = self.cast.staff[s.agency_id]
            answers.save_answers(s, given, by=staff, at=at)
            declared = values.declaration(self.skill[s.agency_id], chance)
            declaration.save_declaration(s, **declared, by=staff, at=at)
            for answer in [a for a in lines if not a.measure.is_stewarded][:2]:
                upload = ContentFile(
                    f"{s.agency.code} {answer.measure.code}\n".encode(), name="گزارش.txt"
                )
                evidence.attach(answer, upload=upload, by=staff, at=at)
                self.did()
        self.twins = {*twins, *twins.values()}

    def _submitted(self) -> None:
        drafts = list(
            Submission.objects.filter(cycle=self.cycle)
            .select_related("agency", "cycle")
            .order_by("pk")
        )
        silent = values.silent(drafts, self.twins)
        first = next(s for s in drafts if s.pk not in silent)
        head, late = self.cast.heads[first.agency_id], self.within(Phase.SELF_ASSESSMENT, 1)
        self.refused(
            "signed on the stroke", lambda: signing.move(first, "submit", by=head, at=late)
        )
        second_late = late + timedelta(seconds=1)
        self.refused(
            "signed a second late", lambda: signing.move(first, "submit", by=head, at=second_late)
        )
        at = self.within(Phase.SELF_ASSESSMENT, 0.97)
        staff = self.cast.staff[first.agency_id]
        self.refused("staff sign", lambda: signing.move(first, "submit", by=staff, at=at))
        for s, at in self.paced(
            [s for s in drafts if s.pk not in silent], Phase.SELF_ASSESSMENT, 0.96, 0.9999
        ):
            signing.move(s, "submit", by=self.cast.heads[s.agency_id], at=at)
            self.did()

    def _assigned(self) -> None:
        at = self.within(Phase.SCORING, 0.01)
        self.did(len(signing.lapse(self.cycle, at=at)))
        signed = Submission.objects.filter(cycle=self.cycle, state=SubmissionState.SUBMITTED)
        self.did(signed.count())
        self.did(
            calibration.school(self.cycle, self.cast, at=self.within(Phase.SELF_ASSESSMENT, 0.9))
        )
        assignment.assign_all(self.cycle, by=self.cast.administrator, at=at)
        self.did(appointment.appoint_named(self.cycle, by=self.cast.administrator, at=at).measures)

    def _marked(self) -> None:
        blocks = list(Block.objects.filter(cycle=self.cycle).order_by("pk"))
        users = {u.pk: u for u in self.cast.assessors}
        other = next(u for u in self.cast.assessors if u.pk != blocks[0].assessor_id)
        at = self.within(Phase.SCORING, 0.02)
        self.refused("another's block", lambda: marking.hand_in(blocks[0], by=other, at=at))
        judged: dict[int, Block] = {}
        many = max(1, len(blocks) // SITTINGS)
        sittings = [blocks[start : start + many] for start in range(0, len(blocks), many)]
        for sitting, at in self.paced(sittings, Phase.SCORING, 0.05, 0.9):
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
        self._reconciled()

    def _mark(self, desk: Sequence[Block], assessor: User, at: datetime) -> None:
        """What one assessor marks and hands in at a sitting: the blocks of a desk in one act."""
        lines = (
            double_marking.on_desks(desk)
            .select_related("measure", "submission", "own")
            .order_by("pk")
        )
        marks = {
            a.pk: values.mark(a, self.random, twin=a.submission_id in self.twins) for a in lines
        }
        first, *also = desk
        marking.save_marks(first, marks, by=assessor, at=at, also=also)
        marking.hand_in(first, by=assessor, at=at, also=also)
        self.did(len(desk))

    def _supplied(self) -> None:
        stewards.supply_all(self)
        self.did(Submission.objects.filter(cycle=self.cycle, state=SubmissionState.MARKED).count())

    def _reconciled(self) -> None:
        """Two assessors who are apart come together half way."""
        waiting = list(Reconciliation.objects.filter(cycle=self.cycle).for_list())
        many = max(1, len(waiting) // SITTINGS)
        sittings = [waiting[start : start + many] for start in range(0, len(waiting), many)]
        for sitting, at in self.paced(sittings, Phase.SCORING, 0.91, 0.94):
            proposed: dict[User, list[Reconciliation]] = {}
            for apart in sitting:
                one, other = apart.first.block.assessor, apart.second.block.assessor
                value = values.between(apart.first, apart.second)
                reconciliation.propose(apart, **value, by=one, at=at)
                proposed.setdefault(other, []).append(apart)
            agree = partial(
                reconciliation.agree, sitting[-1], by=sitting[-1].first.block.assessor, at=at
            )
            self.refused("the proposer agrees", agree)
            for other, (first, *also) in proposed.items():
                reconciliation.agree(first, by=other, at=at, also=also)
            self.did(2 * len(sitting))

    def _judge(self, block: Block, assessor: User, at: datetime) -> None:
        """The first assessor of an agency to hand in says what its declaration is worth."""
        held = Declaration.objects.select_related("submission").get(submission=block.submission_id)
        said = values.verdict(held)
        head = self.cast.heads[block.agency_id]
        if block.pk % 10 == 0:
            self.refused(
                "a head judges", lambda: declaration.judge_declaration(held, **said, by=head, at=at)
            )
        declaration.judge_declaration(held, **said, by=assessor, at=at)
        self.did()

    def _communicated(self) -> None:
        at = self.within(Phase.SCORING, 0.95)
        ready = list(
            Submission.objects.filter(cycle=self.cycle, state=SubmissionState.MARKED).order_by("pk")
        )
        self.refused(
            "a head communicates", lambda: release.communicate(ready, by=self._any_head(), at=at)
        )
        self.did(len(release.communicate(ready, by=self.cast.administrator, at=at)))

    def _appealed(self) -> None:
        appeals.appeal_all(self)

    def _decided(self) -> None:
        appeals.decide_all(self)

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


STAGES = (
    "planned",
    "proposed",
    "discussed",
    "approved",
    "monitored",
    "answered",
    "submitted",
    "assigned",
    "marked",
    "supplied",
    "communicated",
    "appealed",
    "decided",
    "ranked",
    "published",
)

BEGINNINGS = {
    "proposed": (Phase.PROPOSAL, 0.05),
    "discussed": (Phase.APPROVAL, 0.3),
    "approved": (Phase.APPROVAL, 0.85),
    "monitored": (Phase.MONITORING, 0.0),
    "answered": (Phase.SELF_ASSESSMENT, 0.02),
    "submitted": (Phase.SELF_ASSESSMENT, 0.96),
    "assigned": (Phase.SCORING, 0.01),
    "marked": (Phase.SCORING, 0.05),
    "supplied": (Phase.SCORING, 0.2),
    "communicated": (Phase.SCORING, 0.95),
    "appealed": (Phase.APPEAL, 0.3),
    "decided": (Phase.APPEAL_REVIEW, 0.3),
    "ranked": (Phase.FINAL, 0.5),
    "published": (Phase.FINAL, 0.8),
}
"""When each stage's acts begin: the phase and the share of its window."""
