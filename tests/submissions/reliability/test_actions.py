"""Measuring how reliable a cycle's marks are: ordered, computed by a job, shown to those who
oversee the country.
"""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from cycles.models import Entry
from submissions.marking import actions as marking
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Block, Mark, Reliability, Score
from submissions.reliability import actions as reliability
from tests.factories import build
from tests.jobs import do, work_off
from tests.submissions.marking.two_marks import both_blocks, double_marked_world, mark_values

pytestmark = pytest.mark.django_db


def url(world):
    with translation.override("en"):
        return reverse("submissions:reliability", args=[world.cycle.pk])


def read_twice():
    """A self-assessment with every line it may be read twice for, the second assessor marking a
    tenth lower.
    """
    world = double_marked_world(second_percent=100)
    for block in Block.objects.filter(submission=world.submission).order_by("is_second", "pk"):
        marks = {}
        for a in Answer.objects.on_desk(block).select_related("measure", "own"):
            points = marking_rules.suggestion(a)
            lower = a.measure.points / 10 if block.is_second else 0
            marks[a.pk] = mark_values(max(points - lower, Decimal(0)))
        marking.save_marks(block, marks, by=block.assessor, at=world.at)
        marking.hand_in(block, by=block.assessor, at=world.at)
    return world


def measured(world):
    study = reliability.order_reliability(world.cycle, by=world.administrator, at=world.at)
    return reliability.measure(study, at=world.at)


def test_marks_are_read_as_shares_of_the_ceiling_and_what_says_nothing_is_left_out():
    world = read_twice()

    found = reliability.read(world.cycle)

    lines = Answer.objects.filter(submission=world.submission, value__isnull=False).exclude(
        measure__method="steward"
    )
    assert {r.line for r in found} == {a.pk for a in lines}
    assert len(found) == 2 * lines.count()
    for reading in found:
        held = Mark.objects.get(answer=reading.line, block__assessor=reading.assessor)
        assert reading.share == pytest.approx(float(held.points / held.answer.measure.points))


def test_a_mark_that_is_not_handed_in_is_not_read():
    world = double_marked_world()
    first, _second = both_blocks(world)
    marks = {a.pk: mark_values(1) for a in Answer.objects.on_desk(first)}
    marking.save_marks(first, marks, by=world.assessor, at=world.at)

    assert reliability.read(world.cycle) == []


def test_the_second_assessor_is_found_a_tenth_of_the_ceiling_more_severe():
    world = read_twice()

    result = measured(world).result

    effects = {row["assessor"]: row["effect"] for row in result["severity"]}
    assert effects[world.assessor.pk] - effects[world.other_assessor.pk] == pytest.approx(
        0.1, abs=0.001
    )
    assert result["agreement"]["mean_difference"] == pytest.approx(0.1, abs=0.001)
    assert result["agreement"]["within_tolerance"] == 0


def test_measuring_changes_no_score_is_recorded_and_is_done_once():
    world = read_twice()
    before = list(Score.objects.order_by("pk").values())

    study = measured(world)
    do("reliability", study)
    work_off()

    assert list(Score.objects.order_by("pk").values()) == before
    assert Entry.objects.filter(act="gauge").count() == 1
    assert Reliability.objects.get().result == study.result


def test_what_was_ordered_and_left_is_taken_up_by_the_next_round():
    world = read_twice()
    study = reliability.order_reliability(world.cycle, by=world.administrator, at=world.at)

    work_off()

    assert world.fresh(study).result["marks"] == len(reliability.read(world.cycle))


def test_the_page_shows_who_is_severe_and_who_agrees(visit):
    world = read_twice()
    client = visit(world, world.administrator)

    assert "Nothing has been measured yet" in client.get(url(world)).content.decode()
    client.post(url(world))
    work_off()
    page = client.get(url(world)).content.decode()

    assert str(world.assessor.name_en or world.assessor.name_fa) in page
    assert "Krippendorff" in page
    assert "stands out" in page
    assert page.count('class="dots"') == 2


def test_with_one_mark_a_line_nothing_is_claimed(visit):
    world = double_marked_world(second_heaviest=0)
    for block in Block.objects.filter(submission=world.submission):
        marks = {a.pk: mark_values(1) for a in Answer.objects.on_desk(block)}
        marking.save_marks(block, marks, by=block.assessor, at=world.at)
        marking.hand_in(block, by=block.assessor, at=world.at)

    assert measured(world).result["agreement"] is None
    page = visit(world, world.auditor).get(url(world)).content.decode()
    assert "Fewer than two lines have been marked by two assessors" in page


@pytest.mark.parametrize("name", ["assessor", "staff", "provincial_administrator", "reviewer"])
def test_nobody_else_reads_about_assessors(visit, name):
    world = build("marked")

    assert visit(world, getattr(world, name)).get(url(world)).status_code == 404
    assert not Reliability.objects.visible_to(getattr(world, name), world.at).exists()
