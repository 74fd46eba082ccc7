"""Posts that nobody means well, as many as a build has time for; `tests/drills/posts.py` sends
more.
"""

import random

import pytest

from tests.guard.test_authorization import _real_now, world_at
from tests.guard.walks.guesses import FORMS, POSTS, failures, let_in

assert world_at  # the fixture of the walk serves here as well


def ids(rows):
    return [f"{name}-{stage}" for name, _methods, stage, _allowed in rows]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "methods", "stage", "allowed"), POSTS, ids=ids(POSTS))
def test_garbage_is_refused_and_never_a_fault(name, methods, stage, allowed, world_at, settings):
    world = world_at(stage)
    settings.CLOCK_OFFSET = world.at - _real_now()
    chance = random.Random(name)  # the same in every build

    assert failures(world, name, sorted(allowed)[0], posts=3, chance=chance) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "methods", "stage", "allowed"), FORMS, ids=ids(FORMS))
def test_a_key_that_a_form_does_not_offer_writes_nothing(
    name, methods, stage, allowed, world_at, settings
):
    world = world_at(stage)
    settings.CLOCK_OFFSET = world.at - _real_now()

    found = []
    for who in sorted(allowed)[:2]:
        found += let_in(world, name, who, rows=2)[1]

    assert found == []


@pytest.mark.django_db
def test_keys_are_really_tried(world_at, settings):
    world = world_at("open")
    settings.CLOCK_OFFSET = world.at - _real_now()

    tried, found = let_in(world, "cycles:delegation", "head", rows=2)

    assert tried >= 3
    assert found == []
