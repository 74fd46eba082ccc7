"""What fragments are written with: the parts of pages that are drawn many times over.

Rows of a long table, lines of a form, the answers to what is saved while somebody types. They are
written in Jinja, which compiles a template to Python and draws it several times faster than Django
does, with the same filters as the pages around them. A fragment is given what it shows by name, and
a name that it was not given is an error.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Field, Model
from django.http import HttpRequest
from django.template.defaultfilters import (
    filesizeformat,
    floatformat,
    linebreaksbr,
    truncatewords,
)
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django_tables2.templatetags.django_tables2 import table_page_range
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from agencies.card_table import CardTableTags
from agencies.persian import language
from agencies.templatetags import fields, portal
from cycles.templatetags import moments
from submissions.templatetags import states

NUMBER, UNIQUE = 918273645546372819, UUID("91827364-5546-4372-8191-827364554637")
"""Keys that nothing has, by which it is found out where an address has its key."""


@lru_cache(maxsize=1000)
def _parts_of_address(name: str, sample: object, _language: str) -> tuple[str, str]:
    before, _sample, after = reverse(name, args=[sample]).partition(str(sample))
    return before, after


def url(name: str, key: object = None) -> str:
    """Write the address of a page, or of the object with this key; composed once a language, for a
    long list asks for many addresses of one form.
    """
    if key is None:
        return reverse(name)
    if not isinstance(key, int | UUID):
        return reverse(name, args=[key])
    sample = NUMBER if isinstance(key, int) else UNIQUE
    before, after = _parts_of_address(name, sample, language())
    return f"{before}{key}{after}"


@lru_cache(maxsize=2000)
def _translation(text: str, _language: str) -> Markup:
    return Markup(gettext(text))  # noqa: S704 -- from the catalogue, as `translate` draws it


def _translate(text: str) -> Markup:
    """Translate a text, whose own markup counts; what is put into it by `%` is escaped."""
    return _translation(text, language())


@lru_cache(maxsize=500)
def _words_of_choices(model: type[Model], field: str) -> dict[str, str]:
    choices = model._meta.get_field(field)
    assert isinstance(choices, Field)
    return dict(choices.flatchoices)


def choice(obj: Model, field: str) -> str:
    """Say in words what a field of choices holds; Django's own way to the words is long."""
    value: str = getattr(obj, field)
    return _words_of_choices(type(obj), field).get(value, value)


# Plurals stand here, for `makemessages` finds them in Python only


def _other_lines(count: int) -> str:
    words = ngettext("Also for %(shown)s other line", "Also for %(shown)s other lines", count)
    return words % {"shown": portal.num(count)}


def _earlier_versions(count: int) -> str:
    words = ngettext("%(shown)s earlier version", "%(shown)s earlier versions", count)
    return words % {"shown": portal.num(count)}


def _rows_counted(count: int) -> str:
    words = ngettext("%(shown)s row", "%(shown)s rows", count)
    return words % {"shown": portal.num(count)}


def query_with(request: HttpRequest, name: str, value: object) -> str:
    """Write the query of the page's address with another value of this name."""
    query = request.GET.copy()
    query[name] = str(value)
    return f"?{query.urlencode()}"


def _clock(value: datetime) -> str:
    return localtime(value).strftime("%H:%M:%S")


FILTERS: dict[str, Callable[..., str]] = {
    "both": moments.both,
    "choice": choice,
    "clock": _clock,
    "day": moments.day,
    "deadline": moments.deadline,
    "digits": portal.digits,
    "earlier_versions": _earlier_versions,
    "filesize": filesizeformat,
    "floatformat": floatformat,
    "linebreaksbr": linebreaksbr,
    "localize": localize,
    "moment": moments.moment,
    "num": portal.num,
    "other_lines": _other_lines,
    "percent": portal.percent,
    "prose": portal.prose,
    "rows_counted": _rows_counted,
    "sentence": portal.sentence,
    "truncatewords": truncatewords,
}

FUNCTIONS: dict[str, Callable[..., object]] = {
    "_": _translate,
    "field": fields.field,
    "fields": fields.fields,
    "language": language,
    "query_with": query_with,
    "state_badge": states.state_badge,
    "static": static,
    "table_page_range": table_page_range,
    "time_left": moments.time_left,
    "url": url,
}


def environment(**options: Any) -> Environment:
    """Make the environment of all fragments."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(extensions=[CardTableTags], **options)  # noqa: S701 -- Django's options turn escaping on
    made.filters.update(FILTERS)
    made.globals.update(FUNCTIONS)
    return made
