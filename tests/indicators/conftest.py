"""Fixtures of the pages of indicators."""

import pytest
from django.utils import timezone


@pytest.fixture
def as_(client, settings):
    """Sign somebody in at a moment."""

    def sign_in(user, at):
        settings.CLOCK_OFFSET = at - timezone.now()
        client.force_login(user)
        return client

    return sign_in
