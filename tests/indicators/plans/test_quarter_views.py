"""Pages of a quarter."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Figure, Indicator, Measure
from indicators.plans import actions as plans
from indicators.sets import targets
from indicators.workflow import ReportState
from tests.factories import (
    PASSWORD,
    enter_figures,
    lay_plan,
    plan_of,
    report_of,
    report_quarter,
)
from tests.indicators.pages import text
from tests.indicators.plans.plan_pages import plan_url, window
from tests.indicators.plans.plan_steps import own

pytestmark = pytest.mark.django_db


def quarter_url(w, quarter=1, *rest):
    return "/".join(["/en/indicators/plans/quarters", str(report_of(w, quarter).pk), *rest, ""])


def typed_figures(w, actual="20", explanation="", forecast="20"):
    said = {"actual": actual, "explanation": explanation, "forecast": forecast}
    return {f"{what}-{m.pk}": value for m in own(w) for what, value in said.items()}


def test_staff_enter_a_quarter_s_figures(as_, w):
    lay_plan(w)
    staff = as_(w.staff, w.at)

    response = staff.post(quarter_url(w), typed_figures(w, actual="۲۵", explanation="خشكسالي"))

    assert response.status_code == 302
    figure = Figure.objects.get(measure=own(w)[0], quarter=1)
    assert (figure.actual, figure.explanation, figure.forecast) == (25, "خشکسالی", 20)
    page = text(staff.get(quarter_url(w)))
    assert "Amber: slightly behind · 80.00 %" in page
    assert "Attainment is the actual value divided by" in page


def test_a_quarter_shows_the_one_before_and_a_forecast_that_falls_short(as_, w):
    lay_plan(w)
    report_quarter(w, 1)
    at = window(w, 2).opens_at
    plans.save_figures(
        report_of(w, 2),
        {own(w)[0].pk: {"actual": Decimal(20), "forecast": Decimal(24)}},
        by=w.staff,
        at=at,
    )

    page = text(as_(w.staff, at).get(quarter_url(w, 2)))

    assert "Quarter before" in page
    assert "25 against 20" in page
    assert "short of the year" in page


def test_a_wrong_figure_is_told_beside_its_field_and_on_top(as_, w):
    lay_plan(w)
    first, _second = own(w)

    page = text(
        as_(w.staff, w.at).post(quarter_url(w), typed_figures(w) | {f"actual-{first.pk}": "-3"})
    )

    assert f'<a href="#id_actual-{first.pk}">Non-revenue water, Actual value</a>' in page
    assert f'id="id_actual-{first.pk}_error"' in page
    assert not Figure.objects.filter(actual__isnull=False).exists()


def test_before_the_plan_is_signed_a_quarter_has_no_fields_and_says_why(as_, w):
    page = text(as_(w.staff, w.at).get(quarter_url(w)))

    assert "A quarter is reported against a signed plan" in page
    assert "Save the figures" not in page


def test_the_head_reports_after_a_summary_of_lights_misses_and_forecasts(as_, w):
    lay_plan(w)
    enter_figures(w)
    first, _second = own(w)
    short = {"actual": Decimal(25), "forecast": Decimal(23), "explanation": "خشکسالی"}
    plans.save_figures(report_of(w), {first.pk: short}, by=w.staff, at=w.at)
    head = as_(w.head, w.at)

    summary = text(head.get(quarter_url(w, 1, "report")))
    head.post(quarter_url(w, 1, "report"), {"note": "", "password": PASSWORD})

    assert "2 / 2 amber" in summary
    assert "خشکسالی" in summary
    assert "23 instead of 20" in summary
    assert report_of(w).state == ReportState.REPORTED


def test_what_a_report_lacks_is_named_with_links(as_, w):
    lay_plan(w)
    head = as_(w.head, w.at)

    page = text(head.post(quarter_url(w, 1, "report"), {"note": "", "password": PASSWORD}))
    quarter = text(head.get(quarter_url(w)))

    assert "Something is missing." in page
    assert f'href="{quarter_url(w)}#id_actual-{own(w)[0].pk}"' in page
    assert "4 things are missing before the quarter can be reported" in quarter


def test_a_unit_s_given_measures_stand_first_on_its_pages(as_, w):
    given = targets.AgencyTarget(own(w)[0].pk, w.unit.pk, target=Decimal(18))
    targets.set_targets(w.specific, [given], by=w.headquarters, at=w.at)
    plan = plan_of(w, w.unit)

    page = text(as_(w.unit_head, w.at).get(f"/en/indicators/plans/{plan.pk}/"))

    assert "Non-revenue water" in page
    assert "the year&#x27;s target: 18" in page or "the year's target: 18" in page


@pytest.mark.parametrize("page", ("plan", "sign", "quarter", "report"))
def test_the_pages_take_the_same_queries_for_any_number_of_measures(as_, w, page):
    lay_plan(w, signed=page in ("quarter", "report"))
    url = {
        "plan": plan_url(w),
        "sign": plan_url(w, "sign"),
        "quarter": quarter_url(w),
        "report": quarter_url(w, 1, "report"),
    }[page]
    head = as_(w.head, w.at)
    indicator = Indicator.objects.filter(axis__set=w.specific).first()
    taken = []

    for more in (0, 3, 20):
        for number in range(more):
            titles = {
                "code": f"X{more}-{number}",
                "title_fa": "س",
                "unit_fa": "درصد",
                "points": 1,
                "method": "linear",
            }
            measure = Measure.objects.create(indicator=indicator, target=5, **titles)
            Figure.objects.create(plan=plan_of(w), measure=measure, quarter=1, target=5, actual=4)
        with CaptureQueriesContext(connection) as queries:
            assert head.get(url).status_code == 200
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]
