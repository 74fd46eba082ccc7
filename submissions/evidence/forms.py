"""Forms of evidence: a file, the place in it that speaks of the line, a unit's document."""

import json
from collections.abc import Iterable, Mapping

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.clashes import ComparedForm
from cycles.ui.fields import PersianTextField
from cycles.ui.forms import offer_choices
from indicators.models import Measure
from submissions.evidence.actions import MOST_AT_ONCE
from submissions.evidence.fields import DescriptionForm
from submissions.evidence.file_types import KINDS, REMEDIES
from submissions.models import Submission


class UploadForm(forms.Form):
    """One file of evidence that comes in one piece; and what the page says of larger ones, which
    come in many.
    """

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}
        ),
    )
    types = list(KINDS)
    most = settings.MAX_UPLOAD_BYTES
    most_megabytes = most // 2**20

    @property
    def remedies(self) -> str:
        """What to do with files of other endings, as the page's script reads it."""
        return json.dumps({ending: str(remedy) for ending, remedy in REMEDIES.items()})

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
    ) -> None:
        super().__init__(data, files)
        self.fields["file"].help_text = _(
            "%(types)s; at most %(limit)s MB, in a browser without scripts %(plain)s MB."
        ) % {
            "types": ", ".join(KINDS),
            "limit": in_locale(settings.MAX_UPLOAD_BYTES // 2**20),
            "plain": in_locale(MOST_AT_ONCE // 2**20),
        }


class ReferenceForm(DescriptionForm, ComparedForm):
    """Where in a file the figure stands, and what the file is."""

    reference = PersianTextField(label=_("Page or sheet"), required=False, max_length=200)


class UnitsDocumentForm(UploadForm):
    """One document for a measure of several units."""

    measure = forms.ChoiceField(label=_("Measure"))
    units = forms.MultipleChoiceField(
        label=_("Units that get it"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("measure", "units", "file")

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        units: Iterable[Submission],
        measures: Iterable[Measure],
    ) -> None:
        super().__init__(data, files)
        self.measures = {str(m.pk): m for m in measures}
        self.units_by_key = {str(unit.pk): unit for unit in units}
        offer_choices(self, "measure", [(key, m.title) for key, m in self.measures.items()])
        offer_choices(self, "units", [(key, s.agency.name) for key, s in self.units_by_key.items()])

    def clean_measure(self) -> Measure:
        return self.measures[self.cleaned_data["measure"]]

    def clean_units(self) -> list[Submission]:
        return [self.units_by_key[key] for key in self.cleaned_data["units"]]
