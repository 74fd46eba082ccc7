"""Forms of marking: marks, questions to the agency, factors, who marks, what is handed in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import ActForm, offer_rows
from indicators.models import Axis
from submissions.workload import MOST_HOURS


class HoursField(NumberField):
    """Hours spent; nobody need say them."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Hours spent"),
            required=False,
            min_value=0,
            max_value=MOST_HOURS,
            max_digits=5,
            decimal_places=2,
            help_text=_("If you like to say; the report adds them up, without names."),
        )


class HandInForm(ActForm):
    """A block is handed in: the hours it took, if the assessor says so, and the password."""

    hours = HoursField()
    field_order = ("hours", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]

    @property
    def action_kwargs(self) -> dict[str, Any]:
        return {"note": "", "hours": self.cleaned_data["hours"]}


class ClarificationForm(forms.Form):
    """A question to the agency about one line."""

    question = PersianTextField(label=_("Question to the agency"), lines=True, max_length=2000)


class ReplyForm(forms.Form):
    """The agency's reply to the question about a line."""

    reply = PersianTextField(label=_("Reply to the assessor"), lines=True, max_length=5000)


REASONS = (
    _("The evidence does not show the value."),
    _("The evidence shows another value."),
    _("The evidence covers only part of what is asked for."),
    _("The evidence is of another year."),
    _("The measure has been read differently from its definition."),
    _("The influence from outside is accepted."),
)
"""What assessors most often say of a mark other than the method's."""


class MarkForm(ComparedForm):
    """Points or "not applicable" for one line, with a reason: in one's own words, or one of the
    usual ones.
    """

    beside = ("usual",)

    points = NumberField(
        label=_("Points"), required=False, min_value=0, max_digits=16, decimal_places=10
    )
    is_not_applicable = forms.BooleanField(label=_("Not applicable"), required=False)
    reason = PersianTextField(
        label=_("Reason"),
        lines=True,
        required=False,
        max_length=5000,
        help_text=_("Needed where the points differ from the method's; the agency will read it."),
    )
    usual = forms.ChoiceField(
        label=_("A usual reason"),
        required=False,
        choices=[("", "—"), *((str(i), text) for i, text in enumerate(REASONS))],
    )

    def clean(self) -> dict[str, object]:
        """Put a usual reason before one's own words, in the language in which it was chosen."""
        super().clean()
        data = self.cleaned_data
        if usual := data.pop("usual", ""):
            data["reason"] = "\n".join(filter(None, (str(REASONS[int(usual)]), data.get("reason"))))
        return data


class AssignForm(ComparedForm):
    """An axis of a self-assessment and the assessor on whose desk it goes."""

    axis = forms.ModelChoiceField(label=_("Axis"), queryset=Axis.objects.none())
    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=User.objects.none())
    is_second = forms.BooleanField(label=_("The second reading of this axis"), required=False)

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        axes: QuerySet[Axis],
        assessors: Iterable[User],
        shows: Mapping[str, object],
    ) -> None:
        super().__init__(data, shows=shows)
        fit = User.objects.filter(pk__in=[a.pk for a in assessors]).order_by(
            "name_fa", "username", "pk"
        )
        offer_rows(self, "axis", axes)
        offer_rows(self, "assessor", fit)
