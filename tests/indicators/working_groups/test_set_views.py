"""Pages of the bank, of drafting and of the grid."""

from decimal import Decimal

import pytest

from cycles.calendar import Phase
from indicators.drafting import actions as drafting
from indicators.models import (
    IndicatorSet,
    Kind,
    Measure,
    MeasureTarget,
)
from indicators.sets import targets
from tests.factories import build
from tests.indicators.pages import text
from tests.indicators.working_groups.group_pages import url
from tests.worlds.institution import goal, health_set, last_year, part, power_measure

pytestmark = pytest.mark.django_db

D = Decimal


# --- The bank, copies, differences --------------------------------------------------------------


def test_last_year_s_set_is_copied_on_the_page_and_its_differences_are_shown(as_):
    w = build("drafted")
    last_year(w)
    draft = health_set(w)
    client = as_(w.other_staff, w.at)

    offered = text(client.get(url("detail", draft.pk)))
    copied = client.post(url("copy", draft.pk), follow=True)
    m = Measure.objects.of(draft).get()
    fields = {
        "title_fa": m.title_fa,
        "title_en": "",
        "unit_fa": m.unit_fa,
        "unit_en": "",
        "method": "linear",
    }
    rest = {"points": m.points, "direction": "higher", "target": D(60), "params": {}}
    drafting.save_measure(draft, fields=fields | rest, measure=m, by=w.other_staff, at=w.at)
    differs = text(client.get(url("differences", draft.pk)))
    changes = text(client.get(url("changes", draft.pk)))

    assert "Copy the last communicated set" in offered
    assert "The two sets ask the same" in text(copied)
    assert "<del>50</del>" in differs
    assert "<ins>60</ins>" in differs
    assert "Copied from an earlier set" in changes


def test_the_bank_shows_a_measure_once_with_its_series_and_offers_it_to_a_draft(as_):
    w = build("drafted")
    banked = Measure.objects.of(last_year(w)).get()
    draft = health_set(w)
    client = as_(w.other_staff, w.at)

    found = text(client.get(url("bank"), {"into": draft.pk, "q": "س"}))
    foreign = text(as_(w.staff, w.at).get(url("bank")))
    client = as_(w.other_staff, w.at)
    client.post(url("take", draft.pk, banked.pk))
    series = text(client.get(url("series", banked.lineage)))

    assert url("take", draft.pk, banked.pk) in found
    assert url("series", banked.lineage) not in foreign
    assert Measure.objects.of(draft).get().lineage == banked.lineage
    assert "1404" in series


def test_a_part_of_a_shared_measure_is_offered_and_taken(as_):
    w = build("drafted")
    draft, offered = health_set(w), part(w)
    client = as_(w.other_staff, w.at)

    shown = text(client.get(url("detail", draft.pk)))
    client.post(url("take_share", draft.pk, offered.pk))

    assert "this agency answers for 40 percent" in shown
    assert Measure.objects.of(draft).get().lineage == offered.lineage


def test_sharing_says_what_is_wrong_and_keeps_what_was_typed(as_):
    w = build("drafted")
    client = as_(w.staff, w.at)
    address = url("share", w.specific.pk, power_measure(w).pk)

    wrong = text(client.post(address, {"own": "60", "agency_0": "MOHME", "part_0": "30"}))
    unknown = text(client.post(address, {"own": "60", "agency_0": "nobody", "part_0": "40"}))
    right = client.post(address, {"own": "60", "agency_0": "MOHME", "part_0": "40"}, follow=True)

    assert "add up to 90" in wrong
    assert 'value="30"' in wrong
    assert "No agency has this code or name" in unknown
    assert "Ministry of Health 40" in text(right)


# --- Drafting -----------------------------------------------------------------------------------


