"""How appeals ended, by what they have in common, and which measures they flag for the working
groups.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal, Correction
from appeals.outcomes import queries as outcomes_queries
from cycles.calendar import Phase
from cycles.models import Participation
from indicators.models import IndicatorSet, Kind, Measure
from submissions.models import Answer, Mark, Submission
from tests.factories import YEAR, build, make_agency, make_user

pytestmark = pytest.mark.django_db

CODES = count(1)


def contested(world, state="filed", code="G1-1", **fields):
    """Another agency's appeal against its line of a measure, as if it had been filed, in some
    state.
    """
    number = next(CODES)
    agency = make_agency(
        f"X{number}", f"دستگاه {number}", f"Agency {number}", province=fields.pop("province", None)
    )
    group = Participation.objects.get(cycle=world.cycle, agency=world.power)
    participation = Participation.objects.create(
        cycle=world.cycle, agency=agency, name_fa=agency.name_fa
    )
    participation.groups.set(group.groups.all())
    of = {"cycle": world.cycle, "agency": agency}
    submission = Submission.objects.create(
        **of, participation=participation, state="communicated", communicated_at=world.at
    )
    measure = fields.pop("measure", None) or Measure.objects.get(
        indicator__axis__set=world.general, code=code
    )
    answer = Answer.objects.create(submission=submission, measure=measure, value=1)
    if state in ("upheld", "partly", "dismissed", "inadmissible"):
        decided = {
            "decided_at": world.at + timedelta(days=4),
            "decided_by": world.reviewer,
            "decision_reason": "x",
        }
        fields = decided | fields
    filing = world.appeal.filing
    filed = {"argument": "x", "filed_at": world.at, "filed_by": world.head, "filing": filing}
    drafted = {"drafted_by": world.staff, "drafted_at": world.at}
    return Appeal.objects.create(
        **of, submission=submission, answer=answer, **{"state": state, **filed, **drafted, **fields}
    )


def all_of(world):
    return outcomes_queries.filed_in(world.cycle)


# --- Outcomes -----------------------------------------------------------------------------------


def test_a_cycle_s_outcomes_are_counted_with_points_and_days():
    world = build("filed")
    contested(world, "upheld", points_before=Decimal(10), decided_points=Decimal(40))
    contested(world, "partly", decided_points=Decimal(5), decided_at=world.at + timedelta(days=7))
    contested(world, "dismissed", decided_at=world.at + timedelta(days=1))
    contested(world, "inadmissible", decided_at=world.at + timedelta(days=2))
    contested(world, "withdrawn")

    found = outcomes_queries.together(all_of(world), world.cycle)

    assert (found.filed, found.undecided, found.withdrawn, found.decided) == (6, 1, 1, 4)
    assert (found.upheld, found.partly, found.dismissed, found.inadmissible) == (1, 1, 1, 1)
    assert found.points_moved == Decimal(35)
    assert (found.median, found.mean, found.longest) == (
        Decimal("3.0"),
        Decimal("3.5"),
        Decimal("7.0"),
    )


def test_where_nothing_is_decided_no_days_are_told():
    world = build("drafted_appeal")

    found = outcomes_queries.together(all_of(world), world.cycle)

    assert (found.filed, found.points_moved, found.median, found.mean, found.longest) == (
        0,
        0,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(("after", "late"), ((timedelta(seconds=-1), 0), (timedelta(), 1)))
def test_a_decision_on_the_stroke_of_the_closing_is_late(after, late):
    world = build("heard")
    at = world.closes(Phase.APPEAL_REVIEW, world.power) + after

    decision.decide(world.appeal, "dismiss", reason="No new proof", by=world.reviewer, at=at)

    assert outcomes_queries.together(all_of(world), world.cycle).late == late


def test_outcomes_are_told_by_measure_and_by_ground_the_most_first():
    world = build("filed")
    contested(world, "dismissed", ground="formula")
    contested(world, "upheld", "G2-1", decided_points=Decimal(1), ground="formula")

    measures = outcomes_queries.by_measure(all_of(world), world.cycle)
    grounds = outcomes_queries.by_ground(all_of(world), world.cycle)

    assert [(g.code, g.outcomes.filed, g.outcomes.upheld) for g in measures] == [
        ("G1-1", 2, 0),
        ("G2-1", 1, 1),
    ]
    assert [(g.key, g.outcomes.filed, g.outcomes.undecided) for g in grounds] == [
        ("formula", 2, 0),
        ("value", 1, 1),
    ]


def test_a_score_is_its_first_assessor_s_or_its_steward_s_and_else_nobody_s():
    world = build("decided")
    line = Answer.objects.get(submission=world.submission, measure__code="G1-2")
    Appeal.objects.filter(pk=contested(world, "dismissed", "G1-2").pk).update(answer=line)
    contested(world, "dismissed")

    found = outcomes_queries.by_giver(all_of(world), world.cycle)

    assert {g.key: g.outcomes.filed for g in found} == {
        world.assessor.pk: 1,
        world.steward.pk: 1,
        None: 1,
    }
    assert hearing.giver_of(line) == world.steward
    assert hearing.giver_of(world.appeal.answer) == world.assessor


def test_who_stands_in_for_the_assessor_is_not_taken_for_whose_desk_it_was():
    world = build("decided")
    Mark.objects.filter(answer=world.appeal.answer).update(assessor=world.administrator)

    [found] = outcomes_queries.by_giver(all_of(world), world.cycle)

    assert found.key == world.assessor.pk


def test_whoever_decided_counts_as_the_reviewer_and_before_that_whoever_hears_it():
    world = build("heard")
    contested(world, "dismissed", decided_by=world.administrator, reviewer=world.reviewer)
    contested(world)

    found = outcomes_queries.by_reviewer(all_of(world), world.cycle)

    assert {g.key: g.outcomes.filed for g in found} == {
        world.reviewer.pk: 1,
        world.administrator.pk: 1,
        None: 1,
    }


@pytest.mark.parametrize(
    ("figures", "queries"),
    (
        (outcomes_queries.together, 1),
        (outcomes_queries.by_measure, 1),
        (outcomes_queries.by_ground, 1),
        (outcomes_queries.by_giver, 2),
        (outcomes_queries.by_reviewer, 2),
    ),
)
@pytest.mark.parametrize("more", (1, 3))
def test_figures_take_the_same_queries_for_any_number(
    django_assert_num_queries, figures, queries, more
):
    world = build("decided")
    for number in range(more):
        contested(world, "dismissed", decided_by=make_user(f"reviewer-{number}"))

    with django_assert_num_queries(queries):
        figures(all_of(world), world.cycle)


# --- Who hears what -----------------------------------------------------------------------------


def test_loads_count_what_waits_for_whom_and_what_is_late():
    world = build("heard")
    contested(world)
    closes = world.closes(Phase.APPEAL_REVIEW, world.power)

    before = outcomes_queries.loads(all_of(world), closes - timedelta(seconds=1))
    after = outcomes_queries.loads(all_of(world), closes)

    assert [(each.reviewer, each.open, each.late) for each in before] == [
        (None, 1, 0),
        (world.reviewer, 1, 0),
    ]
    assert [(each.reviewer, each.open, each.late) for each in after] == [
        (None, 1, 0),
        (world.reviewer, 1, 1),
    ]


# --- Like cases ---------------------------------------------------------------------------------


def test_corrections_of_a_cycle_are_added_up():
    world = build("decided")
    nothing = outcomes_queries.correction_totals(world.cycle)
    of = {
        "cycle": world.cycle,
        "measure": world.appeal.answer.measure,
        "appeal": world.appeal,
        "error": "formula",
    }
    said = {"rule": {}, "reason": "x", "made_by": world.administrator, "made_at": world.at}
    for lines, moved in ((3, Decimal("1.5")), (4, Decimal("-0.5"))):
        Correction.objects.create(**of, **said, line_count=lines, points_moved=moved)

    found = outcomes_queries.correction_totals(world.cycle)

    assert (nothing.count, nothing.lines, nothing.points_moved) == (0, 0, 0)
    assert (found.count, found.lines, found.points_moved) == (2, 7, Decimal(1))


# --- Flags --------------------------------------------------------------------------------------


def next_set(world, years=1):
    """A later year's general set with the same measures, as by a copy: the same lineages."""
    later = type(world.cycle).objects.create(year=YEAR + years)
    made = IndicatorSet.objects.create(cycle=later, kind=Kind.GENERAL)
    for measure in Measure.objects.of(world.general).select_related("indicator__axis"):
        axis, indicator = measure.indicator.axis, measure.indicator
        axis.pk = indicator.pk = measure.pk = None
        axis.set, axis.code = made, f"{axis.code}-{measure.code}"
        axis.save(force_insert=True)
        indicator.axis = axis
        indicator.save(force_insert=True)
        measure.indicator = indicator
        measure.save(force_insert=True)
    return made


