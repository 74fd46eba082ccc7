"""What waits for the people of agencies and of their headquarters."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.persian import in_locale
from agencies.roles import HEADS, SUPERIOR_ROLES, Role
from appeals.models import Appeal, Question
from config.home import agency_questions as questions
from config.home import closing_tasks
from config.home.year_strip import Outlook, Task, address_of_set, with_count
from cycles.calendar import Phase, day_of
from indicators.models import Plan, QuarterReport
from indicators.workflow import PlanState, SetState
from submissions.models import (
    IN_WORK,
    Clarification,
    Submission,
)
from submissions.workflow import SubmissionState


class AgencyTasks(Outlook):
    def _of_agency(self) -> Iterator[Task]:
        """List the tasks of staff and heads, and of those who check a unit's self-assessment."""
        values = {
            "mine": self.user.agency_ids(self.at, Role.STAFF, *HEADS),
            "above": self.user.agency_ids(self.at, *SUPERIOR_ROLES),
            "cycles": [cycle.pk for cycle in self.cycles],
            "at": self.at,
            "soon": day_of(self.at + closing_tasks.AHEAD),
        }
        yield from self._of_proposals(values)
        answers = questions.ALL.ask(**values)
        yield from self._of_plans(answers.rows(questions.PLANS_TO_LAY))
        yield from self._of_reports(answers.rows(questions.REPORTS_TO_SIGN))
        yield from self._of_submissions(answers.rows(questions.SUBMISSIONS))
        yield from self._of_clarifications(answers.rows(questions.CLARIFICATIONS))
        yield from self._of_drafted_appeals(answers.rows(questions.DRAFTED_APPEALS))
        yield from self._of_questions(answers.rows(questions.QUESTIONS))
        yield from closing_tasks.plans_to_begin(answers.rows(questions.RESULTS_WITHOUT_PLAN))
        yield from closing_tasks.plans_to_sign(answers.rows(questions.IMPROVEMENTS_TO_SIGN))
        yield from closing_tasks.due_items(answers.rows(questions.DUE_IMPROVEMENTS))
        yield from closing_tasks.surveys(answers.rows(questions.SURVEYS))
        yield from self._of_headquarters(answers.rows(questions.SUBMISSIONS_TO_CHECK))

    def _of_proposals(self, values: dict[str, object]) -> Iterator[Task]:
        """List specific indicators to be proposed, or changed where the group returned them."""
        proposing = [
            cycle
            for cycle in self.cycles
            if self.open_window(cycle.pk, Phase.PROPOSAL)
            or self.open_window(cycle.pk, Phase.APPROVAL)
        ]
        if not proposing:
            return
        sets = {(s.cycle_id, s.agency_id): s for s in questions.SPECIFIC_SETS.fetch(**values)}
        for participation in questions.PARTICIPATIONS.fetch(**values):
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

    def _of_plans(self, plans: list[Plan]) -> Iterator[Task]:
        """List annual plans while they can be laid and signed."""
        for plan in plans:
            if window := self.open_window(plan.cycle_id, Phase.MONITORING, plan):
                title = _("Lay the annual plan")
                yield Task(title, str(plan), _("Go on"), plan.get_absolute_url(), window.closes_at)

    def _of_reports(self, reports: list[QuarterReport]) -> Iterator[Task]:
        """List quarters while they can be reported, of plans that are not still being laid."""
        for report in reports:
            window = self.open_window(report.cycle_id, Phase.MONITORING, report)
            if not window or not report.planned:
                continue
            if report.plan.state == PlanState.DRAFT and self.open_window(
                report.cycle_id, Phase.MONITORING, report.plan
            ):
                continue
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

    def _of_submissions(self, submissions: list[Submission]) -> Iterator[Task]:
        for submission in submissions:
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

    def _of_clarifications(self, clarifications: list[Clarification]) -> Iterator[Task]:
        for clarification in clarifications:
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

    def _of_drafted_appeals(self, drafted: list[Appeal]) -> Iterator[Task]:
        """List appeals that are drafted and not filed: a head signs them, others wait for that."""
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

    def _of_questions(self, asked_of_us: list[Question]) -> Iterator[Task]:
        for question in asked_of_us:
            title = _("The reviewer of an appeal asks the agency")
            yield Task(
                title, str(question), _("Reply"), question.get_absolute_url(), question.due_at
            )

    def _of_headquarters(self, waiting: list[Submission]) -> Iterator[Task]:
        """List units' self-assessments to check while they can still be returned."""
        for submission in waiting:
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
