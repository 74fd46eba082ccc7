"""What a survey's agencies said, once it is closed: never of fewer than five answers, never by
whom.

While a survey is open nothing is told, for who watched the figures and the list of those who have
answered could tell what the last one said.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cycles.models import Participation
from festival.models import QuestionKind, Survey, SurveyAnswer, SurveyQuestion
from submissions.scoring.distribution import FEWEST


@dataclass(frozen=True)
class Option:
    """How many chose one answer, and how many of a hundred."""

    words: str
    count: int
    percent: Decimal


@dataclass(frozen=True)
class Answers:
    """What was said to one question; `is_told` False: fewer than five answered, so nothing of it
    is.
    """

    question: SurveyQuestion
    count: int
    is_told: bool
    mean: Decimal | None
    options: Sequence[Option]
    texts: Sequence[str]


@dataclass(frozen=True)
class Results:
    """A survey's answers, and how many of the agencies gave them; `answers`
    None while it is open.
    """

    survey: Survey
    asked: int
    returned: int
    answers: Sequence[Answers] | None

    @property
    def rate(self) -> Decimal | None:
        """Return the percent of the agencies asked that have answered."""
        return Decimal(100 * self.returned) / self.asked if self.asked else None


def read(survey: Survey, at: datetime) -> Results:
    """Count the returns; once the survey is closed with its answers; four queries."""
    asked = Participation.objects.active().filter(cycle=survey.cycle_id).count()
    returned = survey.returns.count()
    if at < survey.closes_at:
        return Results(survey, asked, returned, None)
    values: dict[int, list[int]] = {}
    texts: dict[int, list[str]] = {}
    rows = SurveyAnswer.objects.filter(question__survey=survey).order_by(
        "pk"
    )  # a key by lot: the order tells nothing
    for question, value, text in rows.values_list("question_id", "value", "text"):
        if value is None:
            texts.setdefault(question, []).append(text)
        else:
            values.setdefault(question, []).append(value)
    questions = survey.questions.order_by("position")
    return Results(
        survey,
        asked,
        returned,
        [answers_to(q, values.get(q.pk, []), texts.get(q.pk, [])) for q in questions],
    )


def answers_to(question: SurveyQuestion, values: Sequence[int], texts: Sequence[str]) -> Answers:
    """Sum up the answers to one question."""
    count = len(texts) if question.kind == QuestionKind.TEXT else len(values)
    if count < FEWEST:
        return Answers(question, count, False, None, (), ())
    if question.kind == QuestionKind.TEXT:
        return Answers(question, count, True, None, (), tuple(texts))
    chosen = Counter(values)
    options = [Option(w, chosen[v], Decimal(100 * chosen[v]) / count) for v, w in question.options]
    mean = Decimal(sum(values)) / count if question.kind == QuestionKind.SCALE else None
    return Answers(question, count, True, mean, tuple(options), ())
