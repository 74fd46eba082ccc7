"""What is typed of stewards' figures: percents, their source, and in whose hands a measure is."""

from collections.abc import Iterable, Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import in_locale
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import offer_rows
from submissions.evidence.file_types import KINDS
from submissions.models import Stewardship
from submissions.stewards.actions import MOST_BYTES, FigureValues, why_unsound


class FigureForm(ComparedForm):
    """A steward's figure for one agency."""

    percent = NumberField(
        label=_("Percent of the ceiling"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=11,
        decimal_places=8,
    )
    is_not_applicable = forms.BooleanField(label=_("Not applicable"), required=False)
    note = PersianTextField(label=_("Note"), required=False, max_length=2000)

    def clean(self) -> dict[str, object]:
        super().clean()
        if not self.errors:
            field, why = why_unsound(self.values)
            if why:
                self.add_error(field, why)
        return self.cleaned_data

    @property
    def values(self) -> FigureValues:
        """The figure that was typed."""
        typed = self.cleaned_data
        return FigureValues(
            percent=typed["percent"],
            is_not_applicable=typed["is_not_applicable"],
            note=typed["note"],
        )


class SourceForm(ComparedForm):
    """From where a steward has the figures."""

    title = PersianTextField(
        label=_("Title of the source"),
        max_length=300,
        help_text=_("Agencies will read it with their figure."),
    )
    document = forms.FileField(
        label=_("Document"),
        required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}
        ),
    )

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        stewardship: Stewardship,
    ) -> None:
        shows = {"title": stewardship.source_title, "source": stewardship.source_sha256}
        super().__init__(data, files, initial={"title": stewardship.source_title}, shows=shows)
        limits = _("%(types)s; at most %(limit)s MB.")
        self.fields["document"].help_text = limits % {
            "types": ", ".join(KINDS),
            "limit": in_locale(MOST_BYTES // 2**20),
        }


class NarrowForm(forms.Form):
    """How the agencies of a measure are narrowed."""

    SHOWN = (
        ("", _("All")),
        ("missing", _("Without a figure")),
        ("given", _("With a figure")),
        ("tied", _("Entered by an administrator")),
    )

    q = PersianTextField(label=_("Agency"), required=False)
    show = forms.ChoiceField(label=_("Shown"), choices=SHOWN, required=False)


class AppointForm(ComparedForm):
    """Into whose hands a measure goes, and why where it leaves another's."""

    steward = forms.ModelChoiceField(label=_("Steward"), queryset=User.objects.none())
    reason = PersianTextField(label=_("Reason"), required=False, max_length=2000)

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        people: Iterable[User],
        held: Stewardship | None,
        initial: dict[str, object] | None = None,
        prefix: str | None = None,
    ) -> None:
        shows = {"steward": held.steward if held else None}
        super().__init__(data, shows=shows, initial=initial, prefix=prefix)
        fit = User.objects.filter(pk__in=[u.pk for u in people]).order_by(
            "name_fa", "username", "pk"
        )
        offer_rows(self, "steward", fit)
