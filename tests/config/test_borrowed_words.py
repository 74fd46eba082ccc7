"""What Django and its forms say is said in our words, in the reader's digits."""

from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from agencies.templatetags.portal import sentence
from config import borrowed_words


class Sample(forms.Form):
    name = forms.CharField(max_length=20)
    share = forms.DecimalField(max_value=Decimal(100), max_digits=12, decimal_places=2)
    kind = forms.ChoiceField(choices=[("a", "A")])


def drawn(how: str, **typed: str) -> str:
    """What is wrong with a form, as a page shows it in Persian."""
    with translation.override("fa"):
        form = Sample(typed)
        return Template("{% load fields %}" + how).render(Context({"form": form}))


@pytest.mark.parametrize(
    "how",
    ("{% fields form %}", "{{ form.share.errors }}{{ form.name.errors }}{{ form.kind.errors }}"),
)
def test_an_error_has_our_words_and_persian_digits(how: str) -> None:
    page = drawn(how, name="x" * 21, share="100.5", kind="G1-01")

    assert "مقدار باید حداکثر ۱۰۰ باشد." in page
    assert "متن باید حداکثر ۲۰ نویسه داشته باشد (اکنون ۲۱ دارد)." in page
    assert "«G1-01» از آنها نیست" in page
    assert "این خانه را پر کنید." in drawn(how)


def test_codes_in_a_sentence_keep_their_digits() -> None:
    with translation.override("fa"):
        persian = sentence("سطر 12 از G1-01 و 2026-05-31: 1.5")
    with translation.override("en"):
        english = sentence("Row 12")

    assert persian == "سطر ۱۲ از G1-01 و 2026-05-31: ۱.۵"
    assert english == "Row 12"


def test_every_borrowed_sentence_is_in_our_catalogue() -> None:
    with translation.override("fa"):
        said = [translation.gettext(each) for each in borrowed_words.SENTENCES]

    assert all(any("\u0600" <= letter <= "\u06ff" for letter in each) for each in said)
