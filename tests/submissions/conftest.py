"""A visitor: somebody signed in, at a moment of the world's year; and a virus scanner."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import User
from tests.factories import World


@pytest.fixture
def visit(settings: Any) -> Callable[..., Client]:
    """`visit(world, world.head)` signs in at the moment the world has reached, or at another."""

    def signed_in(world: World, user: User, at: datetime | None = None) -> Client:
        settings.CLOCK_OFFSET = (at or world.at) - timezone.now()
        client = Client()
        client.force_login(
            User.objects.get(pk=user.pk), backend="config.accounts.backends.PasswordBackend"
        )
        return client

    return signed_in


EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless string that every scanner finds, in two halves, or a scanner on this disk would take
the file away.
"""

CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"


@pytest.fixture(scope="session")
def clamd() -> Iterator[str]:
    """The address of a real daemon that knows one signature, EICAR's first bytes anywhere in a
    file.
    """
    if not Path(CLAMD).exists():
        pytest.skip("ClamAV is not installed")
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        place = Path(folder)
        (place / "signatures").mkdir()
        (place / "signatures/local.ndb").write_text(f"Eicar-Anywhere:0:*:{EICAR[:20].hex()}\n")
        lines = [
            "Foreground yes",
            f"DatabaseDirectory {place}/signatures",
            f"LocalSocket {place}/socket",
        ]
        lines += [
            "StreamMaxLength 4M",
            "MaxFileSize 210M",
            "MaxScanSize 500M",
            "AlertExceedsMax yes",
        ]
        lines += [
            "MaxRecursion 4",
            "MaxFiles 1000",
            "AlertEncrypted yes",
            f"TemporaryDirectory {place}",
        ]
        (place / "clamd.conf").write_text("\n".join(lines) + "\n")
        with (place / "log").open("wb") as log:
            daemon = subprocess.Popen(
                [CLAMD, "-c", str(place / "clamd.conf")], stdout=log, stderr=log
            )
            try:
                for _wait in range(200):
                    if (place / "socket").exists():
                        break
                    assert daemon.poll() is None, (place / "log").read_text()
                    time.sleep(0.05)
                yield f"unix://{place}/socket"
            finally:
                daemon.terminate()
                daemon.wait(timeout=20)


@pytest.fixture
def scanner(clamd: str, settings: Any) -> str:
    """The portal with that daemon."""
    settings.CLAMD_ADDRESS = clamd
    return clamd
