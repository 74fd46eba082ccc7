"""A measure's figures as lines of a spreadsheet: the form `figures/1`, and what is wrong with a
file, cell by cell.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User, with_roles
from cycles.spreadsheets.dry_run import Check, LineResource
from cycles.spreadsheets.sheets import Column, Form, Sheet, Wrong
from indicators.exchange.cells import TRUTH, NumberCell, TruthCell
from submissions.models import Answer, Stewardship
from submissions.stewards import actions, figure_givers
from submissions.stewards.actions import FiguresByLine, FigureValues, TokensByLine
from submissions.stewards.forms import FigureForm

FIELDS = {"percent": "percent", "not_applicable": "is_not_applicable", "note": "note"}
"""The columns by which a figure is given, and the field that each fills."""

INFORMATIVE = ("agency", "last_year")
"""Columns for people; what stands in them is not read."""

FIGURES = Form(
    "figures",
    1,
    (
        Column("code", _("Code of the agency; leave it as exported"), required=True, example="MOE"),
        Column("agency", _("Name of the agency; for people, not read"), example="وزارت نیرو"),
        Column("last_year", _("Percent of the year before; for people, not read"), example="71.5"),
        Column("percent", _("Percent of the ceiling, from 0 to 100"), example="78.25"),
        Column(
            "not_applicable",
            _("Whether the measure does not apply; then without a percent"),
            allowed=TRUTH,
        ),
        Column("note", _("Note that the agency will read; where it does not apply, why")),
    ),
)


class FigureLine(SimpleNamespace):
    """The figure of one agency, an attribute a column; `pk` is the line's key, None where no line
    is meant.
    """

    pk: int | None

    def __str__(self) -> str:
        return f"{self.code} · {self.agency}"


class FigureLines(LineResource):
    """The lines whose figures a person may give, known by the agency's code; those not in the file
    stay as they are.
    """

    form = FIGURES
    cells = {"last_year": NumberCell(), "percent": NumberCell(), "not_applicable": TruthCell()}

    class Meta:
        import_id_fields = ("code",)

    def __init__(self, stewardship: Stewardship, *, by: User, at: datetime) -> None:
        super().__init__()
        self.stewardship, self.by, self.at = stewardship, by, at

    def get_import_order(self) -> list[str]:
        return [name for name in self.form.names if name not in INFORMATIVE]

    def lines(self) -> list[FigureLine]:
        """List what may be given by this person now, with what the year before came to."""
        [steward] = with_roles([self.stewardship.steward])
        rows = actions.lines_of(self.stewardship)
        mine = [
            a for a in rows if not figure_givers.why_not_given(a, steward, by=self.by, at=self.at)
        ]
        before = actions.last_year(self.stewardship)
        return [_line(a, before.get(a.submission.agency_id)) for a in mine]

    def before_import(self, dataset: tablib.Dataset, **kwargs: object) -> None:
        [self.steward] = with_roles([self.stewardship.steward])
        rows = actions.lines_of(self.stewardship)
        self.answers = {a.submission.agency.code.casefold(): a for a in rows}

    def get_instance(self, instance_loader: object, row: Mapping[str, str]) -> FigureLine | None:
        answer = self.answers.get(row["code"].casefold())
        return _line(answer) if answer else None

    def init_instance(self, row: object = None) -> FigureLine:
        return FigureLine(
            pk=None, code="", agency="", last_year=None, percent=None, not_applicable=False, note=""
        )

    def validate_instance(
        self,
        instance: FigureLine,
        import_validation_errors: Mapping[str, object] | None = None,
        validate_unique: bool = True,
    ) -> None:
        errors = dict(import_validation_errors or {})
        answer = self.answers.get((instance.code or "").casefold())
        if answer is None:
            errors.setdefault("code", gettext("No agency with this code has this measure."))
        elif why := figure_givers.why_not_given(answer, self.steward, by=self.by, at=self.at):
            errors["code"] = why
        else:
            _judge(instance, errors)
        if errors:
            raise ValidationError(errors)

    def why_not_together(
        self, sheet: Sheet, taken: Sequence[tuple[int, FigureLine]]
    ) -> list[Wrong]:
        """Find agencies that stand twice: a code may be spelt in two ways."""
        seen: set[int | None] = set()
        wrong = []
        for number, line in taken:
            if line.pk in seen:
                wrong.append(sheet.wrong(number, "code", gettext("This code stands twice.")))
            seen.add(line.pk)
        return wrong

    def changed_values(self, found: Check) -> tuple[FiguresByLine, TokensByLine]:
        """Read the figures of rows that say something new, and the tokens of what the check saw in
        their place.
        """
        by_key = {a.pk: a for a in self.answers.values()}
        figures = {}
        for changed in found.changed:
            line = changed["object"]
            figures[line.pk] = FigureValues(
                percent=line.percent, is_not_applicable=line.not_applicable, note=line.note
            )
        return figures, {pk: actions.held_token(by_key[pk]) for pk in figures}


def _judge(line: FigureLine, errors: dict[str, object]) -> None:
    """Add what the form of the page would refuse, in the cell that says it."""
    columns = {field: column for column, field in FIELDS.items()}
    values = {
        field: getattr(line, column) for column, field in FIELDS.items() if column not in errors
    }
    form = FigureForm({name: _as_typed(value) for name, value in values.items()})
    if not errors or set(errors) <= set(FIELDS):
        for field, complaints in form.errors.items():
            errors.setdefault(columns[field], list(complaints))


def _as_typed(value: object) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _line(answer: Answer, last_year: Decimal | None = None) -> FigureLine:
    agency, figure = answer.submission.agency, actions.figure_of(answer)
    return FigureLine(
        pk=answer.pk,
        code=agency.code,
        agency=agency.name,
        last_year=last_year,
        percent=figure.percent if figure else None,
        not_applicable=figure.is_not_applicable if figure else False,
        note=figure.note if figure else "",
    )
