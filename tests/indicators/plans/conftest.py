"""Fixtures of the tests in this folder."""

from datetime import timedelta

import pytest
from django.utils import translation

from tests.factories import build
from tests.indicators.plans.plan_pages import window
from tests.indicators.plans.plan_steps import opens


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def communicated():
    w = build("communicated")
    w.at = opens(w, 1) + timedelta(hours=9)
    return w


@pytest.fixture
def w():
    world = build("communicated")
    world.at = window(world, 1).opens_at + timedelta(hours=9)
    return world
