"""A world with people in all roles, and visitors at its moment."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from agencies.models import User
from tests.cycles.people.memberships import DAY
from tests.factories import EPOCH, World, build


@pytest.fixture
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def w() -> World:
    world = build("people")
    world.at = EPOCH + 30 * DAY
    return world


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Any:
    def client_of(user: User, at: Any) -> Client:
        monkeypatch.setattr("cycles.clock.now", lambda: at)
        client = Client()
        client.force_login(user, backend="config.accounts.backends.PasswordBackend")
        return client

    return client_of
