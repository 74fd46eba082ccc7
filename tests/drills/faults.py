"""Faults that people meet, with real web processes under use; `make drills`, each three times in a
row.

Nothing is shortened: the cache is away for as long as people need to notice, the row is held for 45
seconds. How long people wait is held against how long they waited just before the fault, on the
same machine.
"""

import os
import random
import subprocess
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from django.utils import timezone

from submissions.models import Answer, Document, Upload
from tests.factories import PASSWORD, World, build
from tests.faults.parts.away import Server, cache_server, held_row
from tests.faults.parts.processes import process, wait_for
from tests.faults.test_bombs import workbook_bomb
from tests.faults.test_last_hour import CSRF, Person, answers, fifty_people, free_port

THRICE = pytest.mark.parametrize("turn", (1, 2, 3))
WEB = (
    "--worker-class=gthread",
    "--workers=2",
    "--threads=16",
    "--no-control-socket",
    "--log-level=error",
)
BUSY = 12
"""People who save all the while."""


@contextmanager
def portal(world: World, files: Path, **env: str) -> Iterator[tuple[int, int]]:
    """A web service on this world; its port and the number of its process."""
    port = free_port()
    given = {
        "TEST_FILES": str(files),
        "TEST_CLOCK_OFFSET": str((world.at - timezone.now()).total_seconds()),
    }
    given["LOG_LEVEL"] = "CRITICAL"
    with process(
        "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}", *WEB, **given, **env
    ) as web:
        wait_for(lambda: answers(port), 60)
        yield port, web.pid


class Crowd:
    """People who save again and again, and how long each had to wait: before the fault, and during
    it.
    """

    def __init__(self, people: list[Person]) -> None:
        self.people: list[Person] = people
        self.before: list[float] = []
        self.waited: list[float] = []
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=[one]) for one in people]

    def _work(self, one: Person) -> None:
        while not self.is_over.wait(one.chance.uniform(0.1, 0.4)):
            begun = time.monotonic()
            one.save()
            self.waited.append(time.monotonic() - begun)
        one.hang_up()

    @contextmanager
    def at_work(self) -> Iterator["Crowd"]:
        for thread in self.threads:
            thread.start()
        try:
            yield self
        finally:
            self.is_over.set()
            for thread in self.threads:
                thread.join(60)

    def measure_before(self) -> None:
        """Work for five seconds and a hundred saves without a fault; what is measured from now on
        is the fault's.
        """
        time.sleep(5)
        wait_for(lambda: len(self.waited) >= 100, 120)
        self.before, self.waited = self.waited, []

    def is_hardly_slower(self) -> bool:
        """Whether 95 of 100 saves took no longer than three times what they took before, and a
        second.
        """
        return quantiles(self.waited, n=100)[94] < 3 * quantiles(self.before, n=100)[94] + 1

    @property
    def statuses(self) -> Counter[int]:
        return sum((one.statuses for one in self.people), Counter[int]())

    def figures(self) -> str:
        spread = quantiles(self.waited, n=100)
        before = f" (before: {quantiles(self.before, n=100)[94]:.2f} s)" if self.before else ""
        return (
            f"{len(self.waited)} saves, {dict(self.statuses)}; median {spread[49]:.2f} s,"
            f" 95 % {spread[94]:.2f} s{before}, longest {max(self.waited):.2f} s"
        )

    def lost(self) -> list[Person]:
        notes = dict(
            Answer.objects.filter(pk__in=[one.line for one in self.people]).values_list(
                "pk", "note"
            )
        )
        return [
            one
            for one in self.people
            if not one.confirmed <= int(notes[one.line] or 0) <= one.attempted
        ]


def crowd(world: World, port: int) -> Crowd:
    return Crowd(fifty_people(world, port)[:BUSY])


