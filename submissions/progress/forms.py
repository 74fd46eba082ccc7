"""Forms of the board: which agencies it shows, and what a year has cost."""

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.persian import search_key
from cycles.ui.fields import DayField, NumberField, PersianTextField
from submissions.progress.agency_rows import WAITS, AgencyRows
from submissions.workflow import SubmissionState


class ExpenseForm(forms.Form):
    """What something cost, and when."""

    label = PersianTextField(label=_("What for"), max_length=200)
    amount = NumberField(label=_("Amount in rials"), min_value=0, max_digits=18, decimal_places=0)
    hours = NumberField(
        label=_("Hours it stands for"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        help_text=_("Hours of work that were paid and that nobody else enters, if there are any."),
    )
    spent_on = DayField(label=_("Date"))


class BoardForm(forms.Form):
    """How the progress board is narrowed."""

    q = PersianTextField(label=_("Agency"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), ("none", _("Not begun")), *SubmissionState.choices],
        required=False,
    )
    waits = forms.ChoiceField(
        label=_("Waits for"), choices=[("", _("All")), *WAITS], required=False
    )

    def narrow(self, rows: AgencyRows) -> AgencyRows:
        """Keep the rows whose agency's name, state and hindrance were asked for; all where nothing
        was, or nothing known.
        """
        asked = self.cleaned_data if self.is_valid() else {}
        state = asked.get("state") or None
        return replace(
            rows,
            name=search_key(asked.get("q") or ""),
            state="" if state == "none" else state,
            waits=asked.get("waits") or "",
        )
