"""What pages of appeals read: every line of an agency with the appeal against it, what it shows,
what is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from agencies.models import User
from agencies.statements import Statement, keys_slot, slot
from appeals.models import Appeal, Attachment, Question
from appeals.workflow import AppealState
from submissions.models import Submission
from submissions.release import score_report
from submissions.release.score_report import ReportLine


@dataclass
class AppealAttachments:
    """The files of an appeal, and the questions on it, each with the files of its reply."""

    files: list[Attachment] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def attachments_by_appeal(appeals: Iterable[Appeal]) -> dict[int, AppealAttachments]:
    """Read the files and questions of these appeals, by appeal's key; two queries."""
    found = {a.pk: AppealAttachments() for a in appeals}
    if not found:
        return found
    keys = list(found)
    questions: dict[int, Question] = {}
    for question in QUESTIONS.fetch(appeals=keys):
        question.files = []
        questions[question.pk] = question
        found[question.appeal_id].questions.append(question)
    for attachment in ATTACHMENTS.fetch(appeals=keys):
        asked = questions.get(attachment.question_id or 0)
        files = asked.files if asked else found[attachment.appeal_id].files
        files.append(attachment)
    return found


QUESTIONS = Statement(lambda: Question.objects.filter(appeal__in=keys_slot("appeals")).for_list())
ATTACHMENTS = Statement(lambda: Attachment.objects.filter(appeal__in=keys_slot("appeals")).live())


@dataclass(frozen=True)
class Case:
    """A line with its scores, and the appeal against it where the reader may see one."""

    line: ReportLine
    appeal: Appeal | None
    attachments: AppealAttachments

    @property
    def waits(self) -> bool:
        """Whether a question to the agency is open."""
        return any(not q.replied_at and q.addressee_id is None for q in self.attachments.questions)


@dataclass(frozen=True)
class Docket:
    """All lines of an agency: those under appeal, and the others."""

    cases: list[Case]

    @cached_property
    def under_appeal(self) -> list[Case]:
        return [c for c in self.cases if c.appeal]

    @property
    def lines_without_appeal(self) -> list[ReportLine]:
        return [c.line for c in self.cases if not c.appeal]

    @property
    def drafts(self) -> list[Appeal]:
        return [c.appeal for c in self.cases if c.appeal and c.appeal.state == AppealState.DRAFT]


def read(submission: Submission, user: User, at: datetime) -> Docket:
    """Read the docket of an agency as the reader may see it; five queries for any number of lines
    and appeals.
    """
    lines = score_report.lines(submission, compared=False)
    appeals = {appeal.answer_id: appeal for appeal in _live_appeals(submission, user, at)}
    attachments = attachments_by_appeal(appeals.values())
    cases = []
    for line in lines:
        appeal = appeals.get(line.answer.pk)
        if appeal:
            appeal.answer = line.answer
        cases.append(Case(line, appeal, attachments[appeal.pk] if appeal else AppealAttachments()))
    return Docket(cases)


def _live_appeals(submission: Submission, user: User, at: datetime) -> Iterable[Appeal]:
    if submission.agency_id in user.agency_ids(at):
        return LIVE_APPEALS.fetch(submission=submission.pk, agency=submission.agency_id)
    return Appeal.objects.visible_to(user, at).live().filter(submission=submission)


LIVE_APPEALS = Statement(
    lambda: Appeal.objects.live().filter(submission=slot("submission"), agency=slot("agency"))
)
"""What the people of an agency see of its appeals, whoever else they are."""
