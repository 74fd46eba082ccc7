"""Fixtures that the tests of this folder share."""

import pytest

from tests.factories import World, build


@pytest.fixture
def begun() -> World:
    return build("begun")
