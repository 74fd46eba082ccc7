"""Second readings: the draw, the blindness of both assessors, and how two
marks become one score."""

import hashlib
from decimal import Decimal

import pytest
from django.utils import translation

from agencies.models import Interest
from cycles.models import Cycle, Entry
from cycles.workflow import Refused
from submissions.marking import assignment, double_marking
from submissions.models import Answer, Mark, Reconciliation
from tests.factories import build
from tests.submissions.marking.two_marks import (
    both_blocks,
    double_marked_world,
    mark,
    mark_values,
    score_of,
    url,
    with_rules,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_whoever_knows_the_seed_can_draw_again():
    cycle = Cycle(draw_seed="a1", second_percent=10, second_heaviest=0)
    lines = [(key, key // 60, Decimal(10)) for key in range(20_000)]

    found = double_marking.sampled_lines(cycle, lines)

    assert found == {
        key
        for key in range(20_000)
        if int(hashlib.sha256(f"a1:{key}".encode()).hexdigest()[:8], 16) * 10 < 16**8
    }
    assert 1850 < len(found) < 2150
    cycle.draw_seed = "a2"
    assert double_marking.sampled_lines(cycle, lines) != found


def test_the_heaviest_lines_of_each_self_assessment_are_drawn():
    cycle = Cycle(draw_seed="a1", second_percent=0, second_heaviest=2)
    lines = [
        (1, 1, Decimal(5)),
        (2, 1, Decimal(9)),
        (3, 1, Decimal(9)),
        (4, 1, Decimal(9)),
        (5, 2, Decimal(1)),
    ]

    assert double_marking.sampled_lines(cycle, lines) == {2, 3, 5}


def test_what_is_drawn_goes_to_another_desk_and_the_seed_to_the_record():
    world = double_marked_world()
    first, second = both_blocks(world)

    assert (second.assessor, first.assessor) == (world.other_assessor, world.assessor)
    assert len(second.drawn) == 1
    assert world.shared.unread == 0
    assert (
        Entry.objects.filter(act="assign").last().params["seed"]
        == Cycle.objects.get(pk=world.cycle.pk).draw_seed
    )
    assert assignment.assign_all(world.cycle, by=world.administrator, at=world.at) == (0, 0, 0)


def test_where_nobody_else_may_mark_the_lines_are_counted():
    world = with_rules(build("assigned"), second_heaviest=1)
    Interest.objects.create(
        user=world.other_assessor, agency=world.power, reason="x", declared_at=world.at
    )

    assert assignment.assign_all(world.cycle, by=world.administrator, at=world.at).unread == 1


def test_both_readings_are_never_on_one_desk():
    world = double_marked_world()
    first, second = both_blocks(world)

    for is_second, assessor in ((False, world.other_assessor), (True, world.assessor)):
        with pytest.raises(Refused, match="somebody else"):
            assignment.assign(
                world.submission,
                axis=first.axis,
                assessor=assessor,
                is_second=is_second,
                by=world.administrator,
                at=world.at,
            )

    assert both_blocks(world) == (first, second)


def test_neither_assessor_reads_the_other_s_mark_before_both_have_handed_in(visit):
    world = double_marked_world()
    first, second = both_blocks(world)
    mark(world, first, said=mark_values("87.65", "NOT FOR YOUR EYES"))
    [line] = second.drawn
    client = visit(world, world.other_assessor)

    pages = [
        client.get(url("block", second.pk)),
        client.get(url("line", line)),
        client.get(url("reconciliations")),
    ]

    assert [p.status_code for p in pages] == [200, 200, 200]
    for page in pages:
        assert "87.65" not in page.content.decode()
        assert "NOT FOR YOUR EYES" not in page.content.decode()
    assert not Mark.objects.visible_to(world.other_assessor, world.at).exists()
    assert client.get(url("block", first.pk)).status_code == 404
    assert pages[0].content.decode().count("data-line=") == 1


def test_marks_that_lie_together_give_their_mean():
    world = double_marked_world()
    first, second = both_blocks(world)
    [line] = second.drawn
    ceiling = Answer.objects.select_related("measure").get(pk=line).measure.points

    mark(world, second, said=mark_values(ceiling * Decimal("0.90"), "one"))
    assert score_of(world, line) is None
    mark(world, first, said=mark_values(ceiling * Decimal("0.95"), "two"))

    score = score_of(world, line)
    assert score.points == ceiling * Decimal("0.925")
    assert set(score.reason.split("\n")) == {"one", "two"}
    assert not Reconciliation.objects.exists()


@pytest.mark.parametrize("apart", ["0.051", "0.5"])
def test_marks_that_lie_apart_wait_for_one_value(apart):
    world = double_marked_world()
    first, second = both_blocks(world)
    [line] = second.drawn
    ceiling = Answer.objects.select_related("measure").get(pk=line).measure.points

    mark(world, first, said=mark_values(ceiling))
    mark(world, second, said=mark_values(ceiling * (1 - Decimal(apart))))

    waiting = Reconciliation.objects.get()
    assert (waiting.line_id, waiting.first.block, waiting.second.block) == (line, first, second)
    assert score_of(world, line) is None
    assert world.fresh(world.submission).state == "submitted"


def test_not_applicable_and_points_are_always_apart():
    world = double_marked_world(agreement_percent=100)
    first, second = both_blocks(world)

    mark(world, first, said=mark_values(0))
    mark(world, second, said={"points": None, "is_not_applicable": True, "reason": "because"})

    assert Reconciliation.objects.count() == 1
