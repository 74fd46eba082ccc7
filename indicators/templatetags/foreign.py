"""Texts quoted from a document in another language than the page's, and names that mix two."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from agencies.templatetags.portal import PERSIAN_LETTER, digits

register = template.Library()

_LATIN_RUN = re.compile(r"([A-Za-z](?:[A-Za-z0-9 ./&:'’-]*[A-Za-z0-9])?)")


@register.filter(name="quoted")
def mark_languages(text: object) -> SafeString:
    """Mark each part of a document's text with its language where it is not the page's."""
    words = str(text)
    if not (get_language() or "").startswith("fa"):
        mark = '<bdi lang="fa" dir="rtl">{}</bdi>' if PERSIAN_LETTER.search(words) else "{}"
        return format_html(mark, words)
    if not PERSIAN_LETTER.search(words):
        return format_html('<bdi lang="en" dir="ltr">{}</bdi>', words)
    parts = (
        (part if place % 2 else digits(part),) for place, part in enumerate(_LATIN_RUN.split(words))
    )
    marks = ("{}", '<bdi lang="en">{}</bdi>')
    return format_html_join(
        "", "{}", ((format_html(marks[place % 2], *part),) for place, part in enumerate(parts))
    )
