"""The lines of a block as an assessor has them on the desk."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, OuterRef
from django.http import QueryDict

from agencies.persian import language
from indicators.scoring.methods import METHODS
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
    with_versions,
)
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
    def clarification(self) -> Clarification | None:
        """What the agency was asked about the line, if it was."""
        return getattr(self.answer, "clarification", None)

    @property
    def is_touched(self) -> bool:
        return self.form.is_bound and self.form.has_changed()

    @property
    def suggestion(self) -> Decimal | None:
        return rules.suggestion(self.answer)

    @property
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
                return self.mark is None
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

    @property
    def agreeing_mark(self) -> MarkValues:
        """The mark of an assessor who agrees with the agency."""
        void = self.answer.claims_not_applicable
        points = None if void else self.suggestion
        return MarkValues(points=points, is_not_applicable=void, reason="")


def desk_lines(block: Block, data: QueryDict | None = None) -> list[DeskLine]:
    """Read the lines of a block with the marks on them; two queries."""
    factors = ExternalFactor.objects.filter(answer=OuterRef("pk"), withdrawn_at=None)
    answers = Answer.objects.on_desk(block).for_page().select_related("clarification", "submission")
    answers = answers.annotate(has_factor=Exists(factors))
    marks = {m.answer_id: m for m in Mark.objects.filter(block=block)}
    lines = []
    for answer in answers:
        mark = marks.get(answer.pk)
        lines.append(DeskLine(answer, mark, mark_form(answer, mark, data), answer.has_factor))
    return lines


def with_files(lines: list[DeskLine]) -> list[DeskLine]:
    """Add to each line what the agency shows for it; one query."""
    files: dict[int, list[Evidence]] = {}
    for shown in Evidence.objects.filter(answer__in=[line.answer for line in lines]).for_page():
        files.setdefault(shown.answer_id, []).append(shown)
    for line in lines:
        line.files = with_versions(files.get(line.answer.pk, ()))
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
