"""Files of strangers are read in a process of their own, which has only so much time and memory and
no secrets.

Each process that reads files has one small server, started when first needed: it has imported what
reads, and forks a child for each file. Nothing but JSON comes back, so that a file that takes the
child over has not taken us. What needs more than the limits is refused with a sentence that names
them.
"""

import base64
import importlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypedDict

import django
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.json_values import JsonValue
from agencies.persian import in_locale, language

ROOT = Path(__file__).resolve().parents[1]
LARGEST_ANSWER = 64 * 2**20
PIECE = 2**16
LONGEST_NAME = 200
BESIDE_ITSELF = 256
"""Megabytes of addresses that a child has before it begins."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Children of one process at a time: whoever sends many files waits for himself and not others for
him.
"""


@dataclass(frozen=True)
class Limits:
    """Seconds of work and megabytes of memory that one file may take."""

    seconds: int
    megabytes: int


SHEET = Limits(seconds=10, megabytes=512)
PICTURE = Limits(seconds=30, megabytes=1024)


class Answer(TypedDict, total=False):
    """What a child says, as JSON: the value of the function, or why there is none."""

    value: Any
    exceeded: str
    refused: list[str]
    sentence: str
    broken: str


class Exceeded(Exception):
    """A file that needs more than the limits, with the sentence that names them."""


class Busy(Exceeded):
    """A file that could not be read just now, through no fault of its own."""


class Broken(Exception):
    """A file at which its reader failed, in a way that no reader of ours foresees."""


def run(
    function: str,
    content: bytes | IO[bytes],
    *args: JsonValue,
    limits: Limits,
    refusal: type[Exception],
) -> Any:
    """Call `module:name` with the content as a file and the arguments, in a child; what it answers,
    as JSON holds it.

    A `refusal` that the function raises is raised here with its sentence.
    """
    if not AT_ONCE.acquire(timeout=2 * limits.seconds):
        raise Busy(
            _("The server is reading several other files just now. Please try again in a minute.")
        )
    try:
        job = {"args": args, "language": language(), "limits": vars(limits)}
        answer = _ask_child(function, content, job, limits)
    finally:
        AT_ONCE.release()

    if refusal.__name__ in answer.get("refused", ()):
        raise refusal(answer["sentence"])
    if answer.get("exceeded") == "memory":
        raise Exceeded(
            _("Reading this file takes more memory than the %(most)s MB that one file may take.")
            % {"most": in_locale(limits.megabytes)}
        )
    if answer.get("exceeded") == "time":
        raise Exceeded(
            _("Reading this file takes more than the %(most)s seconds that one file may take.")
            % {"most": in_locale(limits.seconds)}
        )
    if "broken" in answer:
        raise Broken(answer["broken"])
    return answer["value"]


def warm(*functions: str) -> None:
    """Start this process's server and have it import these, so that the first file does not wait
    for that.
    """
    for function in functions:
        _SERVER.ensure_started().send(function.encode())


# --- On this side -------------------------------------------------------------------------------


class _Server:
    """The process that forks a child for each file, one for each process of ours."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def ensure_started(self) -> socket.socket:
        """Open the way to the server, which is started where there is none, or it has died."""
        with self.lock:
            if self.process is None or self.process.poll() is not None or self.control is None:
                self.forget()
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                self.process = subprocess.Popen(  # noqa: S603 -- ourselves
                    [sys.executable, "-W", "ignore", "-m", "cycles.sandbox", str(theirs.fileno())],
                    cwd=ROOT,
                    env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
                theirs.close()
                self.control = ours
            return self.control

    def forget(self) -> None:
        if self.control is not None:
            self.control.close()  # at which the server ends
        self.process = self.control = None

    def forget_after_fork(self) -> None:
        """Forget the parent's server in a child of ours, which has a server of its own."""
        self.lock = threading.Lock()
        self.forget()


_SERVER = _Server()
os.register_at_fork(after_in_child=_SERVER.forget_after_fork)


