"""Lists of cycles, agencies, people and the official record, and how a cell is written in the
reader's way.
"""

from decimal import Decimal

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agencies.persian import format_number, language


def number(value: Decimal | int | None, places: int | None = None) -> str:
    return format_number(value, language(), places)


def code(text: str) -> SafeString:
    """Write a Latin code that keeps its order inside Persian text."""
    return format_html('<bdi class="code" lang="en">{}</bdi>', text)


def link(url: str, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)


def out_of(done: int, whole: int, name: str) -> SafeString:
    """Draw a bar with its numbers as words: "53 of 60"."""
    return format_html(
        '<progress class="progress" max="{}" value="{}" aria-label="{}"></progress> <span>{} '
        "/ {}</span>",
        whole or 1,
        done,
        name,
        format_number(done, language()),
        format_number(whole, language()),
    )


class CardsTable(tables.Table):
    """A table in the portal's own markup, which a phone shows as cards."""

    class Meta:
        template_name = "tables.html"  # a fragment

    def attrs_of_cells(self) -> list[str]:
        """Write for each column the attributes of its cells, which do not depend on the row."""
        return [column.attrs["td"].as_html() for column in self.columns]
