"""A country with its people, and an index that is followed."""

import pytest
from django.utils import translation

from festival.models import Index
from tests.factories import World, build


@pytest.fixture
def world(db: None) -> World:
    with translation.override("en"):
        yield build("people")


@pytest.fixture
def followed(world: World) -> Index:
    """An index without any edition, for which the power ministry answers."""
    made = Index.objects.create(
        code="CPI", name_fa="فساد", name_en="Corruption", publisher="Transparency"
    )
    made.agencies.add(world.power)
    return made
