"""What is typed while a set is drafted besides its measures: axes, goals, parts of shared measures,
whom it is for.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, User
from agencies.roles import Role
from cycles.clashes import SEEN, ComparedForm
from cycles.models import Cycle, Group
from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import AgencyField, offer_rows
from indicators.models import Axis, Goal, GoalType, IndicatorSet, Kind, Law, MeasureShare, Source

PARTS = 5
"""How many other agencies the form of a shared measure offers room for."""


class AxisForm(ComparedForm):
    """An axis: its code and title."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9.-]{0,19}$",
        label=_("Code"),
        error_messages={"invalid": _("A code is made of Latin letters, digits, dots and hyphens.")},
    )
    title_fa = PersianTextField(label=_("Title in Persian"), max_length=300)
    title_en = PersianTextField(label=_("Title in English"), max_length=300, required=False)

    def __init__(self, data: QueryDict | None = None, *, axis: Axis | None = None) -> None:
        super().__init__(data, initial=_stored_fields(axis, self.base_fields))


class GoalForm(ComparedForm):
    """A goal: its type, and the article or document above it that it comes from."""

    title_fa = PersianTextField(label=_("Title in Persian"), max_length=300)
    title_en = PersianTextField(label=_("Title in English"), max_length=300, required=False)
    type = forms.ChoiceField(label=_("Type of goal"), choices=GoalType.choices)
    source = forms.ChoiceField(
        label=_("Where it comes from"),
        required=False,
        choices=[("", _("Not said")), *Source.choices],
    )
    law = forms.ChoiceField(
        label=_("Act of law"), required=False, choices=[("", _("Not said")), *Law.choices]
    )
    article = PersianTextField(label=_("Article"), max_length=60, required=False)

    def __init__(self, data: QueryDict | None = None, *, goal: Goal | None = None) -> None:
        super().__init__(data, initial=_stored_fields(goal, self.base_fields))


def _stored_fields(row: Axis | Goal | None, names: Iterable[str]) -> dict[str, object] | None:
    """Read the fields of a row that is changed; None where it is new."""
    if row is None:
        return None
    return {name: getattr(row, name) for name in names if name != SEEN}


class ShareForm(ComparedForm):
    """Who answers for which part of a measure's target: the agency itself and others, 100 percent
    in all.
    """

    own = NumberField(label=_("Own part, percent"), required=False, max_digits=7, decimal_places=4)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        indicator_set: IndicatorSet,
        shares: list[MeasureShare],
    ) -> None:
        self.agency = indicator_set.agency
        others = [s for s in shares if s.agency_id != indicator_set.agency_id]
        own = next((s.percent for s in shares if s.agency_id == indicator_set.agency_id), None)
        stored: dict[str, object] = {"own": own}
        for place, share in enumerate(others):
            stored[f"agency_{place}"] = share.agency.code
            stored[f"part_{place}"] = share.percent
        shows = {"shares": [[s.agency.code, s.percent] for s in shares]}
        super().__init__(data, initial=stored, shows=shows)
        for place in range(max(PARTS, len(others) + 1)):
            self.fields[f"agency_{place}"] = AgencyField(
                label=_("Agency, by name or code"), required=False
            )
            self.fields[f"part_{place}"] = NumberField(
                label=_("Its part, percent"), required=False, max_digits=7, decimal_places=4
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        parts: dict[Agency, Decimal] = {}
        if data.get("own") and self.agency:
            parts[self.agency] = data["own"]
        for name in [n for n in self.fields if n.startswith("agency_")]:
            agency, part = data.get(name), data.get(name.replace("agency_", "part_"))
            if (agency is None) != (part is None) and name not in self.errors:
                self.add_error(name, _("Name the agency and its part together."))
            elif agency in parts:
                self.add_error(name, _("This agency is named already."))
            elif agency is not None and part is not None:
                parts[agency] = part
        data["parts"] = parts
        return data

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Pair each agency's field with its part's."""
        names = [n for n in self.fields if n.startswith("agency_")]
        return [(self[n], self[n.replace("agency_", "part_")]) for n in names]


class YearsForm(ComparedForm):
    """For how many years a general set is issued."""

    years = forms.TypedChoiceField(
        label=_("Issued for"),
        coerce=int,
        choices=[(1, _("One year")), (2, _("Two years"))],
        widget=forms.RadioSelect,
    )


class WhomForm(forms.Form):
    """A set that is to be begun: in which cycle, and whose, if it is not for all."""

    cycle = forms.ModelChoiceField(queryset=Cycle.objects.none(), label=_("Cycle"))
    agency = forms.ModelChoiceField(queryset=Agency.objects.none(), required=False)
    group = forms.ModelChoiceField(
        queryset=Group.objects.none(), required=False, label=_("Group"), empty_label=_("None")
    )
    province = forms.ModelChoiceField(
        queryset=Province.objects.none(), required=False, label=_("Province"), empty_label=_("None")
    )

    def __init__(self, data: QueryDict | None = None, *, user: User, at: datetime) -> None:
        super().__init__(data)
        cycles = Cycle.objects.filter(state="open").for_list()
        offered: dict[str, QuerySet] = {
            "cycle": cycles,
            "agency": Agency.objects.filter(pk__in=user.agency_ids(at)),
            "group": Group.objects.none(),
            "province": Province.objects.none(),
        }
        if user.holds(Role.ADMINISTRATOR, at=at):
            provinces = user.province_ids(at, Role.ADMINISTRATOR)
            groups = Group.objects.filter(cycle__in=cycles).order_by("cycle", "sort_key", "pk")
            places = Province.objects.order_by("sort_key")
            offered["group"] = (
                groups if provinces is None else groups.filter(province__in=provinces)
            )
            offered["province"] = places if provinces is None else places.filter(pk__in=provinces)
        for name, rows in offered.items():
            offer_rows(self, name, rows)

    @property
    def kind(self) -> str:
        """Choose the kind of set by whom it is for."""
        if self.cleaned_data["agency"]:
            return Kind.SPECIFIC
        return (
            Kind.THEMATIC
            if self.cleaned_data["group"] or self.cleaned_data["province"]
            else Kind.GENERAL
        )
