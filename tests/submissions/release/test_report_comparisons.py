"""A report beside the group and the year before."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cycles.models import Cycle, Participation
from indicators.models import Axis, Indicator, IndicatorSet, Kind, Measure
from submissions.models import Answer, Score, Submission
from submissions.scoring import distribution, totals
from tests.factories import build
from tests.submissions.marked_agencies import another
from tests.submissions.release.reports import communicate, peers_of, read, url
from tests.submissions.release.test_release import appealed
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db


def test_the_group_is_shown_from_five_agencies_on(visit):
    world = build("scored")
    client = visit(world, world.head)
    peers_of(world, "0.1", "0.2", "0.3")

    four = client.get(url("report", world)).content.decode()
    communicate(world, [another(world, "P9", "0.4")])
    five = client.get(url("report", world)).content.decode()

    assert "fewer than 5 of its agencies" in four
    assert "Middle half of the group" not in four
    assert "fewer than 5 of its agencies" not in five
    assert "Middle half of the group" in five


def test_the_spread_is_the_median_and_quartiles_of_what_was_communicated():
    world = build("scored")
    another(world, "WAITS", "0.99")  # marked and not communicated
    peers_of(world, "0.104", "0.2", "0.3", "0.4", "0.6")

    [group] = distribution.peers(world.submission)

    axis = Axis.objects.get(code="G2")
    own = next(s for s in read(world).sums if s.node.axis == axis)
    assert own.percent == 75
    # 10.4, 20, 30, 40, 60 and the own 75: the quartiles lie a quarter of the way between two, the median half way
    assert group.spreads["general", axis.pk] == distribution.Spread(
        Decimal(23), Decimal(35), Decimal(55)
    )


def test_an_axis_of_ones_own_has_no_spread():
    world = build("scored")
    peers_of(world, "0.1", "0.2", "0.3", "0.4")

    spread = {s.title: s.spread for s in read(world).sums if s.node.axis}

    assert spread[Axis.objects.get(set=world.specific).title] is None
    assert spread[Axis.objects.get(code="G1").title] is not None


def test_what_an_appeal_gave_another_does_not_move_the_spread():
    world = build("scored")
    others = peers_of(world, "0.1", "0.2", "0.3", "0.4")
    before = distribution.peers(others[0])

    appealed(world)

    assert distribution.peers(others[0]) == before


def last_year(w, share="0.25"):
    """The year before, communicated: the first line has the lineage of this year's first, its axis
    the same code.
    """
    cycle = Cycle.objects.create(year=w.cycle.year - 1, preset=w.cycle.preset, state="published")
    held = IndicatorSet.objects.create(cycle=cycle, kind=Kind.GENERAL, state="communicated")
    axis = Axis.objects.create(set=held, code="G1", title_fa="محور", points=400)
    indicator = Indicator.objects.create(axis=axis, code="x", title_fa="شاخص", points=400)
    lineage = power_line(w).measure.lineage
    titles = {"title_fa": "سنجهٔ پارسال", "unit_fa": "درصد", "method": "linear", "target": 90}
    measure = Measure.objects.create(
        indicator=indicator, code="OTHER", points=400, lineage=lineage, **titles
    )
    names = {
        "name_fa": "وزارت",
        "name_en": "Ministry",
        "level": w.power.level,
        "sector": w.power.sector,
    }
    participation = Participation.objects.create(cycle=cycle, agency=w.power, **names)
    of = {"cycle": cycle, "agency": w.power, "participation": participation}
    submission = Submission.objects.create(
        **of, state="communicated", communicated_at=w.at - timedelta(days=360)
    )
    answer = Answer.objects.create(submission=submission, measure=measure, value=20)
    points = 400 * Decimal(share)
    Score.objects.create(
        answer=answer, basis="agreed", state="scored", points=points, scored_at=w.at
    )
    totals.compute([submission], why="communicate", by=None, at=w.at)
    return submission


def test_lines_are_held_against_last_year_by_lineage_and_sums_by_code():
    world = build("scored")
    last_year(world)

    report = read(world)

    lines = {line.answer.measure.code: line.last_percent for line in report.lines}
    assert lines.pop("G1-1") == 25
    assert set(lines.values()) == {None}
    sums = {(s.node.kind, s.node.axis and s.node.axis.code): s.last_percent for s in report.sums}
    assert sums["", None] == sums["general", None] == sums["general", "G1"] == 25
    assert sums["general", "G2"] is None


def test_what_was_not_communicated_last_year_is_not_told():
    world = build("scored")
    Submission.objects.filter(pk=last_year(world).pk).update(state="marked")

    report = read(world)

    assert {s.last_percent for s in report.sums} == {None}
    assert {line.last_percent for line in report.lines} == {None}


def test_two_years_ago_is_not_last_year():
    world = build("scored")
    old = last_year(world)
    Cycle.objects.filter(pk=old.cycle_id).update(year=world.cycle.year - 2)

    assert {line.last_percent for line in read(world).lines} == {None}
