"""Copies of earlier sets, the bank of measures, and sets for two years."""

from dataclasses import dataclass

import pytest

from cycles.calendar import Phase
from cycles.models import Entry
from cycles.workflow import Refused
from cycles.years import actions as years
from indicators.differences import content_hash, difference
from indicators.drafting import actions as drafting
from indicators.drafting import contents
from indicators.models import (
    Axis,
    IndicatorSet,
    Kind,
    Measure,
)
from indicators.sets import approval
from tests.factories import World, build
from tests.indicators.drafting.drafts import D, fields

pytestmark = pytest.mark.django_db


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
