"""PostgreSQL's own programs for dumping and restoring, in a version that fits the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from config.embedded import postgres_binaries


def major_of(server_version: int) -> int:
    """Take the major version from the number by which a server tells its version."""
    return server_version // 10_000


def program(name: str, *, major: int) -> Path:
    """Find a program that is not older than a server or dump of this major version; refuse where
    there is none.
    """
    found = []
    for path in _candidates(name):
        output = subprocess.run(  # noqa: S603
            [path, "--version"], capture_output=True, text=True, check=True
        ).stdout
        version = int(re.findall(r"(\d+)(?:\.\d+)?", output)[0])
        if version >= major:
            return path
        found.append(f"{path} is of version {version}")
    there = "; ".join(found) or "none is installed"
    raise CommandError(
        f"{name} of version {major} or later is needed: {there}. "
        "Install it, and set POSTGRES_BIN to its directory where it is not on the PATH."
    )


def _candidates(name: str) -> Iterator[Path]:
    if settings.POSTGRES_BIN:
        yield Path(settings.POSTGRES_BIN, name)
        return
    if on_path := shutil.which(name):
        yield Path(on_path)
    try:
        yield postgres_binaries() / name
    except ImproperlyConfigured:
        return  # the package with the binaries is for development


def run(path: Path, *arguments: str, server: Mapping[str, object]) -> None:
    """Run a program against a server, and raise what it complains of.

    The password goes into the environment: anybody on the machine can read arguments.
    """
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ
    } | {
        "PGHOST": str(server["HOST"]),
        "PGPORT": str(server["PORT"] or 5432),
        "PGUSER": str(server["USER"]),
        "PGPASSWORD": str(server["PASSWORD"]),
        "PGDATABASE": str(server["NAME"]),
    }
    done = subprocess.run(  # noqa: S603
        [path, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"{path.name} failed: {done.stderr.strip()[-2000:]}")
