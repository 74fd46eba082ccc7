"""The deployment of this checkout, brought up once for the tests of this folder, and taken down whatever happens."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image.container import why_not
from tests.image.deployment import Deployment
from tests.image.release import Release
from tests.image.visitor import Visitor

AGENCIES = 6
LAST_DAY = """
SET session_replication_role = replica;
WITH moved AS (
    SELECT now() + interval '20 hours' - closes_at AS span
    FROM cycles_window WHERE phase = 'self_assessment' AND agency_id IS NULL
)
UPDATE cycles_window SET opens_at = opens_at + span, closes_at = closes_at + span FROM moved
"""
"""The whole year is moved, by the superuser, so that its last day of self-assessment is today."""


def roomy() -> str:
    """In memory where there is room for it: what is laid here need not outlive the check."""
    memory = "/dev/shm"
    return memory if Path(memory).exists() and shutil.disk_usage(memory).free > 3 * 2**30 else "/var/tmp"


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    if reason := why_not():
        if "ordinary user" not in reason:
            pytest.fail(reason)
        warnings.warn(f"NOT CHECKED, the image and the compose file: {reason}", UserWarning, stacklevel=1)
        pytest.skip(reason)
    made = Path(tempfile.mkdtemp(prefix="portal-image-", dir=roomy()))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def deployment(folder: Path) -> Iterator[Deployment]:
    """The first release on an empty host, with what is loaded into a new portal."""
    started = Deployment(folder, Release(folder / "release-1"))
    try:
        started.up()
        yield started
    finally:
        started.down()


@pytest.fixture(scope="session")
def staff(deployment: Deployment) -> str:
    """A member of staff on the last day of self-assessment."""
    deployment.execute("web", "python", "manage.py", "load_country")
    script = Path(__file__).with_name("world.py").read_text()
    names = deployment.execute("web", "python", "-", str(AGENCIES), stdin=script).splitlines()
    deployment.sql(LAST_DAY)
    return names[-1].split()[0]


@pytest.fixture(scope="session")
def line(deployment: Deployment, staff: str) -> int:
    """One of the lines that they fill in."""
    return int(
        deployment.sql(
            "SELECT min(a.id) FROM submissions_answer a JOIN submissions_submission s ON s.id = a.submission_id "
            "JOIN agencies_membership m ON m.agency_id = s.agency_id JOIN agencies_user u ON u.id = m.user_id "
            f"JOIN indicators_measure i ON i.id = a.measure_id WHERE u.username = '{staff}' AND i.method <> 'steward'"
        )
    )


@pytest.fixture
def visitor(deployment: Deployment) -> Visitor:
    return Visitor(deployment)
