"""The stages in which agencies plan, report and assess themselves."""

import random
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.core.files.base import ContentFile

from config.rehearsal import values
from config.rehearsal.walk import Walk
from cycles.calendar import Phase
from cycles.models import Participation
from cycles.years import actions as years
from indicators.models import Plan, Planned, QuarterReport, Sheet
from indicators.plans import actions as plans_actions
from submissions.answers import actions as answers
from submissions.evidence import actions as evidence
from submissions.models import Answer, Submission
from submissions.signing import actions as signing
from submissions.signing import declaration


class ReportingStages(Walk):
    def _monitor(self) -> None:
        """Walk the assessed year itself: plans are laid and signed, a decree extends the first
        quarter, each is reported.
        """
        self._plan()
        self._extend()
        for quarter in (1, 2, 3, 4):
            self._report(quarter)

    def _plan(self) -> None:
        plans = list(Plan.objects.filter(cycle=self.cycle).order_by("pk"))
        self.planned: dict[int, list[Planned]] = {}
        for number, (plan, at) in enumerate(self.spread(plans, Phase.MONITORING, 0.05, 0.3)):
            staff, head = self.cast.staff[plan.agency_id], self.cast.heads[plan.agency_id]
            if number == 0:
                self.require_refusal(
                    "an empty plan",
                    partial(plans_actions.move_plan, plan, "sign", by=head, at=at),
                )
            self.planned[plan.pk] = Sheet(plan, only=()).planned
            targets = values.targets(self.planned[plan.pk], plan.quarters)
            plans_actions.save_plan(plan, targets, by=staff, at=at)
            plans_actions.move_plan(plan, "sign", by=head, at=at)
            self.count_acts()

    def _report(self, quarter: int) -> None:
        """Report a quarter for each agency but one, which stays silent all year."""
        chance = random.Random(f"{self.seed}-{self.year}-quarter-{quarter}")  # noqa: S311 -- the same year each time
        rows = QuarterReport.objects.filter(cycle=self.cycle, quarter=quarter).select_related(
            "plan"
        )
        reports = list(rows.exclude(agency=self.agencies[-1]).order_by("pk"))
        for number, (report, at) in enumerate(
            self.spread(reports, Phase.MONITORING, 0.6, 0.85, quarter)
        ):
            staff, head = self.cast.staff[report.agency_id], self.cast.heads[report.agency_id]
            planned, skill = self.planned[report.plan_id], self.skill[report.agency_id]
            figures = values.figures(planned, quarter, skill, chance)
            plans_actions.save_figures(report, figures, by=staff, at=at)
            do = partial(plans_actions.move_report, report, "report", by=head)
            if number == 0 and quarter > 1:  # the first quarter's closing is moved by decree
                stroke = self.within(Phase.MONITORING, 1, quarter=quarter)
                self.require_refusal("reported on the stroke", partial(do, at=stroke))
            do(at=at)
            self.count_acts()

    def _extend(self) -> None:
        at, closes = self.within(Phase.MONITORING, 0.9), self.within(Phase.MONITORING, 1)
        if not self.is_due(at):
            return
        extend = partial(
            years.extend,
            self.cycle,
            phase=Phase.MONITORING,
            quarter=1,
            closes_at=closes + timedelta(days=10),
            decree_number=f"{self.year}/45",
            decreed_on=at.date(),
            reason="سیل در چند استان",
            file=values.decree_paper(),
            at=at,
        )
        self.require_refusal("a head extends", lambda: extend(by=self._any_head()))
        extend(by=self.cast.administrator)
        self.count_acts()

    def _answer(self) -> None:
        at = self.within(Phase.SELF_ASSESSMENT, 0.02)
        taking_part = Participation.objects.filter(cycle=self.cycle)
        self.count_acts(len(answers.begin(taking_part, by=None, at=at)))
        drafts = list(
            Submission.objects.filter(cycle=self.cycle)
            .select_related("agency", "cycle")
            .order_by("pk")
        )
        twins = values.twins(drafts)
        chance = random.Random(f"{self.seed}-{self.year}-declarations")  # noqa: S311 -- the same year each time
        entered: dict[int, dict[tuple[str, str], Decimal | None]] = {}
        for submission, at in self.spread(drafts, Phase.SELF_ASSESSMENT, 0.05, 0.95):
            lines = list(Answer.objects.filter(submission=submission).for_page())
            twin = entered.get(twins.get(submission.pk, 0))
            entered[submission.pk] = twin or values.values(
                lines, self.skill[submission.agency_id], self.random
            )
            fields = {
                answer.pk: values.answer_fields(
                    answer, entered[submission.pk][values.measure_key(answer)]
                )
                for answer in lines
                if not answer.measure.is_stewarded
            }
            staff = self.cast.staff[submission.agency_id]
            answers.save_answers(submission, fields, by=staff, at=at)
            levels = values.declared_levels(self.skill[submission.agency_id], chance)
            declaration.save_declaration(
                submission, statement=values.STATEMENT, levels=levels, by=staff, at=at
            )
            for answer in [answer for answer in lines if not answer.measure.is_stewarded][:2]:
                upload = ContentFile(
                    f"{submission.agency.code} {answer.measure.code}\n".encode(), name="گزارش.txt"
                )
                evidence.attach(answer, upload=upload, by=staff, at=at)
                self.count_acts()
        self.twins = {*twins, *twins.values()}

    def _submit(self) -> None:
        drafts = list(
            Submission.objects.filter(cycle=self.cycle)
            .select_related("agency", "cycle")
            .order_by("pk")
        )
        silent = values.never_signed(drafts, self.twins)
        first = next(submission for submission in drafts if submission.pk not in silent)
        head, late = self.cast.heads[first.agency_id], self.within(Phase.SELF_ASSESSMENT, 1)
        self.require_refusal(
            "signed on the stroke", lambda: signing.move(first, "submit", by=head, at=late)
        )
        second_late = late + timedelta(seconds=1)
        self.require_refusal(
            "signed a second late", lambda: signing.move(first, "submit", by=head, at=second_late)
        )
        at = self.within(Phase.SELF_ASSESSMENT, 0.97)
        staff = self.cast.staff[first.agency_id]
        self.require_refusal("staff sign", lambda: signing.move(first, "submit", by=staff, at=at))
        for submission, at in self.spread(
            [submission for submission in drafts if submission.pk not in silent],
            Phase.SELF_ASSESSMENT,
            0.96,
            0.9999,
        ):
            signing.move(submission, "submit", by=self.cast.heads[submission.agency_id], at=at)
            self.count_acts()
