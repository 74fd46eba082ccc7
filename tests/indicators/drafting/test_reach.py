"""Whom a set is for, and what its communication begins."""

import pytest
from django.contrib.postgres.expressions import ArraySubquery

from cycles.calendar import Phase
from cycles.models import Group, Participation
from cycles.workflow import Refused
from indicators.drafting import actions as drafting
from indicators.models import (
    IndicatorSet,
    Kind,
    Measure,
    MeasureTarget,
    Plan,
    QuarterReport,
    asked_of,
    asked_of_outer,
)
from indicators.sets import approval
from indicators.working_groups import actions as working_groups
from tests.factories import World, build
from tests.indicators.drafting.drafts import D, fields

pytestmark = pytest.mark.django_db


# --- Whom a set is for --------------------------------------------------------------------------


def thematic(w: World, **whom) -> IndicatorSet:
    at = w.opens(Phase.PROPOSAL)
    indicator_set = drafting.draft_set(
        cycle=w.cycle, kind=Kind.THEMATIC, by=w.administrator, at=at, **whom
    )
    drafting.save_measure(indicator_set, fields=fields(points=D(1000)), by=w.administrator, at=at)
    IndicatorSet.objects.filter(pk=indicator_set.pk).update(state="communicated")
    return indicator_set


def test_a_thematic_set_is_asked_of_its_province_or_group_and_of_no_other():
    w = build("open")
    of_province = thematic(w, province=w.province)
    of_group = thematic(w, group=Group.objects.get(cycle=w.cycle, code="health_welfare"))
    participations = list(
        Participation.objects.filter(cycle=w.cycle).select_related("agency").order_by("pk")
    )

    asked = asked_of(w.cycle, participations)

    of = {
        p.agency_id: {m.indicator.axis.set_id for m in Measure.objects.filter(pk__in=asked[p.pk])}
        for p in participations
    }
    assert of == {w.power.pk: set(), w.health.pk: {of_group.pk}, w.unit.pk: {of_province.pk}}


def test_a_provincial_administrator_makes_the_set_of_that_province_only():
    w = build("open")
    at = w.opens(Phase.PROPOSAL)
    national = Group.objects.get(cycle=w.cycle, code="infrastructure")

    made = drafting.draft_set(
        cycle=w.cycle, kind=Kind.THEMATIC, province=w.province, by=w.provincial_administrator, at=at
    )

    assert made.province == w.province
    for whom in ({"group": national}, {}):
        with pytest.raises(Refused):
            drafting.draft_set(
                cycle=w.cycle, kind=Kind.THEMATIC, by=w.provincial_administrator, at=at, **whom
            )


def test_what_does_not_apply_is_not_asked_and_an_own_target_goes_with_what_is():
    w = build("communicated")
    powers = Participation.objects.select_related("agency").get(cycle=w.cycle, agency=w.power)
    first, second = Measure.objects.of(w.general).order_by("pk")[:2]
    facts = {"participation": powers, "set_by": w.administrator, "set_at": w.at}
    own = MeasureTarget.objects.create(measure=first, target=D(80), **facts)
    MeasureTarget.objects.create(measure=second, applies=False, reason="ندارد", **facts)

    asked = asked_of(w.cycle, [powers])[powers.pk]
    rows = Participation.objects.filter(pk=powers.pk)
    one_by_one = rows.annotate(keys=ArraySubquery(asked_of_outer(w.cycle).values("pk"))).get().keys

    assert asked[first.pk] == own.pk
    assert second.pk not in asked
    assert sorted(one_by_one) == sorted(asked)


# --- Communicating ------------------------------------------------------------------------------


def test_communicating_begins_a_plan_with_four_reports_for_all_who_are_asked():
    w = build("communicated")

    assert Plan.objects.filter(cycle=w.cycle).count() == 3
    assert QuarterReport.objects.filter(plan__agency=w.power).count() == 4
    assert set(Plan.objects.values_list("quarter", flat=True)) == {1}


def test_a_set_communicated_late_is_planned_from_the_quarter_that_is_still_open():
    w = build("approved")
    third = w.cycle.windows.get(phase=Phase.MONITORING, quarter=3)

    late = approval.communicate([w.specific], by=w.administrator, at=third.opens_at)[0]

    assert late.quarter == 2
    assert Plan.objects.get(agency=w.power).quarter == 2


def test_members_of_another_sector_s_group_neither_vote_nor_see():
    w = build("proposed")
    w.member.membership_set.update(sector="economic")
    member = type(w.member).objects.get(pk=w.member.pk)

    with pytest.raises(Refused, match="is for"):
        working_groups.vote(w.specific, choice="approve", reason="", by=member, at=w.at)
