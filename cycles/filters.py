"""What narrows the lists of agencies, people and the official record."""

from datetime import datetime
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import HiddenInput, TextInput
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Level, Membership, Province, Sector, User
from agencies.persian import normalise, plain_text, search_key
from agencies.roles import Role
from agencies.search import stored_search_key
from cycles.calendar import parse_moment
from cycles.models import Channel, Cycle, Delivery, Entry, Group, Participation
from cycles.workflow import Workflow

CYCLES = Cycle.objects.for_list()
PROVINCES = Province.objects.order_by("sort_key", "pk")


def is_moment(text: str) -> None:
    try:
        parse_moment(text)
    except ValueError as error:
        raise ValidationError(_("Enter a date, such as 1406/03/10 or 2027-05-31.")) from error


class MomentFilter(filters.CharFilter):
    """A bound in time, typed in either calendar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = TextInput(attrs={"data-date": "", "dir": "ltr", "autocomplete": "off"})
        super().__init__(*args, validators=[is_moment], widget=widget, **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(**{f"{self.field_name}__{self.lookup_expr}": parse_moment(value)}) if value else qs


class TextFilter(filters.CharFilter):
    """Search by a method, which sees through how letters and digits were typed."""


def holding(qs: QuerySet, value: str, *names: str) -> QuerySet:
    """The rows that hold a text in one of these fields, by its search key."""
    keys = {f"{name}_key": stored_search_key(name) for name in names}
    found = Q()
    for key in keys:
        found |= Q(**{f"{key}__contains": search_key(value)})
    return qs.alias(**keys).filter(found)


class ParticipationFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Name or code"))
    group = filters.ModelChoiceFilter(
        field_name="groups", queryset=Group.objects.none(), label=_("Group"), empty_label=_("All")
    )
    sector = filters.ChoiceFilter(choices=Sector.choices, label=_("Sector"), empty_label=_("All"))
    province = filters.ModelChoiceFilter(queryset=PROVINCES, label=_("Province"), empty_label=_("All"))

    class Meta:
        model = Participation
        fields = ("q", "group", "sector", "province")

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["group"].queryset = Group.objects.filter(cycle=cycle).order_by("province__code", "sort_key", "pk")

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(Q(search_key__contains=search_key(value)) | Q(agency__code__icontains=plain_text(value)))


class AgencyFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Name or code"))
    level = filters.ChoiceFilter(choices=Level.choices, label=_("Level"), empty_label=_("All"))
    sector = filters.ChoiceFilter(choices=Sector.choices, label=_("Sector"), empty_label=_("All"))
    province = filters.ModelChoiceFilter(queryset=PROVINCES, label=_("Province"), empty_label=_("All"))

    class Meta:
        model = Agency
        fields = ("q", "level", "sector", "province")

    def search(self, qs: Any, name: str, value: str) -> QuerySet:
        return qs.matching(value)


class PeopleFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Name, user name or e-mail"))
    role = filters.ChoiceFilter(choices=Role.choices, method="holding", label=_("Role in force"), empty_label=_("All"))

    class Meta:
        model = User
        fields = ("q", "role")

    def __init__(self, *args: Any, at: datetime, memberships: QuerySet[Membership], **kwargs: Any) -> None:
        self.at, self.memberships = at, memberships
        super().__init__(*args, **kwargs)

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        text = plain_text(value)
        named = holding(qs, value, "name_fa", "name_en").values("pk")
        return qs.filter(Q(pk__in=named) | Q(username__icontains=text) | Q(email__icontains=text))

    def holding(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        begun = self.memberships.filter(role=value, valid_from__lte=self.at)
        return qs.filter(pk__in=begun.filter(Q(valid_until=None) | Q(valid_until__gt=self.at)).values("user"))


def _acts() -> list[tuple[str, Any]]:
    return [
        (f"{label}:{move.name}", move.label)
        for label, workflow in sorted(Workflow.registry.items())
        for move in workflow.moves.values()
        if move.recorded
    ]


class LedgerFilter(filters.FilterSet):
    act = filters.ChoiceFilter(choices=_acts, method="of_act", label=_("Act"), empty_label=_("All"))
    agency = TextFilter(method="of_agency", label=_("Agency, by name or code"))
    person = TextFilter(method="of_person", label=_("Person"))
    year = filters.ModelChoiceFilter(
        queryset=CYCLES, to_field_name="year", method="of_year", label=_("Assessed year"), empty_label=_("All")
    )
    late = filters.ChoiceFilter(
        choices=[("late", _("Late")), ("in_time", _("In time"))],
        method="lateness",
        label=_("Lateness"),
        empty_label=_("All"),
    )
    since = MomentFilter(field_name="at", lookup_expr="gte", label=_("From"))
    until = MomentFilter(field_name="at", lookup_expr="lt", label=_("Before"))
    model = filters.CharFilter(widget=HiddenInput)
    key = filters.NumberFilter(field_name="object_pk", widget=HiddenInput)

    class Meta:
        model = Entry
        fields = ("act", "agency", "person", "year", "late", "since", "until", "model", "key")

    @property
    def one_object(self) -> Entry | None:
        """The newest row of the one object to which the list is narrowed."""
        narrowed = self.is_bound and self.form.is_valid() and self.form.cleaned_data
        return self.qs.first() if narrowed and narrowed["model"] and narrowed["key"] is not None else None

    def of_year(self, qs: QuerySet, name: str, value: Cycle) -> QuerySet:
        return qs.filter(cycle_id=value.pk)

    def of_act(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        workflow, _colon, act = value.partition(":")
        return qs.filter(workflow=workflow, act=act)

    def of_agency(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(agency_code__in=Agency.objects.matching(value).values("code"))

    def of_person(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """By the name as it was written then, or however else the name is typed that somebody has now."""
        people = holding(User.objects.all(), value, "name_fa", "name_en")
        written = Q(actor_name__icontains=normalise(value))
        now = Q(actor_name__in=people.values("name_fa")) | Q(actor_name__in=people.values("name_en"))
        return qs.filter(written | now & ~Q(actor_name=""))

    def lateness(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(days_late__gt=0) if value == "late" else qs.filter(days_late=0)


def _official_acts() -> list[tuple[str, Any]]:
    return [
        (f"{label}:{move.name}", move.news)
        for label, workflow in sorted(Workflow.registry.items())
        for move in workflow.moves.values()
        if move.official
    ]


class UnseenFilter(LedgerFilter):
    """Official notices by act and agency, or those only that somebody has not seen."""

    act = filters.ChoiceFilter(choices=_official_acts, method="of_act", label=_("Notice"), empty_label=_("All"))
    left = filters.ChoiceFilter(
        choices=[("some", _("Not seen by everybody"))], method="unseen", label=_("Seen"), empty_label=_("All")
    )
    person = year = late = model = key = None

    class Meta:
        model = Entry
        fields = ("act", "agency", "left", "since", "until")

    def unseen(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        unseen = Delivery.objects.filter(entry=OuterRef("pk"), channel=Channel.INBOX, is_official=True, seen_at=None)
        return qs.filter(Exists(unseen))
