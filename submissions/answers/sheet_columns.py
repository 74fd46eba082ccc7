"""A self-assessment as lines of a spreadsheet: the form `values/1`, and what is wrong with a file,
cell by cell.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cycles.spreadsheets.dry_run import Check, LineResource
from cycles.spreadsheets.sheets import Column, Form, Sheet, Wrong
from indicators.exchange.cells import TRUTH, LineageCell, NumberCell, TruthCell
from submissions.answers import actions
from submissions.answers.forms import AnswerForm
from submissions.answers.sheets import TokensByLine, ValuesByLine
from submissions.models import Answer, Submission

FIELDS = {
    "value": "value",
    "not_applicable": "claims_not_applicable",
    **{name: name for name in Answer.TEXT_FIELDS},
}
"""The columns by which a line is filled in, and the field that each fills."""

INFORMATIVE = ("code", "title", "unit", "target", "bounds")
"""Columns that tell people which line it is; what stands in them is not read."""

VALUES = Form(
    "values",
    1,
    (
        Column(
            "lineage",
            _("The same measure over the years; leave it as exported"),
            required=True,
            example="0198f0c2-7a1e-7c55-9d5e-3f1b8a6c2d10",
        ),
        Column("code", _("Code of the measure; for people, not read"), example="S1-01"),
        Column("title", _("Title of the measure; for people, not read"), example="آب بدون درآمد"),
        Column("unit", _("Unit of the value; for people, not read"), example="درصد"),
        Column(
            "target", _("The target that holds for the agency; for people, not read"), example="22"
        ),
        Column(
            "bounds", _("What values are possible; for people, not read"), example="از ۰ تا ۱۰۰"
        ),
        Column(
            "value",
            _("Actual value; of described levels or options, the number of the row"),
            example="23.5",
        ),
        Column(
            "not_applicable",
            _("Whether the measure does not apply; then without a value"),
            allowed=TRUTH,
        ),
        *(Column(text.name, text.heading, text="lines") for text in Answer.TEXTS),
    ),
)


class AnswerLine(SimpleNamespace):
    """One line of a self-assessment, an attribute a column; `pk` is None where no line is meant."""

    pk: int | None

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"


class AnswerLines(LineResource):
    """The lines that the agency fills in, known by their lineage; those that are not in the file
    stay as they are.
    """

    form = VALUES
    cells = {
        "lineage": LineageCell(),
        "target": NumberCell(),
        "value": NumberCell(),
        "not_applicable": TruthCell(),
    }

    class Meta:
        import_id_fields = ("lineage",)

    def __init__(self, submission: Submission) -> None:
        super().__init__()
        self.submission = submission

    def get_import_order(self) -> list[str]:
        return [name for name in self.form.names if name not in INFORMATIVE]

    def lines(self) -> list[AnswerLine]:
        return [_line(a) for a in self.submission.answers.for_page() if not a.measure.is_stewarded]

    def before_import(self, dataset: tablib.Dataset, **kwargs: object) -> None:
        self.answers = {a.pk: a for a in self.submission.answers.for_page()}
        self.by_lineage: dict[UUID, list[Answer]] = {}
        for a in self.answers.values():
            self.by_lineage.setdefault(a.measure.lineage, []).append(a)

    def get_instance(self, instance_loader: object, row: Mapping[str, str]) -> AnswerLine | None:
        try:
            found = self.by_lineage.get(UUID(row["lineage"]), [])
        except ValueError:
            return None
        return _line(found[0]) if len(found) == 1 else None

    def init_instance(self, row: object = None) -> AnswerLine:
        empty = dict.fromkeys((*INFORMATIVE, *FIELDS), "")
        return AnswerLine(pk=None, lineage=None, **empty | {"value": None, "not_applicable": False})

    def validate_instance(
        self,
        instance: AnswerLine,
        import_validation_errors: Mapping[str, object] | None = None,
        validate_unique: bool = True,
    ) -> None:
        errors = dict(import_validation_errors or {})
        answer = self.answers.get(instance.pk or 0)
        if answer is not None and answer.measure.is_stewarded:
            errors["lineage"] = actions.why_unsound(answer)
        elif answer is not None:
            self._judge(instance, answer, errors)
        elif instance.lineage in self.by_lineage:
            errors["lineage"] = gettext(
                "Two lines of this self-assessment are this measure. Fill them in on the page."
            )
        else:
            errors.setdefault(
                "lineage", gettext("No line of this self-assessment has this lineage.")
            )
        if errors:
            raise ValidationError(errors)

    def _judge(self, line: AnswerLine, answer: Answer, errors: dict[str, object]) -> None:
        """Add what the form of the line would refuse, in the cell that says it."""
        columns = {field: column for column, field in FIELDS.items()}
        values = {
            field: getattr(line, column) for column, field in FIELDS.items() if column not in errors
        }
        tried = Answer(measure=answer.measure, own=answer.own, **values)
        if not errors and (why := actions.why_unsound(tried)):
            errors[_place(tried)] = why
        typed = {name: _as_typed(value) for name, value in values.items()}
        form = AnswerForm(typed, answer=answer)
        for field, complaints in form.errors.items():
            errors.setdefault(columns[field], list(complaints))

    def why_not_together(
        self, sheet: Sheet, taken: Sequence[tuple[int, AnswerLine]]
    ) -> list[Wrong]:
        """Find lines that stand twice: a lineage may be spelt in two ways."""
        seen: set[int | None] = set()
        wrong = []
        for number, line in taken:
            if line.pk in seen:
                wrong.append(sheet.wrong(number, "lineage", gettext("This code stands twice.")))
            seen.add(line.pk)
        return wrong

    def changed_values(self, found: Check) -> tuple[ValuesByLine, TokensByLine]:
        """Read the values of rows that say something new, and the tokens of what the check saw in
        their place.
        """
        values = {}
        seen = {}
        for changed in found.changed:
            line = changed["object"]
            answer = self.answers[line.pk]
            values[line.pk] = {field: getattr(line, column) for column, field in FIELDS.items()}
            seen[line.pk] = {field: answer.token(field) for field in FIELDS.values()}
        return values, seen


def _line(answer: Answer) -> AnswerLine:
    m = answer.measure
    return AnswerLine(
        pk=answer.pk,
        lineage=m.lineage,
        code=m.code,
        title=m.title,
        unit=m.unit,
        target=answer.target,
        bounds=str(answer.bounds),
        **{column: getattr(answer, field) for column, field in FIELDS.items()},
    )


def _as_typed(value: object) -> object:
    """Write a value as a person types it in the form; where rows are chosen from, their number has
    no decimals.
    """
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _place(answer: Answer) -> str:
    """Name the column in which a line is unsound."""
    if not answer.claims_not_applicable:
        return "value"
    return "not_applicable" if answer.note.strip() else "note"
