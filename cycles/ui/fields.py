"""The fields that every app's forms share: numbers, texts and moments as
they are typed in Persian.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale, language, normalise, parse_decimal, persian_digits
from cycles.calendar import DAY, TEHRAN, day_of, jalali, parse_moment
from cycles.ui.files import PDF_WITHIN, has_pdf_head

LARGEST_PAPER = 10 * 2**20


def _is_persian() -> bool:
    return (language()).startswith("fa")


class FieldOptions(TypedDict, total=False):
    """Options of every field."""

    required: bool
    widget: forms.Widget | type[forms.Widget]
    label: str | Promise
    initial: object
    help_text: str | Promise
    error_messages: Mapping[str, str | Promise]
    validators: Sequence[Callable[[object], None]]
    disabled: bool


class NumberOptions(FieldOptions, total=False):
    """Options of a field for numbers."""

    min_value: Decimal | int
    max_value: Decimal | int
    max_digits: int
    decimal_places: int


class WholeOptions(FieldOptions, total=False):
    """Options of a field for whole numbers."""

    min_value: int
    max_value: int


class TextOptions(FieldOptions, total=False):
    """Options of a field for text."""

    max_length: int
    min_length: int
    strip: bool


def as_keywords(options: Mapping[str, object]) -> dict[str, Any]:
    """Hand options on to Django, whose stubs know lazy texts by a type of their own."""
    return dict(options)


class NumberField(forms.DecimalField):
    """A number typed in Persian, Arabic or Latin digits; shown in the reader's."""

    widget = forms.TextInput

    def __init__(self, **options: Unpack[NumberOptions]) -> None:
        if not options.get("help_text") and options.get("decimal_places") != 0:
            options["help_text"] = _("For example 12/5 or 12.5.")
        super().__init__(**as_keywords(options))

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, int | Decimal):
            return Decimal(value)
        try:
            return parse_decimal(str(value))
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: object) -> object:
        if not isinstance(value, int | Decimal):
            return value  # what was typed stays as it was typed
        return in_locale(value).replace(",", "").replace("٬", "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"}


class WholeField(NumberField):
    """A whole number."""

    def __init__(self, **options: Unpack[WholeOptions]) -> None:
        super().__init__(decimal_places=0, **options)

    def clean(self, value: object) -> int | None:
        found = super().clean(value)
        return None if found is None else int(found)


class PersianTextField(forms.CharField):
    """Text in one spelling: ی and ک, Latin digits, tidy spaces and half-spaces; `lines` for prose
    of several lines.
    """

    def __init__(self, *, lines: bool = False, **options: Unpack[TextOptions]) -> None:
        if lines:
            options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        self.lines = lines
        super().__init__(**as_keywords(options))

    def to_python(self, value: object) -> str:
        return normalise(super().to_python(value) or "", lines=self.lines)


class MomentField(forms.Field):
    """An instant in Tehran, typed in either calendar; shown in the reader's. Midnight ending a day
    may be 24:00.

    With `closing` a midnight is shown so, and a day typed without a clock is meant to its end.
    """

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _(
            "Enter a date, such as 1406/03/10 or 2027-05-31, with a time such as 14:30 if "
            "it matters."
        )
    }

    def __init__(self, *, closing: bool = False, **options: Unpack[FieldOptions]) -> None:
        self.closing = closing
        super().__init__(**as_keywords(options))

    def to_python(self, value: object) -> date | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, datetime):
            return value
        try:
            moment = parse_moment(str(value))
            return moment + DAY if self.closing and ":" not in str(value) else moment
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: object) -> object:
        if not isinstance(value, datetime):
            return value
        value = value.astimezone(TEHRAN)
        clock = f"{value:%H:%M}"
        if self.closing and clock == "00:00":
            value, clock = value - DAY, "24:00"
        if not _is_persian():
            return f"{value:%Y-%m-%d} {clock}"
        day = jalali(value)
        return persian_digits(f"{day.year}/{day.month:02}/{day.day:02} {clock}")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        calendar = "jalali" if _is_persian() else "gregorian"
        return {"data-date": calendar, "dir": "ltr", "autocomplete": "off"}


class DayField(MomentField):
    """A day, typed in either calendar and shown in the reader's."""

    default_error_messages = {"invalid": _("Enter a date, such as 1406/03/10 or 2027-05-31.")}

    def to_python(self, value: object) -> date | None:
        moment = value if isinstance(value, date) else super().to_python(value)
        return day_of(moment) if isinstance(moment, datetime) else moment

    def prepare_value(self, value: object) -> object:
        if isinstance(value, date) and not isinstance(value, datetime):
            value = super().prepare_value(
                datetime(value.year, value.month, value.day, tzinfo=TEHRAN)
            )
            return str(value).split(" ")[0]
        return value


class PaperField(forms.FileField):
    """A signed paper: a PDF of at most 10 MB."""

    default_error_messages = {
        "too_large": _("The file is larger than 10 MB."),
        "no_pdf": _("The file must be a PDF file."),
    }

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        options["help_text"] = _("PDF, at most 10 MB.")
        super().__init__(**as_keywords(options))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {"accept": ".pdf"}

    def clean(self, data: object, initial: object = None) -> UploadedFile | None:
        file: UploadedFile | None = super().clean(data, initial)
        if not file:
            return None
        if (file.size or 0) > LARGEST_PAPER:
            raise forms.ValidationError(self.error_messages["too_large"], code="too_large")
        if not has_pdf_head(file.read(2 * PDF_WITHIN)):
            raise forms.ValidationError(self.error_messages["no_pdf"], code="no_pdf")
        file.seek(0)
        return file
