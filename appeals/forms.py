"""What is typed on appeals: the objection and the decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from appeals.models import Ground
from cycles.forms import LetterField, NumberField, PersianTextField
from cycles.workflow import Move


class AppealForm(forms.Form):
    """On what ground, which value instead, and why."""

    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices)
    proposed_value = NumberField(
        label=_("Proposed value"),
        required=False,
        min_value=0,
        max_digits=28,
        decimal_places=8,
        help_text=_("The method computes the points of this value; leave it empty if the value is not in question."),
    )
    argument = PersianTextField(label=_("Why the score should change"), lines=True, max_length=10000)

    def __init__(self, *args: Any, is_stewarded: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_stewarded:
            self.fields["proposed_value"].help_text = _("The steward gives the points of this measure.")


class DecisionForm(forms.Form):
    """A decision with its reason and, where the line gets new points, those; signed with the password."""

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    awarded = NumberField(
        label=_("Points the line gets"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=10,
        help_text=_("Only when upheld. Upheld in whole, the proposed points stand if this is empty."),
    )
    reason = PersianTextField(label=_("Reason"), lines=True, max_length=10000, help_text=_("The agency will read it."))
    letter = LetterField()
    password = forms.CharField(
        label=_("Your password, as your signature"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, moves: list[Move], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["decision"].choices = [(m.name, m.label) for m in moves]  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        return ""
