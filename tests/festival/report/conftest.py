"""The facts of a frozen year."""

import pytest

from festival.report import facts as report_facts


@pytest.fixture
def facts(final):
    return report_facts.gather(final.edition, final.at)
