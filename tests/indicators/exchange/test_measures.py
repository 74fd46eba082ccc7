"""Measures go out as a sheet and come in again unchanged."""

import json
from decimal import Decimal

import pytest

from cycles.workflow import Refused
from indicators.drafting import actions as drafting
from indicators.drafting import contents, tiers
from indicators.drafting.catalogue import general_catalogue
from indicators.exchange.measures import MeasureLines
from indicators.models import Measure
from tests.indicators.exchange.measure_sheets import (
    as_csv,
    checked,
    drafting_total,
    measures_file,
    rows_of,
    snapshot,
    take_in,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_an_exported_catalogue_changes_nothing_when_it_comes_back(drafted, kind):
    w = drafted
    contents.fill_general_set(w.general, rows=general_catalogue(), by=w.administrator, at=w.at)

    found = checked(w.general, measures_file(w.general, kind), f"a.{kind}")

    assert found.errors == []
    assert not found.differs
    assert found.unchanged == 60


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_whatever_a_measure_says_changes_nothing_when_it_comes_back(drafted, kind):
    w = drafted
    tiers.save_goal(
        w.specific,
        fields={
            "title_fa": "هدف",
            "title_en": "=Goal",
            "type": "strategic",
            "law": "csma",
            "article": "81",
        },
        by=w.staff,
        at=w.at,
    )
    measure = Measure.objects.of(w.specific).first()
    fields = {
        "title_fa": "=آب می‌رود؛ «هدررفت»، نیم‌فاصله",
        "title_en": "+1-2 'quoted', \"twice\"; @home",
        "definition_fa": "- یکم\n- دوم‌ها\nسوم",
        "method": "bands",
        "params": {"bands": [[0, 100], [7, "62.5"]], "direction": "lower"},
        "base": Decimal("12345678901234567890.12345678"),
        "floor": Decimal("-0.5"),
        "trend": [[1403, "12.50"], [1404, "-13"]],
        "links": [Measure.objects.of(w.general).first().lineage],
        "caf_criterion": 6,
        "is_pilot": False,
        "is_additive": True,
        "is_composed": True,
        "goal": w.specific.goals.get(),
        "responsible_post": "'=رئیس",
        "budget_line": "007",
    }
    drafting.save_measure(w.specific, fields=fields, by=w.staff, at=w.at, measure=measure)
    before = snapshot(w.specific)

    found = checked(w.specific, measures_file(w.specific, kind), f"a.{kind}")

    assert found.errors == []
    assert (found.new, found.changed, found.removed) == ([], [], [])
    with pytest.raises(Refused, match="Nothing in the file differs"):
        take_in(w.specific, measures_file(w.specific), by=w.staff, at=w.at)
    assert snapshot(w.specific) == before


def test_a_file_fills_an_empty_set_with_the_same_content_as_that_from_which_it_came(drafted):
    w = drafted
    contents.fill_general_set(w.general, rows=general_catalogue(), by=w.administrator, at=w.at)
    content = measures_file(w.general)
    before = [line.__dict__ | {"pk": None} for line in MeasureLines(w.general).lines()]
    contents.clear(w.general)

    written = take_in(w.general, content, by=w.administrator, at=w.at)

    assert len(written) == 60
    assert [line.__dict__ | {"pk": None} for line in MeasureLines(w.general).lines()] == before
    assert drafting_total(w.general) == 1000


LEVELS = [{"percent": 0, "fa": "نیست", "en": "None"}, {"percent": "62.5", "fa": "هست", "en": ""}]


@pytest.mark.parametrize(
    "method, params",
    (
        ("levels", {"levels": LEVELS}),
        ("options", {"options": LEVELS[::-1]}),
        ("interpolation", {"targets": [[0, 100], ["7.5", 90]]}),
        ("minmax", {"min": 100, "max": 75000, "log": True, "direction": "higher"}),
        ("points", {"maximum": 1000}),
        (
            "survey",
            {
                "survey_source": "ایسپا",
                "sample": 1200,
                "survey_from": "2027-03-21",
                "interval": "2.5",
            },
        ),
    ),
)
def test_the_parameters_of_every_method_come_in_as_they_went_out(drafted, method, params):
    measure = Measure.objects.of(drafted.specific).first()
    rows = rows_of(measures_file(drafted.specific))
    rows[0] |= {"method": method, "params_json": json.dumps(params, ensure_ascii=False)}

    take_in(drafted.specific, as_csv(rows), by=drafted.staff, at=drafted.at)

    written = Measure.objects.get(pk=measure.pk)
    assert (written.method, written.params) == (method, params)
    assert not checked(drafted.specific, measures_file(drafted.specific)).differs


def test_what_a_methods_own_check_refuses_is_told_beside_its_parameters(drafted):
    rows = rows_of(measures_file(drafted.specific))
    rows[0] |= {"method": "minmax", "params_json": '{"min": 5, "max": 4}'}
    rows[1] |= {"method": "survey", "params_json": '{"survey_from": "soon"}'}

    found = checked(drafted.specific, as_csv(rows))

    assert {(e["row"], e["column"]) for e in found.errors} == {
        ("2", "params_json"),
        ("3", "params_json"),
    }
