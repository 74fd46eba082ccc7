"""Fixtures of the tests in this folder."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import User
from tests.config.accounts.provider_steps import CLOSED, HEAD
from tests.factories import EPOCH, World, build, deputise


@pytest.fixture
def w(settings: Any) -> World:
    world = build("people")
    deputise(world)
    settings.CLOCK_OFFSET = EPOCH + timedelta(days=30) - timezone.now()
    return world


@pytest.fixture
def people(settings: Any) -> World:
    world = build("people")
    settings.CLOCK_OFFSET = EPOCH + timedelta(days=30) - timezone.now()
    User.objects.filter(pk=world.head.pk).update(national_id=HEAD)
    User.objects.filter(pk=world.staff.pk).update(national_id=CLOSED, is_active=False)
    return world


@pytest.fixture
def by_provider(settings: Any, people: World) -> Any:
    """Lets the portal use a provider at an address."""

    def use(address: str) -> World:
        settings.IDENTITY_PROVIDER = True
        settings.OIDC_SERVER_URL = address
        settings.OIDC_CLIENT_ID = "portal"
        settings.OIDC_CLIENT_SECRET = "a secret of this test alone"
        settings.OIDC_NATIONAL_ID_CLAIM = "national_id"
        settings.OIDC_NAME = "درگاه آزمایشی"
        settings.OIDC_NAME_EN = "the test provider"
        return people

    return use
