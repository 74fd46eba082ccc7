"""Pages of the list of plans and of a plan."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Participation
from indicators.models import Figure, Plan, QuarterReport, Sheet
from indicators.plans import actions as plans
from indicators.workflow import PlanState
from tests.factories import (
    PASSWORD,
    lay_plan,
    make_agency,
    plan_of,
    report_quarter,
)
from tests.indicators.pages import text
from tests.indicators.plans.plan_pages import plan_url, window
from tests.indicators.plans.plan_steps import own

pytestmark = pytest.mark.django_db

PLANS = "/en/indicators/plans/"


def typed_targets(w, value="25"):
    return {f"target-{m.pk}-{q}": value for m in own(w) for q in (1, 2, 3, 4)}


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