def test_a_measure_is_saved_with_all_that_is_said_and_mistakes_named_on_top(as_):
    w = build("drafted")
    aim = goal(w)
    other = power_measure(w)
    client = as_(w.staff, w.at)
    good = {
        "title_fa": "سنجه", "points": "10", "unit_fa": "نفر", "direction": "higher", "method": "linear", "target": "20",
        "goal": aim.pk, "law": "csma", "article": "۳۶", "dimension": "quality", "result_level": "outcome",
        "caf_criterion": "6", "trend": "۱۴۰۲:۸۱، ۱۴۰۳:۸۴٫۵", "links": [str(other.lineage)], "influence": "full",
        "feedback": "monthly", "ideal": "همه", "evidence_rule": "required", "is_pilot": "on", "is_additive": "on",
    }  # fmt: skip

    wrong = text(
        client.post(url("measure_new", w.specific.pk), good | {"trend": "81", "points": "x"})
    )
    client.post(url("measure_new", w.specific.pk), good)
    saved = Measure.objects.of(w.specific).order_by("-pk").first()

    assert "Nothing was saved yet" in wrong
    assert 'href="#id_trend"' in wrong
    assert saved.trend == [[1402, "81"], [1403, "84.5"]]
    assert saved.links == [other.lineage]
    assert (saved.goal, saved.law, saved.article, saved.caf_criterion) == (aim, "csma", "36", 6)
    assert saved.is_pilot
    assert saved.is_additive
    page = text(client.get(url("measure_edit", w.specific.pk, saved.pk)))
    assert "1402:81, 1403:84.5" in page


def test_axes_and_goals_are_made_and_removed_on_the_page(as_):
    w = build("drafted")
    client = as_(w.staff, w.at)
    client.post(url("axis_new", w.specific.pk), {"code": "S2", "title_fa": "محور دوم"})
    twice = text(
        client.post(url("axis_new", w.specific.pk), {"code": "S2", "title_fa": "محور دوم"})
    )
    client.post(url("goal_new", w.specific.pk), {"title_fa": "هدف نخست", "type": "strategic"})
    axis, aim = w.specific.axes.get(code="S2"), w.specific.goals.get()
    shown = text(client.get(url("detail", w.specific.pk)))
    client.post(url("axis_remove", w.specific.pk, axis.pk))
    client.post(url("goal_remove", w.specific.pk, aim.pk))

    assert "has this code" in twice
    assert "محور دوم" in shown
    assert "هدف نخست" in shown
    assert not w.specific.axes.filter(code="S2").exists()
    assert not w.specific.goals.exists()


def test_an_administrator_begins_a_provinces_thematic_set_and_staff_see_none(as_):
    w = build("open")
    at = w.opens(Phase.PROPOSAL)
    client = as_(w.administrator, at)

    offered = text(client.get(url("list")))
    client.post(url("new"), {"cycle": w.cycle.pk, "province": w.province.pk})
    of_staff = text(as_(w.staff, at).get(url("list")))

    assert "Begin a thematic set" in offered
    assert IndicatorSet.objects.get().kind == Kind.THEMATIC
    assert "Begin a thematic set" not in of_staff


# --- The grid -----------------------------------------------------------------------------------


def test_headquarters_spread_targets_over_their_units_in_one_grid(as_):
    w = build("communicated")
    m, other = Measure.objects.of(w.specific).order_by("pk")
    client = as_(w.headquarters, w.opens(Phase.MONITORING))
    cell, second = (f"t-{key}-{w.unit.pk}" for key in (m.pk, other.pk))

    wrong = text(client.post(url("grid", w.specific.pk), {cell: "a few", second: "12"}))
    assert not MeasureTarget.objects.exists()
    client.post(url("grid", w.specific.pk), {cell: "۱۸٫۵", second: ""})
    page = text(client.get(url("grid", w.specific.pk)))
    client.post(url("grid", w.specific.pk), {cell: "-"})

    assert "Enter one number" in wrong
    assert 'value="a few"' in wrong
    assert 'value="12"' in wrong
    assert 'value="18.5"' in page
    row = MeasureTarget.objects.get()
    assert (row.applies, row.measure) == (False, m)


def test_the_grid_says_when_it_is_closed_and_has_no_cell_for_other_agencies(as_):
    w = build("communicated")
    m = power_measure(w)
    closed = as_(w.headquarters, w.closes(Phase.MONITORING)).get(
        url("grid", w.specific.pk), follow=True
    )
    client = as_(w.headquarters, w.opens(Phase.MONITORING))

    client.post(url("grid", w.specific.pk), {f"t-{m.pk}-{w.health.pk}": "5"})

    assert "closed on" in text(closed)
    assert not MeasureTarget.objects.exists()
    assert targets.agencies_with_own_targets(w.specific).keys() == {w.power.pk, w.unit.pk}