@pytest.mark.parametrize(
    ("states", "flag"),
    (
        (("upheld", "partly"), None),  # two say nothing
        (("upheld", "dismissed", "dismissed"), (3, 1, 0)),  # a third
        (("partly", "dismissed", "inadmissible"), (3, 0, 1)),
        (("upheld", "dismissed", "dismissed", "dismissed"), None),  # less than a third
        (("upheld", "upheld", "filed", "withdrawn"), None),  # what is not decided does not count
    ),
)
def test_a_measure_is_flagged_by_enough_decided_appeals_of_which_a_third_was_upheld(states, flag):
    world = build("filed")
    for state in states:
        contested(
            world, state, decided_points=Decimal(1) if state in ("upheld", "partly") else None
        )

    found = outcomes_queries.flagged_measures(next_set(world))

    assert [(f.measure.code, f.decided, f.upheld, f.partly) for f in found] == (
        [("G1-1", *flag)] if flag else []
    )


def test_only_communicated_scores_of_the_two_years_before_flag_a_measure():
    world = build("filed")
    for _number in range(3):
        contested(world, "upheld", decided_points=Decimal(1))
    one, two, three = (next_set(world, years) for years in (1, 2, 3))

    found = [
        [f.year for f in outcomes_queries.flagged_measures(each)]
        for each in (world.general, one, two, three)
    ]
    Submission.objects.exclude(pk=world.submission.pk).update(state="marked")

    assert found == [[], [YEAR], [YEAR], []]
    assert outcomes_queries.flagged_measures(one) == []


def test_flags_take_two_queries_for_any_number(django_assert_num_queries):
    world = build("filed")
    for code in ("G1-1", "G2-1", "G1-2"):
        for _number in range(3):
            contested(world, "upheld", code, decided_points=Decimal(1))
    later = next_set(world)

    with django_assert_num_queries(2):
        found = outcomes_queries.flagged_measures(later)

    assert len(found) == 3
