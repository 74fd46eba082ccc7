"""Posts that nobody means well, by everybody and more of them: DRILL_SEED=7 DRILL_POSTS=50 pytest
tests/drills
"""

import os
import random

import pytest

from tests.guard.test_authorization import PUBLIC, _real_now, world_at
from tests.guard.walks.guesses import FORMS, POSTS, failures, let_in

assert world_at  # the fixture of the walk serves here as well

SEED = os.environ.get("DRILL_SEED", "1405")
POSTS_EACH = int(os.environ.get("DRILL_POSTS", "8"))


def ids(rows):
    return [f"{name}-{stage}" for name, _methods, stage, _allowed in rows]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "methods", "stage", "allowed"), POSTS, ids=ids(POSTS))
def test_garbage_of_everybody_is_never_a_fault(name, methods, stage, allowed, world_at, settings):
    world = world_at(stage)
    settings.CLOCK_OFFSET = world.at - _real_now()

    found = []
    for who in sorted(allowed)[:4]:
        found += failures(
            world, name, who, posts=POSTS_EACH, chance=random.Random(f"{SEED} {name} {who}")
        )

    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "methods", "stage", "allowed"), FORMS, ids=ids(FORMS))
def test_no_key_of_another_is_let_in_from_anybody(
    name, methods, stage, allowed, world_at, settings, capsys
):
    world = world_at(stage)
    settings.CLOCK_OFFSET = world.at - _real_now()

    tried, found = 0, []
    for who in sorted(PUBLIC & allowed):
        more, wrong = let_in(world, name, who, rows=10)
        tried, found = tried + more, found + wrong

    with capsys.disabled():
        print(f"\n{name}: {tried} keys tried, {len(found)} let in")
    assert found == []
