"""Reading what pages send, and the choices of their forms' fields."""

from django import forms

from agencies.persian import normalise


def keys_in(values: list[str]) -> list[int]:
    """Return the keys among what a page sent; whatever is no key is left out."""
    keys = []
    for value in values:
        text = normalise(value)
        if text.isascii() and text.isdecimal():
            keys.append(int(text))
    return keys


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """Return a form's field that offers fixed choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def row_field(form: forms.Form, name: str) -> forms.ModelChoiceField:
    """Return a form's field that offers rows of the database."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field
