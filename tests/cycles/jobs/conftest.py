"""A world in which jobs are ordered, and a visitor at its moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import World, build


@pytest.fixture
def world(db: None) -> World:
    return build("open")


@pytest.fixture
def visit(settings: Any) -> Callable[[World, Any], Client]:
    """Signs somebody in at the world's moment."""

    def visiting(world: World, person: Any) -> Client:
        settings.CLOCK_OFFSET = world.at - timezone.now()
        client = Client()
        client.force_login(person, backend="config.accounts.backends.PasswordBackend")
        return client

    return visiting
