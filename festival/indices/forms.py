"""What is typed on the pages of the register of international indices."""

import re
from typing import TYPE_CHECKING, Generic, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.persian import in_locale, plain_text
from cycles.clashes import SEEN, ComparedForm
from cycles.ui.fields import DayField, NumberField, PersianTextField, WholeField
from cycles.ui.forms import ImportForm
from festival.countries import letters
from festival.fields import row_field
from festival.models import Index, Region
from indicators.models import Direction

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GREGORIAN = re.compile(r"(19|20)\d\d")

T = TypeVar("T")


class YearField(forms.CharField):
    """A Gregorian year, as publishers count."""

    default_error_messages = {"invalid": _("Enter a Gregorian year, such as 2024.")}

    def __init__(
        self, *, label: "StrOrPromise", required: bool = True, help_text: "StrOrPromise" = ""
    ) -> None:
        attrs = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            max_length=6,
            widget=forms.TextInput(attrs=attrs),
        )

    def clean(self, value: object) -> int | None:
        text = plain_text(super().clean(value) or "")
        if not text:
            return None
        if not GREGORIAN.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return int(text)

    def prepare_value(self, value: object) -> object:
        return (
            in_locale(value).replace(",", "").replace("٬", "") if isinstance(value, int) else value
        )


class CountField(WholeField):
    """A whole number, from 1 on where nothing else is said."""

    def __init__(
        self, *, label: "StrOrPromise", min_value: int = 1, help_text: "StrOrPromise" = ""
    ) -> None:
        super().__init__(
            label=label, min_value=min_value, max_value=999, required=False, help_text=help_text
        )


class ListField(PersianTextField, Generic[T]):
    """Several things named one after another, parted by commas or lines; `find` knows each by what
    was typed.
    """

    def __init__(
        self, *, label: "StrOrPromise", help_text: "StrOrPromise", required: bool = True
    ) -> None:
        super().__init__(label=label, help_text=help_text, required=required, lines=True)

    def clean(self, value: object) -> list[T]:
        parts = [
            part.strip() for part in re.split(r"[,،;؛\n]+", super().clean(value)) if part.strip()
        ]
        found = {part: self.find(part) for part in parts}
        if unknown := [part for part, thing in found.items() if not thing]:
            sentence = self.error_messages["unknown"] % {"names": "، ".join(unknown)}
            raise forms.ValidationError(sentence, code="unknown")
        return list(dict.fromkeys(thing for thing in found.values() if thing))

    def find(self, text: str) -> T | None:
        raise NotImplementedError


class CountriesField(ListField[str]):
    default_error_messages = {"unknown": _("No country is known by: %(names)s.")}

    def find(self, text: str) -> str:
        return letters(text)


class AgenciesField(ListField[Agency]):
    default_error_messages = {"unknown": _("No agency has the code: %(names)s.")}

    def find(self, text: str) -> Agency | None:
        return Agency.objects.filter(code__iexact=text).first()


LATIN = {"dir": "ltr", "lang": "en", "autocomplete": "off"}
CODE = _("Capital letters, digits and dashes, such as EGDI; it never changes.")


