"""A world whose record has begun."""

import pytest

from tests.factories import build


@pytest.fixture
def world():
    return build("open")
