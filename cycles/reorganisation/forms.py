"""The forms by which a change of the register is recorded, one for each kind of change."""

from itertools import chain
from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from cycles.clashes import ComparedOptions, FormData
from cycles.models import ChangeKind, LegalBasis
from cycles.ui.fields import DayField, PersianTextField, TextOptions
from cycles.ui.forms import ActForm, AgencyField, ImportForm
from cycles.workflow import Move


class AgenciesField(PersianTextField):
    """Several agencies by code or name, one a line."""

    def __init__(self, **options: Unpack[TextOptions]) -> None:
        super().__init__(lines=True, **options)

    def clean(self, value: object) -> list[Agency]:
        one = AgencyField(required=False)
        found: dict[int, Agency] = {}
        for line in super().clean(value).splitlines():
            agency = _agency_of_line(one, line)
            if agency:
                found[agency.pk] = agency
        return list(found.values())


def _agency_of_line(field: AgencyField, line: str) -> Agency | None:
    """Find the agency that a line names; what is wrong with the line is said with the line."""
    try:
        return field.clean(line)
    except forms.ValidationError as error:
        raise forms.ValidationError(
            [f"{line.strip()}: {message}" for message in error.messages]
        ) from error


OF_KIND = {
    ChangeKind.RENAMED: ("name_fa", "name_en"),
    ChangeKind.DISSOLVED: ("successors", "others"),
    ChangeKind.MERGED: ("successor", "others"),
    ChangeKind.SPLIT: ("successors",),
    ChangeKind.RESTORED: (),
}
"""What each kind of change asks for beside its day and its legal basis."""

SUCCESSOR_HELP = {
    ChangeKind.DISSOLVED: _(
        "Those that take its duties over, one a line by code or name; none where there are none."
    ),
    ChangeKind.SPLIT: _(
        "All bodies that there are afterwards, one a line by code or name; the old one too if "
        "it goes on. "
        "New ones are first added to the register from a file."
    ),
}


class RegisterChangeForm(ActForm):
    """What becomes of an agency, from which day, and the act or decree that says so."""

    name_fa = PersianTextField(label=_("New name in Persian"), max_length=200)
    name_en = PersianTextField(label=_("New name in English"), max_length=200, required=False)
    successor = AgencyField(
        label=_("Merged into"),
        help_text=_("Code or name; a body that is new is first added to the register from a file."),
    )
    successors = AgenciesField(label=_("Successors"))
    others = AgenciesField(
        label=_("Further agencies by the same act"),
        required=False,
        help_text=_("One a line by code or name, such as the units that end with it."),
    )
    effective_on = DayField(
        label=_("In force from"),
        help_text=_("The first day on which it holds; a day that has come takes effect at once."),
    )
    legal_basis = PersianTextField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_("The act or decree by its title; it is published."),
    )
    letter = PersianTextField(label=_("Number of the act or letter"), max_length=60)
    dated_on = DayField(label=_("Date of the act or letter"))

    def __init__(
        self,
        data: FormData = None,
        *,
        agency: Agency,
        kind: str,
        move: Move,
        user: User,
        **options: Unpack[ComparedOptions],
    ) -> None:
        super().__init__(data, move=move, user=user, **options)
        self.agency, self.kind = agency, kind
        asked = OF_KIND[ChangeKind(kind)]
        for name in set(chain.from_iterable(OF_KIND.values())).difference(asked):
            del self.fields[name]
        if "successors" in asked:
            self.fields["successors"].help_text = SUCCESSOR_HELP[ChangeKind(kind)]
            self.fields["successors"].required = kind != ChangeKind.DISSOLVED
        self.order_fields(
            [*asked, "effective_on", "legal_basis", "letter", "dated_on", "note", "password"]
        )

    @property
    def action_kwargs(self) -> dict[str, Any]:
        """Collect what `record_change` takes by keyword, and the agencies that the act is on."""
        asked = {name: value for name, value in self.cleaned_data.items() if name != "password"}
        if "successor" in asked:
            asked["successors"] = [asked.pop("successor")]
        asked["agencies"] = [self.agency, *asked.pop("others", [])]
        return asked | {"kind": self.kind}


BASIS = ("legal_basis", "letter", "dated_on", "effective_on")
"""What a file of agencies is given beside it, all of it or nothing."""


class RegisterImportForm(ImportForm):
    """A file of agencies, and by what the new names and the ends in it hold."""

    legal_basis = PersianTextField(
        label=_("Legal basis"),
        max_length=300,
        required=False,
        help_text=_(
            "Only where the file gives known agencies other names, ends them or brings them back: "
            "the act or decree."
        ),
    )
    letter = PersianTextField(label=_("Number of the act or letter"), max_length=60, required=False)
    dated_on = DayField(label=_("Date of the act or letter"), required=False)
    effective_on = DayField(label=_("In force from"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        given = {name: data.get(name) for name in BASIS}
        if any(given.values()) and not self.errors:
            for name in (name for name, value in given.items() if not value):
                self.add_error(name, self.fields[name].error_messages["required"])
        return data

    @property
    def action_kwargs(self) -> dict[str, Any]:
        """Collect the legal basis, None where none was given."""
        given = {name: self.cleaned_data[name] for name in BASIS}
        return {"basis": LegalBasis(**given) if all(given.values()) else None}
