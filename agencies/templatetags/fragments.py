"""The ways from a page to its fragments (`config/fragments.py`)."""

from typing import cast

from django import template
from django.http import HttpRequest
from django.template import Context, Node, NodeList, engines
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString

from agencies.templatetags.table import Keywords, read_content, read_keywords

register = template.Library()


def draw(name: str, shown: dict[str, object], context: Context) -> SafeString:
    request = cast("HttpRequest | None", context.get("request"))
    return SafeString(engines["fragments"].get_template(name).render(shown, request))


@register.simple_tag(takes_context=True)
def fragment(context: Context, name: str, **shown: object) -> SafeString:
    """Draw a fragment, which knows what it is given here, the request and the token of its forms,
    and nothing else.
    """
    return draw(name, shown, context)


class FragmentAround(Node):
    def __init__(self, name: FilterExpression, shown: Keywords, nodelist: NodeList) -> None:
        self.name, self.shown, self.nodelist = name, shown, nodelist

    def render(self, context: Context) -> SafeString:
        shown: dict[str, object] = {
            name: value.resolve(context) for name, value in self.shown.items()
        }
        shown["content"] = self.nodelist.render(context)
        return draw(self.name.resolve(context), shown, context)


@register.tag
def fragmentaround(parser: Parser, token: Token) -> FragmentAround:
    """Draw a fragment around what stands up to `endfragmentaround`, which it gets as `content`."""
    tag, name, *bits = token.split_contents()
    shown = read_keywords(parser, bits, tag)
    return FragmentAround(
        parser.compile_filter(name), shown, read_content(parser, "endfragmentaround")
    )
