"""What is typed on the pages of indicator sets and plans: a measure with its method, a vote, targets and figures."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from agencies.text import format_number, localised, parse_decimal
from cycles.forms import NumberField, PersianTextField
from indicators.methods import METHOD_CHOICES, METHODS
from indicators.models import FULL_POINTS, Choice, Direction, Figure, Measure, Sheet, Source, field_of


class BandsField(PersianTextField):
    """Steps as "limit:percent" from the best to the worst: "0:100, 7:70, 14:40"."""

    default_error_messages = {"bands": _("Write the steps as limit:percent, from the best: 0:100, 7:70, 14:40.")}

    def clean(self, value: Any) -> list[list[Any]]:
        text = super().clean(value)
        rows = []
        for part in filter(str.strip, re.split(r"[,،;؛\n]", text)):
            limit, _colon, percent = part.partition(":")
            try:
                rows.append([_plain(parse_decimal(limit)), _plain(parse_decimal(percent))])
            except ValueError as error:
                raise forms.ValidationError(self.error_messages["bands"], code="bands") from error
        return rows


def _plain(value: Decimal) -> int | str:
    """A number as JSON keeps it exactly."""
    return int(value) if value == value.to_integral_value() else str(value)


def written_bands(rows: Sequence[Sequence[Any]]) -> str:
    language = get_language() or "fa"
    comma = "، " if language.startswith("fa") else ", "
    pairs = ([format_number(Decimal(str(n)), language).replace(",", "").replace("٬", "") for n in row] for row in rows)
    return comma.join(":".join(pair) for pair in pairs)


def value(label: Any, help_text: Any) -> NumberField:
    return NumberField(label=label, required=False, max_digits=28, decimal_places=8, help_text=help_text)


class MeasureForm(forms.Form):
    """A measure: what is counted, its points, and the method with the parameters that it needs."""

    title_fa = PersianTextField(label=_("Title in Persian"), max_length=300)
    title_en = PersianTextField(label=_("Title in English"), max_length=300, required=False)
    points = NumberField(
        label=_("Points"),
        max_digits=12,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        max_value=FULL_POINTS,
        help_text=_("The points of all measures of the set add up to exactly 1000."),
    )
    unit_fa = PersianTextField(label=_("Unit in Persian"), max_length=60)
    unit_en = PersianTextField(label=_("Unit in English"), max_length=60, required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices)
    method = forms.ChoiceField(label=_("How the value becomes points"), choices=METHOD_CHOICES)
    base = value(_("Baseline"), _("Last year's value; “Growth from a baseline” needs it."))
    floor = value(_("Floor"), _("The value that earns nothing; “Between a floor and the target” needs it."))
    target = value(_("Target"), _("The value that earns all points."))
    bands = BandsField(
        label=_("Steps"),
        required=False,
        help_text=_("For “Steps” only: limit:percent from the best to the worst, such as 0:100, 7:70, 14:40."),
    )
    items = NumberField(
        label=_("Number of checklist items"),
        required=False,
        decimal_places=0,
        min_value=1,
        max_value=500,
        help_text=_("For “Checklist” only."),
    )
    evidence_fa = PersianTextField(label=_("Evidence asked for, in Persian"), max_length=300, required=False)
    evidence_en = PersianTextField(label=_("Evidence asked for, in English"), max_length=300, required=False)
    source = forms.ChoiceField(
        label=_("Where it comes from"), required=False, choices=[("", _("Not said")), *Source.choices]
    )
    legal_basis = PersianTextField(label=_("Legal basis"), max_length=300, required=False)

    def __init__(self, *args: Any, measure: Measure | None = None, **kwargs: Any) -> None:
        if measure is not None:
            initial = {name: getattr(measure, name, None) for name in self.base_fields}
            initial["bands"] = written_bands(measure.params.get("bands", ()))
            items = measure.params.get("items")
            initial["items"] = items if items is None or isinstance(items, int) else len(items)
            kwargs["initial"] = initial
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        method = METHODS.get(data.get("method", ""))
        if method is None:
            return data
        lacking = [name for name in method.needs if name in data and data[name] in (None, [])]
        for name in lacking:
            self.add_error(name, _("The chosen method needs this."))
        if lacking or any(name in self.errors for name in method.needs):
            return data
        data["params"] = self._params(data)
        own = {key: data[key] for key in ("base", "floor", "target") if data.get(key) is not None}
        for sentence in method.check(own | data["params"]):
            self.add_error(method.needs[-1], sentence)
        return data

    def _params(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["method"] == "bands":
            return {"bands": data["bands"], "direction": data["direction"]}
        return {"items": int(data["items"])} if data["method"] == "checklist" else {}

    @property
    def fields_to_save(self) -> dict[str, Any]:
        """What `drafting.save_measure` takes."""
        return {key: value for key, value in self.cleaned_data.items() if key not in ("bands", "items")}

    @property
    def formulas(self) -> list[dict[str, Any]]:
        """Every method in words, for the page."""
        return [{"label": method.label, "formula": method.formula} for method in METHODS.values()]


class VoteForm(forms.Form):
    """A vote and its reason."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=Choice.choices, widget=forms.RadioSelect)
    reason = PersianTextField(
        label=_("Reason"),
        required=False,
        lines=True,
        help_text=_("Needed unless you approve; the agency will read it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") in (Choice.RETURN, Choice.REJECT) and not data.get("reason"):
            self.add_error("reason", _("Please give a reason; the agency will read it."))
        return data


class SheetForm(forms.Form):
    """Fields for the figures of a plan, each named for what it is, its measure and, in a plan, its quarter."""

    def add(self, what: str, figure: Figure, label: str, *, shows_label: bool) -> None:
        name = field_of(what, figure.measure_id, figure.quarter)
        if what == "explanation":
            field: forms.Field = PersianTextField(label=label, required=False, lines=True, max_length=2000)
            field.widget.attrs["rows"] = 2
        else:
            field = NumberField(label=label, required=False, min_value=0, max_digits=28, decimal_places=8)
        field.initial = getattr(figure, what)
        field.widget.attrs["class"] = "form-control"
        if not shows_label:
            field.widget.attrs["aria-label"] = label
        self.fields[name] = field

    def bound(self, what: str, figure: Figure) -> forms.BoundField | None:
        name = field_of(what, figure.measure_id, figure.quarter)
        return self[name] if name in self.fields else None

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Each error with its field's id and name, for the list at the top of the page; no id where it is of none."""
        found = []
        for name, errors in self.errors.items():
            field = self[name] if name in self.fields else None
            found += [(field.auto_id, str(field.label), e) if field else ("", "", e) for e in errors]
        return found


class TargetsForm(SheetForm):
    """The targets of a plan, a field for each measure and quarter; quarters that are reported have none."""

    def __init__(self, *args: Any, sheet: Sheet, reported: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.quarters = [q for q in sheet.plan.quarters if q not in set(reported)]
        for p in sheet.planned:
            for quarter in self.quarters:
                told = {"measure": p.measure.title, "quarter": localised(quarter)}
                label = gettext("%(measure)s, target of quarter %(quarter)s") % told
                self.add("target", sheet.figure(p.measure.pk, quarter), label, shows_label=False)

    @property
    def targets(self) -> dict[int, dict[int, Decimal | None]]:
        """What `planning.save_plan` takes: of what was sent, so that half a page lost on the way takes nothing back."""
        found: dict[int, dict[int, Decimal | None]] = {}
        for p in self.sheet.planned:
            for quarter in self.quarters:
                name = field_of("target", p.measure.pk, quarter)
                if name in self.data:
                    found.setdefault(p.measure.pk, {})[quarter] = self.cleaned_data[name]
        return found


class FiguresForm(SheetForm):
    """The figures of a quarter: of each measure its actual value, the explanation of a miss, and the forecast."""

    def __init__(self, *args: Any, sheet: Sheet, quarter: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
    def figures(self) -> dict[int, dict[str, Any]]:
        """What `planning.save_figures` takes: the measures that were sent whole and of which something is known."""
        rows = {}
        for p in self.sheet.planned:
            names = {what: field_of(what, p.measure.pk, 0) for what in ("actual", "explanation", "forecast")}
            row = {what: self.cleaned_data[name] for what, name in names.items()}
            known = any(value not in (None, "") for value in row.values())
            if all(name in self.data for name in names.values()) and (
                known or {*names.values()} & {*self.changed_data}
            ):
                rows[p.measure.pk] = row
        return rows
