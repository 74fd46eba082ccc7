"""What is measured as agencies grow; each prepares what it needs and answers with the work itself."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from agencies.models import User
from cycles.models import Cycle
from cycles.record import audit
from festival.models import Edition
from festival.open_data import files, verification
from submissions.models import Submission
from submissions.release import actions as release
from submissions.scoring import totals
from tests.bench import client_of

Facts = dict[str, Any]
Work = Callable[[], object]


def _page_of(address: Callable[[Facts], str]) -> Callable[[Facts], Work]:
    """A page or a file of the administrator's, let go of as it comes; loaded once before."""

    def prepare(facts: Facts) -> Work:
        client = client_of(User.objects.get(username="administrator"))
        client.get("/fa/account/")
        return lambda: _read(client, address(facts))

    return prepare


def _read(client: Client, address: str) -> int:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    if response.streaming:
        return sum(len(part) for part in response.streaming_content)
    return len(response.content)


def _scoring(facts: Facts) -> Work:
    cycle = Cycle.objects.get(pk=facts["cycle"])
    at = _moment(facts)
    run = totals.request_run(cycle, why="bench", by=None, at=at)
    return lambda: totals.compute_cycle(run, at=at)


def _moment(facts: Facts) -> datetime:
    return datetime.fromisoformat(facts["at"])


def _communicating(facts: Facts) -> Work:
    administrator = User.objects.get(username="administrator")

    def work() -> None:
        with transaction.atomic():
            ready = list(Submission.objects.select_related("agency", "cycle").order_by("pk"))
            told = release.communicate(ready, by=administrator, at=_moment(facts))
            assert len(told) == facts["agencies"]
            transaction.set_rollback(True)

    return work


def _ranking(facts: Facts) -> Work:
    client = Client()
    year = Cycle.objects.get(pk=facts["cycle"]).year
    client.get("/fa/festival/")
    cache.clear()
    return lambda: _read(client, f"/fa/festival/{year}/")


def _writing(facts: Facts) -> Work:
    edition = Edition.objects.select_related("cycle", "run").get(pk=facts["edition"])

    def work() -> None:
        for file in files.write(edition, at=_moment(facts)):
            with file.file.open("rb") as content, Path(facts["folder"], file.name).open("wb") as to:
                while part := content.read(2**20):
                    to.write(part)

    return work


def _verifying(facts: Facts) -> Work:
    def work() -> None:
        found = verification.verify(lambda name: Path(facts["folder"], name).read_bytes())
        assert not found.faults, found.faults[:3]

    return work


SCRIPT = """
import re, runpy, sys
try:
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def _scripting(facts: Facts) -> Work:
    """The published script on the published folder; it is a process of its own."""
    script = str(Path(facts["folder"], files.VERIFIER))

    def work() -> int:
        command = [sys.executable, "-c", SCRIPT, script, facts["folder"]]
        said = subprocess.check_output(command, text=True)
        return int(said.split()[-1]) // 1024

    return work


def _verifying_record(facts: Facts) -> Work:
    def work() -> None:
        verdict = audit.verify()
        assert not verdict.broken, verdict.broken
        assert verdict.rows

    return work


MARKED = {
    "scoring": _scoring,
    "progress_board": _page_of(lambda facts: f"/fa/submissions/board/{facts['cycle']}/"),
    "list_of_self_assessments": _page_of(lambda facts: "/fa/submissions/"),
    "marks_export": _page_of(lambda facts: f"/fa/submissions/board/{facts['cycle']}/marks/"),
    "ledger_verify": _verifying_record,
    "ledger_export": _page_of(lambda facts: reverse("cycles:ledger_export")),
}
HANDED_IN = {
    "page_before_communicating": _page_of(
        lambda facts: f"/fa/submissions/board/{facts['cycle']}/communicate/"
    ),
    "communicating": _communicating,
}
PUBLISHED = {
    "public_ranking": _ranking,
    "open_data_write": _writing,
    "open_data_verify": _verifying,
    "open_data_script": _scripting,
}
WORKS: dict[str, Callable[[Facts], Work]] = MARKED | HANDED_IN | PUBLISHED


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def facts_of(text: str) -> Facts:
    facts: Facts = json.loads(text)
    return facts
