"""What is typed: the fields that every app's forms share, and the forms of acts, cycles, people and interests."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, User
from agencies.roles import AGENCY_ROLES, Constituency, Role
from agencies.text import latin_digits, localised, normalise, parse_decimal, persian_digits
from cycles.calendar import FIRST_GREGORIAN_YEAR, PRESETS, TEHRAN, jalali, parse_moment
from cycles.workflow import Move

# --- Fields -----------------------------------------------------------------------------------------------------------


def _is_persian() -> bool:
    return (get_language() or "fa").startswith("fa")


class NumberField(forms.DecimalField):
    """A number typed in Persian, Arabic or Latin digits; shown in the reader's."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter one number, such as 1200 or 12.5.")}

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, int | Decimal):
            return Decimal(value)
        try:
            return parse_decimal(str(value))
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int | Decimal):
            return value  # what was typed stays as it was typed
        return localised(value).replace(",", "").replace("٬", "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"}


class PersianTextField(forms.CharField):
    """Text in one spelling: ی and ک, Latin digits, tidy spaces and half-spaces; `lines` for prose of several lines."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        self.lines = lines
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return normalise(super().to_python(value) or "", lines=self.lines)


class MomentField(forms.Field):
    """An instant in Tehran, typed in either calendar; shown in the reader's. Midnight ending a day may be 24:00."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Enter a date, such as 1406/03/10 or 2027-05-31, with a time such as 14:30 if it matters.")
    }

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(str(value))
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        value = value.astimezone(TEHRAN)
        if not _is_persian():
            return f"{value:%Y-%m-%d %H:%M}"
        day = jalali(value)
        return persian_digits(f"{day.year}/{day.month:02}/{day.day:02} {value:%H:%M}")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        calendar = "jalali" if _is_persian() else "gregorian"
        return {"data-date": calendar, "dir": "ltr", "autocomplete": "off"}


class AgencyField(PersianTextField):
    """An agency by its code or a part of its name: a list of two thousand is no help to anybody."""

    default_error_messages = {
        "none": _("No agency has this code or name."),
        "several": _("Several agencies match; type the code of one: %(names)s."),
    }

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        exact = Agency.objects.filter(code__iexact=text).first()
        if exact:
            return exact
        found = list(Agency.objects.filter(is_active=True).matching(text).for_list()[:4])
        if not found:
            raise forms.ValidationError(self.error_messages["none"], code="none")
        if len(found) > 1:
            names = "، ".join(f"{a.name} ({a.code})" for a in found)
            raise forms.ValidationError(self.error_messages["several"], code="several", params={"names": names})
        return found[0]


# --- Forms ------------------------------------------------------------------------------------------------------------


class ActForm(forms.Form):
    """A note with an act and, where the act is signed, the password again."""

    note = PersianTextField(label=_("Explanation"), required=False, lines=True)
    password = forms.CharField(
        label=_("Your password, as your signature"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, move: Move, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not move.signed:
            del self.fields["password"]

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        return ""


class PlanForm(forms.Form):
    """Which year is assessed, and by which preset its windows are laid."""

    year = forms.CharField(
        label=_("Assessed Jalali year"),
        max_length=8,
        help_text=_("For example 1406."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )
    preset = forms.ChoiceField(label=_("Dates"), choices=lambda: [(key, p.title) for key, p in PRESETS.items()])

    def clean_year(self) -> int:
        text = latin_digits(self.cleaned_data["year"])
        if not text.isdecimal() or not 1300 <= int(text) < FIRST_GREGORIAN_YEAR - 200:
            raise forms.ValidationError(_("Enter a Jalali year between 1300 and 1499."))
        return int(text)


class ImportForm(forms.Form):
    """A spreadsheet of agencies."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("XLSX or CSV (UTF-8) with the columns of the export, at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 5 * 2**20:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        if not file.name.lower().endswith((".xlsx", ".csv")):
            raise forms.ValidationError(_("Only XLSX and CSV files can be read."))
        return file


class GrantForm(forms.Form):
    """A role for a person: where it is held, by whom in a working group, and from when until when."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    agency = AgencyField(
        label=_("Agency"),
        required=False,
        help_text=_("Code or name, for roles in an agency."),
    )
    province = forms.ModelChoiceField(
        label=_("Province"),
        required=False,
        queryset=Province.objects.order_by("sort_key", "pk"),
        empty_label=_("The whole country"),
        help_text=_("For the roles of the authority."),
    )
    constituency = forms.ChoiceField(
        label=_("Constituency in the working group"),
        required=False,
        choices=[("", _("Not a working-group member")), *Constituency.choices],
    )
    is_chair = forms.BooleanField(label=_("Chairs the working group"), required=False)
    is_outsider = forms.BooleanField(label=_("Not employed by the authority"), required=False)
    valid_from = MomentField(label=_("From"), required=False, help_text=_("Empty: from now on."))
    valid_until = MomentField(label=_("Until"), required=False, help_text=_("Empty: until ended."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, constituency = data.get("role"), data.get("constituency", "")
        in_agency = role in AGENCY_ROLES or constituency == Constituency.AGENCY
        if "agency" in data and in_agency and data["agency"] is None:
            self.add_error("agency", _("This role is held in an agency: name it."))
        if data.get("agency") and not in_agency:
            self.add_error("agency", _("This role names no agency: leave this empty."))
        if data.get("province") and in_agency:
            self.add_error("province", _("The agency already says where: leave this at the whole country."))
        if role == Role.MEMBER and not constituency:
            self.add_error("constituency", _("Say for whom the member sits in the working group."))
        if role != Role.MEMBER and constituency:
            self.add_error("constituency", _("Only working-group members belong to a constituency."))
        start, end = data.get("valid_from"), data.get("valid_until")
        if start and end and end <= start:
            self.add_error("valid_until", _("The role must end after it begins."))
        return data


class InterestForm(forms.Form):
    """An agency in which one has an interest, and which interest."""

    agency = AgencyField(label=_("Agency"), help_text=_("Code or name."))
    reason = PersianTextField(
        label=_("What ties you to it"),
        lines=True,
        max_length=1000,
        help_text=_("Read by administrators and auditors only."),
    )
