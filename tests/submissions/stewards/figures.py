"""Figures of stewards for tests: given, tied, scored."""

from django.urls import reverse

from agencies.models import Interest, User
from submissions.marking import actions as marking
from submissions.marking import rules as marking_rules
from submissions.models import (
    Answer,
    Block,
    Score,
)
from tests.factories import EPOCH
from tests.worlds.answers import figure


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def all_given(world, percent="50"):
    return {
        a.pk: figure(percent) for a in Answer.objects.filter(measure=world.stewardship.measure_id)
    }


def tie(world, agency=None):
    return Interest.objects.create(
        user=world.steward, agency=agency or world.power, reason="Family", declared_at=EPOCH
    )


def fresh(user):
    return User.objects.get(pk=user.pk)


def score(line):
    return Score.objects.filter(answer=line, is_current=True).first()


def mark_all(world):
    """Every block of the power ministry handed in."""
    for block in Block.objects.filter(submission=world.submission):
        lines = Answer.objects.on_desk(block).select_related("measure", "own")
        marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
        marking.save_marks(block, marks, by=world.assessor, at=world.at)
        marking.hand_in(block, by=world.assessor, at=world.at)
