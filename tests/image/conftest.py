"""The deployment of this checkout, brought up once for the tests of this folder, and taken down
whatever happens.
"""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image.container import why_not
from tests.image.deployment import LAST_DAY, Deployment, roomy
from tests.image.release import Release
from tests.image.visitor import Visitor

AGENCIES = 6


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    if reason := why_not():
        if "ordinary user" not in reason:
            pytest.fail(reason)
        pytest.skip(f"NOT CHECKED, the image and the compose file: {reason}")
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # whoever ends this ends the services as well
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
            "SELECT min(a.id) FROM submissions_answer a JOIN submissions_submission s ON s.id = "
            "a.submission_id "
            "JOIN agencies_membership m ON m.agency_id = s.agency_id JOIN agencies_user u ON u.id "
            "= m.user_id "
            f"JOIN indicators_measure i ON i.id = a.measure_id WHERE u.username = '{staff}' AND "
            f"i.method <> 'steward'"
        )
    )


@pytest.fixture
def visitor(deployment: Deployment) -> Visitor:
    return Visitor(deployment)
