"""Forms of a year: its plan, its windows, extensions and holidays."""

from collections.abc import Iterable
from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import plain_text
from cycles.calendar import FIRST_GREGORIAN_YEAR, Binding, Phase
from cycles.clashes import ComparedForm, FormData, FormFiles
from cycles.models import Analysis, Cycle, Group, TieRule, Window
from cycles.presets import PRESETS, PlannedWindow, why_out_of_order
from cycles.ui.fields import (
    DayField,
    FieldOptions,
    MomentField,
    NumberField,
    PaperField,
    PersianTextField,
)
from cycles.ui.forms import KEEPS_SIGNATURE, ActForm, AgencyField, offer_choices, offer_rows
from cycles.workflow import Move, Term


class PercentField(NumberField):
    """A whole number from 0 to 100; its initial one where nothing is typed."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        options["required"] = False
        super().__init__(min_value=0, max_value=100, decimal_places=0, **options)

    def clean(self, value: object) -> int:
        found = super().clean(value)
        return int(self.initial if found is None else found)


class PlanForm(forms.Form):
    """Which year is assessed, and by which preset its windows are laid."""

    year = forms.CharField(
        label=_("Assessed Jalali year"),
        max_length=8,
        help_text=_("For example 1406."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )
    preset = forms.ChoiceField(
        label=_("Dates"), choices=lambda: [(key, p.title) for key, p in PRESETS.items()]
    )
    spares_holidays = forms.BooleanField(
        label=_("A deadline on a Friday or a listed holiday moves to the next working day"),
        required=False,
    )
    spreads_points = forms.BooleanField(
        label=_("Points of measures that do not apply are spread within their axis"), required=False
    )
    keeps_signature = forms.BooleanField(label=KEEPS_SIGNATURE, required=False)
    asks_analysis = forms.TypedChoiceField(
        label=_("Whose lines are analysed in words"),
        choices=Analysis.choices,
        initial=Analysis.SPECIFIC,
        required=False,
        empty_value=Analysis.SPECIFIC,
    )
    second_percent = PercentField(
        label=_("Lines of a hundred drawn for a second assessor"), initial=10
    )
    second_heaviest = PercentField(
        label=_("Heaviest lines of each agency that a second assessor marks besides"), initial=3
    )
    agreement_percent = PercentField(
        label=_("Percent of the ceiling by which two marks may differ before they are reconciled"),
        initial=5,
    )
    reason_percent = PercentField(
        label=_(
            "Percent of the ceiling by which a mark may differ from the method's without a reason"
        ),
        initial=0,
    )
    calibration_percent = PercentField(
        label=_(
            "Percent of the ceiling by which an assessor may differ from the agreed marks of "
            "reference lines"
        ),
        initial=10,
        help_text=_(
            "Whoever differs more, in the mean, is shown no lines. 0: no training is asked for."
        ),
    )
    verification_percent = PercentField(
        label=_("Lines of a hundred verified at the source"), initial=5
    )
    admits_new_evidence = forms.BooleanField(
        label=_("Evidence that an appeal shows for the first time may count"),
        required=False,
        initial=True,
    )
    appeal_may_lower = forms.BooleanField(
        label=_("A score may fall through an appeal"), required=False
    )
    tie_rule = forms.TypedChoiceField(
        label=_("Equal percents in a ranking"),
        choices=TieRule.choices,
        initial=TieRule.SHARED,
        required=False,
        empty_value=TieRule.SHARED,
    )
    minimum_to_win = PercentField(
        label=_("Percent below which nobody wins"),
        initial=0,
        help_text=_("Who is first of a group with less has the first place and no prize."),
    )

    def clean_year(self) -> int:
        text = plain_text(self.cleaned_data["year"])
        if not text.isdecimal() or not 1300 <= int(text) < FIRST_GREGORIAN_YEAR - 200:
            raise forms.ValidationError(_("Enter a Jalali year between 1300 and 1499."))
        return int(text)


class WindowsForm(ComparedForm):
    """The opening and the closing of each window of a planned year, typed in either calendar."""

    def __init__(self, data: FormData = None, *, windows: Iterable[Window]) -> None:
        super().__init__(data)
        self.windows = list(windows)
        for w in self.windows:
            opens, closes = self._names(w)
            told = {"phase": w.label}
            self.fields[opens] = MomentField(label=_("%(phase)s opens") % told, initial=w.opens_at)
            self.fields[closes] = MomentField(
                label=_("%(phase)s closes") % told, initial=w.closes_at, closing=True
            )
            for name in (opens, closes):
                self.fields[name].widget.attrs["class"] = "form-control"

    @staticmethod
    def _names(window: Window) -> tuple[str, str]:
        return f"opens-{window.phase}-{window.quarter}", f"closes-{window.phase}-{window.quarter}"

    def rows(self) -> list[tuple[Window, forms.BoundField, forms.BoundField]]:
        """Pair each window with its two fields, as the page lays them out."""
        rows = []
        for window in self.windows:
            opens, closes = self._names(window)
            rows.append((window, self[opens], self[closes]))
        return rows

    def typed_windows(self) -> list[PlannedWindow]:
        """Read what was typed as windows."""
        typed = self.cleaned_data
        windows = []
        for w in self.windows:
            opens, closes = self._names(w)
            windows.append(
                PlannedWindow(
                    Phase(w.phase), Binding(w.binding), typed[opens], typed[closes], w.quarter
                )
            )
        return windows

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and (why := why_out_of_order(self.typed_windows())):
            self.add_error(None, why)
        return data


class ExtensionForm(ActForm):
    """A decree that extends a deadline: which, for whom, until when, and the signed paper."""

    window = forms.ChoiceField(label=_("Deadline"))
    agency = AgencyField(
        label=_("For one agency"),
        required=False,
        help_text=_("Code or name; empty for a group or for all."),
    )
    group = forms.ModelChoiceField(
        label=_("For a group"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=_("No group"),
    )
    closes_at = MomentField(
        label=_("New deadline"),
        closing=True,
        help_text=_("A day without a time means until its end, 24:00."),
    )
    decree_number = PersianTextField(label=_("Number of the decree"), max_length=60)
    decreed_on = DayField(label=_("Date of the decree"))
    reason = PersianTextField(
        label=_("Reason"),
        lines=True,
        max_length=2000,
        help_text=_("Stands on the public timeline and in the report."),
    )
    file = PaperField(
        label=_("Signed decree"), error_messages={"no_pdf": _("The decree must be a PDF file.")}
    )
    field_order = (
        "window",
        "agency",
        "group",
        "closes_at",
        "decree_number",
        "decreed_on",
        "reason",
        "file",
        "password",
    )

    def __init__(
        self,
        data: FormData = None,
        files: FormFiles = None,
        *,
        cycle: Cycle,
        terms: Iterable[Term],
        move: Move,
        user: User,
    ) -> None:
        super().__init__(data, files, move=move, user=user)
        for name in ("note", "letter"):  # the reason and the decree's number say it
            self.fields.pop(name, None)
        self.fields["password"] = self.fields.pop("password")  # one signs at the end
        groups = Group.objects.filter(cycle=cycle)
        offer_choices(self, "window", [(f"{t.phase}:{t.quarter}", t.label) for t in terms])
        offer_rows(self, "group", groups.order_by("province__code", "sort_key", "pk"))

    def clean_window(self) -> tuple[Phase, int]:
        phase, _colon, quarter = self.cleaned_data["window"].partition(":")
        return Phase(phase), int(quarter)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("agency") and data.get("group"):
            self.add_error(
                "group", _("Name an agency or a group, not both; for all, leave both empty.")
            )
        return data

    @property
    def action_kwargs(self) -> dict[str, Any]:
        """Collect what `extend` takes by keyword."""
        data = self.cleaned_data
        phase, quarter = data["window"]
        names = ("agency", "group", "closes_at", "decree_number", "decreed_on", "reason", "file")
        return {"phase": phase, "quarter": quarter} | {name: data[name] for name in names}


class HolidayForm(forms.Form):
    """One public holiday."""

    day = DayField(label=_("Day"))
    name_fa = PersianTextField(label=_("Name in Persian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