class IndexForm(ComparedForm):
    """An index as it is followed; its code is asked for only when it is new."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9-]*$",
        label=_("Code"),
        max_length=20,
        help_text=CODE,
        widget=forms.TextInput(attrs=LATIN),
    )
    name_fa = PersianTextField(label=_("Name in Persian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    publisher = forms.CharField(label=_("Publisher"), max_length=200)
    address = forms.CharField(
        label=_("Address of the publisher"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=LATIN),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices)
    scale_fa = PersianTextField(label=_("Scale, in Persian"), max_length=100, required=False)
    scale_en = forms.CharField(label=_("Scale, in English"), max_length=100, required=False)
    agencies = AgenciesField(
        label=_("Agencies that answer for it"),
        required=False,
        help_text=_("Their codes, parted by commas."),
    )
    vision_score = NumberField(
        label=_("Vision target: score"), required=False, max_digits=28, decimal_places=8
    )
    vision_rank = CountField(label=_("Vision target: place"))
    vision_region = forms.ModelChoiceField(
        label=_("The place is among"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=_("all countries"),
    )
    vision_year = YearField(label=_("Vision target: for the year"), required=False)
    plan = PersianTextField(
        label=_("Plan that its recommendations feed"), max_length=200, required=False
    )
    position = CountField(label=_("Place in the list"), min_value=0)
    is_active = forms.BooleanField(
        label=_("Is followed and shown to the public"), required=False, initial=True
    )

    def __init__(self, data: QueryDict | None = None, *, index: Index | None) -> None:
        initial: dict[str, object] = {}
        if index is not None:
            apart = {SEEN, "agencies", "code"}
            initial = {name: getattr(index, name) for name in self.base_fields if name not in apart}
            initial["agencies"] = "، ".join(
                a.code for a in index.agencies.order_by("sort_key", "pk")
            )
        super().__init__(data, initial=initial)
        row_field(self, "vision_region").queryset = Region.objects.for_list()
        if index is not None:
            del self.fields["code"]

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        has_target = data.get("vision_score") is not None or data.get("vision_rank") is not None
        if not self.errors and has_target != (data.get("vision_year") is not None):
            self.add_error(
                "vision_year", _("A Vision target is a score or a place, with the year it is for.")
            )
        data["position"] = data.get("position") or 0
        return data

    @property
    def index_fields(self) -> dict[str, object]:
        """Return the fields of the index itself."""
        return {name: value for name, value in self.cleaned_data.items() if name != "agencies"}


class RegionForm(ComparedForm):
    """A named list of countries; its code is asked for only when it is new."""

    code = forms.SlugField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs=LATIN))
    name_fa = PersianTextField(label=_("Name in Persian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    about = PersianTextField(label=_("What the list rests on"), lines=True, required=False)
    countries = CountriesField(
        label=_("Countries"),
        help_text=_("Their names or three letters, parted by commas or lines."),
    )
    position = CountField(
        label=_("Place in the list"),
        min_value=0,
        help_text=_("The first one stands in the lists and in the chapter."),
    )

    def __init__(self, data: QueryDict | None = None, *, region: Region | None) -> None:
        initial: dict[str, object] = {}
        if region is not None:
            apart = {SEEN, "countries", "code"}
            initial = {
                name: getattr(region, name) for name in self.base_fields if name not in apart
            }
            initial["countries"] = "، ".join(region.country_names)
        super().__init__(data, initial=initial)
        if region is not None:
            del self.fields["code"]

    def clean_position(self) -> int:
        return self.cleaned_data["position"] or 0


class EditionForm(forms.Form):
    """What a publisher says of the country in one year."""

    year = YearField(label=_("Year"))
    label = forms.CharField(
        label=_("Edition"), max_length=40, help_text=_("As the publisher names it: 2024, 2023/24.")
    )
    published_on = DayField(label=_("Published on"), required=False)
    source = forms.CharField(
        label=_("Source"), max_length=400, help_text=_("The publication, with its page or table.")
    )
    country_count = CountField(label=_("Number of countries"))
    is_not_covered = forms.BooleanField(
        label=_("The country is not covered this year"), required=False
    )
    score = NumberField(label=_("Score"), required=False, max_digits=28, decimal_places=8)
    rank = CountField(label=_("Rank"))

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        has_figure = data.get("score") is not None or data.get("rank") is not None
        if not self.errors and data.get("is_not_covered") and has_figure:
            self.add_error(
                "is_not_covered", _("A country that is not covered has neither score nor rank.")
            )
        elif not self.errors and not data.get("is_not_covered") and not has_figure:
            self.add_error(
                "score", _("Give a score or a rank, or say that the country is not covered.")
            )
        return data


class IndexImportForm(ImportForm):
    """A publisher's file, and what it does not say of itself."""

    label = forms.CharField(
        label=_("Edition"),
        max_length=40,
        required=False,
        help_text=_("As the publisher names it; empty: each year by its number."),
    )
    source = EditionForm.base_fields["source"]
    published_on = DayField(label=_("Published on"), required=False)
    year = YearField(
        label=_("Year"),
        required=False,
        help_text=_("Where the file does not say it: of rows without a year."),
    )
    country_count = CountField(
        label=_("Number of countries"),
        help_text=_("Empty: as many as the file covers, where it names them all."),
    )

    field_order = ("label", "source", "published_on", "year", "country_count", "file")

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
    ) -> None:
        super().__init__(data, files)
        self.fields["file"].help_text = _("XLSX or CSV as the publisher offers it, at most 5 MB.")


class ReportForm(ComparedForm):
    """What an agency did for an index, and what it asks for."""

    done = PersianTextField(
        label=_("What was done for this index this year"), lines=True, max_length=10000
    )
    asked = PersianTextField(
        label=_("What is asked for, of whom"), lines=True, max_length=10000, required=False
    )


class RecommendForm(ComparedForm):
    """The next version of a recommendation."""

    text = PersianTextField(
        label=_("Recommendation for the next plan"), lines=True, max_length=10000
    )
