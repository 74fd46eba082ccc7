"""Forms of the Article 82 report: a chapter's text, and its delivery."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import normalise
from cycles.ui.fields import PersianTextField
from cycles.ui.forms import ActForm
from cycles.workflow import Move
from festival.workflow import Addressee


class ApproveForm(ActForm):
    """A report is approved; where one of the year was delivered, that this one is delivered in its
    place.
    """

    redelivers = forms.BooleanField(
        label=_("This version takes the place of the delivered one and is delivered anew")
    )

    field_order = ("redelivers", "note", "password")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        delivery: str,
        move: Move,
        user: User,
        shows: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, move=move, user=user, shows=shows)
        self.fields["redelivers"].help_text = delivery
        if not delivery:
            del self.fields["redelivers"]

    @property
    def action_kwargs(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["note"], "redelivers": "redelivers" in self.fields}


class DeliverForm(ActForm):
    """To whom the report was delivered and by which letter, signed."""

    addressee = forms.ChoiceField(
        label=_("Delivered to"), choices=Addressee.choices, widget=forms.RadioSelect
    )
    letter_number = PersianTextField(label=_("Number of the letter"), max_length=60)

    field_order = ("addressee", "letter_number", "note", "password")


class TextForm(forms.Form):
    """A chapter's text of the report in one language; what equals the draft is kept as none of
    one's own.
    """

    text = PersianTextField(label=_("Text"), lines=True, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: dict[str, object],
        language: str,
        draft: str,
    ) -> None:
        super().__init__(data, initial=initial)
        self.draft = draft
        self.fields["text"].help_text = _(
            "An empty line begins a paragraph. Set figures by their names in braces; an empty "
            "text is the draft again."
        )
        self.fields["text"].widget.attrs |= {
            "rows": 10,
            "lang": language,
            "dir": "rtl" if language == "fa" else "ltr",
        }

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return "" if text == normalise(self.draft, lines=True) else text
