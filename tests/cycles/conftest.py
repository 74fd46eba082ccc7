"""A world in which indicators are proposed, and visitors of the pages of cycles."""

import pytest
from django.utils import timezone

from tests.factories import build


@pytest.fixture
def as_(client, settings):
    """Sign somebody in at a moment."""

    def sign_in(user, at):
        settings.CLOCK_OFFSET = at - timezone.now()
        client.force_login(user, backend="config.accounts.backends.PasswordBackend")
        return client

    return sign_in


@pytest.fixture
def world():
    return build("proposed")
