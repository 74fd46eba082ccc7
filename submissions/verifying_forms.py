"""What is typed when a line is verified at the source, when a block is handed in, and when an expense is entered."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import localised
from cycles.calendar import TEHRAN
from cycles.clashes import ComparedForm
from cycles.ui.fields import MomentField, NumberField, PersianTextField
from cycles.ui.forms import ActForm, PasswordField, signed
from submissions.evidence import MOST_AT_ONCE
from submissions.fields import DescriptionForm
from submissions.kinds import KINDS
from submissions.models import Answer, Finding, Place, Verification
from submissions.verifying import MOST_HOURS, SAID


class HoursField(NumberField):
    """Hours spent; nobody need say them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"max_value": MOST_HOURS, "max_digits": 5} | kwargs
        super().__init__(
            label=_("Hours spent"),
            required=False,
            min_value=0,
            decimal_places=2,
            help_text=_("If you like to say; the report adds them up, without names."),
            **kwargs,
        )


class HandInForm(ActForm):
    """A block is handed in: the hours it took, if the assessor says so, and the password."""

    hours = HoursField()
    field_order = ("hours", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]

    @property
    def said(self) -> dict[str, Any]:
        return {"note": "", "hours": self.cleaned_data["hours"]}


class VerificationForm(DescriptionForm, ComparedForm):
    """What was found of a line; all of it is asked for only when it is concluded, and then signed."""

    place = forms.ChoiceField(
        label=_("Where it was verified"), choices=Place.choices, required=False, widget=forms.RadioSelect
    )
    finding = forms.ChoiceField(label=_("Finding"), choices=Finding.choices, required=False, widget=forms.RadioSelect)
    found_value = NumberField(
        label=_("Value found"),
        required=False,
        max_digits=28,
        decimal_places=8,
        help_text=_("Where the line is supported in part; the method computes the points of it."),
    )
    text = PersianTextField(
        label=_("What was seen"),
        lines=True,
        required=False,
        max_length=10000,
        help_text=_("Which source, which document, what it says. The agency will read it."),
    )
    hours = HoursField()
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}),
    )
    password = PasswordField(required=False)
    beside = tuple(DescriptionForm.base_fields)  # they are said of a file to come

    def __init__(self, *args: Any, line: Answer, user: User, concluding: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.user, self.concluding = line, user, concluding
        found = self.fields["found_value"]
        found.help_text = f"{found.help_text} {line.bounds.hint}".strip()
        told = {"types": ", ".join(KINDS), "limit": localised(MOST_AT_ONCE // 2**20)}
        self.fields["file"].help_text = _("%(types)s; at most %(limit)s MB.") % told

    def clean_found_value(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["found_value"]
        if value is not None and (why := self.line.why_unfit(value)):
            raise forms.ValidationError(why)
        return value

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.concluding or self.errors:
            return data
        for name, sentence in (
            ("place", _("Say where it was verified.")),
            ("finding", _("Say what was found.")),
            ("text", _("Say what was seen; the agency will read it.")),
        ):
            if not data.get(name):
                self.add_error(name, sentence)
        if data.get("finding") == Finding.PARTLY and data.get("found_value") is None:
            self.add_error("found_value", _("Give the value that was found; the method computes the points of it."))
        if not self.errors:
            try:
                signed(self.user, data["password"])
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SAID}


class HandOverForm(ComparedForm):
    """Another assessor for a line that is to be verified."""

    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=User.objects.none())

    def __init__(self, *args: Any, held: Verification, assessors: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, shows={"assessor": held.assessor}, **kwargs)
        fit = User.objects.filter(pk__in=[a.pk for a in assessors]).order_by("name_fa", "username", "pk")
        self.fields["assessor"].queryset = fit  # type: ignore[attr-defined]


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
    spent_on = MomentField(label=_("Date"))

    def clean_spent_on(self) -> Any:
        return self.cleaned_data["spent_on"].astimezone(TEHRAN).date()