def sign_in(port: int, name: str) -> tuple[int, float]:
    """Sign in through the form; the status, and how long it took."""
    one = Person("", 0, port, random.Random(0))
    body = f"login={name}&password={PASSWORD.replace(' ', '+')}".encode()
    begun = time.monotonic()
    answer = one.ask(
        "POST", "/en/accounts/login/", body, Content_Type="application/x-www-form-urlencoded"
    )
    one.hang_up()
    return (answer.status if answer else 0), time.monotonic() - begun


def _drill_cache(
    world: World, files: Path, fail: Callable[[Server], None], mend: Callable[[Server], None]
) -> str:
    with cache_server() as server, portal(world, files, TEST_CACHE=server.location) as (port, _pid):
        people = crowd(world, port)
        names, signed = [user.username for user in world.people.values()], []
        with people.at_work():
            people.measure_before()
            before = [sign_in(port, name) for name in names[:3]]
            fail(server)
            for name in names[3:15]:
                signed.append(sign_in(port, name))
                time.sleep(0.7)
            mend(server)
            time.sleep(8)
            signed.append(sign_in(port, names[0]))
    assert {status for status, _seconds in before + signed} == {302}
    assert set(people.statuses) == {200}, people.statuses
    assert people.lost() == []
    assert people.is_hardly_slower(), people.figures()
    longest, longest_before = (
        max(seconds for _status, seconds in tries) for tries in (signed, before)
    )
    assert longest < 3 * longest_before + 2, (longest, longest_before)
    return (
        f"{people.figures()}; signing in at most {longest:.2f} s (before: {longest_before:.2f} s)"
    )


@THRICE
@pytest.mark.django_db(transaction=True)
def test_the_cache_is_killed_under_use(turn: int, tmp_path: Path) -> None:
    world = build("begun")

    figures = _drill_cache(
        world, tmp_path, lambda server: server.kill(), lambda server: server.start()
    )

    print(f"\ncache killed under use, turn {turn}: {figures}")


@THRICE
@pytest.mark.django_db(transaction=True)
def test_the_cache_is_frozen_under_use(turn: int, tmp_path: Path) -> None:
    world = build("begun")

    figures = _drill_cache(
        world, tmp_path, lambda server: server.freeze(), lambda server: server.thaw()
    )

    print(f"\ncache frozen under use, turn {turn}: {figures}")


@THRICE
@pytest.mark.django_db(transaction=True)
def test_a_row_is_held_for_45_seconds(turn: int, tmp_path: Path) -> None:
    world = build("begun")
    with portal(world, tmp_path) as (port, _pid):
        others = crowd(world, port)
        stuck = Crowd([_saver(world, port) for _ in range(5)])
        with others.at_work():
            others.measure_before()
            with held_row("submissions_submission", world.submission.pk), stuck.at_work():
                time.sleep(45)
    assert set(others.statuses) == {200}
    assert others.lost() == []
    assert others.is_hardly_slower(), others.figures()
    # the last of those who wait are sent away, or served, when the row is let go
    assert set(stuck.statuses) <= {200, 503}
    assert stuck.statuses[503] >= 5 * 3
    assert max(stuck.waited) < 14
    print(
        f"\nrow held for 45 s, turn {turn}: who waited: {stuck.figures()}; others: "
        f"{others.figures()}"
    )


