"""Fixtures of the tests in this folder."""

from pathlib import Path

import pytest

from tests.indicators.frameworks.score_files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)
