"""What is typed about people: the roles they are given, invitations, delegations and interests."""

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies import national_ids
from agencies.models import Agency, Membership, Province, Sector, User
from agencies.roles import AGENCY_ROLES, HOUSE_ROLES, Constituency, Role
from cycles.clashes import FormData
from cycles.ui.fields import FieldOptions, MomentField, PersianTextField, as_keywords
from cycles.ui.forms import ActForm, AgencyField, SignatureForm, offer_choices, offer_rows
from cycles.workflow import Move

GRANTED = [(role.value, role.label) for role in Role if role != Role.DEPUTY]
"""Roles that can be granted; a deputy is named by the head."""

OF_AUTHORITY = ("province", "constituency", "sector", "is_chair", "is_outsider")
"""What an agency's own administrator is not asked."""


class NationalIDField(forms.CharField):
    """A national ID in any digits; its check digit must fit."""

    default_error_messages = {
        "invalid": _(
            "This is no national ID: it has ten digits, the last of which must fit the "
            "others. Check it."
        )
    }

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        options.setdefault("label", _("National ID"))
        options.setdefault("required", False)
        options["widget"] = forms.TextInput(
            attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}
        )
        super().__init__(max_length=20, **as_keywords(options))

    def clean(self, value: object) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return national_ids.parse(typed)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class GrantForm(SignatureForm):
    """A role for a person: where it is held, by whom in a working group, from when until when.

    With `agencies` it is an agency administrator's: one of these, and a role of the house.
    """

    role = forms.ChoiceField(label=_("Role"), choices=GRANTED)
    agency: forms.Field = AgencyField(
        label=_("Agency"),
        required=False,
        help_text=_("Code or name, for roles in an agency."),
    )
    province = forms.ModelChoiceField(
        label=_("Province"),
        required=False,
        queryset=Province.objects.order_by("sort_key", "pk"),
        empty_label=_("The whole country"),
        help_text=_("For the roles of the authority."),
    )
    constituency = forms.ChoiceField(
        label=_("Constituency in the working group"),
        required=False,
        choices=[("", _("Not a working-group member")), *Constituency.choices],
    )
    sector = forms.ChoiceField(
        label=_("Sector of the working group"),
        required=False,
        choices=[("", _("All of them")), *Sector.choices],
    )
    is_chair = forms.BooleanField(label=_("Chairs the working group"), required=False)
    is_outsider = forms.BooleanField(label=_("Not employed by the authority"), required=False)
    valid_from = MomentField(label=_("From"), required=False, help_text=_("Empty: from now on."))
    valid_until = MomentField(label=_("Until"), required=False, help_text=_("Empty: until ended."))

    def __init__(
        self, data: FormData = None, *, user: User, agencies: Sequence[Agency] | None = None
    ) -> None:
        super().__init__(data, user=user)
        self.fields["password"] = self.fields.pop("password")  # the last to be typed
        if agencies is None:
            return
        for name in OF_AUTHORITY:
            del self.fields[name]
        offer_choices(self, "role", [(r.value, r.label) for r in Role if r in HOUSE_ROLES])
        theirs = Agency.objects.filter(pk__in=[a.pk for a in agencies]).for_list()
        field = forms.ModelChoiceField(
            label=_("Agency"), queryset=theirs, empty_label=None, initial=agencies[0]
        )
        self.fields["agency"] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_place(data)
        self._check_membership(data)
        start, end = data.get("valid_from"), data.get("valid_until")
        if start and end and end <= start:
            self.add_error("valid_until", _("The role must end after it begins."))
        return data

    def _check_place(self, data: Mapping[str, object]) -> None:
        """Complain of a role without its agency, or of a place that the role does not take."""
        in_agency = (
            data.get("role") in AGENCY_ROLES or data.get("constituency") == Constituency.AGENCY
        )
        if "agency" in data and in_agency and data["agency"] is None:
            self.add_error("agency", _("This role is held in an agency: name it."))
        if data.get("agency") and not in_agency:
            self.add_error("agency", _("This role names no agency: leave this empty."))
        if data.get("province") and in_agency:
            self.add_error(
                "province", _("The agency already says where: leave this at the whole country.")
            )

    def _check_membership(self, data: Mapping[str, object]) -> None:
        """Complain of a member without a constituency, or of anybody else with one or a sector."""
        is_member, constituency = data.get("role") == Role.MEMBER, data.get("constituency", "")
        if is_member and not constituency:
            self.add_error("constituency", _("Say for whom the member sits in the working group."))
        if not is_member and constituency:
            self.add_error(
                "constituency", _("Only working-group members belong to a constituency.")
            )
        if not is_member and data.get("sector"):
            self.add_error("sector", _("Only working-group members belong to a sector."))

    @property
    def action_kwargs(self) -> dict[str, Any]:
        """Collect what the act takes by keyword: all that was typed, but not the password."""
        return {name: value for name, value in self.cleaned_data.items() if name != "password"}


