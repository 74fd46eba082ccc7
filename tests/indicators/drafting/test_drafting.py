"""Changes of a draft, and for whom a set is."""

import pytest

from cycles.workflow import Refused
from indicators.drafting import actions as drafting
from indicators.drafting import tiers
from indicators.models import (
    Change,
    IndicatorSet,
    Measure,
)
from indicators.sets import approval
from tests.factories import build
from tests.indicators.drafting.drafts import D, fields

pytestmark = pytest.mark.django_db


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
