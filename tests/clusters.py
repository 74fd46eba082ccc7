"""A second PostgreSQL server on loopback, empty, whose transaction counter starts anew, and the
portal beside it.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings

from config import embedded

OWNER = "postgres"


@contextmanager
def another_server() -> Iterator[dict[str, str]]:
    """Start a server that ends with the test; yields the environment by which a portal finds it."""
    user = embedded._service_user()
    home = Path(tempfile.mkdtemp(prefix="portal-cluster-", dir="/tmp"))
    os.chown(home, user.pw_uid, user.pw_gid)
    password, port = secrets.token_urlsafe(16), _free_port()
    (home / "password").write_text(password)
    (home / "password").chmod(0o644)
    binaries = embedded.postgres_binaries()
    try:
        made = embedded._run(
            *(
                binaries / "initdb",
                "-D",
                home / "data",
                "-U",
                OWNER,
                "--auth=scram-sha-256",
                "-E",
                "UTF8",
                "--no-sync",
            ),
            *(
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                f"--pwfile={home / 'password'}",
            ),
        )
        assert made.returncode == 0, made.stdout
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' "
            f"-c fsync=off"
        )
        control = (binaries / "pg_ctl", "-D", home / "data", "-w", "-s")
        started = embedded._run(*control, "-l", home / "log", "-o", options, "start")
        assert started.returncode == 0, f"{started.stdout} {(home / 'log').read_text()}"
        yield {
            "DATABASE_URL": f"postgres://portal_app:{secrets.token_urlsafe(16)}@127.0.0.1:{port}/portal",
            "DATABASE_OWNER_URL": f"postgres://{OWNER}:{password}@127.0.0.1:{port}/portal",
        }
    finally:
        embedded._run(binaries / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(home)


def manage(*words: object, env: dict[str, str], ok: bool = True) -> str:
    """One of the portal's commands, in a process that knows another server."""
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "SECRET_KEY": "tests only", **env}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *map(str, words)],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == ok, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@contextmanager
def connected(address: str, database: str = "portal") -> Iterator[Any]:
    """A cursor of the owner's, each of whose statements stands by itself."""
    parts = urlsplit(address)
    raw = psycopg2.connect(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        dbname=database,
    )
    raw.autocommit = True
    try:
        with raw.cursor() as cursor:
            yield cursor
    finally:
        raw.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
