"""No line is shown before all interests are declared."""

from decimal import Decimal

import pytest
from django.urls import reverse

from agencies.models import Clearance, Interest
from cycles.models import Entry
from cycles.people import interests
from cycles.workflow import Refused
from submissions.marking import actions as marking
from submissions.marking import assignment
from submissions.models import (
    Answer,
    Block,
    Mark,
)
from tests.factories import build
from tests.submissions.calibration.sittings import fresh, visible_blocks

pytestmark = pytest.mark.django_db


def test_nothing_on_a_desk_is_shown_or_marked_before_all_interests_are_declared():
    world = build("assigned")
    Clearance.objects.filter(user=world.assessor).delete()
    line = Answer.objects.on_desk(world.block).first()

    before = visible_blocks(world.assessor, world)
    with pytest.raises(Refused):
        marking.save_marks(
            world.block,
            {line.pk: {"points": Decimal(1), "reason": "x"}},
            by=fresh(world.assessor),
            at=world.at,
        )
    interests.state_interests(world.cycle, by=fresh(world.assessor), at=world.at)

    assert before == (0, 0, 0)
    assert (
        visible_blocks(world.assessor, world)[0]
        == Block.objects.filter(assessor=world.assessor).count()
        > 0
    )


def test_the_blocks_page_names_no_agency_before_and_says_what_to_do(client):
    world = build("assigned")
    Clearance.objects.filter(user=world.assessor).delete()
    client.force_login(world.assessor)

    page = client.get(reverse("submissions:blocks")).content.decode()

    assert world.power.name_fa not in page
    assert reverse("cycles:interests") in page


def test_what_was_just_declared_holds_at_once_for_whoever_said_it():
    world = build("open")
    before = world.assessor.is_cleared(world.cycle)

    interests.state_interests(world.cycle, by=world.assessor, at=world.at)
    interests.declare_interest(agency=world.health, reason="x", by=world.assessor, at=world.at)

    assert not before
    assert world.assessor.cleared_years("interests") == [world.cycle.year]
    assert world.assessor.is_conflicted(world.health.pk)


def test_the_statement_is_for_one_year_is_recorded_and_is_made_once():
    world = build("open")

    stated = interests.state_interests(world.cycle, by=world.assessor, at=world.at)

    assert (stated.kind, stated.year) == ("interests", world.cycle.year)
    assert Entry.objects.filter(act="state_interests").count() == 1
    with pytest.raises(Refused):
        interests.state_interests(world.cycle, by=fresh(world.assessor), at=world.at)
    with pytest.raises(Refused):
        interests.state_interests(world.cycle, by=world.staff, at=world.at)


def test_no_statement_is_made_about_a_year_in_which_nothing_is_marked():
    world = build("planned")

    with pytest.raises(Refused):
        interests.state_interests(world.cycle, by=world.assessor, at=world.at)


def test_an_interest_declared_later_moves_the_block_with_its_marks_to_another():
    world = build("assigned")
    line = Answer.objects.on_desk(world.block).first()
    marking.save_marks(
        world.block,
        {line.pk: {"points": Decimal(1), "reason": "x"}},
        by=world.assessor,
        at=world.at,
    )
    Interest.objects.create(
        user=world.assessor, agency=world.power, reason="Family", declared_at=world.at
    )

    shared = assignment.assign_all(world.cycle, by=world.administrator, at=world.at)
    again = assignment.assign_all(world.cycle, by=world.administrator, at=world.at)

    held = Block.objects.filter(submission=world.submission)
    assert {b.assessor_id for b in held} == {world.other_assessor.pk}
    assert (shared.moved, again.moved) == (held.count(), 0)
    assert Mark.objects.get(answer=line).points == 1
