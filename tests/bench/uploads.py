"""Bench of uploads: 200 MB in parallel files through gunicorn, as a browser sends them, piece by
piece.

The floor is the same bytes in the same pieces and by the same threads, posted to a view of the same
server that only writes them to a file. Both run in turns against one process of gunicorn with four
threads, whose memory is watched.
"""

import base64
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import User
from submissions.models import Answer, Document, Evidence, Submission, Upload
from submissions.workflow import SubmissionState
from tests.bench import queries_of, row

FILES, BYTES = 4, 50 * 2**20
PIECE = 8 * 2**20
RUNS = 9
MOST_GROWTH = 30 * 2**20

SERVER = """
import os
from datetime import timedelta

from django.conf import settings

settings.ROOT_URLCONF = "bare_urls"
settings.CLOCK_OFFSET = timedelta(seconds=int(os.environ["BARE_OFFSET"]))

from config.wsgi import application
"""
BARE = """
import os

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls


@csrf_exempt
@login_not_required
def bare(request, name):
    with open(os.path.join(os.environ["BARE_DIR"], name), "ab") as target:
        while piece := request.read(262144):
            target.write(piece)
    return HttpResponse(status=204)


urlpatterns = [path("bare/<str:name>", bare), *urls.urlpatterns]
"""


def upload(at: Any) -> dict[str, Any]:
    """Bytes a second of files sent in pieces at once; floor: the same pieces posted to a view that
    only writes them.
    """
    draft, person = _draft()
    lines = list(
        Answer.objects.filter(submission=draft)
        .exclude(measure__method="steward")
        .order_by("pk")[:FILES]
    )
    content = _content()
    with tempfile.TemporaryDirectory(prefix="bench-uploads-", dir=settings.VAR) as folder:
        with _served(Path(folder), at) as (port, process):
            browser = _Browser(port, person)
            names = [f"{n}.txt" for n in range(FILES)]

            def through_the_portal() -> None:
                _at_once(lambda n: browser.upload(lines[n].pk, names[n], content))

            def bare() -> None:
                _at_once(lambda n: _post(port, f"/bare/{secrets.token_hex(8)}", content))

            times: dict[Callable[[], None], list[float]] = {through_the_portal: [], bare: []}
            for _run in range(2):  # to warm up, with little
                _at_once(lambda n: browser.upload(lines[n].pk, names[n], content[:1000]))
            grown, memory = 0, _Memory(process)
            for _run in range(RUNS):
                for work, found in times.items():
                    before = memory.now()
                    with memory.watched() as peak:
                        started = time.perf_counter()
                        work()
                        found.append(time.perf_counter() - started)
                    if work is through_the_portal:
                        grown = max(grown, peak[0] - before)
        kept = Document.objects.filter(size=BYTES).order_by("-pk")
        assert kept.count() == RUNS * FILES
        assert kept[0].file.size == BYTES
        assert grown <= MOST_GROWTH, f"the web process grew by {grown / 2**20:.0f} MB"
        queries = _queries(person, lines[0], at)
        _forget()
    whole = FILES * BYTES / 2**20
    value, floor = (whole / statistics.median(found) for found in times.values())
    size = (
        f"{FILES} files of {BYTES // 2**20} MB in pieces of 8 MB, web process "
        f"+{grown / 2**20:.0f} MB"
    )
    return row(value, floor, "higher", "MB/s", queries, size)


def _draft() -> tuple[Any, User]:
    """A self-assessment that is open to its staff."""
    draft = (
        Submission.objects.filter(state=SubmissionState.DRAFT)
        .order_by("-cycle__year", "pk")
        .first()
    )
    if draft is None:
        draft = Submission.objects.order_by("-cycle__year", "pk").first()
        Submission.objects.filter(pk=draft.pk).update(state=SubmissionState.DRAFT)
    return draft, User.objects.filter(
        membership__agency=draft.agency_id, membership__role="staff"
    ).first()


