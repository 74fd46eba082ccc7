"""A rehearsed year that stands half-way through the review of appeals."""

from typing import Any

import pytest

from appeals.models import Appeal
from appeals.workflow import DECIDED, AppealState
from config.rehearsal.appeals import decide_all
from config.rehearsal.people import Cast
from config.rehearsal.year import Rehearsal
from cycles.calendar import Phase
from tests.factories import World, build

pytestmark = pytest.mark.django_db


def walk_until(world: World, now: Any) -> Rehearsal:
    people = world.people
    cast = Cast(
        administrator=people["administrator"],
        secretary=people["administrator"],
        auditor=people["auditor"],
        chair=people["chair"],
        members=[people["member"]],
        assessors=[people["assessor"]],
        reviewers=[people["reviewer"]],
        steward=people["steward"],
        staff={world.power.pk: people["staff"]},
        heads={world.power.pk: people["head"]},
    )
    walk = Rehearsal(cast, year=world.cycle.year, now=now)
    walk.cycle = world.cycle
    return walk


def test_half_way_through_the_review_an_appeal_still_waits_for_its_decision() -> None:
    world = build("filed")
    opens, closes = (at(Phase.APPEAL_REVIEW, world.power) for at in (world.opens, world.closes))

    decide_all(walk_until(world, opens + (closes - opens) / 2))
    waiting = Appeal.objects.get()

    assert waiting.state == AppealState.FILED
    assert waiting.reviewer == world.people["reviewer"]
    assert not waiting.questions.filter(replied_at=None).exists()


def test_a_year_walked_to_its_end_leaves_no_appeal_undecided() -> None:
    world = build("filed")

    decide_all(walk_until(world, None))

    assert set(Appeal.objects.values_list("state", flat=True)) <= set(DECIDED)
