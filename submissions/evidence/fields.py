"""The fields in which a file is described: what it is, and the number and day of the letter that it
is.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.ui.fields import DayField, PersianTextField
from submissions.models import Description


class DescriptionForm(forms.Form):
    """What a file is; all of it may be left empty."""

    title = PersianTextField(label=_("Title of the file"), required=False, max_length=200)
    letter_number = PersianTextField(label=_("Letter number"), required=False, max_length=60)
    letter_on = DayField(label=_("Date of the letter"), required=False)

    @property
    def description(self) -> Description:
        said = self.cleaned_data
        return Description(said["title"], said["letter_number"], said["letter_on"])
