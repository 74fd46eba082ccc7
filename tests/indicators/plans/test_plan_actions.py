"""The measures of an annual plan, and its signature."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Entry, Participation
from cycles.workflow import Refused
from indicators.models import Figure, Indicator, Measure, MeasureTarget, Plan, Sheet
from indicators.plans import actions as plans
from indicators.sets import targets as sets_targets
from indicators.workflow import PlanState
from tests.factories import lay_plan, plan_of, report_of, report_quarter
from tests.indicators.plans.plan_steps import figures, general, opens, own, targets

pytestmark = pytest.mark.django_db


# --- The measures of a plan ---------------------------------------------------------------------


def test_a_plan_holds_what_is_asked_of_the_agency_own_first_and_nothing_of_stewards(communicated):
    sheet = Sheet(plan_of(communicated))

    assert [(p.measure.title, p.is_own) for p in sheet.planned] == [
        ("Non-revenue water", True),
        ("Outage minutes", True),
        ("Measure G1-1", False),
        ("Measure G2-1", False),
    ]


def test_a_unit_must_plan_the_measures_that_its_headquarters_has_given_down(communicated):
    w = communicated
    given = sets_targets.AgencyTarget(own(w)[0].pk, w.unit.pk, target=Decimal(18))
    sets_targets.set_targets(w.specific, [given], by=w.headquarters, at=w.at)

    [first, *rest] = Sheet(plan_of(w, w.unit)).planned

    assert (first.measure, first.is_own, first.target) == (own(w)[0], True, Decimal(18))
    assert not any(p.is_own for p in rest)


@pytest.mark.parametrize("more", (1, 20))
def test_a_sheet_takes_the_same_queries_for_any_number_of_measures(communicated, more):
    w = communicated
    indicator = Indicator.objects.filter(axis__set=w.specific).first()
    for number in range(more):
        titles = {
            "code": f"X{number}",
            "title_fa": "س",
            "unit_fa": "درصد",
            "points": 1,
            "method": "linear",
        }
        measure = Measure.objects.create(indicator=indicator, target=5, **titles)
        participation = Participation.objects.get(cycle=w.cycle, agency=w.power)
        MeasureTarget.objects.create(
            measure=measure, participation=participation, target=4, set_by=w.head, set_at=w.at
        )

    with CaptureQueriesContext(connection) as queries:
        sheet = Sheet(plan_of(w))
        assert len(sheet.lacks_of_plan) == 4 * (2 + more)

    assert len(queries) == 8


# --- The plan -----------------------------------------------------------------------------------


def test_staff_lay_the_plan_and_the_head_signs_it(communicated):
    w = communicated

    plan = plans.save_plan(plan_of(w), targets(w), by=w.staff, at=w.at)
    plan = plans.move_plan(plan, "sign", by=w.head, at=w.at)

    assert (plan.state, plan.signed_by, plan.signed_at) == (PlanState.SIGNED, w.head, w.at)
    assert Figure.objects.filter(plan=plan, target__isnull=False, updated_by=w.staff).count() == 8
    entry = Entry.objects.get(model="indicators.plan")
    assert (entry.act, entry.agency_code, len(entry.params["digest"])) == ("sign", "MOE", 64)


def test_general_measures_may_be_planned_and_need_not(communicated):
    w = communicated
    some = targets(w) | {general(w, "G1-1").pk: {4: Decimal(90)}}

    plan = plans.save_plan(plan_of(w), some, by=w.staff, at=w.at)

    assert plans.move_plan(plan, "sign", by=w.head, at=w.at).state == PlanState.SIGNED


def test_signing_names_the_first_targets_that_are_missing(communicated):
    w = communicated
    first, _second = own(w)
    plans.save_plan(plan_of(w), {first.pk: {1: Decimal(25)}}, by=w.staff, at=w.at)

    with pytest.raises(Refused) as refused:
        plans.move_plan(plan_of(w), "sign", by=w.head, at=w.at)

    assert str(refused.value) == (
        "Something is missing. “Non-revenue water”, quarter 2: the target; “Non-revenue water”, "
        "quarter 3: the target; "
        "“Non-revenue water”, quarter 4: the target, and 4 more things."
    )
    assert plan_of(w).state == PlanState.DRAFT


def test_saving_again_replaces_a_target_and_none_takes_it_back(communicated):
    w = communicated
    first, second = own(w)
    plans.save_plan(plan_of(w), targets(w), by=w.staff, at=w.at)

    plans.save_plan(plan_of(w), {first.pk: {1: Decimal(30), 2: None}}, by=w.staff, at=w.at)

    sheet = Sheet(plan_of(w))
    assert [sheet.figure(first.pk, q).target for q in (1, 2, 3)] == [30, None, 20]
    assert sheet.figure(second.pk, 1).target == 50


def test_foreign_and_stewards_measures_and_negative_targets_are_refused_whole(
    communicated,
):
    w = communicated
    good = {own(w)[0].pk: {1: Decimal(25)}}

    for bad, why in (
        ({general(w, "G1-2").pk: {1: Decimal(1)}}, "not asked of this agency"),
        ({0: {1: Decimal(1)}}, "not asked of this agency"),
        ({own(w)[1].pk: {1: Decimal(-1)}}, "may not be negative"),
        ({own(w)[1].pk: {1: Decimal(115)}}, "may not be more than 100"),
        ({own(w)[1].pk: {5: Decimal(1)}}, "begins with quarter 1"),
    ):
        with pytest.raises(Refused, match=why):
            plans.save_plan(plan_of(w), good | bad, by=w.staff, at=w.at)

    assert not Figure.objects.exists()


def test_another_agency_s_plan_may_not_be_laid(communicated):
    w = communicated

    with pytest.raises(Refused, match="staff of the agency"):
        plans.save_plan(plan_of(w), targets(w), by=w.other_staff, at=w.at)


def test_a_plan_that_begins_later_takes_no_figures_of_earlier_quarters(communicated):
    w = communicated
    Plan.objects.filter(pk=plan_of(w).pk).update(quarter=2)
    at = opens(w, 2)

    with pytest.raises(
        Refused, match="begins with quarter 2; figures of earlier quarters are not taken"
    ):
        plans.save_plan(plan_of(w), targets(w), by=w.staff, at=at)
    later = {
        key: {q: t for q, t in by_quarter.items() if q > 1}
        for key, by_quarter in targets(w).items()
    }
    plans.move_plan(plans.save_plan(plan_of(w), later, by=w.staff, at=at), "sign", by=w.head, at=at)
    with pytest.raises(Refused, match="begins with quarter 2"):
        plans.save_figures(report_of(w, 1), figures(w), by=w.staff, at=w.at)


def test_the_last_quarter_may_differ_from_the_year_and_says_so(communicated):
    w = communicated
    first, _second = own(w)
    plans.save_plan(
        plan_of(w),
        targets(w) | {first.pk: dict.fromkeys((1, 2, 3, 4), Decimal(25))},
        by=w.staff,
        at=w.at,
    )

    signed = plans.move_plan(plan_of(w), "sign", by=w.head, at=w.at)

    assert signed.state == PlanState.SIGNED
    assert [p.measure for p in Sheet(signed).differing] == [first]


def test_the_agency_s_own_target_is_the_year_s(communicated):
    w = communicated
    first, _second = own(w)
    participation = Participation.objects.get(cycle=w.cycle, agency=w.power)
    MeasureTarget.objects.create(
        measure=first, participation=participation, target=25, set_by=w.head, set_at=w.at
    )

    plans.save_plan(plan_of(w), targets(w), by=w.staff, at=w.at)

    assert [(p.measure, p.target) for p in Sheet(plan_of(w)).differing] == [(first, 25)]


def test_a_signed_plan_is_not_changed_until_it_is_opened_again(communicated):
    w = communicated
    plan = lay_plan(w)

    with pytest.raises(Refused, match="is “Signed”"):
        plans.save_plan(plan, targets(w), by=w.staff, at=w.at)
    plan = plans.move_plan(plan, "revise", by=w.head, at=w.at)
    assert (plan.state, plan.signed_by, plan.signed_at) == (PlanState.DRAFT, None, None)
    plans.save_plan(plan, targets(w), by=w.staff, at=w.at)


def test_the_targets_of_a_reported_quarter_stand(communicated):
    w = communicated
    lay_plan(w)
    report_quarter(w, 1)
    plan = plans.move_plan(plan_of(w), "revise", by=w.head, at=w.at)
    first, _second = own(w)

    with pytest.raises(Refused, match="Quarter 1 has been reported against its targets"):
        plans.save_plan(plan, {first.pk: {1: Decimal(99)}}, by=w.staff, at=w.at)
    plans.save_plan(plan, {first.pk: {1: first.target, 2: Decimal(22)}}, by=w.staff, at=w.at)

    assert Sheet(plan).figure(first.pk, 2).target == 22
