"""A scoring method is one class: whatever depends on the methods takes a new one up by itself."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django import forms
from django.utils import translation

from festival.data import verify
from indicators.exchange import columns
from indicators.exchange.cells import ParamsCell
from indicators.models import Measure
from indicators.scoring import methods
from indicators.scoring.bounds import bounds, wrong_bounds
from indicators.scoring.exact import number
from indicators.scoring.method import Method
from indicators.scoring.methods import METHODS, points
from indicators.scoring.parameter_forms import ParameterFields, initial_parameters
from indicators.scoring.parameters import NumberParameter, not_numbers
from indicators.scoring.value_bounds import ValueBounds

ROOT = Path(methods.__file__).parents[3]
DIVISOR = NumberParameter(name="divisor", label="Divisor", help_text="What it is divided by.")


class Divided(Method):
    name = "divided"
    label = "Divided by a number"
    formula = "ceiling × actual ÷ divisor"
    numbers = "%(ceiling)s × %(value)s ÷ %(divisor)s"
    parameters = (DIVISOR,)

    def share(self, value, params):
        return value / number(params, "divisor")

    def check(self, params):
        errors = not_numbers(params, DIVISOR)
        return errors or (["No zero, please."] if number(params, "divisor") == 0 else [])

    def fixed_bounds(self, params):
        return ValueBounds(Fraction(0), number(params, "divisor"))


class Typed(ParameterFields):
    direction = forms.CharField(required=False)


@pytest.fixture(autouse=True)
def _divided(monkeypatch):
    monkeypatch.setitem(METHODS, "divided", Divided())
    with translation.override("en"):
        yield


def test_it_gives_points_and_explains_them():
    params = {"divisor": 4}

    assert points("divided", Decimal(3), ceiling=Decimal(20), params=params) == 15
    told = METHODS["divided"].explain(Decimal(3), Decimal(20), params, "en")
    assert told == "20 × 3 ÷ 4 = 15.00 points"
    assert METHODS["divided"].explain(None, Decimal(20), params, "en") == Divided.formula


def test_its_parameter_is_typed_checked_kept_and_shown_again():
    form = Typed({"method": "divided", "divisor": "2.5"})

    assert form.fields["divisor"].help_text == "What it is divided by."
    assert ("divided", "Divided by a number") in form.fields["method"].choices
    assert form.errors == {}
    assert form.cleaned_data["params"] == {"divisor": "2.5"}
    assert initial_parameters({"divisor": "2.5"}) == {"divisor": Decimal("2.5")}
    assert list(Typed({"method": "divided"}).errors) == ["divisor"]
    assert Typed({"method": "divided", "divisor": "0"}).errors == {"divisor": ["No zero, please."]}


def test_it_goes_out_and_comes_in_with_the_sheet_of_measures():
    column = columns._column("method", Measure, "method")

    assert ("divided", "Divided by a number") in column.allowed
    assert ParamsCell().clean('{"divisor": "2.5"}') == {"divisor": "2.5"}
    with pytest.raises(ValueError, match="parameters"):
        ParamsCell().clean('{"divisor": [1]}')


def test_its_values_have_its_bounds():
    asked = {"lowest": None, "highest": None, "is_percent": False}

    assert str(bounds("divided", {"divisor": 4}, **asked)) == "from 0 to 4"
    assert wrong_bounds("divided", {"divisor": 4}, None, 5) != []


def test_a_field_of_a_measure_itself_is_no_parameter_in_a_sheet():
    with pytest.raises(ValueError, match="parameters"):
        ParamsCell().clean('{"target": 5}')


def test_the_verifier_that_imports_nothing_knows_every_method():
    assert set(verify.METHODS) == set(METHODS) - {"divided"}


def test_every_method_is_a_file_and_no_other_file_asks_which_it_is():
    folder = Path(methods.__file__).parent
    names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert names == set(METHODS) - {"divided"}

    # who supplies a steward's figure is asked of the measure, not of its method
    scored = "|".join(names - {"steward"})
    asks = re.compile(rf'match self\.name|method [!=]= "({scored})"|self\.name == ')
    others = [path for path in (ROOT / "indicators").rglob("*.py") if asks.search(path.read_text())]
    assert others == []
