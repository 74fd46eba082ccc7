"""Write the widgets that forms use most as plain strings, exactly as Django's templates do.

A page has dozens of them, and each template of a widget includes two more.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]
"""A widget's part of the context that Django hands to its template."""


def escape_text(value: object) -> str:
    """Escape a value as a template does where it prints it."""
    text = value if isinstance(value, str) else str(localize(value))
    return text if isinstance(text, SafeString) else escape(text)


def attributes(values: Mapping[str, object]) -> str:
    """Write attributes, each after a space: False leaves one out, True writes its name alone."""
    parts = []
    for name, value in values.items():
        if value is False:
            continue
        parts.append(" " + escape(name))
        if value is not True:
            parts.append(f'="{attribute_value(value)}"')
    return "".join(parts)


def attribute_value(value: object) -> str:
    """Escape the value of an attribute, a number as a machine reads it."""
    return value if isinstance(value, SafeString) else escape(str(value))


def _input(widget: Widget) -> str:
    value = widget["value"]
    written = "" if value is None else f' value="{attribute_value(value)}"'
    name = escape_text(widget["name"])
    kind = escape_text(widget["type"])
    return f'<input type="{kind}" name="{name}"{written}{attributes(widget["attrs"])}>'


def _textarea(widget: Widget) -> str:
    value = widget["value"]
    text = escape_text(value) if value else ""
    start = f'<textarea name="{escape_text(widget["name"])}"{attributes(widget["attrs"])}>'
    return f"{start}\n{text}</textarea>"


def _option(option: Widget) -> str:
    value, label = attribute_value(option["value"]), escape_text(option["label"])
    return f'<option value="{value}"{attributes(option["attrs"])}>{label}</option>'


def _select(widget: Widget) -> str:
    parts = [f'<select name="{escape_text(widget["name"])}"{attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{escape_text(group)}">')
        parts.extend(f"\n  {_option(option)}" for option in options)
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>")
    return "".join(parts)


WRITTEN: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/textarea.html": _textarea,
}
for _name in ("checkbox", "date", "email", "hidden", "number", "password", "tel", "text", "url"):
    WRITTEN[f"django/forms/widgets/{_name}.html"] = _input


class FormRenderer(TemplatesSetting):
    """Write what is known by its template's name; leave everything else to its template."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        write = WRITTEN.get(template_name)
        if write is None:
            return super().render(template_name, context, request)
        return write(context["widget"])
