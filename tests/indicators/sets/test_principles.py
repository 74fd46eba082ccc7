"""Each principle finds what it is for, and keeps silent where it is kept."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.models import Participation
from indicators.drafting import actions as drafting
from indicators.drafting import contents
from indicators.models import GoalRank, Measure, MeasureTarget
from indicators.sets.principle_sheet import load
from indicators.sets.principles import PRINCIPLES, findings
from indicators.working_groups import actions as working_groups
from tests.factories import build
from tests.worlds.institution import last_year

pytestmark = pytest.mark.django_db

D = Decimal

GOOD = {
    "feedback": "monthly",
    "influence": "full",
    "dimension": "quality",
    "ideal": "همهٔ مشترکان",
    "evidence_rule": "required",
    "result_level": "outcome",
    "base": D(30),
}


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


@pytest.fixture
def w():
    """A draft of two measures to which no principle objects."""
    world = build("drafted")
    goal = world.specific.goals.create(code="O1", title_fa="هدف", type="strategic")
    measures = Measure.objects.of(world.specific).order_by("pk")
    measures.update(**GOOD, goal=goal)
    first, second = measures
    Measure.objects.filter(pk=second.pk).update(
        dimension="quantity", links=[first.lineage], base=D(90)
    )
    return world


def found(w, code):
    return [f.sentence for f in findings(load(w.specific)) if f.principle.code == code]


def first(w):
    return Measure.objects.of(w.specific).order_by("pk")[0]


def change(w, place=0, **fields):
    m = Measure.objects.of(w.specific).order_by("pk")[place]
    Measure.objects.filter(pk=m.pk).update(**fields)


def test_a_good_set_is_left_alone(w):
    assert findings(load(w.specific)) == []


def test_every_principle_has_a_case_here():
    cases = {code for code, *_rest in CASES} | {
        "points",
        "methods",
        "author",
        "equal",
        "pilot",
        "priority",
        "doubles",
    }

    assert cases == {p.code for p in PRINCIPLES}


CASES = [
    ("feedback", {"feedback": "yearly"}, "only once a year"),
    ("feedback", {"feedback": "quarterly"}, "at least monthly is wanted"),
    ("feedback", {"feedback": ""}, "not said how often"),
    ("controllable", {"influence": "little"}, "outside the agency's hands"),
    ("controllable", {"influence": ""}, "not said how far"),
    ("kinds", {"dimension": "efficiency"}, "No measure is of the dimension “Quality”"),
    ("kinds", {"dimension": ""}, "dimension is not said"),
    ("linked", {"dimension": "quantity", "links": []}, None),
    ("ideal", {"ideal": ""}, "not written down"),
    ("evidence", {"evidence_rule": ""}, "evidence rule is missing"),
    ("results", {"result_level": "input"}, "60 percent of the points are for inputs"),
    ("results", {"result_level": ""}, "level of result is not said"),
    ("targets", {"base": None}, "without a baseline"),
    ("targets", {"base": D(19)}, "met last year already"),
    (
        "targets",
        {"trend": [[1402, "40"], [1403, "30"], [1404, "22"]]},
        "trend alone reaches the target",
    ),
    ("targets", {"trend": [[1402, "62"], [1403, "61"], [1404, "60"]]}, "no resources are named"),
]


@pytest.mark.parametrize(("code", "fields", "sentence"), CASES)
def test_a_principle_finds_what_offends_it(w, code, fields, sentence):
    change(w, **fields)

    said = found(w, code)

    assert said == [] if sentence is None else any(sentence in each for each in said)


def test_named_resources_explain_a_steep_target(w):
    change(w, trend=[[1402, "62"], [1403, "61"], [1404, "60"]], resources="بودجهٔ تازه")

    assert found(w, "targets") == []


def test_a_quantity_that_nothing_is_linked_with_is_found(w):
    change(w, 1, links=[])

    assert len(found(w, "linked")) == 1


def test_points_and_methods_bind_and_nothing_else_does(w):
    change(w, points=D(500))
    change(w, 1, target=None)

    binding = {f.principle.code for f in findings(load(w.specific)) if f.principle.binds}

    assert binding == {"points", "methods"}
    assert {p.code for p in PRINCIPLES if p.binds} == binding


def test_the_group_s_ratings_are_held_against_targets_and_their_lack_is_seen():
    w = build("proposed")
    lineage = first(w).lineage
    assert any("not rated the targets of 2" in each for each in found(w, "author"))

    for who in ("member", "budget", "expert"):
        working_groups.vote(
            w.specific,
            choice="approve",
            reason="",
            rating="slack",
            lineage=lineage,
            by=w.people[who],
            at=w.at,
        )

    assert any("not rated the target of 1" in each for each in found(w, "author"))
    assert any("rates its target as: Slack" in each for each in found(w, "targets"))


def test_units_have_equal_opportunity(w):
    powers, unit = (Participation.objects.get(cycle=w.cycle, agency=a) for a in (w.power, w.unit))
    for participation, target in ((powers, D(29)), (unit, D(15))):
        MeasureTarget.objects.create(
            measure=first(w),
            participation=participation,
            base=D(30),
            target=target,
            set_by=w.staff,
            set_at=w.at,
        )

    assert any("more than twofold" in each for each in found(w, "equal"))


def test_a_new_measure_should_be_in_its_trial_year_and_a_known_one_need_not():
    w = build("drafted")
    known = Measure.objects.of(last_year(w)).first()
    draft = drafting.draft_set(
        cycle=w.cycle, kind="specific", agency=w.health, by=w.other_staff, at=w.at
    )
    contents.take_measure(draft, known, by=w.other_staff, at=w.at)
    fresh = {
        "title_fa": "تازه",
        "title_en": "",
        "points": D(1),
        "unit_fa": "نفر",
        "method": "survey",
        "params": {},
    }
    drafting.save_measure(draft, fields=fresh, by=w.other_staff, at=w.at)

    new = [f for f in findings(load(draft)) if f.principle.code == "pilot"]

    assert [f.measure.title_fa for f in new] == ["تازه"]


def test_points_are_held_against_the_order_of_goals_that_members_give(w):
    low = w.specific.goals.create(
        code="O2", title_fa="کم‌اهمیت", title_en="Lesser", type="strategic"
    )
    high = w.specific.goals.get(code="O1")
    change(w, goal=low)
    for goal, rank in ((high, 1), (low, 2)):
        GoalRank.objects.create(goal=goal, member=w.member, rank=rank)

    assert any("has more points" in each for each in found(w, "priority"))


def test_measures_without_a_goal_and_sets_without_goals_are_found(w):
    change(w, goal=None)
    assert found(w, "priority") == ["It serves none of the set's goals."]
    w.specific.goals.all().delete()
    assert found(w, "priority") == [
        "The set names no goals, so nobody sees what its measures are for."
    ]


def test_near_duplicates_are_found_however_they_are_spelled(w):
    change(w, title_fa="سهم انرژی‌های نو در کل تولید")
    change(w, 1, title_fa="سهم انرژي هاي نو در کل توليد")

    assert len(found(w, "doubles")) == 1


@pytest.mark.parametrize("count", [1, 8])
def test_the_checks_take_the_same_queries_for_any_number_of_measures(w, count):
    fields = {
        "title_fa": "س",
        "title_en": "",
        "unit_fa": "نفر",
        "points": D(1),
        "method": "survey",
        "params": {},
    }
    for _number in range(count):
        drafting.save_measure(w.specific, fields=fields, by=w.staff, at=w.at)

    with CaptureQueriesContext(connection) as queries:
        findings(load(w.specific))

    assert len(queries) == 9