def _content() -> bytes:
    """Text, so that the whole is looked at, and no two lines alike."""
    line = base64.b64encode(secrets.token_bytes(3 * 2**18)) + b"\n"
    return (line * (BYTES // len(line) + 1))[:BYTES]


def _at_once(work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(FILES) as pool:
        list(pool.map(work, range(FILES)))


class _Browser:
    """Somebody signed in, who uploads as the page does."""

    def __init__(self, port: int, person: User) -> None:
        client = Client()
        client.force_login(person, backend="config.accounts.backends.PasswordBackend")
        client.get("/fa/")
        token = secrets.token_hex(16)
        self.port = port
        self.headers = {
            "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
            "X-CSRFToken": token,
            "Tus-Resumable": "1.0.0",
            "Host": "localhost",
        }

    def upload(self, line: int, name: str, content: bytes) -> None:
        http = HTTPConnection("127.0.0.1", self.port, timeout=60)
        said = f"filename {base64.b64encode(name.encode()).decode()}"
        headers = {
            **self.headers,
            "Upload-Length": str(len(content)),
            "Upload-Metadata": said,
            "Content-Length": "0",
        }
        address = _ask(http, "POST", reverse("submissions:uploads", args=[line]), b"", headers, 201)
        for offset in range(0, len(content), PIECE):
            headers = {
                **self.headers,
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            _ask(http, "PATCH", address, memoryview(content)[offset : offset + PIECE], headers, 204)
        http.close()


def _post(port: int, address: str, content: bytes) -> None:
    http = HTTPConnection("127.0.0.1", port, timeout=60)
    for offset in range(0, len(content), PIECE):
        _ask(
            http,
            "POST",
            address,
            memoryview(content)[offset : offset + PIECE],
            {"Host": "localhost"},
            204,
        )
    http.close()


def _ask(
    http: HTTPConnection, method: str, address: str, body: Any, headers: dict[str, str], status: int
) -> str:
    http.request(method, address, body, headers)
    answer = http.getresponse()
    said = answer.read()
    assert answer.status == status, f"{method} {address}: {answer.status} {said[:500].decode()}"
    return answer.headers.get("Location", "")


class _Memory:
    """The resident memory of a process, and its highest while something is done."""

    def __init__(self, process: int) -> None:
        self.path = Path(f"/proc/{process}/status")

    def now(self) -> int:
        """What is its own: not the pages of files, which the kernel lends and takes back."""
        return next(
            1024 * int(line.split()[1])
            for line in self.path.read_text().splitlines()
            if "RssAnon" in line
        )

    @contextmanager
    def watched(self) -> Iterator[list[int]]:
        peak, done = [self.now()], threading.Event()

        def watch() -> None:
            while not done.wait(0.01):
                peak[0] = max(peak[0], self.now())

        watcher = threading.Thread(target=watch)
        watcher.start()
        yield peak
        done.set()
        watcher.join()


@contextmanager
def _served(folder: Path, at: Any) -> Iterator[tuple[int, int]]:
    """The port of gunicorn with the portal and the bare view, and its worker's process."""
    (folder / "bare_server.py").write_text(SERVER)
    (folder / "bare_urls.py").write_text(BARE)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        "BARE_OFFSET": str(int(settings.CLOCK_OFFSET.total_seconds())),
        "PORTAL_DATABASE": str(connection.settings_dict["NAME"]),
        "BARE_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join((str(folder), str(settings.BASE_DIR))),
    }
    options = [
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class=gthread",
        "--workers=1",
        f"--threads={FILES}",
    ]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "bare_server:application",
        *options,
        "--no-control-socket",
    ]
    server = subprocess.Popen(
        [*command, "--log-level", "error"], env=environment, cwd=settings.BASE_DIR
    )
    try:
        for _wait in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        while not children.read_text().split():
            time.sleep(0.1)
        yield port, int(children.read_text().split()[0])
    finally:
        server.terminate()
        server.wait(timeout=30)


def _queries(person: User, line: Answer, at: Any) -> int:
    """Of one piece of a file."""
    client = Client()
    client.force_login(person, backend="config.accounts.backends.PasswordBackend")
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "10",
        "Upload-Metadata": "filename YS50eHQ=",
    }
    address = client.post(reverse("submissions:uploads", args=[line.pk]), headers=headers)[
        "Location"
    ]
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}

    def piece() -> None:
        answer = client.patch(
            address, b"x", content_type="application/offset+octet-stream", headers=headers
        )
        assert answer.status_code == 204

    return queries_of(piece)


def _forget() -> None:
    """The files of this bench, which would fill the disk."""
    for each in Upload.objects.filter(document=None):
        each.path.unlink(missing_ok=True)
    Upload.objects.all().delete()
    made = Document.objects.filter(name__regex=r"^\d\.txt$")
    for document in made:
        document.file.delete(save=False)
    Evidence.objects.filter(document__in=made).delete()
    made.delete()
