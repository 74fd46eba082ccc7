"""A published year, one of its measures, and the address of its page."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from indicators.models import Measure
from tests.factories import YEAR


@pytest.fixture(autouse=True)
def _nobody_has_tried():
    cache.clear()


@pytest.fixture
def public(scheduled, clock):
    """The world, looked at an hour after publication."""
    scheduled.at = scheduled.edition.publish_at + timedelta(hours=1)
    clock(scheduled.at)
    return scheduled


@pytest.fixture
def measure(public):
    return Measure.objects.of(public.general).get(code="G1-1")


@pytest.fixture
def url(measure):
    return f"/en/festival/{YEAR}/measures/{measure.lineage}/"
