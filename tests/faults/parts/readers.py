"""What a test has read in a process of its own: readers that take too much, die or write."""

import os
import time
from pathlib import Path
from typing import IO


def busy(file: IO[bytes]) -> None:
    while True:
        pass


def asleep(file: IO[bytes]) -> None:
    time.sleep(60)


def greedy(file: IO[bytes]) -> int:
    return len(bytearray(4 * 2**30))


def killed(file: IO[bytes]) -> None:
    os.kill(os.getpid(), 9)


def writing(file: IO[bytes], place: str) -> None:
    Path(place).write_bytes(b"x")


def environment(file: IO[bytes]) -> dict[str, str]:
    return dict(os.environ)


def length(file: IO[bytes], more: int) -> int:
    return len(file.read()) + more
