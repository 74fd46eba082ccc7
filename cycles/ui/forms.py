"""What is typed: fields of our own people and signatures, and the forms of acts, cycles and
notices.
"""

from collections.abc import Iterable
from typing import Any, TypeVar, Unpack

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from cycles.clashes import SEEN, ComparedForm, ComparedOptions, FormData, FormFiles, FormOptions
from cycles.spreadsheets.sheets import MOST_BYTES
from cycles.ui import limits
from cycles.ui.fields import PersianTextField, TextOptions, as_keywords
from cycles.workflow import Move

ModelT = TypeVar("ModelT", bound=Model)

# --- Fields --------------------------------------------------------------------------------------


class AgencyField(PersianTextField):
    """An agency by its code or a part of its name: a list of two thousand is no help to anybody."""

    default_error_messages = {
        "none": _("No agency has this code or name."),
        "several": _("Several agencies match; type the code of one: %(names)s."),
    }

    def clean(self, value: object) -> Agency | None:
        text = super().clean(value)
        if not text:
            return None
        exact = Agency.objects.filter(code__iexact=text).first()
        if exact:
            return exact
        found = list(Agency.objects.filter(is_active=True).matching(text).for_list()[:4])
        if not found:
            raise forms.ValidationError(self.error_messages["none"], code="none")
        if len(found) > 1:
            names = "، ".join(f"{a.name} ({a.code})" for a in found)
            raise forms.ValidationError(
                self.error_messages["several"], code="several", params={"names": names}
            )
        return found[0]


# --- Forms --------------------------------------------------------------------------------------


def offer_rows(form: forms.BaseForm, name: str, rows: QuerySet[ModelT]) -> None:
    """Let a field of the form choose among these rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def offer_choices(
    form: forms.BaseForm, name: str, choices: Iterable[tuple[object, object]]
) -> None:
    """Let a field of the form choose among these values, each with its label."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class LetterField(PersianTextField):
    """The number of the letter by which an act is made known officially."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Number of the official letter"),
            required=False,
            max_length=60,
            help_text=_("If there is one; it stands in the notices and in the record."),
        )


class PasswordField(forms.CharField):
    """The password again, where an act is signed."""

    def __init__(self, **options: Unpack[TextOptions]) -> None:
        options.setdefault("label", _("Your password, as your signature"))
        password = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        options.setdefault("widget", password)
        options["strip"] = False
        super().__init__(**as_keywords(options))


def check_signature(user: User, password: str) -> str:
    """Answer "" when the password is the user's, else raise a ValidationError. A stolen session
    cannot guess for long.
    """
    if not limits.spend("sign", user):
        raise forms.ValidationError(
            _("Too many wrong passwords. Wait a quarter of an hour, then try again.")
        )
    if not user.check_password(password):
        raise forms.ValidationError(_("This is not your password."))
    limits.forgive("sign", user)
    return ""


class ActForm(ComparedForm):
    """A note with an act, the letter of an official one and, where the act is signed, the password
    again.

    Where the page shows more than the state that the table of moves looks at, the form is told what
    it `shows`.
    """

    letter: PersianTextField = LetterField()
    note = PersianTextField(label=_("Explanation"), required=False, lines=True)
    password = PasswordField()

    def __init__(
        self,
        data: FormData = None,
        files: FormFiles = None,
        *,
        move: Move,
        user: User,
        **options: Unpack[ComparedOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.signer = user
        if self.shows is None:
            del self.fields[SEEN]
        if not move.signed:
            del self.fields["password"]
        if not move.official:
            del self.fields["letter"]

    @property
    def action_kwargs(self) -> dict[str, Any]:
        """Collect what goes with the act: the note, and the letter of an official one."""
        return {name: self.cleaned_data[name] for name in ("note", "letter") if name in self.fields}

    def clean_password(self) -> str:
        return check_signature(self.signer, self.cleaned_data["password"])


KEEPS_SIGNATURE = _(
    "A self-assessment that was withdrawn and not signed again stands as last signed"
)


class ImportForm(forms.Form):
    """A spreadsheet to be checked and taken over."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_(
            "XLSX or CSV (UTF-8) with the columns of the export, at most 5 MB. Decimals may be "
            "written as 12/5"
            " or 12.5, and 62% is read as 62."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        if not (file.name or "").lower().endswith((".xlsx", ".csv")):
            raise forms.ValidationError(_("Only XLSX and CSV files can be read."))
        return file

    @property
    def action_kwargs(self) -> dict[str, Any]:
        """Collect what is typed beside the file, where a page asks for more."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class SignatureForm(forms.Form):
    """The password again, before what has been checked is written."""

    password = PasswordField()

    def __init__(
        self, data: FormData = None, *, user: User, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        self.user = user

    def clean_password(self) -> str:
        return check_signature(self.user, self.cleaned_data["password"])
