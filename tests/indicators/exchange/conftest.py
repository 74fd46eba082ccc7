"""Fixtures of the tests in this folder."""

import pytest
from django.utils import translation

from tests.factories import build


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def drafted():
    return build("drafted")
