"""What somebody wants to be told, and where."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agencies.persian import plain_text
from cycles.clashes import ComparedForm


class NoticeSettingsForm(ComparedForm):
    """What is sent to oneself besides official notices."""

    language = forms.ChoiceField(label=_("Language of the messages"), choices=settings.LANGUAGES)
    mails_news = forms.BooleanField(
        label=_("E-mail me what was done"),
        required=False,
        help_text=_(
            "For example that a colleague has submitted; gathered, at most one e-mail an hour."
        ),
    )
    mails_reminders = forms.BooleanField(
        label=_("E-mail me before deadlines"),
        required=False,
        help_text=_("14, 7, 3 and 1 days and 6 hours before, only while something is left to do."),
    )
    texts_reminders = forms.BooleanField(
        label=_("Send me a text message one day and 6 hours before a deadline"), required=False
    )
    mobile = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=30,
        help_text=_("For example 0912 123 4567."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "dir": "ltr", "autocomplete": "tel"}),
    )

    def clean_mobile(self) -> str:
        """Read a mobile number in any Iranian way of writing as +989…."""
        text = re.sub(r"[\s()-]", "", plain_text(self.cleaned_data["mobile"]))
        found = re.fullmatch(r"(?:\+98|0098|98|0)?(9\d{9})", text, re.ASCII)
        if text and not found:
            raise forms.ValidationError(_("Enter an Iranian mobile number, such as 0912 123 4567."))
        return f"+98{found[1]}" if found else ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("texts_reminders") and "mobile" in data and not data["mobile"]:
            self.add_error("mobile", _("Text messages need a mobile number."))
        return data
