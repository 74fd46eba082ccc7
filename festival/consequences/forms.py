"""Forms of consequences: the rule, the letter, the waiver."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.ui.fields import DayField, PaperField, PersianTextField, WholeField
from cycles.ui.forms import ActForm
from festival.consequences.actions import MOST_DAYS
from festival.models import OCCASIONS, ConsequenceKind


class RuleForm(forms.Form):
    """A rule: the consequence of a band, or of not filing."""

    on = forms.ChoiceField(label=_("Upon"), choices=OCCASIONS)
    repeated = forms.BooleanField(label=_("Only in the second year in a row"), required=False)
    kind = forms.ChoiceField(label=_("Consequence"), choices=ConsequenceKind.choices)
    words_fa = PersianTextField(label=_("In words, in Persian"), max_length=300)
    words_en = forms.CharField(label=_("In words, in English"), max_length=300, required=False)
    days = WholeField(
        label=_("Days after publication within which it is due"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=30,
    )


class LetterForm(ActForm):
    """The letter by which a consequence was done, signed; with its paper,
    if there is one at hand.
    """

    # a letter is what this act records: the field asks for it in its own words
    letter = PersianTextField(label=_("Number of the letter"), max_length=60)
    letter_on = DayField(label=_("Date of the letter"))
    file = PaperField(
        label=_("The letter"),
        required=False,
        error_messages={"no_pdf": _("The letter must be a PDF file.")},
    )
    field_order = ("letter", "letter_on", "file", "note", "password")


class WaiveForm(ActForm):
    """Why a consequence is waived, signed."""

    note = PersianTextField(
        label=_("Reason"), lines=True, max_length=2000, help_text=_("The agency will read it.")
    )
