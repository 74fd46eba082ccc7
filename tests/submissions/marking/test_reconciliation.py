"""Two marks that differ too much come to one value; blocks handed in together."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Refused
from submissions.marking import actions as marking
from submissions.marking import assignment, double_marking, reconciliation
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Block, Mark, Reconciliation, Score
from tests.factories import build, supply
from tests.submissions.marking.two_marks import (
    both_blocks,
    double_marked_world,
    mark,
    mark_values,
    score_of,
    url,
)
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def left_apart():
    world = double_marked_world()
    first, second = both_blocks(world)
    [line] = second.drawn
    mark(world, first, said=mark_values(100))
    mark(world, second, said=mark_values(20))
    for block in Block.objects.filter(submission=world.submission, state="open"):
        mark(world, block)
    return world, Reconciliation.objects.get(), line


def test_the_other_assessor_agrees_and_the_marking_is_complete():
    world, waiting, line = left_apart()
    supply(world)

    waiting = reconciliation.propose(
        waiting, points=Decimal(70), reason="half", by=world.assessor, at=world.at
    )
    with pytest.raises(Refused, match="the other of the two"):
        reconciliation.agree(waiting, by=world.assessor, at=world.at)
    reconciliation.agree(waiting, by=world.other_assessor, at=world.at)

    score = score_of(world, line)
    assert (score.points, score.reason, score.basis) == (Decimal(70), "half", "agreed")
    assert world.fresh(world.submission).state == "marked"
    assert [e.act for e in Entry.objects.order_by("pk")][-3:] == ["propose", "agree", "complete"]
    assert Mark.objects.filter(answer=line).count() == 2


def test_an_administrator_settles_what_two_cannot():
    world, waiting, line = left_apart()
    supply(world)

    reconciliation.settle(
        waiting,
        points=None,
        is_not_applicable=True,
        reason="not theirs",
        by=world.administrator,
        at=world.at,
    )

    assert (score_of(world, line).state, score_of(world, line).points) == ("not_applicable", None)
    assert world.fresh(world.submission).state == "marked"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"points": Decimal(70), "reason": " "}, "needs a reason"),
        ({"points": Decimal(10_000), "reason": "x"}, "Points lie between"),
        ({"points": Decimal(-1), "reason": "x"}, "Points lie between"),
        ({"points": None, "reason": "x"}, "Give points"),
        ({"points": Decimal(1), "is_not_applicable": True, "reason": "x"}, "Give points"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_changes_nothing(value, why):
    world, waiting, line = left_apart()

    with pytest.raises(Refused, match=why):
        reconciliation.propose(waiting, **value, by=world.assessor, at=world.at)

    assert world.fresh(waiting).state == "apart"
    assert score_of(world, line) is None


def test_the_page_takes_both_through_to_one_value(visit):
    world, waiting, line = left_apart()
    address = url("reconciliation", waiting.pk)
    one, other = visit(world, world.assessor), visit(world, world.other_assessor)

    refused = one.post(address, {"act": "propose", "points": "60", "reason": ""}).content.decode()
    assert "needs a reason" in refused
    assert 'value="60"' in refused
    one.post(address, {"act": "propose", "points": "60", "reason": "half"})
    assert "The next word is another" not in other.get(address).content.decode()
    assert 'value="agree"' not in one.get(address).content.decode()
    other.post(address, {"act": "agree"})

    assert score_of(world, line).points == Decimal(60)
    assert other.get(url("reconciliations")).content.decode().count("Agreed") >= 1


def test_marks_go_with_the_block_to_another_desk():
    world = build("assigned")
    marks = {a.pk: mark_values(1) for a in Answer.objects.on_desk(world.block)}
    marking.save_marks(world.block, marks, by=world.assessor, at=world.at)

    block = assignment.assign(
        world.submission,
        axis=world.block.axis,
        assessor=world.other_assessor,
        by=world.administrator,
        at=world.at,
    )
    marking.hand_in(block, by=world.other_assessor, at=world.at)

    assert score_of(world, power_line(world)).points == 1
    assert (
        Mark.objects.made_by(world.assessor).count()
        == Mark.objects.made_by(world.other_assessor).count()
        == len(marks)
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trial", range(5))
def test_both_readings_handed_in_at_once_leave_no_line_between_them(trial):
    world = double_marked_world()
    blocks = both_blocks(world)
    [line] = blocks[1].drawn
    for block in blocks:
        marks = {a.pk: mark_values(10) for a in Answer.objects.on_desk(block)}
        marking.save_marks(block, marks, by=block.assessor, at=world.at)
    gate, failed = threading.Barrier(2), []

    def hand_in(block):
        try:
            gate.wait(timeout=10)
            marking.hand_in(block, by=block.assessor, at=world.at)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=(block,)) for block in blocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failed == []
    assert score_of(world, line).points == 10
    assert Score.objects.filter(answer=line, basis=Score.Basis.AGREED).count() == 1


def desk(world):
    """An assessor with several open blocks: the first readings of the self-assessment."""
    blocks = list(Block.objects.filter(submission=world.submission, is_second=False).order_by("pk"))
    Block.objects.filter(pk__in=[b.pk for b in blocks]).update(assessor=blocks[0].assessor)
    return blocks


def marks_of(blocks):
    lines = double_marking.on_desks(blocks).select_related("measure", "own")
    return {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}


def test_blocks_of_a_desk_are_marked_and_handed_in_together_as_one_by_one():
    world = build("assigned")
    first, *also = blocks = desk(world)
    assert also

    marking.save_marks(first, marks_of(blocks), by=first.assessor, at=world.at, also=also)
    marking.hand_in(first, by=first.assessor, at=world.at, also=also)

    assert set(
        Block.objects.filter(pk__in=[b.pk for b in blocks]).values_list("state", flat=True)
    ) == {"handed_in"}
    for block in blocks:
        [entry] = Entry.objects.of(block).filter(act="hand_in")
        assert entry.params["digest"]
        for line in Answer.objects.on_desk(block).select_related("measure", "own"):
            held = line.scores.get(is_current=True)
            assert (held.basis, held.points) == (Score.Basis.AGREED, marking_rules.suggestion(line))


def test_blocks_of_which_one_is_not_marked_are_handed_in_none():
    world = build("assigned")
    first, *also = desk(world)
    marking.save_marks(first, marks_of([first]), by=first.assessor, at=world.at)

    with pytest.raises(Refused, match="not marked yet"):
        marking.hand_in(first, by=first.assessor, at=world.at, also=also)

    assert not Block.objects.filter(state="handed_in").exists()