class InviteForm(GrantForm):
    """Somebody by name and address, with the role they are to have."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=150,
        help_text=_("The invitation goes there; the person signs in with it."),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    name_fa = PersianTextField(label=_("Name in Persian"), max_length=150)
    name_en = forms.CharField(label=_("Name in English"), max_length=150, required=False)
    national_id = NationalIDField(
        help_text=_(
            "By which the identity provider knows the person. It is shown to nobody in full."
        )
    )
    field_order = ("email", "name_fa", "name_en", "national_id", "role", "agency")

    def __init__(
        self, data: FormData = None, *, user: User, agencies: Sequence[Agency] | None = None
    ) -> None:
        super().__init__(data, user=user, agencies=agencies)
        if not settings.IDENTITY_PROVIDER:
            del self.fields["national_id"]


class DelegationForm(ActForm):
    """To whom a head leaves the signature, from when until when, and under which letter."""

    user = forms.ModelChoiceField(label=_("Deputy"), queryset=User.objects.none())
    valid_from = MomentField(label=_("From"), required=False, help_text=_("Empty: from now on."))
    valid_until = MomentField(
        label=_("Until"),
        closing=True,
        help_text=_("A delegation always has an end. A day means until its end, 24:00."),
    )
    field_order = ("user", "valid_from", "valid_until", "letter", "note", "password")

    def __init__(
        self,
        data: FormData = None,
        *,
        move: Move,
        user: User,
        colleagues: QuerySet[Membership],
    ) -> None:
        super().__init__(data, move=move, user=user)
        people = User.objects.filter(pk__in=colleagues.values("user")).exclude(pk=self.signer.pk)
        offer_rows(self, "user", people.order_by("name_fa", "pk"))
        letter = self.fields["letter"]
        letter.label, letter.required = _("Number of the letter of delegation"), True
        letter.help_text = _("It stands in the record beside every delegation.")

    @property
    def action_kwargs(self) -> dict[str, Any]:
        """Collect what `delegate` takes by keyword."""
        names = ("user", "valid_from", "valid_until")
        return {name: self.cleaned_data[name] for name in names} | super().action_kwargs


class IdentifyForm(ActForm):
    """The national ID by which the identity provider knows somebody;
    nothing typed takes it away.
    """

    national_id = NationalIDField(
        help_text=_("Empty: none, and no sign-in by the identity provider.")
    )
    field_order = ("national_id", "letter", "note", "password")

    @property
    def action_kwargs(self) -> dict[str, Any]:
        return super().action_kwargs | {"national_id": self.cleaned_data["national_id"]}


class InterestForm(forms.Form):
    """An agency in which one has an interest, and which interest."""

    agency = AgencyField(label=_("Agency"), help_text=_("Code or name."))
    reason = PersianTextField(
        label=_("What ties you to it"),
        lines=True,
        max_length=1000,
        help_text=_("Read by administrators and auditors only."),
    )
