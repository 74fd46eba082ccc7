"""Forms of the board: which agencies it shows, and what a year has cost."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.persian import search_key
from cycles.ui.fields import DayField, NumberField, PersianTextField
from submissions.progress.queries import WAITS, Progress, waits_for
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

    def narrow(self, rows: list[Progress]) -> list[Progress]:
        """Keep the rows whose agency's name, state and hindrance were asked for; all where nothing
        was, or nothing known.
        """
        asked = self.cleaned_data if self.is_valid() else {}
        name, state, waits = (
            search_key(asked.get("q") or ""),
            asked.get("state") or "",
            asked.get("waits") or "",
        )
        wanted = "" if state == "none" else state
        return [
            row
            for row in rows
            if name in row.search_key
            and (not state or row.state == wanted)
            and (not waits or waits_for(row, waits))
        ]
