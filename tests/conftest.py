"""What every test may ask for: the database as the portal's own role, a worker, a browser."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import TestWorkController, start_worker
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from playwright.sync_api import Browser, Page, sync_playwright

from config.celery import app
from config.database import as_owner
from cycles import clocks
from tests.copies import SHARED, empty_tables
from tests.durability import wait_for_disk

# A build does not depend on luck or on the speed of its machine; `HYPOTHESIS_PROFILE=explore` looks
# for new examples.
hypothesis.register_profile(
    "build",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "build"))

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the test

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE = Path(settings.BASE_DIR, "node_modules/axe-core/axe.min.js")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Prepare what the processes of a run share, in the first of them."""
    if not hasattr(session.config, "workerinput"):
        wait_for_disk(False)
        os.environ[SHARED] = tempfile.mkdtemp(prefix="portal-worlds-")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        wait_for_disk(True)
        shutil.rmtree(os.environ.pop(SHARED))


def pytest_collection_finish() -> None:
    """What has been imported stays; looking through it for garbage took a tenth of the run."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def no_language_left() -> None:
    """Each test begins in the portal's own language, whatever the last one read."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def steady_clock() -> None:
    """A machine that sets its clock while tests run is no fault of theirs."""
    clocks.ours.begin_anew()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_blocker: Any,
) -> Iterator[None]:
    """The owner makes the test database and its tables; tests then connect as the portal's own
    role, as everywhere.
    """
    with django_db_blocker.unblock(), as_owner():
        made = setup_databases(
            verbosity=0, interactive=False, keepdb=django_db_keepdb and not django_db_createdb
        )
    yield
    if django_db_keepdb:
        return
    with django_db_blocker.unblock(), as_owner():
        with (
            connection.cursor() as cursor
        ):  # threads of workers and servers may have left connections behind
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _emptied_as_owner() -> Iterator[None]:
    """After a test that commits, the owner empties what it filled: the portal's role may not, and
    the ledger refuses. Django would truncate all tables and lay out its permissions anew.
    """
    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda _test: empty_tables()
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


class Worker(TestWorkController):
    def ensure_started(self) -> None:
        assert self._on_started.wait(20), "The worker did not start: its log says why."


@pytest.fixture
def celery_worker(transactional_db: None) -> Iterator[Any]:
    """A worker of this process's own broker, on every queue; waits for the task in hand when the
    test ends.
    """
    app.control.purge()
    options = {"perform_ping_check": False, "pool": "solo", "queues": ["celery", "reports"]}
    with start_worker(app, WorkController=Worker, **options) as worker:
        yield worker


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor's page; the test fails if its scripts raised or the security policy blocked
    anything.
    """
    context = browser.new_context(
        locale="fa-IR", timezone_id="Asia/Tehran", viewport={"width": 1280, "height": 900}
    )
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: "Content Security Policy" in said.text and complaints.append(said.text),
    )
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def axe() -> Any:
    """`axe(page)` answers with what a reader with a disability would stumble over."""

    def violations(page: Page, *tags: str) -> list[str]:
        page.evaluate(AXE.read_text())
        run = (
            "async tags => (await axe.run(document, {runOnly: tags, resultTypes: "
            "['violations']})).violations"
        )
        found = page.evaluate(run, list(tags or ("wcag2a", "wcag2aa")))
        return [f"{v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]]

    return violations
