"""What is typed on appeals: the objection with its evidence, questions and
replies, the decision.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from appeals.drafting.actions import DraftValues
from appeals.models import Ground
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import offer_choices, offer_rows
from submissions.evidence.actions import MOST_AT_ONCE
from submissions.evidence.fields import DescriptionForm
from submissions.evidence.file_types import KINDS
from submissions.models import Answer, Document

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class EvidenceField(forms.FileField):
    """One file of the kinds that may be shown, in one piece."""

    def __init__(self, label: "str | _StrPromise") -> None:
        accept = ",".join(f".{ending}" for ending in KINDS)
        widget = forms.ClearableFileInput(attrs={"accept": accept})
        super().__init__(label=label, required=False, widget=widget)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        limits = {"types": ", ".join(KINDS), "limit": in_locale(MOST_AT_ONCE // 2**20)}
        self.help_text = _("%(types)s; at most %(limit)s MB.") % limits
        return super().get_bound_field(form, field_name)


class AppealForm(DescriptionForm, ComparedForm):
    """On what ground, which value instead, why, and what shows it; a draft
    may still be incomplete.
    """

    ground = forms.ChoiceField(label=_("Ground"), widget=forms.RadioSelect)
    proposed_value = NumberField(
        label=_("Proposed value"),
        required=False,
        max_digits=28,
        decimal_places=8,
        help_text=_(
            "The method computes the points of this value; leave it empty if the value is not "
            "in question."
        ),
    )
    argument = PersianTextField(
        label=_("Why the score should change"),
        lines=True,
        required=False,
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("A draft may be saved without it; it is not filed without it."),
    )
    file = EvidenceField(label=_("New file"))
    document = forms.ModelChoiceField(
        label=_("Or a file that the agency has uploaded before"),
        queryset=Document.objects.none(),
        required=False,
    )
    reference = PersianTextField(label=_("Page or sheet"), required=False, max_length=200)
    field_order = ("ground", "proposed_value", "argument", "file", "document", "reference")
    beside = (
        "document",
        "reference",
        *DescriptionForm.base_fields,
    )  # they are said of a file to come

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        grounds: Iterable[Ground],
        documents: QuerySet[Document],
        answer: Answer,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.answer = answer
        offer_choices(self, "ground", [(g.value, g.label) for g in grounds])
        offer_rows(self, "document", documents)
        value = self.fields["proposed_value"]
        if answer.measure.is_stewarded:
            value.label = _("Proposed percent")
            value.help_text = _("The percent of the ceiling that the agency holds to be right.")
        value.help_text = f"{value.help_text} {answer.bounds.hint}".strip()

    def clean_proposed_value(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["proposed_value"]
        if value is not None and (why := self.answer.why_unfit(value)):
            raise forms.ValidationError(why)
        return value

    @property
    def draft(self) -> DraftValues:
        """The draft that was typed."""
        typed = self.cleaned_data
        return DraftValues(
            ground=typed["ground"],
            proposed_value=typed["proposed_value"],
            argument=typed["argument"],
        )
