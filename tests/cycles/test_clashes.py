"""Forms that compare: what a second tab is told, and what it never writes over unseen."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from cycles.clashes import ComparedForm
from cycles.ui.fields import DayField, NumberField, PersianTextField

STORED = {
    "points": Decimal("12.50000000"),
    "day": date(2026, 3, 2),
    "reason": "دلیل نخست\nدوم",
    "applies": True,
    "codes": "",
    "sides": ["a", "b"],
}


class WordsField(PersianTextField):
    """Words parted by blanks, as lists of codes are typed."""

    def clean(self, value: Any) -> list[str]:
        return super().clean(value).split()


class PaperForm(ComparedForm):
    """A form with a field of every kind that is compared."""

    points = NumberField(max_value=100, decimal_places=8, max_digits=20)
    day = DayField(required=False)
    reason = PersianTextField(required=False, lines=True)
    applies = forms.BooleanField(required=False)
    codes = WordsField(required=False)
    sides = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B"), ("c", "C")], required=False)


def sent_form(stored: dict[str, Any], *, shown: dict[str, Any] = STORED, **typed: Any) -> PaperForm:
    """The form as it comes back from a page that showed one thing, when another is stored."""
    data = QueryDict(mutable=True)
    data["seen"] = PaperForm(initial=shown).token
    as_typed = {
        "points": "۱۲/۵",
        "day": "1404/12/11",
        "reason": " دلیل نخست\r\nدوم\r\n ",
        "applies": "on",
    } | typed
    for name, value in as_typed.items():
        data[name] = value
    data.setlist("sides", typed.get("sides", ["a", "b"]))
    return PaperForm(data, initial=stored)


def test_other_spellings_of_what_is_stored_are_no_change():
    form = sent_form(STORED)

    assert form.is_valid(), form.errors
    assert form.is_untouched


def test_what_both_have_typed_is_no_clash():
    form = sent_form(STORED, shown=STORED | {"points": Decimal(3), "sides": []})

    assert form.is_valid(), form.errors


def test_a_field_with_an_error_says_what_is_stored_before_it_is_written_over():
    form = sent_form(STORED, shown=STORED | {"points": Decimal(3)}, points="101")

    assert not form.is_valid()
    assert "اکنون ذخیره است: ۱۲٫۵" in form.errors["points"]
    assert len(form.errors["points"]) == 2


def test_only_what_is_typed_otherwise_than_it_is_stored_says_what_is_stored():
    stored = STORED | {"codes": "MOE MOH", "points": Decimal(3)}

    form = sent_form(stored, codes="MOE MOH")

    assert form.errors.keys() == {"__all__", "points"}


@pytest.mark.parametrize("token", ("", "forged", "0" * 16))
def test_a_page_that_does_not_say_what_it_showed_asks_or_saves_and_never_breaks(token):
    form = sent_form(STORED, points="3")
    form.data["seen"] = token

    assert form.is_valid() == (token == "")
    assert form.has_clash == (token != "")
