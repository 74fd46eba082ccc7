"""Second readings: the draw, the blindness of both assessors, and how two
marks become one score.
"""

import hashlib
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from agencies.models import Interest
from cycles.models import Cycle, Entry
from cycles.workflow import Refused
from submissions.marking import actions as marking
from submissions.marking import assignment, double_marking, reconciliation
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Block, Mark, Reconciliation, Score
from tests.factories import build, supply
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def ruled(world, **rules):
    Cycle.objects.filter(pk=world.cycle.pk).update(**rules)
    world.cycle = Cycle.objects.get(pk=world.cycle.pk)
    return world


def shared_out(**rules):
    """A signed self-assessment whose lines are drawn for the other assessor by the rules given."""
    world = ruled(
        build("assigned"),
        **({"second_heaviest": 1, "second_percent": 0, "agreement_percent": 5} | rules),
    )
    world.shared = assignment.assign_all(world.cycle, by=world.administrator, at=world.at)
    return world


def both(world):
    drawn = Block.objects.get(submission=world.submission, is_second=True)
    return Block.objects.get(submission=world.submission, axis=drawn.axis, is_second=False), drawn


def mark(world, block, *, by=None, at=None, **special):
    """Mark a whole block as suggested, but for the drawn line, and hand it in."""
    by = by or block.assessor
    marks = {}
    for a in Answer.objects.on_desk(block).select_related("measure", "own"):
        said = {"points": marking_rules.suggestion(a), "reason": ""}
        marks[a.pk] = special.get("said", said) if a.pk in both(world)[1].drawn else said
    marking.save_marks(block, marks, by=by, at=world.at)
    return marking.hand_in(block, by=by, at=world.at)


def said(points, reason="because"):
    return {"points": Decimal(points), "reason": reason}


def score_of(world, line):
    return (
        Score.objects.filter(answer=line, is_current=True).exclude(basis=Score.Basis.SELF).first()
    )


# --- The draw -----------------------------------------------------------------------------------


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
    world = shared_out()
    first, second = both(world)

    assert (second.assessor, first.assessor) == (world.other_assessor, world.assessor)
    assert len(second.drawn) == 1
    assert world.shared.unread == 0
    assert (
        Entry.objects.filter(act="assign").last().params["seed"]
        == Cycle.objects.get(pk=world.cycle.pk).draw_seed
    )
    assert assignment.assign_all(world.cycle, by=world.administrator, at=world.at) == (0, 0, 0)


def test_where_nobody_else_may_mark_the_lines_are_counted():
    world = ruled(build("assigned"), second_heaviest=1)
    Interest.objects.create(
        user=world.other_assessor, agency=world.power, reason="x", declared_at=world.at
    )

    assert assignment.assign_all(world.cycle, by=world.administrator, at=world.at).unread == 1


def test_both_readings_are_never_on_one_desk():
    world = shared_out()
    first, second = both(world)

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

    assert both(world) == (first, second)


# --- Blindness ----------------------------------------------------------------------------------


def test_neither_assessor_reads_the_other_s_mark_before_both_have_handed_in(visit):
    world = shared_out()
    first, second = both(world)
    mark(world, first, said=said("87.65", "NOT FOR YOUR EYES"))
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


# --- Two marks become one score -----------------------------------------------------------------


def test_marks_that_lie_together_give_their_mean():
    world = shared_out()
    first, second = both(world)
    [line] = second.drawn
    ceiling = Answer.objects.select_related("measure").get(pk=line).measure.points

    mark(world, second, said=said(ceiling * Decimal("0.90"), "one"))
    assert score_of(world, line) is None
    mark(world, first, said=said(ceiling * Decimal("0.95"), "two"))

    score = score_of(world, line)
    assert score.points == ceiling * Decimal("0.925")
    assert set(score.reason.split("\n")) == {"one", "two"}
    assert not Reconciliation.objects.exists()


@pytest.mark.parametrize("apart", ["0.051", "0.5"])
def test_marks_that_lie_apart_wait_for_one_value(apart):
    world = shared_out()
    first, second = both(world)
    [line] = second.drawn
    ceiling = Answer.objects.select_related("measure").get(pk=line).measure.points

    mark(world, first, said=said(ceiling))
    mark(world, second, said=said(ceiling * (1 - Decimal(apart))))

    waiting = Reconciliation.objects.get()
    assert (waiting.line_id, waiting.first.block, waiting.second.block) == (line, first, second)
    assert score_of(world, line) is None
    assert world.fresh(world.submission).state == "submitted"


def test_not_applicable_and_points_are_always_apart():
    world = shared_out(agreement_percent=100)
    first, second = both(world)

    mark(world, first, said=said(0))
    mark(world, second, said={"points": None, "is_not_applicable": True, "reason": "because"})

    assert Reconciliation.objects.count() == 1


def left_apart():
    world = shared_out()
    first, second = both(world)
    [line] = second.drawn
    mark(world, first, said=said(100))
    mark(world, second, said=said(20))
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


# --- Another desk -------------------------------------------------------------------------------


def test_marks_go_with_the_block_to_another_desk():
    world = build("assigned")
    marks = {a.pk: said(1) for a in Answer.objects.on_desk(world.block)}
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


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trial", range(5))
def test_both_readings_handed_in_at_once_leave_no_line_between_them(trial):
    world = shared_out()
    blocks = both(world)
    [line] = blocks[1].drawn
    for block in blocks:
        marks = {a.pk: said(10) for a in Answer.objects.on_desk(block)}
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


# --- Several blocks at once ---------------------------------------------------------------------


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
