"""What waits for the people of agencies and of their headquarters."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.persian import in_locale
from agencies.roles import HEADS, SUPERIOR_ROLES, Role
from appeals.models import Appeal, Question
from appeals.workflow import AppealState
from config.home import closing_tasks
from config.home.year_strip import Outlook, Task, address_of_set, with_count
from cycles.calendar import Phase
from cycles.models import Participation
from indicators.models import IndicatorSet, Kind, Plan, QuarterReport
from indicators.workflow import PlanState, ReportState, SetState
from submissions.models import (
    IN_WORK,
    Clarification,
    Submission,
)
from submissions.workflow import ClarificationState, SubmissionState


class AgencyTasks(Outlook):
    def _of_agency(self) -> Iterator[Task]:
        mine = self.user.agency_ids(self.at, Role.STAFF, *HEADS)
        yield from self._of_proposals(mine)
        yield from self._of_plans(mine)
        yield from self._of_submissions(mine)
        yield from self._of_clarifications(mine)
        yield from self._of_drafted_appeals(mine)
        yield from self._of_questions(mine)
        yield from closing_tasks.of_agency(mine, self.at)

    def _of_proposals(self, mine: list[int]) -> Iterator[Task]:
        """List specific indicators to be proposed, or changed where the group returned them."""
        drafts = IndicatorSet.objects.filter(
            kind=Kind.SPECIFIC, agency__in=mine, cycle__in=self.cycles
        )
        sets = {
            (indicator_set.cycle_id, indicator_set.agency_id): indicator_set
            for indicator_set in drafts.select_related("agency", "cycle")
        }
        taking_part = Participation.objects.active().filter(cycle__in=self.cycles, agency__in=mine)
        for participation in taking_part.select_related("agency", "cycle").order_by(
            "-cycle__year", "pk"
        ):
            chosen = sets.get((participation.cycle_id, participation.agency_id))
            if chosen is None or chosen.state == SetState.DRAFT:
                if window := self.open_window(participation.cycle_id, Phase.PROPOSAL):
                    url = address_of_set(chosen)
                    yield Task(
                        _("Propose specific indicators"),
                        str(participation.cycle),
                        _("Propose"),
                        url,
                        window.closes_at,
                    )
            elif chosen.state == SetState.RETURNED and (
                window := self.open_window(participation.cycle_id, Phase.APPROVAL)
            ):
                url = reverse("indicators:detail", args=[chosen.pk])
                title = _("The working group returned your indicators")
                yield Task(title, str(chosen), _("Change"), url, window.closes_at)

    def _of_plans(self, mine: list[int]) -> Iterator[Task]:
        """List the annual plan while it can be laid and signed, then each quarter while it can be
        reported.
        """
        laying: set[int] = set()
        drafts = Plan.objects.filter(agency__in=mine, cycle__in=self.cycles, state=PlanState.DRAFT)
        for plan in drafts.for_notices().order_by("pk"):
            if window := self.open_window(plan.cycle_id, Phase.MONITORING, plan):
                laying.add(plan.pk)
                title = _("Lay the annual plan")
                yield Task(title, str(plan), _("Go on"), plan.get_absolute_url(), window.closes_at)
        reports = QuarterReport.objects.filter(
            agency__in=mine, cycle__in=self.cycles, state=ReportState.DRAFT
        )
        for report in reports.exclude(plan__in=laying).for_notices().with_progress().order_by("pk"):
            window = self.open_window(report.cycle_id, Phase.MONITORING, report)
            if window and report.planned:
                title = _("Report quarter %(quarter)s") % {"quarter": in_locale(report.quarter)}
                yield Task(
                    title,
                    str(report),
                    _("Go on"),
                    report.get_absolute_url(),
                    window.closes_at,
                    report.entered,
                    report.planned,
                )

    def _of_submissions(self, mine: list[int]) -> Iterator[Task]:
        submissions = Submission.objects.filter(agency__in=mine, cycle__in=self.cycles)
        for submission in (
            submissions.select_related("agency", "cycle")
            .with_progress()
            .order_by("-cycle__year", "pk")
        ):
            yield from self._of_submission(submission)

    def _of_submission(self, submission: Submission) -> Iterator[Task]:
        if submission.state in IN_WORK and (
            window := self.open_window(submission.cycle_id, Phase.SELF_ASSESSMENT)
        ):
            lines, done = _line_counts(submission)
            left = lines - done
            url = reverse("submissions:detail", args=[submission.pk])
            if submission.state == SubmissionState.RETURNED:
                title = _("The headquarters returned the self-assessment")
                yield Task(title, str(submission), _("Change"), url, window.closes_at, done, lines)
            elif left:
                title = with_count(
                    ngettext(
                        "%(count)s line is not complete yet",
                        "%(count)s lines are not complete yet",
                        left,
                    ),
                    left,
                )
                yield Task(
                    title, str(submission), _("Continue"), url, window.closes_at, done, lines
                )
            if submission.agency_id in self.user.agency_ids(self.at, *HEADS):
                review = reverse("submissions:review", args=[submission.pk])
                yield Task(
                    _("Review and sign the self-assessment"),
                    str(submission),
                    _("Review"),
                    review,
                    window.closes_at,
                )
        elif submission.state == SubmissionState.COMMUNICATED:
            window = self.open_window(submission.cycle_id, Phase.APPEAL, submission)
            until = window.closes_at if window else None
            report = reverse("submissions:report", args=[submission.pk])
            title = (
                _("Your scores are here; you may appeal line by line")
                if until
                else _("Your scores are here")
            )
            yield Task(title, str(submission), _("Read"), report, until)

    def _of_clarifications(self, mine: list[int]) -> Iterator[Task]:
        asked = Clarification.objects.filter(
            agency__in=mine, cycle__in=self.cycles, state=ClarificationState.ASKED
        )
        for clarification in asked.select_related("line__measure").order_by("pk"):
            if window := self.open_window(
                clarification.cycle_id, Phase.CLARIFICATION, clarification
            ):
                title = _("An assessor asks about a line")
                yield Task(
                    title,
                    str(clarification),
                    _("Reply"),
                    clarification.get_absolute_url(),
                    window.closes_at,
                )

    def _of_drafted_appeals(self, mine: list[int]) -> Iterator[Task]:
        """List appeals that are drafted and not filed: a head signs them, others wait for that."""
        drafted = Appeal.objects.filter(
            agency__in=mine, cycle__in=self.cycles, state=AppealState.DRAFT
        )
        found = [w for a in drafted if (w := self.open_window(a.cycle_id, Phase.APPEAL, a))]
        if not found:
            return
        title = with_count(
            ngettext(
                "%(count)s appeal is drafted but not filed",
                "%(count)s appeals are drafted but not filed",
                len(found),
            ),
            len(found),
        )
        if self.user.agency_ids(self.at, *HEADS):
            page, button = "appeals:file", _("Sign and file")
            about = _("Each counts only once you have signed it.")
        else:
            page, button = "appeals:agency", _("Look")
            about = _("Each counts only once the head of the agency has signed it.")
        submissions = {appeal.submission_id for appeal in drafted}
        url = (
            reverse(page, args=list(submissions))
            if len(submissions) == 1
            else reverse("appeals:list")
        )
        yield Task(title, about, button, url, min(w.closes_at for w in found))

    def _of_questions(self, mine: list[int]) -> Iterator[Task]:
        asked_of_us = Question.objects.waiting().filter(
            agency__in=mine, addressee=None, cycle__in=self.cycles
        )
        for question in asked_of_us.for_list():
            title = _("The reviewer of an appeal asks the agency")
            yield Task(
                title, str(question), _("Reply"), question.get_absolute_url(), question.due_at
            )

    def _of_headquarters(self) -> Iterator[Task]:
        """List units' self-assessments that are signed and not checked, while they can still be
        returned.
        """
        above = self.user.agency_ids(self.at, *SUPERIOR_ROLES)
        units = Submission.objects.active().filter(agency__parent__in=above, cycle__in=self.cycles)
        waiting = units.filter(state=SubmissionState.SUBMITTED, checked_at=None)
        for submission in waiting.select_related("agency", "cycle").order_by(
            "-cycle__year", "agency__sort_key", "pk"
        ):
            if window := self.open_window(submission.cycle_id, Phase.SELF_ASSESSMENT):
                url = reverse("submissions:review", args=[submission.pk])
                yield Task(
                    _("Check a unit's self-assessment"),
                    str(submission),
                    _("Check"),
                    url,
                    window.closes_at,
                )


def _line_counts(submission: Submission) -> tuple[int, int]:
    """Count the lines of a submission (`with_progress`), and those that are done."""
    return submission.lines, submission.lines_done