def _saver(world: World, port: int) -> Person:
    client = Client()
    client.force_login(world.staff, backend="config.accounts.backends.PasswordBackend")
    lines = Answer.objects.filter(submission=world.submission).exclude(measure__method="steward")
    return Person(
        client.cookies["sessionid"].value, lines.order_by("pk")[0].pk, port, random.Random(1)
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    if os.getuid():
        pytest.skip("only root may mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)], check=True)
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@THRICE
@pytest.mark.django_db(transaction=True)
def test_the_disk_is_full_under_use(turn: int, small_disk: Path, settings: Any) -> None:
    world = build("begun")
    with portal(world, small_disk, TEST_DISK_RESERVE="-1000000000") as (port, _pid):
        people, told = crowd(world, port), []
        with people.at_work():
            people.measure_before()
            for one in people.people[:6]:
                told.append(
                    _upload_large(Person(one.session, one.line, port, one.chance), 2 * 2**20)
                )
            left = [file for file in small_disk.rglob("*") if file.is_file()]
            held = sum(file.stat().st_size for file in left)
            time.sleep(2)
    assert set(people.statuses) == {200}
    assert people.lost() == []
    assert Counter(told).keys() == {204, 507}, told
    assert not Upload.objects.filter(document=None).exists()
    assert held == sum(Document.objects.values_list("size", flat=True))
    print(f"\ndisk full, turn {turn}: uploads answered {dict(Counter(told))}; {people.figures()}")


def _upload_large(one: Person, size: int) -> int:
    """Send a file in two pieces; the status at which that ended."""
    metadata = f"filename {b64encode(b'a.txt').decode()}"
    address = f"/fa/submissions/lines/{one.line}/evidence/uploads/"
    begun = one.ask(
        "POST", address, Tus_Resumable="1.0.0", Upload_Length=str(size), Upload_Metadata=metadata
    )
    status = begun.status if begun else 0
    for offset in (0, size // 2) if begun and status == 201 else ():
        path = begun.headers["Location"].removeprefix("http://localhost")
        piece = one.ask(
            "PATCH", path, b"x" * (size // 2), Upload_Offset=str(offset), Tus_Resumable="1.0.0",
            Content_Type="application/offset+octet-stream",
        )  # fmt: skip
        status = piece.status if piece else 0
        if status != 204:
            break
    one.hang_up()
    return status


@THRICE
@pytest.mark.django_db(transaction=True)
def test_bombs_are_sent_under_use(turn: int, tmp_path: Path) -> None:
    world = build("begun")
    body = encode_multipart(
        "x", {"file": SimpleUploadedFile("a.xlsx", workbook_bomb()), "csrfmiddlewaretoken": CSRF}
    )
    address = f"/en/submissions/{world.submission.pk}/file/"
    # Within its ten seconds the reader comes to the end of any workbook that is let in.
    with portal(world, tmp_path, TEST_SHEET_SECONDS="3") as (port, pid):
        people, sender, took = crowd(world, port), _saver(world, port), []
        peak, is_over = [0], threading.Event()
        watching = threading.Thread(target=_watch_memory, args=[pid, peak, is_over])
        watching.start()
        with people.at_work():
            people.measure_before()
            for _ in range(6):
                begun = time.monotonic()
                sender.hang_up()
                sender.ask("POST", address, body, Content_Type="multipart/form-data; boundary=x")
                took.append(time.monotonic() - begun)
        is_over.set()
        watching.join(10)
        sender.hang_up()
    assert set(sender.statuses) == {200}
    assert max(took[:5]) < 45
    assert took[5] < min(took[:5]) / 2, "the sixth is not read at all"
    assert set(people.statuses) == {200}
    assert people.lost() == []
    assert people.is_hardly_slower(), people.figures()
    assert 0 < peak[0] < 768
    print(
        f"\nfive bombs, turn {turn}: each {min(took[:5]):.1f} to {max(took[:5]):.1f} s, the sixth "
        f"{took[5]:.1f} s;"
        f" a reader's memory at most {peak[0]} MB; others: {people.figures()}"
    )


def _watch_memory(pid: int, peak: list[int], is_over: threading.Event) -> None:
    """The most that any process below this one holds, in megabytes."""
    while not is_over.wait(0.2):
        for number in _below(pid):
            try:
                pages = int(Path(f"/proc/{number}/statm").read_text().split()[1])
                is_reader = b"cycles.sandbox" in Path(f"/proc/{number}/cmdline").read_bytes()
            except (OSError, IndexError):
                continue
            if is_reader:
                peak[0] = max(peak[0], pages * os.sysconf("SC_PAGE_SIZE") // 2**20)


def _below(pid: int) -> list[int]:
    try:
        own = [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return own + [number for child in own for number in _below(child)]
