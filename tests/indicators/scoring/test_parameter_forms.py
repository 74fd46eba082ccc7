"""What a method needs is typed in one field a kind, refused beside that field, and found again when
it is edited.
"""

import pytest
from django import forms
from django.utils import translation

from indicators.scoring.methods import METHODS
from indicators.scoring.parameter_forms import ParameterFields, initial_parameters


class Typed(ParameterFields):
    """The form that inherits the fields has the direction."""

    direction = forms.CharField()


MEASURE = {"direction": "higher"}

TYPED = [
    (
        "levels",
        {"levels": "۰ | نیست | None\n\n 33٫5% | آغاز شده \n100|نهادینه|Rooted"},
        {
            "levels": [
                {"percent": 0, "fa": "نیست", "en": "None"},
                {"percent": "33.5", "fa": "آغاز شده", "en": ""},
                {"percent": 100, "fa": "نهادینه", "en": "Rooted"},
            ]
        },
    ),
    (
        "options",
        {"options": "100 | بلی | Yes\n0 | خیر | No"},
        {
            "options": [
                {"percent": 100, "fa": "بلی", "en": "Yes"},
                {"percent": 0, "fa": "خیر", "en": "No"},
            ]
        },
    ),
    (
        "interpolation",
        {"targets": "۹۰:۱۰۰، 80:90, 70.5:80"},
        {"targets": [[90, 100], [80, 90], ["70.5", 80]]},
    ),
    (
        "minmax",
        {"min": "100", "max": "75,000", "log": "on"},
        {"min": 100, "max": 75000, "log": True, "direction": "higher"},
    ),
    ("points", {"maximum": "۱۰۰۰"}, {"maximum": 1000}),
    ("bands", {"bands": "90:100, 70:50"}, {"bands": [[90, 100], [70, 50]], "direction": "higher"}),
    ("checklist", {"items": "4"}, {"items": 4}),
    (
        "survey",
        {
            "survey_source": "ایسپا",
            "sample": "۱۲۰۰",
            "survey_from": "1406/01/01",
            "survey_until": "2027-04-04",
            "interval": "2.5",
            "confidence": "95",
        },
        {
            "survey_source": "ایسپا",
            "sample": 1200,
            "survey_from": "2027-03-21",
            "survey_until": "2027-04-04",
            "interval": "2.5",
            "confidence": 95,
        },
    ),
    ("survey", {}, {}),
    ("steward", {"items": "4"}, {}),
]


@pytest.mark.parametrize(("method", "typed", "params"), TYPED)
def test_what_is_typed_becomes_parameters_that_pass_the_methods_check(method, typed, params):
    form = Typed(MEASURE | {"method": method} | typed)

    assert form.errors == {}
    assert form.cleaned_data["params"] == params
    assert METHODS[method].check(params) == []


@pytest.mark.parametrize("language", ("fa", "en"))
@pytest.mark.parametrize(("method", "typed", "params"), [row for row in TYPED if row[2]])
def test_an_edited_measure_shows_what_it_has_and_saves_it_unchanged(
    language, method, typed, params
):
    with translation.override(language):
        shown = Typed(initial=MEASURE | {"method": method} | initial_parameters(params))
        again = {
            name: shown[name].value()
            for name in shown.fields
            if shown[name].value() not in (None, "")
        }

        form = Typed(
            {name: shown.fields[name].prepare_value(value) for name, value in again.items()}
        )

        assert form.errors == {}
    assert form.cleaned_data["params"] == params


@pytest.mark.parametrize(
    ("method", "typed", "field", "words"),
    [
        ("levels", {"levels": "0 | نیست\nخوب"}, "levels", "Line 2 is not"),
        ("levels", {"levels": "50 | نیمه\n20 | کم"}, "levels", "never fall"),
        ("levels", {}, "levels", "needs this"),
        ("options", {"options": "100 | "}, "options", "Line 1 is not"),
        ("options", {"options": "100 | بلی"}, "options", "two options or more"),
        ("interpolation", {"targets": "90:100, 80"}, "targets", "number:percent"),
        ("interpolation", {"targets": "90:100, 95:90, 80:80"}, "targets", "all rise or all fall"),
        ("minmax", {"min": "5"}, "max", "needs this"),
        ("minmax", {"min": "5", "max": "4"}, "max", "more than the least"),
        ("minmax", {"min": "0", "max": "4", "log": "on"}, "max", "more than zero"),
        ("points", {"maximum": "0"}, "maximum", "more than zero"),
        ("survey", {"sample": "0"}, "sample", "greater than or equal to 1"),
        (
            "survey",
            {"survey_from": "1406/01/20", "survey_until": "1406/01/01"},
            "survey_until",
            "before it begins",
        ),
        ("survey", {"survey_from": "soon"}, "survey_from", "Enter a date"),
        ("survey", {"confidence": "100"}, "confidence", "less than or equal to 99.99"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_is_kept(method, typed, field, words):
    with translation.override("en"):
        form = Typed(MEASURE | {"method": method} | typed)

        assert list(form.errors) == [field]
        assert words in form.errors[field][0]
        assert form[field].value() == typed.get(field)
