"""Visitors of the pages of awards."""

import pytest
from django.test import Client


@pytest.fixture
def visit(clock):
    """A client signed in as somebody, at a moment."""

    def visiting(user=None, at=None):
        clock(at)
        client = Client()
        if user:
            client.force_login(user)
        return client

    return visiting
