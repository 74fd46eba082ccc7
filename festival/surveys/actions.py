"""The survey of a year's agencies: opened by an administrator, answered once by each agency, nobody
knows what by whom.

That an agency has answered is one row, what was said are others that know neither agency nor
moment; docs/closing.md says what that holds and what it does not.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from cycles.engine.perform import perform
from cycles.models import Cycle, Participation
from cycles.workflow import CycleState, Refused
from festival.models import QuestionKind, Survey, SurveyAnswer, SurveyQuestion, SurveyReturn
from festival.surveys.questions import QUESTIONS, Question
from festival.workflow import RETURNS, SURVEYS

MOST_WORDS = 4000


@transaction.atomic
def open_survey(
    cycle: Cycle,
    *,
    opens_at: datetime,
    closes_at: datetime,
    questions: Sequence[Question] = QUESTIONS,
    letter: str = "",
    note: str = "",
    by: User,
    at: datetime,
) -> Survey:
    """Lay the survey of a year's agencies with its questions; the agencies are told. One a year,
    and it stays.
    """
    if cycle.state == CycleState.PLANNED or cycle.is_practice:
        raise Refused(_("A survey is about the assessment of a year that has been opened."))
    if Survey.objects.filter(cycle=cycle).exists():
        raise Refused(_("This year has a survey already."))
    if opens_at < at or closes_at <= opens_at:
        raise Refused(_("A survey opens now or later, and closes after that."))
    if not questions:
        raise Refused(_("A survey asks at least one question."))
    survey = Survey.objects.create(
        cycle=cycle, opens_at=opens_at, closes_at=closes_at, made_by=by, made_at=at
    )
    rows = []
    for position, question in enumerate(questions, 1):
        rows.append(
            SurveyQuestion(
                survey=survey,
                position=position,
                kind=question.kind,
                text_fa=question.fa,
                text_en=question.en,
                choices=[list(choice) for choice in question.choices],
            )
        )
    SurveyQuestion.objects.bulk_create(rows)

    [survey] = perform(
        SURVEYS,
        [survey],
        "open",
        by=by,
        at=at,
        note=note,
        letter=letter,
        opens_at=opens_at,
        closes_at=closes_at,
        questions=len(questions),
    )
    return survey


def why_not_answered(survey: Survey, agency: Agency, at: datetime) -> str:
    """Say why this agency cannot answer now, or ""."""
    if at < survey.opens_at:
        return _("The survey is not open yet.")
    if at >= survey.closes_at:
        return _("The survey is closed.")
    if not Participation.objects.active().filter(cycle=survey.cycle_id, agency=agency).exists():
        return _("This agency does not take part in the year.")
    if SurveyReturn.objects.filter(survey=survey, agency=agency).exists():
        return _("Your agency has answered; its answers bear no name and can no longer be changed.")
    return ""


@transaction.atomic
def answer(
    survey: Survey, agency: Agency, answers: Mapping[int, int | str], *, by: User, at: datetime
) -> SurveyReturn:
    """Send an agency's answers, by the question's key: numbers, or words where these are asked for.

    Every question but those in words is answered. The answers are written in an order drawn by lot.
    """
    if why := why_not_answered(survey, agency, at):
        raise Refused(why)
    questions = list(survey.questions.order_by("position"))
    rows = []
    for question in questions:
        if row := _new_answer(question, answers.get(question.pk)):
            rows.append(row)
    try:
        with transaction.atomic():
            returned = SurveyReturn.objects.create(survey=survey, agency=agency, at=at)
    except IntegrityError as twice:  # a colleague was faster
        raise Refused(why_not_answered(survey, agency, at)) from twice
    perform(RETURNS, [returned], "answer", by=by, at=at)
    random.SystemRandom().shuffle(rows)
    SurveyAnswer.objects.bulk_create(rows)
    return returned


def _new_answer(question: SurveyQuestion, answer: int | str | None) -> SurveyAnswer | None:
    if question.kind == QuestionKind.TEXT:
        text = str(answer or "").strip()
        if len(text) > MOST_WORDS:
            raise Refused(_("An answer is too long."))
        return SurveyAnswer(question=question, text=text) if text else None
    if answer not in {value for value, _words in question.options}:
        raise Refused(_("Answer every question; only what is asked in words may stay empty."))
    return SurveyAnswer(question=question, value=int(answer))
