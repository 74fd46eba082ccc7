"""Drafts: every change kept, tiers that add up, copies of last year, the bank, two years, trial
years.
"""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Entry, Group, Participation
from cycles.workflow import Refused
from cycles.years import actions as years
from indicators.differences import content_hash, difference
from indicators.drafting import actions as drafting
from indicators.drafting import contents, tiers
from indicators.models import (
    Axis,
    Change,
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

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


def fields(**changes):
    words = {
        "title_fa": "سنجهٔ تازه",
        "title_en": "",
        "unit_fa": "درصد",
        "direction": "higher",
        "method": "linear",
        "params": {},
    }
    return words | {"points": D(10), "target": D(20)} | changes


@dataclass
class Next:
    """The year after, open for proposals."""

    world: World
    cycle: object
    at: object


@pytest.fixture
def year_after() -> Next:
    """The power ministry's sets of one year communicated, and the next year's proposals open."""
    w = build("communicated")
    cycle = years.plan_cycle(
        year=w.cycle.year + 1, preset=w.cycle.preset, by=w.administrator, at=w.at
    )
    cycle = years.open_cycle(cycle, by=w.administrator, at=w.at)
    first = World(at=w.at, people=w.people, cycle=cycle)
    return Next(w, cycle, first.opens(Phase.PROPOSAL))


# --- Changes ------------------------------------------------------------------------------------


def test_every_change_of_a_draft_is_kept_with_each_field_before_and_after():
    w = build("drafted")
    m = Measure.objects.of(w.specific).order_by("pk").first()
    titles = {
        "title_fa": m.title_fa,
        "title_en": m.title_en,
        "unit_fa": m.unit_fa,
        "unit_en": m.unit_en,
    }
    same = titles | {
        "points": m.points,
        "method": m.method,
        "direction": m.direction,
        "target": m.target,
        "params": {},
    }

    drafting.save_measure(
        w.specific, fields=same | {"target": D(15)}, measure=m, by=w.staff, at=w.at
    )
    drafting.save_measure(
        w.specific, fields=same | {"target": D(15)}, measure=m, by=w.staff, at=w.at
    )
    drafting.remove_measure(w.specific, m, by=w.head, at=w.at)

    kept = list(Change.objects.filter(set=w.specific, lineage=m.lineage).order_by("pk"))
    assert [c.deed for c in kept] == ["added", "changed", "removed"]
    assert kept[1].fields == {"target": ["20", "15"]}
    assert (kept[1].by, kept[2].by) == (w.staff, w.head)


def test_points_of_an_axis_and_an_indicator_follow_from_the_measures_that_count():
    w = build("drafted")
    axis = tiers.save_axis(
        w.specific, fields={"code": "S2", "title_fa": "محور"}, by=w.staff, at=w.at
    )
    first = drafting.save_measure(w.specific, fields=fields(axis=axis), by=w.staff, at=w.at)
    inside = fields(indicator=first.indicator, points=D(30))
    drafting.save_measure(w.specific, fields=inside, by=w.staff, at=w.at)
    drafting.save_measure(
        w.specific, fields=inside | {"is_pilot": True, "points": D(500)}, by=w.staff, at=w.at
    )

    first.indicator.refresh_from_db()
    axis.refresh_from_db()

    assert (first.indicator.points, axis.points) == (40, 40)
    assert [m.code for m in first.indicator.measures.order_by("pk")] == [
        "S2-01",
        "S2-01-02",
        "S2-01-03",
    ]


def test_a_measure_in_its_trial_year_counts_nowhere_and_hinders_no_proposal():
    w = build("drafted")
    drafting.save_measure(
        w.specific, fields=fields(is_pilot=True, points=D(77)), by=w.staff, at=w.at
    )

    assert approval.why_unready(w.specific) == []
    assert IndicatorSet.objects.filter(pk=w.specific.pk).with_totals().get().points == 1000


def test_an_axis_with_measures_is_not_removed_and_codes_stand_once():
    w = build("drafted")
    axis = w.specific.axes.get()

    with pytest.raises(Refused, match="without measures"):
        tiers.remove_axis(w.specific, axis, by=w.staff, at=w.at)
    with pytest.raises(Refused, match="has this code"):
        tiers.save_axis(
            w.specific, fields={"code": axis.code, "title_fa": "ب"}, by=w.staff, at=w.at
        )


def test_goals_and_axes_of_another_set_are_refused():
    w = build("drafted")
    goal = tiers.save_goal(
        w.specific, fields={"title_fa": "هدف", "type": "strategic"}, by=w.staff, at=w.at
    )

    with pytest.raises(Refused, match="another set"):
        tiers.save_goal(w.general, fields={"title_fa": "ب"}, goal=goal, by=w.administrator, at=w.at)
    with pytest.raises(Refused, match="another set"):
        tiers.save_axis(
            w.specific,
            fields={"code": "X", "title_fa": "ب"},
            axis=w.general.axes.first(),
            by=w.staff,
            at=w.at,
        )


# --- Copies and the bank ------------------------------------------------------------------------


def test_last_years_set_is_copied_with_its_lineages_and_differs_where_changed(
    year_after,
):
    w = year_after.world

    copy = contents.copy_set(w.specific, year_after.cycle, by=w.staff, at=year_after.at)
    before, after = Measure.objects.of(w.specific).for_list(), Measure.objects.of(copy).for_list()
    alike = difference(before, after)
    chosen = after.first()
    drafting.save_measure(
        copy,
        fields=fields(method=chosen.method, direction="lower", target=D(12), points=chosen.points),
        measure=chosen,
        by=w.staff,
        at=year_after.at,
    )
    drafting.save_measure(copy, fields=fields(), by=w.staff, at=year_after.at)
    found = difference(before.all(), after.all())

    assert alike.is_none
    assert alike.unchanged == 2
    assert content_hash(w.specific) == w.specific.hash != content_hash(copy)
    assert [m.title_fa for m in found.added] == ["سنجهٔ تازه"]
    assert found.removed == ()
    assert found.altered[0].fields["target"] == ["20", "12"]
    assert copy.copied_from == w.specific
    assert Measure.objects.of(w.specific).count() == 2


def test_a_copy_never_overwrites_what_stands_in_the_draft(year_after):
    w = year_after.world
    copy = contents.copy_set(w.specific, year_after.cycle, by=w.staff, at=year_after.at)

    with pytest.raises(Refused, match="holds measures already"):
        contents.copy_set(w.specific, year_after.cycle, by=w.staff, at=year_after.at)
    assert Measure.objects.of(copy).count() == 2


def test_goals_and_tiers_come_along_with_a_copy(year_after):
    w = year_after.world
    goal = w.specific.goals.create(code="O1", title_fa="هدف", type="strategic")
    Measure.objects.of(w.specific).update(goal=goal)

    copy = contents.copy_set(w.specific, year_after.cycle, by=w.staff, at=year_after.at)

    assert [g.title_fa for g in copy.goals.all()] == ["هدف"]
    assert {m.goal.set_id for m in Measure.objects.of(copy).for_list()} == {copy.pk}


def test_a_measure_is_taken_from_the_bank_once_and_keeps_its_lineage(year_after):
    w = year_after.world
    draft = drafting.draft_set(
        cycle=year_after.cycle, kind=Kind.SPECIFIC, agency=w.power, by=w.staff, at=year_after.at
    )
    banked = Measure.objects.of(w.specific).first()

    taken = contents.take_measure(draft, banked, by=w.staff, at=year_after.at)

    assert taken.lineage == banked.lineage
    assert taken.pk != banked.pk
    with pytest.raises(Refused, match="in the set already"):
        contents.take_measure(draft, banked, by=w.staff, at=year_after.at)


def test_what_is_not_communicated_is_not_in_the_bank():
    w = build("drafted")

    with pytest.raises(Refused, match="in the bank"):
        contents.take_measure(
            w.general, Measure.objects.of(w.specific).first(), by=w.administrator, at=w.at
        )


def test_a_general_set_for_two_years_is_communicated_again_only_unchanged(year_after):
    w = year_after.world
    opens = World(people=w.people, cycle=year_after.cycle).opens(Phase.APPROVAL)
    copy = contents.copy_set(w.general, year_after.cycle, by=w.administrator, at=year_after.at)

    with pytest.raises(Refused, match="not issued for two years"):
        approval.carry_over(copy, by=w.administrator, at=opens)
    IndicatorSet.objects.filter(pk=w.general.pk).update(years=2)
    axis = Axis.objects.filter(set=copy).first()
    Axis.objects.filter(pk=axis.pk).update(title_fa="دیگر")
    with pytest.raises(Refused, match="differs from last year's"):
        approval.carry_over(copy, by=w.administrator, at=opens)
    Axis.objects.filter(pk=axis.pk).update(title_fa=axis.title_fa)
    carried = approval.carry_over(copy, by=w.administrator, at=opens)

    assert (carried.state, carried.hash) == ("communicated", w.general.hash)
    assert Entry.objects.get(act="carry_over").params["first"] == w.general.pk


def test_only_a_general_set_is_issued_for_two_years():
    w = build("drafted")

    assert contents.issue_for(w.general, years=2, by=w.administrator, at=w.at).years == 2
    with pytest.raises(Refused, match="two years"):
        contents.issue_for(w.specific, years=2, by=w.staff, at=w.at)
    with pytest.raises(Refused, match="two years"):
        contents.issue_for(w.general, years=3, by=w.administrator, at=w.at)


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
