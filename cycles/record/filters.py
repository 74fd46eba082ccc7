"""Narrow the official record."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import HiddenInput
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.persian import normalise
from cycles.models import Cycle, Entry
from cycles.ui.filters import CYCLES, MomentFilter, TextFilter, holding
from cycles.workflow import Workflow


def _acts() -> list[tuple[str, str | Promise]]:
    acts = []
    for label, workflow in sorted(Workflow.registry.items()):
        for move in workflow.moves.values():
            if move.recorded:
                acts.append((f"{label}:{move.name}", move.label))
    return acts


class EntryFilter(filters.FilterSet):
    """What every list of entries is narrowed by: the act, the agency and the time."""

    act = filters.ChoiceFilter(choices=_acts, method="of_act", label=_("Act"), empty_label=_("All"))
    agency = TextFilter(method="of_agency", label=_("Agency, by name or code"))
    since = MomentFilter(field_name="at", lookup_expr="gte", label=_("From"))
    until = MomentFilter(field_name="at", lookup_expr="lt", label=_("Before"))

    def of_act(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        workflow, _colon, act = value.partition(":")
        return qs.filter(workflow=workflow, act=act)

    def of_agency(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(agency_code__in=Agency.objects.matching(value).values("code"))


class LedgerFilter(EntryFilter):
    person = TextFilter(method="of_person", label=_("Person"))
    year = filters.ModelChoiceFilter(
        queryset=CYCLES,
        to_field_name="year",
        method="of_year",
        label=_("Assessed year"),
        empty_label=_("All"),
    )
    late = filters.ChoiceFilter(
        choices=[("late", _("Late")), ("in_time", _("In time"))],
        method="lateness",
        label=_("Lateness"),
        empty_label=_("All"),
    )
    model = filters.CharFilter(widget=HiddenInput)
    key = filters.NumberFilter(field_name="object_pk", widget=HiddenInput)

    class Meta:
        model = Entry
        fields = ("act", "agency", "person", "year", "late", "since", "until", "model", "key")

    @property
    def one_object(self) -> Entry | None:
        """Find the newest row of the one object to which the list is narrowed."""
        narrowed = self.is_bound and self.form.is_valid() and self.form.cleaned_data
        return (
            self.qs.first()
            if narrowed and narrowed["model"] and narrowed["key"] is not None
            else None
        )

    def of_year(self, qs: QuerySet, name: str, value: Cycle) -> QuerySet:
        return qs.filter(cycle_id=value.pk)

    def of_person(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Keep the acts of a person, by the name as it was written then, or however else the
        present name is typed.
        """
        people = holding(User.objects.all(), value, "name_fa", "name_en")
        written = Q(actor_name__icontains=normalise(value))
        now = Q(actor_name__in=people.values("name_fa")) | Q(
            actor_name__in=people.values("name_en")
        )
        return qs.filter(written | now & ~Q(actor_name=""))

    def lateness(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(days_late__gt=0) if value == "late" else qs.filter(days_late=0)
