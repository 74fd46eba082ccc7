"""Pages of annual plans and quarters, as agencies, their headquarters and
the authority meet them.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cycles.calendar import Phase
from cycles.models import Participation, Window
from indicators.models import Figure, Indicator, Measure, Plan, QuarterReport, Sheet
from indicators.plans import actions as plans
from indicators.sets import targets
from indicators.workflow import PlanState, ReportState
from tests.factories import (
    PASSWORD,
    build,
    enter_figures,
    lay_plan,
    make_agency,
    plan_of,
    report_of,
    report_quarter,
)

pytestmark = pytest.mark.django_db

PLANS = "/en/indicators/plans/"


@pytest.fixture
def as_(client, settings):
    """Sign somebody in at a moment."""

    def sign_in(user, at):
        settings.CLOCK_OFFSET = at - timezone.now()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def w():
    world = build("communicated")
    world.at = window(world, 1).opens_at + timedelta(hours=9)
    return world


def window(w, quarter):
    return Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=quarter)


def text(response):
    return response.content.decode()


def plan_url(w, *rest):
    return "/".join(["/en/indicators/plans", str(plan_of(w).pk), *rest, ""])


def quarter_url(w, quarter=1, *rest):
    return "/".join(["/en/indicators/plans/quarters", str(report_of(w, quarter).pk), *rest, ""])


def own(w):
    return list(Measure.objects.of(w.specific).order_by("pk"))


def typed_targets(w, value="25"):
    return {f"target-{m.pk}-{q}": value for m in own(w) for q in (1, 2, 3, 4)}


def typed_figures(w, actual="20", explanation="", forecast="20"):
    said = {"actual": actual, "explanation": explanation, "forecast": forecast}
    return {f"{what}-{m.pk}": value for m in own(w) for what, value in said.items()}


# --- The list -----------------------------------------------------------------------------------


def test_an_agency_lists_its_own_plan_and_the_authority_all(as_, w):
    mine = text(as_(w.staff, w.at).get(PLANS))
    everybody_s = text(as_(w.administrator, w.at).get(PLANS))

    assert "Ministry of Energy" in mine
    assert "Ministry of Health" not in mine
    assert "Ministry of Health" in everybody_s


def test_a_headquarters_lists_its_units_too(as_, w):
    page = text(as_(w.headquarters, w.at).get(PLANS))

    assert "Qazvin Regional Water" in page
    assert "Ministry of Health" not in page


def test_the_list_tells_what_is_open_what_is_reported_and_what_was_missed(as_, w):
    lay_plan(w)
    report_quarter(w, 1)
    at = window(w, 2).closes_at + timedelta(hours=1)

    page = text(as_(w.staff, at).get(PLANS))

    assert "Signed" in page
    assert "Reported" in page
    assert "Not reported" in page
    assert "closed 1 day ago" in page
    assert "Open now" in page  # the third quarter has begun
    assert "To come" in page
    assert "2 / 2 amber" in page


def test_the_list_narrows_by_name_state_and_missing_report(as_, w):
    lay_plan(w)
    report_quarter(w, 1)
    board = as_(w.administrator, w.at)

    found = text(board.get(PLANS, {"q": "نيرو"}))
    signed = text(board.get(PLANS, {"state": "signed"}))
    silent = text(board.get(PLANS, {"unreported": "1"}))
    nobody = text(board.get(PLANS, {"q": "zzz"}))

    assert "Ministry of Energy" in found
    assert "Ministry of Health" not in found
    assert "Ministry of Energy" in signed
    assert "Ministry of Health" not in signed
    assert "Ministry of Energy" not in silent
    assert "Ministry of Health" in silent
    assert "No plan to show" in nobody


def test_the_list_takes_the_same_queries_for_any_length(as_, w):
    lay_plan(w)
    report_quarter(w, 1)
    board = as_(w.administrator, w.at)
    taken = []

    for more in (0, 2, 10):
        for number in range(more):
            agency = make_agency(f"X{more}-{number}", "سازمان", "Office")
            titles = {
                "name_fa": "سازمان",
                "name_en": "Office",
                "level": agency.level,
                "sector": agency.sector,
            }
            participation = Participation.objects.create(cycle=w.cycle, agency=agency, **titles)
            plan = Plan.objects.create(cycle=w.cycle, agency=agency, participation=participation)
            QuarterReport.objects.create(
                cycle=w.cycle, agency=agency, plan=plan, quarter=1, state="reported"
            )
            Figure.objects.create(plan=plan, measure=own(w)[0], quarter=1, target=5, actual=5)
        with CaptureQueriesContext(connection) as queries:
            assert board.get(PLANS).status_code == 200
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]


# --- The plan -----------------------------------------------------------------------------------


def test_staff_lay_the_plan_on_its_page(as_, w):
    staff = as_(w.staff, w.at)

    response = staff.post(plan_url(w), typed_targets(w, "۲۵٫۵"))

    assert response.status_code == 302
    assert set(Figure.objects.values_list("target", flat=True)) == {Decimal("25.5")}
    page = text(staff.get(plan_url(w)))
    assert 'value="25.5"' in page
    assert (
        "Not the year&#x27;s target; this is allowed." in page
        or "Not the year's target; this is allowed." in page
    )


def test_what_was_typed_stays_with_its_error_beside_the_field_and_on_top(as_, w):
    first, _second = own(w)
    name = f"target-{first.pk}-2"

    response = as_(w.staff, w.at).post(plan_url(w), typed_targets(w) | {name: "many"})

    page = text(response)
    assert response.status_code == 200
    assert 'value="many"' in page
    assert f'<a href="#id_{name}">Non-revenue water, target of quarter 2</a>' in page
    assert f'id="id_{name}_error"' in page
    assert not Figure.objects.exists()


def test_half_a_page_lost_on_the_way_takes_no_target_back(as_, w):
    lay_plan(w, signed=False)
    first, second = own(w)

    as_(w.staff, w.at).post(plan_url(w), {f"target-{first.pk}-1": "30"})

    sheet = Sheet(plan_of(w))
    assert (sheet.figure(first.pk, 1).target, sheet.figure(second.pk, 1).target) == (30, 50)


def test_the_page_says_what_is_missing_before_signing(as_, w):
    page = text(as_(w.staff, w.at).get(plan_url(w)))

    assert "8 targets are missing before the plan can be signed" in page
    assert f'href="#id_target-{own(w)[0].pk}-1"' in page


def test_the_head_signs_after_a_summary_with_the_password(as_, w):
    lay_plan(w, signed=False)
    head = as_(w.head, w.at)

    summary = text(head.get(plan_url(w, "sign")))
    head.post(plan_url(w, "sign"), {"note": "", "password": PASSWORD})

    assert "Targets by quarter" in summary
    assert plan_of(w).state == PlanState.SIGNED
    page = text(head.get(plan_url(w)))
    assert "Open the plan again" in page
    assert "Save the plan" not in page


def test_signing_an_unfinished_plan_names_what_is_missing_with_links(as_, w):
    head = as_(w.head, w.at)

    page = text(head.post(plan_url(w, "sign"), {"note": "", "password": PASSWORD}))

    assert "Something is missing." in page
    assert f'href="{plan_url(w)}#id_target-{own(w)[0].pk}-1"' in page


def test_only_the_head_is_offered_the_signature_and_only_the_agency_the_fields(as_, w):
    lay_plan(w, signed=False)

    staff = text(as_(w.staff, w.at).get(plan_url(w)))
    auditor = text(as_(w.auditor, w.at).get(plan_url(w)))

    assert "Save the plan" in staff
    assert "Sign the plan" not in staff
    assert "Save the plan" not in auditor
    assert "<input" not in auditor.split("<main")[1].replace('<input type="hidden"', "")


def test_a_closed_plan_says_when_it_was_open(as_, w):
    page = text(as_(w.staff, window(w, 1).closes_at).get(plan_url(w)))

    assert "Monitoring, quarter 1 closed on" in page
    assert "Save the plan" not in page


def test_what_comes_too_late_is_refused_and_stays_in_its_fields(as_, w):
    page = text(as_(w.staff, window(w, 1).closes_at).post(plan_url(w), typed_targets(w, "27")))

    assert "Monitoring, quarter 1 closed on" in page
    assert 'value="27"' in page
    assert not Figure.objects.exists()


def test_a_reported_quarter_has_no_field_in_the_plan(as_, w):
    lay_plan(w)
    report_quarter(w, 1)
    plans.move_plan(plan_of(w), "revise", by=w.head, at=w.at)

    page = text(as_(w.staff, w.at).get(plan_url(w)))

    assert f"target-{own(w)[0].pk}-1" not in page
    assert f"target-{own(w)[0].pk}-2" in page


# --- A quarter ----------------------------------------------------------------------------------


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
