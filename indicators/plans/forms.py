"""What is typed on the pages of the annual plan: targets by quarter, and
the figures of a quarter.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from indicators.models import Figure, Sheet, field_of


class SheetForm(ComparedForm):
    """Fields for the figures of a plan, each named for what it is, its measure and, in a plan, its
    quarter.
    """

    sheet: Sheet

    def add(self, what: str, figure: Figure, label: str, *, shows_label: bool) -> None:
        name = field_of(what, figure.measure_id, figure.quarter)
        if what == "explanation":
            field: forms.Field = PersianTextField(
                label=label, required=False, lines=True, max_length=2000
            )
            field.widget.attrs["rows"] = 2
        else:
            field = NumberField(label=label, required=False, max_digits=28, decimal_places=8)
            field.help_text = self.sheet.by_key[figure.measure_id].bounds.hint
        field.initial = getattr(figure, what)
        field.widget.attrs["class"] = "form-control"
        if not shows_label:
            field.widget.attrs["aria-label"] = label
        self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """Refuse what lies outside the bounds of its measure, in its own field."""
        data: dict[str, object] = super().clean() or {}
        for name, value in list(data.items()):
            if isinstance(value, Decimal):
                measure = int(name.split("-")[1])
                if why := self.sheet.by_key[measure].why_unfit(value):
                    self.add_error(name, why)
        return data

    def bound(self, what: str, figure: Figure) -> forms.BoundField | None:
        name = field_of(what, figure.measure_id, figure.quarter)
        return self[name] if name in self.fields else None

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """List each error with its field's id and name, for the top of the page; no id where it is
        of none.
        """
        found = []
        for name, errors in self.errors.items():
            field = self[name] if name in self.fields else None
            for error in errors:
                if field is None:
                    found.append(("", "", str(error)))
                else:
                    found.append((field.auto_id, str(field.label), str(error)))
        return found


class TargetsForm(SheetForm):
    """The targets of a plan, a field for each measure and quarter; quarters that are reported have
    none.
    """

    def __init__(
        self, data: QueryDict | None = None, *, sheet: Sheet, reported: Iterable[int] = ()
    ) -> None:
        super().__init__(data)
        self.sheet = sheet
        self.quarters = [q for q in sheet.plan.quarters if q not in set(reported)]
        for p in sheet.planned:
            for quarter in self.quarters:
                words = {"measure": p.measure.title, "quarter": in_locale(quarter)}
                label = gettext("%(measure)s, target of quarter %(quarter)s") % words
                self.add("target", sheet.figure(p.measure.pk, quarter), label, shows_label=False)

    @property
    def targets(self) -> dict[int, dict[int, Decimal | None]]:
        """Read the targets that were sent: half a page lost on the way takes nothing back."""
        found: dict[int, dict[int, Decimal | None]] = {}
        for planned in self.sheet.planned:
            for quarter in self.quarters:
                name = field_of("target", planned.measure.pk, quarter)
                if name in self.data:
                    found.setdefault(planned.measure.pk, {})[quarter] = self.cleaned_data[name]
        return found


class FiguresForm(SheetForm):
    """The figures of a quarter: of each measure its actual value, the explanation of a miss, and
    the forecast.
    """

    def __init__(self, data: QueryDict | None = None, *, sheet: Sheet, quarter: int) -> None:
        super().__init__(data)
        self.sheet = sheet
        labels = {"actual": _("Actual value"), "forecast": _("Year-end forecast")}
        labels |= {"explanation": _("Explanation of a miss")}
        for figure in sheet.of_quarter(quarter):
            for what, label in labels.items():
                self.add(what, figure, str(label), shows_label=True)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        titles = {str(p.measure.pk): p.measure.title for p in self.sheet.planned}
        return [
            (where, f"{titles[where.rpartition('-')[2]]}, {label}" if where else "", error)
            for where, label, error in super().problems
        ]

    @property
    def figures(self) -> dict[int, dict[str, object]]:
        """Read the figures of measures that were sent whole and of which something is known."""
        rows = {}
        for planned in self.sheet.planned:
            names = {
                what: field_of(what, planned.measure.pk, 0)
                for what in ("actual", "explanation", "forecast")
            }
            fields = {what: self.cleaned_data[name] for what, name in names.items()}
            known = any(value not in (None, "") for value in fields.values())
            if all(name in self.data for name in names.values()) and (
                known or {*names.values()} & {*self.changed_data}
            ):
                rows[planned.measure.pk] = fields
        return rows
