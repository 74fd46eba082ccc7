"""What is typed about what follows from results: items of improvement plans, consequences, surveys."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.text import normalise
from cycles.calendar import TEHRAN
from cycles.forms import ActForm, MomentField, NumberField, PersianTextField
from festival.models import ImprovementItem, Status


class DayField(MomentField):
    """A day, typed in either calendar and shown in the reader's."""

    default_error_messages = {"invalid": _("Enter a date, such as 1406/03/10 or 2027-05-31.")}

    def to_python(self, value: Any) -> Any:
        moment = value if isinstance(value, date) else super().to_python(value)
        return moment.astimezone(TEHRAN).date() if isinstance(moment, datetime) else moment

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            value = super().prepare_value(datetime(value.year, value.month, value.day, tzinfo=TEHRAN))
            return str(value).split(" ")[0]
        return value


class ItemForm(forms.Form):
    """An item of a plan; of an item that is about a measure, its next target, too."""

    finding = PersianTextField(label=_("Finding"), lines=True, max_length=4000)
    action = PersianTextField(
        label=_("Action"), lines=True, max_length=4000, required=False, help_text=_("What will be done about it.")
    )
    owner = PersianTextField(
        label=_("Who answers for it"), max_length=200, required=False, help_text=_("A post, or a name.")
    )
    due_on = DayField(label=_("To be done by"), required=False)
    target = NumberField(label=_("Next target"), required=False, max_digits=28, decimal_places=8)

    def __init__(self, *args: Any, item: ImprovementItem | None = None, **kwargs: Any) -> None:
        names = ("finding", "action", "owner", "due_on", "target")
        initial = {name: getattr(item, name) for name in names} if item else {}
        super().__init__(*args, initial=initial, **kwargs)
        if item is None or item.answer is None:
            del self.fields["target"]
        else:
            measure = item.answer.measure
            self.fields["target"].help_text = measure.unit

    @property
    def said(self) -> dict[str, Any]:
        """What was typed, nothing of what the form does not ask for."""
        return {"target": None} | self.cleaned_data


class ProgressForm(forms.Form):
    """How far an item is, with a word about it."""

    status = forms.ChoiceField(label=_("State"), choices=Status.choices, widget=forms.RadioSelect)
    note = PersianTextField(
        label=_("Explanation"),
        lines=True,
        required=False,
        max_length=2000,
        help_text=_("What has been done; of what is cancelled, why."),
    )


class ReturnForm(ActForm):
    """Why a plan is returned."""

    note = PersianTextField(label=_("Reason"), lines=True, max_length=2000, help_text=_("The agency will read it."))


def chosen(values: list[str]) -> list[int]:
    """The keys among what a page sent; whatever is no key is left out."""
    return [int(text) for value in values if (text := normalise(value)).isascii() and text.isdecimal()]
