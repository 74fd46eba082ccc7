"""The fields that every app's forms share: numbers, texts and moments as
they are typed in Persian.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.persian import language, localised, normalise, parse_decimal, persian_digits
from cycles.calendar import DAY, TEHRAN, day_of, jalali, parse_moment
from cycles.ui.files import PDF_WITHIN, has_pdf_head

LARGEST_PAPER = 10 * 2**20


def _is_persian() -> bool:
    return (language()).startswith("fa")


class NumberField(forms.DecimalField):
    """A number typed in Persian, Arabic or Latin digits; shown in the reader's."""

    widget = forms.TextInput

    def __init__(self, *, help_text: Any = "", **kwargs: Any) -> None:
        if not help_text and kwargs.get("decimal_places") != 0:
            help_text = _("For example 12/5 or 12.5.")
        super().__init__(help_text=help_text, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, int | Decimal):
            return Decimal(value)
        try:
            return parse_decimal(str(value))
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int | Decimal):
            return value  # what was typed stays as it was typed
        return localised(value).replace(",", "").replace("٬", "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"}


class WholeField(NumberField):
    """A whole number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimal_places=0, **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else int(found)


class PersianTextField(forms.CharField):
    """Text in one spelling: ی and ک, Latin digits, tidy spaces and half-spaces; `lines` for prose
    of several lines.
    """

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        self.lines = lines
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
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

    def __init__(self, *, closing: bool = False, **kwargs: Any) -> None:
        self.closing = closing
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, datetime):
            return value
        try:
            moment = parse_moment(str(value))
            return moment + DAY if self.closing and ":" not in str(value) else moment
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
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

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        calendar = "jalali" if _is_persian() else "gregorian"
        return {"data-date": calendar, "dir": "ltr", "autocomplete": "off"}


class DayField(MomentField):
    """A day, typed in either calendar and shown in the reader's."""

    default_error_messages = {"invalid": _("Enter a date, such as 1406/03/10 or 2027-05-31.")}

    def to_python(self, value: Any) -> Any:
        moment = value if isinstance(value, date) else super().to_python(value)
        return day_of(moment) if isinstance(moment, datetime) else moment

    def prepare_value(self, value: Any) -> Any:
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

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(help_text=_("PDF, at most 10 MB."), **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"accept": ".pdf"}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > LARGEST_PAPER:
            raise forms.ValidationError(self.error_messages["too_large"], code="too_large")
        if not has_pdf_head(file.read(2 * PDF_WITHIN)):
            raise forms.ValidationError(self.error_messages["no_pdf"], code="no_pdf")
        file.seek(0)
        return file
