"""Lines that two assessors mark, for tests."""

from decimal import Decimal

from django.urls import reverse

from cycles.models import Cycle
from submissions.marking import actions as marking
from submissions.marking import assignment
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Block, Score
from tests.factories import build


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def with_rules(world, **rules):
    Cycle.objects.filter(pk=world.cycle.pk).update(**rules)
    world.cycle = Cycle.objects.get(pk=world.cycle.pk)
    return world


def double_marked_world(**rules):
    """A signed self-assessment whose lines are drawn for the other assessor by the rules given."""
    world = with_rules(
        build("assigned"),
        **({"second_heaviest": 1, "second_percent": 0, "agreement_percent": 5} | rules),
    )
    world.shared = assignment.assign_all(world.cycle, by=world.administrator, at=world.at)
    return world


def both_blocks(world):
    drawn = Block.objects.get(submission=world.submission, is_second=True)
    return Block.objects.get(submission=world.submission, axis=drawn.axis, is_second=False), drawn


def mark(world, block, *, by=None, at=None, **special):
    """Mark a whole block as suggested, but for the drawn line, and hand it in."""
    by = by or block.assessor
    marks = {}
    for a in Answer.objects.on_desk(block).select_related("measure", "own"):
        said = {"points": marking_rules.suggestion(a), "reason": ""}
        marks[a.pk] = special.get("said", said) if a.pk in both_blocks(world)[1].drawn else said
    marking.save_marks(block, marks, by=by, at=world.at)
    return marking.hand_in(block, by=by, at=world.at)


def mark_values(points, reason="because"):
    return {"points": Decimal(points), "reason": reason}


def score_of(world, line):
    return (
        Score.objects.filter(answer=line, is_current=True).exclude(basis=Score.Basis.SELF).first()
    )
