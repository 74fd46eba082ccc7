"""The fields of a form in the markup of Bootstrap 5: label, widget, what is wrong, help.

    {% load fields %}
    {% fields form %}        what is wrong with the form as a whole, then each of its fields
    {% field form.points %}  one field

Plain strings instead of templates: a page may show fifty fields.
"""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

from agencies.form_renderer import attributes, escape_text
from agencies.templatetags.portal import sentence

register = template.Library()

ASTERISK = '<span class="asteriskField">*</span>'


def _label(field: BoundField) -> str:
    """Write the label's text, with an asterisk where the field must be filled in."""
    return escape_text(field.label) + (ASTERISK if field.field.required else "")


def _label_classes(field: BoundField, classes: str) -> str:
    return f"{classes} requiredField" if field.field.required else classes


def _errors(field: BoundField) -> str:
    """Write what is wrong with a field, its numbers in the reader's digits."""
    errors = field.errors
    if not errors:
        return ""
    lines = "".join(
        f'<p class="mb-0"><strong>{escape_text(sentence(error))}</strong></p>' for error in errors
    )
    return f'<div id="{escape_text(field.auto_id)}_error" class="invalid-feedback">{lines}</div>'


def _help(field: BoundField) -> str:
    if not field.help_text:
        return ""
    own_id = f'id="{escape_text(field.auto_id)}_helptext" ' if field.auto_id else ""
    return f'<div {own_id}class="form-text">{escape_text(field.help_text)}</div>'


def _widget(field: BoundField, css: str) -> str:
    """Let the widget write itself, with classes of its kind beside its own."""
    widget = field.field.widget
    kind = type(widget).__name__.lower()
    classes: str = widget.attrs.get("class", "")
    if kind not in classes:
        classes = f"{classes} {kind}".strip()
    if field.errors:
        css += " is-invalid"
    missing = [name for name in css.split() if name not in classes.split()]
    written: str = field.as_widget(attrs={"class": " ".join([classes, *missing])})
    if field.field.show_hidden_initial:
        written += field.as_hidden(only_initial=True)
    return written


def _checkbox(field: BoundField) -> str:
    classes = _label_classes(field, "form-check-label")
    return (
        f"{_widget(field, 'form-check-input')}\n"
        f'<label for="{escape_text(field.id_for_label)}" class="{classes}">{_label(field)}</label>'
        f"{_errors(field)}{_help(field)}"
    )


def _heading(field: BoundField) -> str:
    """Write the label, or the legend of a field of several boxes."""
    tag, classes = "label", _label_classes(field, "form-label")
    if field.use_fieldset:
        tag, classes = "legend", f"{classes} fs-6"
    target = f' for="{escape_text(field.id_for_label)}"' if field.id_for_label else ""
    return f'<{tag}{target} class="{classes}">{_label(field)}</{tag}>'


def _boxes(field: BoundField) -> str:
    """Write a list of radio buttons or checkboxes; what is wrong stands below the last."""
    invalid = " is-invalid" if field.errors else ""
    name = escape_text(field.html_name)
    parts = []
    widget = field.field.widget
    own_id = widget.attrs.get("id") or field.auto_id
    attrs = field.build_widget_attrs({"id": own_id} if own_id else {})
    groups = widget.optgroups(field.html_name, widget.format_value(field.value()), attrs)
    for group, options, _index in groups:
        if group:
            parts.append(f"<strong>{escape_text(group)}</strong>")
        for option in options:
            own = escape_text(option["attrs"].get("id", ""))
            parts.append(
                f'<div class="form-check"><input type="{escape_text(option["type"])}"'
                f' class="form-check-input{invalid}" name="{name}"'
                f' value="{escape_text(str(option["value"]))}"{attributes(option["attrs"])}>\n'
                f'<label for="{own}" class="form-check-label">'
                f"{escape_text(str(option['label']))}</label>"
            )
            parts.append("</div>")
    if parts:
        parts.insert(-1, _errors(field))  # inside the last box, where Bootstrap shows it
    return f"<div>{''.join(parts)}</div>{_help(field)}"


def _stored_file(field: BoundField, widget: dict[str, object]) -> str:
    """Write the link to the file that is stored, and a box to remove it where it may be."""
    value = field.value()
    link = f'<a href="{escape_text(value.url)}">{escape_text(value.name)}</a>'
    remove = ""
    if not widget["required"]:
        own_id = escape_text(widget["checkbox_id"])
        disabled = " disabled" if field.field.disabled else ""
        remove = (
            '<span class="align-self-center ml-2"><span class="form-check">'
            f'<input type="checkbox" name="{escape_text(widget["checkbox_name"])}" id="{own_id}"'
            f' class="form-check-input"{disabled}>\n'
            f'<label class="form-check-label mb-0" for="{own_id}">'
            f"{escape_text(widget['clear_checkbox_label'])}</label></span></span>"
        )
    return (
        '<div class="input-group mb-2">'
        f'<span class="input-group-text">{escape_text(widget["initial_text"])}</span>'
        '<div class="form-control d-flex h-auto">'
        f'<span class="text-break flex-grow-1">{link}</span>\n{remove}</div></div>'
    )


def _file(field: BoundField) -> str:
    errors = field.errors
    parts = []
    for subwidget in field.subwidgets:
        widget = subwidget.data
        if widget.get("is_initial"):
            parts.append(_stored_file(field, widget))
        attrs = dict(widget["attrs"])
        own = attrs.pop("class", "")
        classes = f"form-control {own}".strip() + (" is-invalid" if errors else "")
        disabled = " disabled" if field.field.disabled else ""
        parts.append(
            f"<div{attributes({'class': 'is-invalid'}) if errors else ''}>"
            f'<input type="{escape_text(widget["type"])}" name="{escape_text(widget["name"])}"'
            f' class="{escape_text(classes)}"{disabled}{attributes(attrs)}>'
            f"{_errors(field)}{_help(field)}</div>"
        )
    return "".join(parts)


def _body(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect):
        return _boxes(field)
    if isinstance(widget, forms.FileInput):
        return _file(field)
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return f"{_widget(field, css)}{_errors(field)}{_help(field)}"


def _label_and_body(field: BoundField) -> str:
    if not field.label:
        return _body(field)
    if not field.use_fieldset:
        return f"{_heading(field)}{_body(field)}"
    described = field.aria_describedby
    attrs = attributes({"aria-describedby": described}) if described else ""
    return f"<fieldset{attrs}>{_heading(field)}{_body(field)}</fieldset>"


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Draw one field of a form."""
    if bound.is_hidden:
        return SafeString(bound)
    own = escape_text(bound.css_classes())
    css = f" {own}" if own else ""
    own_id = f"div_{escape_text(bound.auto_id)}"
    if isinstance(bound.field.widget, forms.CheckboxInput):
        box = f'<div id="{own_id}" class="form-check{css}">{_checkbox(bound)}</div>'
        return SafeString(f'<div class="mb-3">{box}</div>')
    return SafeString(f'<div id="{own_id}" class="mb-3{css}">{_label_and_body(bound)}</div>')


@register.simple_tag
def fields(form: forms.BaseForm) -> SafeString:
    """Draw what is wrong with a form as a whole, then each of its fields."""
    wrong = "".join(
        f'<p class="mb-0">{escape_text(sentence(error))}</p>' for error in form.non_field_errors()
    )
    if wrong:
        wrong = f'<div class="alert alert-danger" role="alert">{wrong}</div>'
    return SafeString(wrong + "\n".join(field(each) for each in form))
