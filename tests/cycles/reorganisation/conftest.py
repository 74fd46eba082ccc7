"""A world in whose register agencies change."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.factories import World, build


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return build("open")