def _ask_child(
    function: str, content: bytes | IO[bytes], job: Mapping[str, object], limits: Limits
) -> Answer:
    """Hear what the child says; a child that was ended, or a server that died, has exceeded or
    broken something.
    """
    begun, said = time.monotonic(), b""
    ours, theirs = socket.socketpair()
    with ours, _descriptor(content) as number:
        ours.settimeout(
            2 * limits.seconds + 10
        )  # the server may be starting; the child's own clock is stricter
        try:
            with theirs:
                socket.send_fds(
                    _SERVER.ensure_started(), [function.encode()], [theirs.fileno(), number]
                )
            ours.sendall(json.dumps(job).encode())
            ours.shutdown(socket.SHUT_WR)
            said = _read_all(ours)
        except TimeoutError:
            return {"exceeded": "time"}
        except ConnectionError as error:
            return {"broken": str(error)}
    if said:
        answer: Answer = json.loads(said)
        return answer

    return (
        {"exceeded": "time"} if time.monotonic() - begun >= limits.seconds else {"broken": "ended"}
    )


@contextmanager
def _descriptor(content: bytes | IO[bytes]) -> Iterator[int]:
    """Open the content as a file that can be handed over; one that is in memory gets no name on a
    disk.
    """
    if isinstance(content, bytes):
        content = BytesIO(content)
    try:
        number = os.open(f"/proc/self/fd/{content.fileno()}", os.O_RDONLY)
    except (OSError, AttributeError):
        number = os.memfd_create("content")
        content.seek(0)
        with os.fdopen(os.dup(number), "wb") as copy:
            shutil.copyfileobj(content, copy)
    try:
        yield number
    finally:
        os.close(number)


def _read_all(sender: socket.socket) -> bytes:
    pieces, size = [], 0
    while piece := sender.recv(PIECE):
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise OSError("the answer is too long")
        pieces.append(piece)
    return b"".join(pieces)


# --- On the other side --------------------------------------------------------------------------


def serve(control: socket.socket) -> None:
    """Fork a child for each file, until whoever started this is gone."""
    settings.configure(
        BASE_DIR=ROOT,
        INSTALLED_APPS=[],
        LANGUAGE_CODE="fa",
        LANGUAGES=[("fa", "Persian"), ("en", "English")],
        LOCALE_PATHS=[ROOT / "locale"],
        TIME_ZONE="Asia/Tehran",
        USE_TZ=True,
    )
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    os.nice(5)
    while True:
        name, numbers, _flags, _address = socket.recv_fds(control, LONGEST_NAME, 2)
        if not name:
            return
        function = _function(name.decode())
        if numbers and os.fork() == 0:
            control.close()
            _child(function, *numbers)
        for number in numbers:
            os.close(number)


def _function(name: str) -> Callable[..., object]:
    """Import what `module:name` names, once for all children."""
    module, _colon, attribute = name.partition(":")
    found: Callable[..., object] = getattr(importlib.import_module(module), attribute)
    return found


def _child(function: Callable[..., object], speaks: int, reads: int) -> None:
    """Do the work under the limits, say what came of it, and end whatever happens."""
    with socket.socket(fileno=speaks) as owner:
        answer: Answer
        try:
            job = json.loads(_read_all(owner))
            _limit(Limits(**job["limits"]))
            translation.activate(job["language"])
            with os.fdopen(reads, "rb") as file:
                file.seek(0)
                answer = {"value": function(file, *job["args"])}
        except MemoryError:
            answer = {"exceeded": "memory"}
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            answer = {"refused": kinds, "sentence": str(error), "broken": repr(error)[:200]}
        try:
            owner.sendall(json.dumps(answer, default=_as_text).encode())
        except MemoryError:
            owner.sendall(b'{"exceeded": "memory"}')
        except OSError:
            pass  # whoever asked is gone
    os._exit(0)


def _as_text(value: object) -> str:
    """Write bytes in base64; a sentence that was to be translated when shown is translated now."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _limit(limits: Limits) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 2 * limits.seconds)  # of waiting; of work half of it
    size = (limits.megabytes + BESIDE_ITSELF) * 2**20
    for kind, most in (
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
