"""What narrows the lists of agencies, people and the official record."""

from datetime import datetime

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import TextInput
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Province
from agencies.persian import search_key
from agencies.search import stored_search_key
from cycles.calendar import parse_moment
from cycles.models import Cycle

CYCLES = Cycle.objects.for_list()
PROVINCES = Province.objects.order_by("sort_key", "pk")


def is_moment(text: str) -> None:
    try:
        parse_moment(text)
    except ValueError as error:
        raise ValidationError(_("Enter a date, such as 1406/03/10 or 2027-05-31.")) from error


class MomentFilter(filters.CharFilter):
    """A bound in time, typed in either calendar."""

    def __init__(self, *, field_name: str, lookup_expr: str, label: str | Promise) -> None:
        widget = TextInput(attrs={"data-date": "", "dir": "ltr", "autocomplete": "off"})
        super().__init__(
            field_name=field_name,
            lookup_expr=lookup_expr,
            label=label,
            validators=[is_moment],
            widget=widget,
        )

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        bound: dict[str, datetime] = {f"{self.field_name}__{self.lookup_expr}": parse_moment(value)}
        return qs.filter(**bound)


class TextFilter(filters.CharFilter):
    """Search by a method, which sees through how letters and digits were typed."""


def holding(qs: QuerySet, value: str, *names: str) -> QuerySet:
    """Keep the rows that hold a text in one of these fields, by its search key."""
    keys = {f"{name}_key": stored_search_key(name) for name in names}
    found = Q()
    for key in keys:
        found |= Q(**{f"{key}__contains": search_key(value)})
    rows: QuerySet = qs.alias(**keys).filter(found)
    return rows
