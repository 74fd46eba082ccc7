"""What is typed to comment on a measure."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.ui.fields import PersianTextField
from cycles.ui.forms import AgencyField
from festival.models import MeasureComment


class CommentForm(forms.Form):
    """A comment, and what its writer wants to say of themselves. `website` is a trap: people do not
    see it.
    """

    text = PersianTextField(label=_("Your comment"), lines=True, max_length=MeasureComment.MOST)
    about = AgencyField(
        label=_("About one agency"),
        required=False,
        help_text=_("Code or name; empty: about the measure as such."),
    )
    author = PersianTextField(
        label=_("Your name"), required=False, max_length=120, help_text=_("Published if given.")
    )
    organisation = PersianTextField(
        label=_("Your organisation"),
        required=False,
        max_length=200,
        help_text=_("Published if given."),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        required=False,
        help_text=_("Never published; only so that the administrators may ask you back."),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"}),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_trapped(self) -> bool:
        """Say whether a machine has filled in the field that no person sees."""
        return bool(self.cleaned_data.get("website"))

    def asked_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name != "website"]
