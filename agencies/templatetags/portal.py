"""Numbers and digits as the reader's language writes them, and prose that may be in the other
language.
"""

import re
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from agencies.persian import format_number, persian_digits

register = template.Library()

PERSIAN_LETTER, LATIN_LETTER = re.compile("[\u0621-\u06cc]"), re.compile("[A-Za-z]")


def _is_persian() -> bool:
    return (get_language() or "").startswith("fa")


@register.filter
def num(value: Decimal | int | str | None, places: int | None = None) -> str:
    """Write a number in the active language; "—" for none."""
    if value is None or value == "":
        return format_number(None, "")
    return format_number(
        Decimal(value), get_language() or "", None if places is None else int(places)
    )


@register.filter
def digits(value: object) -> str:
    """Write the digits of a text in the active language's form."""
    text = str(value)
    return persian_digits(text) if _is_persian() else text


NUMBER = re.compile(r"(?<![A-Za-z0-9_./-])[0-9][0-9.,]*(?![A-Za-z0-9_-])")
"""A number as a word of its own: no part of a code such as G1-01."""


@register.filter
def sentence(value: object) -> str:
    """Write the numbers of a sentence in the active language's digits; codes stay as they are."""
    text = str(value)
    return NUMBER.sub(lambda found: persian_digits(found.group()), text) if _is_persian() else text


@register.filter
def percent(value: Decimal | None) -> str:
    """Write a percent to two places with its sign; "—" for none."""
    if value is None:
        return num(value)
    language = get_language() or ""
    text = format_number(Decimal(value), language, 2)
    return f"{text}٪" if language.startswith("fa") else f"{text} %"


@register.filter
def prose(value: str | None) -> str:
    """Show a text that somebody wrote: marked where its language is not the page's, else with the
    page's digits.
    """
    text = str(value or "")
    if _is_persian():
        if LATIN_LETTER.search(text) and not PERSIAN_LETTER.search(text):
            return format_html('<bdi lang="en" dir="ltr">{}</bdi>', text)
        return persian_digits(text)
    if PERSIAN_LETTER.search(text):
        return format_html('<bdi lang="fa" dir="rtl">{}</bdi>', persian_digits(text))
    return text


@register.inclusion_tag("components/empty.html")
def empty_state(
    title: str, text: str = "", action_url: str = "", action_label: str = ""
) -> dict[str, str]:
    """Say why a list is empty and what to do, with a button where there is a way on."""
    return {"title": title, "text": text, "action_url": action_url, "action_label": action_label}
