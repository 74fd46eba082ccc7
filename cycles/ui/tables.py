"""Lists of cycles, agencies, people and the official record, and how a cell is written in the reader's way."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from agencies.persian import format_number, language


def number(value: Any, places: int | None = None) -> str:
    return format_number(value, language(), places)


def code(text: str) -> SafeString:
    """A Latin code that keeps its order inside Persian text."""
    return format_html('<bdi class="code" lang="en">{}</bdi>', text)


def link(url: str, text: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)
