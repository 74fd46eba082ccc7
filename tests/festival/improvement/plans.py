"""Improvement plans: begun, written and signed."""

from datetime import timedelta
from decimal import Decimal

from festival.improvement import actions as improvement
from festival.improvement import suggestions
from tests.worlds.closing import SAID

DAY = timedelta(days=1)


def begin_plan(world):
    return improvement.begin(world.submission, by=world.staff, at=world.at)


def write_plan(world, plan=None):
    """A plan with one whole item about the line that lost most."""
    plan = plan or begin_plan(world)
    [item] = improvement.adopt(
        plan, [suggestions.suggest(world.submission)[0].answer.pk], by=world.staff, at=world.at
    )
    improvement.save_item(
        plan, {**SAID, "target": Decimal(45)}, item=item, by=world.staff, at=world.at
    )
    return plan


def sign_plan(world, at=None):
    return improvement.move(write_plan(world), "sign", by=world.head, at=at or world.at)
