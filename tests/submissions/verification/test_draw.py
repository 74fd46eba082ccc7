"""Which lines are drawn to be verified, why, and to whom they go."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agencies.models import Interest
from cycles.models import Cycle, Entry
from cycles.workflow import Refused
from submissions import sampling
from submissions.marking import assignment
from submissions.models import (
    Answer,
    Block,
    Score,
    Submission,
    Verification,
)
from submissions.verification import draw
from tests.factories import build
from tests.submissions.marking.two_marks import with_rules
from tests.submissions.verification.findings import drawn_all, more_signed
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_only_signed_lines_with_a_value_that_no_steward_supplies_are_drawn():
    world = drawn_all()

    lines = {v.line for v in Verification.objects.select_related("line__measure")}
    assert {line.submission_id for line in lines} == {world.submission.pk}
    assert not any(line.measure.is_stewarded or line.value is None for line in lines)
    assert (
        len(lines)
        == world.drawn.lines
        == Answer.objects.filter(submission=world.submission).count() - 1
    )


def test_the_seed_and_the_reasons_stand_in_the_record():
    world = drawn_all()

    entry = Entry.objects.get(act="sample")
    assert entry.params["seed"] == Cycle.objects.get(pk=world.cycle.pk).draw_seed != ""
    kept = {str(v.line_id): v.why for v in Verification.objects.all()}
    assert entry.params["lines"] == kept
    assert {"weight", "lot"} == {why for reasons in kept.values() for why in reasons}


def test_nobody_verifies_what_they_mark_and_no_one_with_an_interest():
    world = drawn_all()

    assert {v.assessor for v in Verification.objects.all()} == {world.other_assessor}


def test_the_work_goes_to_the_least_loaded_and_an_axis_to_one_desk():
    world = with_rules(build("submitted"), verification_percent=100)
    world.at = world.opens("scoring")

    draw.draw(world.cycle, by=world.administrator, at=world.at)

    places = Verification.objects.values_list("line__measure__indicator__axis", "assessor")
    assert {assessor for _axis, assessor in places} == {world.assessor.pk, world.other_assessor.pk}
    assert len(set(places)) == len({axis for axis, _assessor in places}) == 3


def test_whoever_verifies_a_line_is_not_given_its_axis_to_mark():
    world = with_rules(build("submitted"), verification_percent=100)
    world.at = world.opens("scoring")
    draw.draw(world.cycle, by=world.administrator, at=world.at)

    assignment.assign_all(world.cycle, by=world.administrator, at=world.at)

    for v in Verification.objects.select_related("line__measure__indicator"):
        axis = v.line.measure.indicator.axis_id
        assert Block.objects.get(submission=world.submission, axis=axis).assessor != v.assessor
        with pytest.raises(Refused, match="verifies one of these lines"):
            assignment.assign(
                world.submission,
                axis=v.line.measure.indicator.axis,
                assessor=v.assessor,
                by=world.administrator,
                at=world.at,
            )


def test_a_second_draw_takes_nothing_out_and_adds_what_qualifies_since():
    world = with_rules(build("assigned"), verification_percent=40)
    first = draw.draw(world.cycle, by=world.administrator, at=world.at)
    held = set(Verification.objects.values_list("line", flat=True))

    again = draw.draw(world.cycle, by=world.administrator, at=world.at)
    with_rules(world, verification_percent=100)
    more = draw.draw(world.cycle, by=world.administrator, at=world.at)

    assert (first.lines, again.lines, more.lines) == (2, 0, 2)
    assert held < set(Verification.objects.values_list("line", flat=True))
    assert Entry.objects.filter(act="sample").count() == 2


def test_a_line_that_nobody_else_may_verify_is_counted_and_drawn_when_somebody_may():
    world = with_rules(build("assigned"), verification_percent=100)
    interest = Interest.objects.create(
        user=world.other_assessor, agency=world.power, reason="x", declared_at=world.at
    )

    assert draw.draw(world.cycle, by=world.administrator, at=world.at) == (0, 4)
    interest.delete()

    assert draw.draw(world.cycle, by=world.administrator, at=world.at) == (4, 0)


def test_a_year_whose_rules_verify_nothing_draws_nothing():
    world = with_rules(build("assigned"), verification_percent=0)

    with pytest.raises(Refused, match="no line is verified"):
        draw.draw(world.cycle, by=world.administrator, at=world.at)


def test_a_province_s_administrator_draws_within_the_province_and_others_not_at_all():
    world = with_rules(build("assigned"), verification_percent=100)

    assert draw.draw(world.cycle, by=world.provincial_administrator, at=world.at).lines == 0
    assert not Entry.objects.filter(act="sample").exists()
    for name in ("assessor", "head", "auditor"):
        with pytest.raises(Refused):
            draw.draw(world.cycle, by=getattr(world, name), at=world.at)
    assert not Verification.objects.exists()


def test_reasons_come_from_the_line_its_weight_and_last_year():
    world = with_rules(build("scored"), year=1404)
    line = power_line(world)
    lineage = line.measure.lineage
    Score.objects.filter(answer=line, is_current=True).update(basis="verified", points=Decimal(30))
    later = build_following(world, lineage)

    candidates, _places = draw._candidates(later.cycle, [later.submission])

    by_key = {c.key: c for c in candidates}
    found = by_key[power_line(later).pk]
    assert found.was_corrected
    assert found.gain == Fraction(100, 300) - Fraction(30, 300)
    assert found.weight == Fraction(300, 2000)
    assert set(found.reasons) == {sampling.Why.GAIN, sampling.Why.WEIGHT, sampling.Why.CORRECTION}


def build_following(world, lineage):
    """The year after, in the same tables: its self-assessment is the first one's lines, signed
    anew.
    """
    cycle = Cycle.objects.create(
        year=1405, preset=world.cycle.preset, state="open", verification_percent=100
    )
    participation = world.submission.participation
    participation.pk, participation.cycle = None, cycle
    participation.save()
    held = Submission.objects.create(
        cycle=cycle, agency=world.power, participation=participation, state="submitted",
        submitted_at=world.at, submitted_by=world.head,
    )  # fmt: skip
    for a in Answer.objects.filter(submission=world.submission).select_related("measure"):
        new = Answer.objects.create(submission=held, measure=a.measure, value=a.value)
        if not a.measure.is_stewarded:
            Score.objects.create(
                answer=new, basis="self", state="scored", points=new.self_points, scored_at=world.at
            )
    world.cycle, world.submission = cycle, held
    return world


@pytest.mark.parametrize("agencies", [1, 4])
def test_the_draw_takes_the_same_queries_for_any_number_of_agencies(agencies):
    world = with_rules(build("assigned"), verification_percent=100)
    more_signed(world, agencies - 1)

    with CaptureQueriesContext(connection) as captured:
        drawn = draw.draw(world.cycle, by=world.administrator, at=world.at)

    assert drawn.lines == 4 + 3 * (agencies - 1)
    assert len([q for q in captured if "SAVEPOINT" not in q["sql"]]) == 16
