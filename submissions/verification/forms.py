"""What is typed when a line is verified at the source, when a block is handed in, and when an
expense is entered.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import in_locale
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import PasswordField, check_signature, offer_rows
from submissions.evidence.actions import MOST_AT_ONCE
from submissions.evidence.fields import DescriptionForm
from submissions.evidence.file_types import KINDS
from submissions.marking.forms import HoursField
from submissions.models import Answer, Finding, Place, Verification


class VerificationForm(DescriptionForm, ComparedForm):
    """What was found of a line; all of it is asked for only when it is
    concluded, and then signed.
    """

    place = forms.ChoiceField(
        label=_("Where it was verified"),
        choices=Place.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    finding = forms.ChoiceField(
        label=_("Finding"), choices=Finding.choices, required=False, widget=forms.RadioSelect
    )
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
        widget=forms.ClearableFileInput(
            attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}
        ),
    )
    password = PasswordField(required=False)
    beside = tuple(DescriptionForm.base_fields)  # they are said of a file to come

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        initial: dict[str, object] | None = None,
        line: Answer,
        user: User,
        concluding: bool = False,
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.line, self.user, self.concluding = line, user, concluding
        found = self.fields["found_value"]
        found.help_text = f"{found.help_text} {line.bounds.hint}".strip()
        limits = {"types": ", ".join(KINDS), "limit": in_locale(MOST_AT_ONCE // 2**20)}
        self.fields["file"].help_text = _("%(types)s; at most %(limit)s MB.") % limits

    def clean_found_value(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["found_value"]
        if value is not None and (why := self.line.why_unfit(value)):
            raise forms.ValidationError(why)
        return value

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
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
            self.add_error(
                "found_value",
                _("Give the value that was found; the method computes the points of it."),
            )
        if not self.errors:
            try:
                check_signature(self.user, data["password"])
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class HandOverForm(ComparedForm):
    """Another assessor for a line that is to be verified."""

    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=User.objects.none())

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        verification: Verification,
        assessors: Iterable[User],
    ) -> None:
        super().__init__(data, shows={"assessor": verification.assessor})
        fit = User.objects.filter(pk__in=[a.pk for a in assessors]).order_by(
            "name_fa", "username", "pk"
        )
        offer_rows(self, "assessor", fit)
