"""A visitor: somebody signed in, at a moment of the world's year."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import User
from tests.factories import World


@pytest.fixture
def visit(settings: Any) -> Callable[..., Client]:
    """`visit(world, world.head)` signs in at the moment the world has reached, or at another."""

    def signed_in(world: World, user: User, at: datetime | None = None) -> Client:
        settings.CLOCK_OFFSET = (at or world.at) - timezone.now()
        client = Client()
        client.force_login(
            User.objects.get(pk=user.pk), backend="config.accounts.backends.PasswordBackend"
        )
        return client

    return signed_in
