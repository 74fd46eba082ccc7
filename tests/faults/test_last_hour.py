"""The last hour before the deadline: fifty people at two web processes and a worker, one of each
killed in the middle.

What was said to be saved is saved; what was said to be uploaded is whole, and there once.
"""

import hashlib
import http.client
import os
import random
import signal
import threading
import time
from base64 import b64encode
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Level, Membership, Sector, User
from agencies.roles import Role
from config.celery import app
from cycles.jobs import broker
from cycles.models import Participation
from submissions.answers import actions as answers_actions
from submissions.models import Answer, Document, Evidence
from tests.factories import EPOCH, World, build
from tests.faults.parts.processes import children, free_port, kill, process, wait_for, worker

PEOPLE, SECONDS = 50, 60
WEB_KILLED_AFTER, WORKER_KILLED_AFTER, WORKER_BACK_AFTER = 15, 20, 26
CSRF = "x" * 32
DROPPED = (ConnectionError, http.client.HTTPException, TimeoutError)
"""What a browser calls a lost line: the process that was killed answers nobody."""


@dataclass
class Person:
    """Somebody who writes in one line and uploads to it, and remembers what was confirmed."""

    session: str
    line: int
    port: int
    chance: random.Random
    attempted: int = 0
    confirmed: int = 0
    files: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    dropped: int = 0
    link: http.client.HTTPConnection | None = None

    def work(self, until: float) -> None:
        while time.monotonic() < until:
            self.save()
            if self.chance.random() < 0.2:
                self.upload()
            time.sleep(self.chance.uniform(0.1, 0.6))
        self.hang_up()

    def hang_up(self) -> None:
        if self.link is not None:
            self.link.close()
            self.link = None

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse | None:
        """The answer, read to its end; None when the line was lost."""
        sent = {
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Host": "localhost",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        try:
            self.link = self.link or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.link.request(method, path, body, sent)
            answer = self.link.getresponse()
            answer.read()
        except DROPPED:
            self.dropped += 1
            self.hang_up()
            time.sleep(0.3)
            return None
        self.statuses[answer.status] += 1
        return answer

    def save(self) -> None:
        self.attempted += 1
        body = urlencode({"note": str(self.attempted)}).encode()
        kind = "application/x-www-form-urlencoded"
        path = f"/fa/submissions/lines/{self.line}/answer/"
        answer = self.ask("POST", path, body, HX_Request="true", Content_Type=kind)
        if answer is not None and 200 <= answer.status < 300:
            self.confirmed = self.attempted

    def upload(self) -> None:
        """A file in pieces, going on after each lost line from where the server says it is."""
        name = f"{self.line}-{len(self.files)}.txt"
        content = self.chance.randbytes(self.chance.randint(20_000, 150_000)).hex().encode()
        metadata = f"filename {b64encode(name.encode()).decode()}"
        tus = {"Tus_Resumable": "1.0.0"}
        begun = self.ask(
            "POST", f"/fa/submissions/lines/{self.line}/evidence/uploads/", Upload_Length=str(len(content)),
            Upload_Metadata=metadata, **tus,
        )  # fmt: skip
        if begun is None or begun.status != 201:
            return
        path, offset = begun.headers["Location"].removeprefix("http://localhost"), 0
        for _attempt in range(20):
            piece = content[offset : offset + len(content) // 2 + 1]
            told = self.ask(
                "PATCH",
                path,
                piece,
                Upload_Offset=str(offset),
                Content_Type="application/offset+octet-stream",
                **tus,
            )
            if told is None or told.status in (409, 423):
                told = self.ask("HEAD", path, **tus)
            if told is not None and told.status in (200, 204):
                offset = int(told.headers["Upload-Offset"])
            if offset == len(content):
                self.files[name] = hashlib.sha256(content).hexdigest()
                return
            time.sleep(0.1)


def answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as link:
        try:
            link.request("GET", "/healthz", headers={"Host": "localhost"})
            return link.getresponse().status == 200
        except OSError:
            return False


def fifty_people(world: World, port: int) -> list[Person]:
    """Somebody for each of the first fifty lines, of agencies that have just begun."""
    count = PEOPLE // 2  # the general set of this world asks each for two lines
    agencies = Agency.objects.bulk_create(
        Agency(
            code=f"L{n:02}", name_fa=f"دستگاه {n:02}", name_en=f"Agency {n:02}", level=Level.MINISTRY,
            sector=Sector.ECONOMIC, sort_key=f"{n:02}",
        )
        for n in range(count)
    )  # fmt: skip
    participations = Participation.objects.bulk_create(
        Participation(
            cycle=world.cycle, agency=a, name_fa=a.name_fa, name_en=a.name_en, level=a.level, sector=a.sector,
            sort_key=a.sort_key,
        )
        for a in agencies
    )  # fmt: skip
    answers_actions.begin(participations, by=None, at=world.at)
    lines = Answer.objects.filter(submission__participation__in=participations).exclude(
        measure__method="steward"
    )
    people = []
    for number, answer in enumerate(lines.select_related("submission").order_by("pk")[:PEOPLE]):
        user = User.objects.create(username=f"last{number}", email=f"last{number}@example.org")
        Membership.objects.create(
            user=user, role=Role.STAFF, agency_id=answer.submission.agency_id, valid_from=EPOCH
        )
        client = Client()
        client.force_login(user, backend="config.accounts.backends.PasswordBackend")
        people.append(
            Person(client.cookies["sessionid"].value, answer.pk, port, random.Random(number))
        )
    return people


def kill_web_processes(gunicorn: int, people: list[Person]) -> set[int]:
    """Kill one process after another until a request was under way in it, five at most."""
    killed: set[int] = set()
    while len(killed) < 5 and not any(p.dropped for p in people):
        running = [pid for pid in children(gunicorn) if pid not in killed]
        if running:
            os.kill(running[0], signal.SIGKILL)
            killed.add(running[0])
        time.sleep(1)
    return killed


@pytest.mark.django_db(transaction=True)
def test_in_the_last_hour_nothing_confirmed_is_lost_by_killing_web_and_worker(
    tmp_path: Path, settings: Any
) -> None:
    world = build("begun")
    port = free_port()
    app.control.purge()
    people = fifty_people(world, port)
    assert len(people) == PEOPLE
    env = {
        "TEST_FILES": str(tmp_path),
        "TEST_CLOCK_OFFSET": str((world.at - timezone.now()).total_seconds()),
    }
    options = (
        "--worker-class=gthread",
        "--workers=2",
        "--threads=8",
        "--no-control-socket",
        "--log-level=warning",
    )
    commands = (*worker("celery", 1), "--hostname", f"last-hour-{port}@localhost")
    begun = time.monotonic()
    with process("gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}", *options, **env) as web:
        wait_for(lambda: answers(port), 30)
        threads = [
            threading.Thread(target=p.work, args=[time.monotonic() + SECONDS]) for p in people
        ]
        begun = time.monotonic()
        with process(*commands, **env) as first:
            for thread in threads:
                thread.start()
            time.sleep(max(0, WEB_KILLED_AFTER - (time.monotonic() - begun)))
            killed = kill_web_processes(web.pid, people)
            time.sleep(max(0, WORKER_KILLED_AFTER - (time.monotonic() - begun)))
            kill(first)
        time.sleep(max(0, WORKER_BACK_AFTER - (time.monotonic() - begun)))
        with process(*commands, **env):
            for thread in threads:
                thread.join(timeout=SECONDS + 60)
            wait_for(lambda: len(children(web.pid)) == 2, 10)
            assert not killed & set(children(web.pid))
            broker.wake("celery")  # as the scheduler does: what the killed worker had in hand
            wait_for(lambda: not Document.objects.undrawn().exists(), 60)

    statuses = sum((p.statuses for p in people), Counter[int]())
    assert not {status for status in statuses if status >= 500}, statuses
    assert not any(thread.is_alive() for thread in threads)
    notes = dict(Answer.objects.filter(pk__in=[p.line for p in people]).values_list("pk", "note"))
    lost = [p for p in people if not p.confirmed <= int(notes[p.line] or 0) <= p.attempted]
    assert lost == []
    assert min(p.confirmed for p in people) > 5
    settings.MEDIA_ROOT = tmp_path / "media"
    kept = Counter(Evidence.objects.values_list("answer", "document__name"))
    assert {name: times for name, times in kept.items() if times > 1} == {}
    finished = {(p.line, name): digest for p in people for name, digest in p.files.items()}
    held = {
        (e.answer_id, e.document.name): e.document
        for e in Evidence.objects.select_related("document")
    }
    assert finished.keys() <= held.keys()
    assert len(finished) > PEOPLE
    for key, digest in finished.items():
        content = Path(settings.MEDIA_ROOT, held[key].file.name).read_bytes()
        assert (held[key].sha256, hashlib.sha256(content).hexdigest()) == (digest, digest), key
    assert Document.objects.count() == len(held)
    assert Answer.objects.filter(pk__in=notes).count() == PEOPLE
    assert sum(p.dropped for p in people) > 0, "nobody noticed that a web process was killed"
