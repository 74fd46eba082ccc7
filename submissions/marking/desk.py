"""The lines of a block as an assessor has them on the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.http import QueryDict

from agencies.persian import language
from agencies.postgres_arrays import array
from agencies.statements import Statement, is_among, keys_slot, slot
from indicators.scoring.methods import METHODS
from submissions.evidence.queries import files_of_lines
from submissions.marking import rules
from submissions.marking.forms import MarkForm
from submissions.marking.rules import MarkValues
from submissions.models import (
    Answer,
    Block,
    Clarification,
    Evidence,
    ExternalFactor,
    Mark,
)
from submissions.models.answers import AnswerQuerySet
from submissions.outliers import Against


@dataclass
class DeskLine:
    """One line before an assessor: what the agency says, what the method suggests, and the
    assessor's own mark.
    """

    answer: Answer
    mark: Mark | None
    form: MarkForm
    has_factor: bool
    files: list[Evidence] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.answer.pk

    @property
    def is_marked(self) -> bool:
        return self.mark is not None

    @cached_property
    def clarification(self) -> Clarification | None:
        """What the agency was asked about the line, if it was."""
        return getattr(self.answer, "clarification", None)

    @property
    def is_touched(self) -> bool:
        return self.form.is_bound and self.form.has_changed()

    @cached_property
    def suggestion(self) -> Decimal | None:
        return rules.suggestion(self.answer)

    @cached_property
    def differs(self) -> bool:
        """Whether the mark is another than that of an agreeing assessor."""
        if self.mark is None:
            return False
        return (self.mark.points, self.mark.is_not_applicable) != (
            self.agreeing_mark["points"],
            self.agreeing_mark["is_not_applicable"],
        )

    @property
    def standing_out(self) -> list[Against]:
        return [Against(code) for code in self.answer.outliers]

    def is_shown(self, show: str) -> bool:
        match show:
            case "unmarked":
                return not self.is_marked
            case "differs":
                return self.differs
            case "factor":
                return self.has_factor
            case "flagged":
                return bool(self.answer.outliers)
        return True

    @property
    def formula(self) -> str:
        m = self.answer.measure
        return METHODS[m.method].explain(
            self.answer.value, m.points, self.answer.scoring_params, language()
        )

    @cached_property
    def agreeing_mark(self) -> MarkValues:
        """The mark of an assessor who agrees with the agency."""
        void = self.answer.claims_not_applicable
        points = None if void else self.suggestion
        return MarkValues(points=points, is_not_applicable=void, reason="")


def desk_lines(block: Block, data: QueryDict | None = None) -> list[DeskLine]:
    """Read the lines of a block with the marks on them; two queries."""
    if block.is_second:
        answers = LINES_BY_KEY.fetch(submission=block.submission_id, keys=block.drawn)
    else:
        answers = LINES_OF_AXIS.fetch(submission=block.submission_id, axis=block.axis_id)
    return _with_marks(block, answers, data)


def desk_line(block: Block, pk: int, data: QueryDict) -> DeskLine:
    """Read one of the lines of a block with the mark on it; two queries."""
    answers = LINES_BY_KEY.fetch(submission=block.submission_id, keys=[pk])
    [line] = _with_marks(block, answers, data)
    return line


def _with_marks(block: Block, answers: Sequence[Any], data: QueryDict | None) -> list[DeskLine]:
    found = MARKS.fetch(block=block.pk, answers=[answer.pk for answer in answers])
    marks = {mark.answer_id: mark for mark in found}
    lines = []
    for answer in answers:
        mark = marks.get(answer.pk)
        lines.append(DeskLine(answer, mark, mark_form(answer, mark, data), answer.has_factor))
    return lines


def _lines() -> AnswerQuerySet:
    factors = ExternalFactor.objects.filter(answer=OuterRef("pk"), withdrawn_at=None)
    lines = Answer.objects.for_page().select_related("clarification", "submission")
    return lines.annotate(has_factor=Exists(factors))


def _lines_of_axis() -> AnswerQuerySet:
    of_axis = {"submission": slot("submission"), "measure__indicator__axis": slot("axis")}
    return _lines().filter(**of_axis).not_stewarded()


# lines with the annotation `has_factor`, which the model does not declare
LINES_OF_AXIS: Statement[Any] = Statement(_lines_of_axis)
LINES_BY_KEY: Statement[Any] = Statement(
    lambda: _lines().filter(is_among("pk", "keys"), submission=slot("submission"))
)
MARKS: Statement[Mark] = Statement(
    lambda: Mark.objects.filter(block=slot("block"), answer__in=keys_slot("answers"))
)


@dataclass
class ListedLine:
    """A line of a block as its list knows it."""

    pk: int
    is_marked: bool


_LISTED = """
    SELECT a.id, mark.id IS NOT NULL
    FROM submissions_answer a
    JOIN indicators_measure m ON m.id = a.measure_id
    JOIN indicators_indicator i ON i.id = m.indicator_id
    LEFT JOIN submissions_mark mark ON mark.answer_id = a.id AND mark.block_id = %(block)s
    WHERE a.submission_id = %(submission)s
      AND CASE WHEN %(is_second)s THEN a.id = ANY(%(drawn)s::bigint[])
               ELSE i.axis_id = %(axis)s AND m.method <> 'steward' END
    ORDER BY i.position, m.position, a.id
"""


def listed_lines(block: Block) -> list[ListedLine]:
    """List the lines of a block in the order of its page; one query."""
    given: dict[str, int | str | bool] = {
        "block": block.pk,
        "submission": block.submission_id,
        "axis": block.axis_id,
        "is_second": block.is_second,
        "drawn": array(block.drawn),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, given)
        return [ListedLine(*row) for row in cursor]


def with_files(lines: list[DeskLine]) -> list[DeskLine]:
    """Add to each line what the agency shows for it; one query."""
    files = files_of_lines([line.pk for line in lines])
    for line in lines:
        line.files = files.get(line.pk, [])
    return lines


def mark_form(answer: Answer, mark: Mark | None, data: QueryDict | None = None) -> MarkForm:
    fields = ("points", "is_not_applicable", "reason")
    initial = {name: getattr(mark, name) for name in fields} if mark else {}
    named = data is not None and str(answer.pk) in (data.get("agree"), data.get("only"))
    sent = named or (data is not None and any(key.startswith(f"{answer.pk}-") for key in data))
    form = MarkForm(data if sent else None, prefix=str(answer.pk), initial=initial)
    if form.is_untouched and not named:
        return MarkForm(
            prefix=str(answer.pk), initial=initial
        )  # another tab's mark is not written over by none
    return form
