"""What a form's field offers, where that depends on who asks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet


def offer_choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let a field of choices offer these, each with its words, or a group's words with its own."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def offer_rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a field that chooses a row offer these."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
