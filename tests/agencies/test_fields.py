"""How the fields of a form are drawn, and that quick widgets are those of Django's templates."""

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe

from agencies.form_renderer import WRITTEN, FormRenderer

EVIL = """<i> & "x" 'y'"""
SAFE = "&lt;i&gt; &amp; &quot;x&quot; &#x27;y&#x27;"


def drawn(form: forms.Form, what: str = "{% fields form %}") -> str:
    """What a page writes, without the lines between tags."""
    page = Template("{% load fields %}" + what).render(Context({"form": form}))
    return page.replace(">\n<", "><")


def form_of(field: forms.Field, **options: Any) -> forms.Form:
    form = forms.Form(**options)
    form.fields["a"] = field
    return form


CHOICES = [
    ("", "None"),
    (1, 1405),
    (EVIL, EVIL),
    ("Group <b>", [("x", mark_safe("<b>X</b>")), ("y", "Y")]),
]
ATTRS = {"class": "code", "data-x": EVIL, "hidden": True, "draggable": False, "rows": 3}
WIDGETS = (
    *(
        kind(attrs=ATTRS)
        for kind in (
            forms.TextInput,
            forms.NumberInput,
            forms.EmailInput,
            forms.URLInput,
            forms.PasswordInput,
            forms.HiddenInput,
            forms.DateInput,
            forms.CheckboxInput,
            forms.Textarea,
        )
    ),
    forms.TextInput(attrs={"type": "tel"}),
    forms.PasswordInput(render_value=True),
    forms.Select(attrs=ATTRS, choices=CHOICES),
    forms.SelectMultiple(choices=CHOICES),
    forms.NullBooleanSelect(),
)


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize(
    "value", [None, "", "x", EVIL, mark_safe("<b>"), 1, 1234.5, True, False, ("x", "1")], ids=repr
)
@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
def test_a_quick_widget_is_that_of_djangos_template(
    widget: forms.Widget, value: Any, language: str
):
    assert widget.template_name in WRITTEN

    with translation.override(language):
        quick, slow = (
            widget.render("a<b", value, attrs={"id": "id_a", "required": True}, renderer=renderer)
            for renderer in (FormRenderer(), TemplatesSetting())
        )

    assert quick == slow.replace("\n\n", "\n")  # a template of options leaves lines empty


def test_other_widgets_are_left_to_their_templates():
    widget = forms.RadioSelect(choices=[("x", "X")])

    assert widget.render("a", "x", renderer=FormRenderer()) == widget.render(
        "a", "x", renderer=TemplatesSetting()
    )


def test_a_field_has_label_widget_and_help():
    form = form_of(forms.CharField(label="Name", help_text="As in the register."))

    assert drawn(form, "{% field form.a %}") == (
        '<div id="div_id_a" class="mb-3">'
        '<label for="id_a" class="form-label requiredField">Name'
        '<span class="asteriskField">*</span></label>'
        '<input type="text" name="a" class="textinput form-control" required'
        ' aria-describedby="id_a_helptext" id="id_a">'
        '<div id="id_a_helptext" class="form-text">As in the register.</div></div>'
    )


def test_what_is_wrong_stands_below_the_widget_and_is_tied_to_it():
    form = form_of(forms.CharField(max_length=2, required=False), data={"a": "abc"})

    with translation.override("fa"):
        page = drawn(form, "{% field form.a %}")

    assert 'class="textinput form-control is-invalid"' in page
    assert 'aria-invalid="true" aria-describedby="id_a_error" id="id_a">' in page
    assert (
        '<div id="id_a_error" class="invalid-feedback"><p class="mb-0"><strong>'
        "متن باید حداکثر ۲ نویسه داشته باشد (اکنون ۳ دارد).</strong></p></div></div>"
    ) in page


def test_what_is_wrong_with_the_form_stands_first():
    form = form_of(forms.CharField(required=False), data={})
    form.add_error(None, f"No. 12: {EVIL}")

    with translation.override("fa"):
        page = drawn(form)

    assert page.startswith(
        '<div class="alert alert-danger" role="alert">'
        f'<p class="mb-0">No. ۱۲: {SAFE}</p></div><div id="div_id_a"'
    )


