"""The way from a page to its fragments (`config/fragments.py`)."""

from typing import cast

from django import template
from django.http import HttpRequest
from django.template import Context, engines
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def fragment(context: Context, name: str, **shown: object) -> SafeString:
    """Draw a fragment, which knows what it is given here, the request and the token of its forms,
    and nothing else.
    """
    request = cast("HttpRequest | None", context.get("request"))
    return SafeString(engines["fragments"].get_template(name).render(shown, request))
