"""Forms of improvement plans: an item, its progress, what is returned."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cycles.clashes import ComparedForm
from cycles.ui.fields import DayField, NumberField, PersianTextField
from cycles.ui.forms import ActForm
from festival.models import ImprovementItem, Status


class ItemForm(ComparedForm):
    """An item of a plan; of an item that is about a measure, its next target, too."""

    finding = PersianTextField(label=_("Finding"), lines=True, max_length=4000)
    action = PersianTextField(
        label=_("Action"),
        lines=True,
        max_length=4000,
        required=False,
        help_text=_("What will be done about it."),
    )
    owner = PersianTextField(
        label=_("Who answers for it"),
        max_length=200,
        required=False,
        help_text=_("A post, or a name."),
    )
    due_on = DayField(label=_("To be done by"), required=False)
    target = NumberField(label=_("Next target"), required=False, max_digits=28, decimal_places=8)

    def __init__(
        self, data: QueryDict | None = None, *, item: ImprovementItem | None = None
    ) -> None:
        names = ("finding", "action", "owner", "due_on", "target")
        initial = {name: getattr(item, name) for name in names} if item else {}
        super().__init__(data, initial=initial)
        if item is None or item.answer is None:
            del self.fields["target"]
        else:
            measure = item.answer.measure
            self.fields["target"].help_text = measure.unit

    @property
    def item_fields(self) -> dict[str, object]:
        """Return the fields of the item; an item without a measure has no target."""
        return {"target": None} | self.cleaned_data


class ProgressForm(ComparedForm):
    """The status of an item with a note; `last` is the last report."""

    beside = ("note",)

    status = forms.ChoiceField(label=_("State"), choices=Status.choices, widget=forms.RadioSelect)
    note = PersianTextField(
        label=_("Explanation"),
        lines=True,
        required=False,
        max_length=2000,
        help_text=_("What has been done; of what is cancelled, why."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: dict[str, object],
        last: int | None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.last = last

    @property
    def stored_values(self) -> dict[str, object]:
        return super().stored_values | {"last": self.last}


class ReturnForm(ActForm):
    """Why a plan is returned."""

    note = PersianTextField(
        label=_("Reason"), lines=True, max_length=2000, help_text=_("The agency will read it.")
    )