def test_whatever_is_said_or_typed_is_escaped():
    form = form_of(
        forms.CharField(label=EVIL, help_text=EVIL, widget=forms.Textarea), data={"a": EVIL}
    )
    form.add_error("a", EVIL)

    page = drawn(form)

    assert page.count(SAFE) == 4
    assert "<i>" not in page


def test_safe_text_keeps_its_tags():
    page = drawn(form_of(forms.CharField(label=mark_safe("<b>A</b>"), help_text=mark_safe("<u>"))))

    assert "<b>A</b>" in page
    assert "<u>" in page


def test_a_hidden_field_has_nothing_around_it():
    form = form_of(forms.CharField(widget=forms.HiddenInput, initial="x"))

    assert drawn(form) == '<input type="hidden" name="a" value="x" id="id_a">'


def test_a_checkbox_stands_before_its_label():
    page = drawn(form_of(forms.BooleanField(label="Yes", initial=True)))

    assert page == (
        '<div class="mb-3"><div id="div_id_a" class="form-check">'
        '<input type="checkbox" name="a" class="checkboxinput form-check-input" required'
        ' id="id_a" checked>'
        '<label for="id_a" class="form-check-label requiredField">Yes'
        '<span class="asteriskField">*</span></label></div></div>'
    )


def test_a_choice_is_a_select():
    page = drawn(form_of(forms.ChoiceField(choices=[("x", "X")], required=False, label="Kind")))

    assert '<select name="a" class="select form-select" id="id_a">' in page


def test_buttons_stand_in_a_fieldset_and_what_is_wrong_below_the_last():
    options = {"choices": [("x", EVIL), ("y", "Y")], "widget": forms.RadioSelect}
    form = form_of(forms.ChoiceField(label="Kind", help_text="One.", **options), data={})

    page = drawn(form)

    box = (
        '<input type="radio" class="form-check-input is-invalid" name="a" value="{}"'
        ' id="id_a_{}" required aria-invalid="true"><label for="id_a_{}" class="form-check-label">{}</label>'
    )
    error = form.errors["a"][0]
    assert page == (
        '<div id="div_id_a" class="mb-3">'
        '<fieldset aria-describedby="id_a_helptext id_a_error">'
        '<legend class="form-label requiredField fs-6">Kind'
        '<span class="asteriskField">*</span></legend>'
        f'<div><div class="form-check">{box.format("x", 0, 0, SAFE)}</div>'
        f'<div class="form-check">{box.format("y", 1, 1, "Y")}'
        '<div id="id_a_error" class="invalid-feedback">'
        f'<p class="mb-0"><strong>{error}</strong></p></div></div></div>'
        '<div id="id_a_helptext" class="form-text">One.</div></fieldset></div>'
    )


def test_a_list_of_boxes_names_its_groups():
    options = {"choices": [("G<", [("x", "X")])], "widget": forms.CheckboxSelectMultiple}

    page = drawn(form_of(forms.MultipleChoiceField(initial=["x"], required=False, **options)))

    assert (
        '<div><strong>G&lt;</strong><div class="form-check"><input type="checkbox"'
        ' class="form-check-input" name="a" value="x" id="id_a_0_0" checked>'
    ) in page


def test_a_stored_file_has_a_link_and_may_be_removed():
    stored = SimpleNamespace(url="/f?a=1&b=2", name=EVIL)
    attrs = {"accept": ".pdf", "class": "wide"}
    form = form_of(
        forms.FileField(required=False, widget=forms.ClearableFileInput(attrs=attrs)),
        initial={"a": stored},
    )

    page = drawn(form)

    assert f'<a href="/f?a=1&amp;b=2">{SAFE}</a>' in page
    assert '<input type="checkbox" name="a-clear" id="a-clear_id" class="form-check-input">' in page
    assert '<div><input type="file" name="a" class="form-control wide" accept=".pdf"' in page


def test_a_file_that_is_missing_is_marked():
    page = drawn(form_of(forms.FileField(), data={}))

    assert (
        '<div class="is-invalid"><input type="file" name="a" class="form-control is-invalid"'
        in page
    )
