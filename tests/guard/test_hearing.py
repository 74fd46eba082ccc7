"""Whatever anybody does at whatever moment: an appeal is never lost, and no score moves without a
decision.

A machine lets everybody try every act on appeals at random moments, and holds a model of its own
against what the portal accepts, refuses and keeps.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Stage
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tests.factories import EPOCH, build, make_user
from tests.guard.hearing_machine import Hearing


@pytest.mark.django_db
def test_an_appeal_is_heard_fairly_whatever_anybody_does_and_when():
    world = build("scored")
    world.people["second_reviewer"] = make_user("second_reviewer", "reviewer")
    world.people["second_reviewer"].clearance_set.create(
        kind="interests", year=world.cycle.year, since=EPOCH
    )
    Hearing.world = world

    run_state_machine_as_test(
        Hearing,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Stage.explicit, Stage.reuse, Stage.generate),
        ),
    )
