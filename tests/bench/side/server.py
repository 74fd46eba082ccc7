"""A world of one side, served by gunicorn with the command of the side's own image."""

import json
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.bench.side.checkout import Checkout
from tests.bench.side.processor import Reading, read

DATABASE = "side_run"
WORKERS = 2


class Server:
    """gunicorn over a copy of a world, from `start` to `stop`; `laid` says what is in the world."""

    def __init__(self, checkout: Checkout, world: str, laid: dict[str, Any]) -> None:
        self.checkout, self.world, self.laid = checkout, world, laid
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.checkout.run("-m", "side_worlds", "copy", self.world)
        log = (self.checkout.folder / f"{self.world}.log").open("w")
        self.process = subprocess.Popen(
            [str(self.checkout.python), "-m", *_command(self.checkout.root, self.port)],
            cwd=self.checkout.root,
            env=self.checkout.environment(PORTAL_DATABASE=DATABASE, SIDE_MOMENT=self.laid["at"]),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.postmaster = _postmaster(self.checkout)
        for _try in range(300):
            if self.process.poll() is not None:
                raise SystemExit(f"gunicorn of {self.checkout.name} ended; see {log.name}.")
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.1)
        raise SystemExit(f"gunicorn of {self.checkout.name} does not answer; see {log.name}.")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(timeout=60)

    def processor(self) -> Reading:
        return read(self.process.pid, self.postmaster, DATABASE)


def lay(checkout: Checkout, world: str) -> dict[str, Any]:
    """Lay a world unless it lies there, by the same code, from a run before."""
    file = checkout.folder / f"{world}.json"
    code = file.with_suffix(".code")
    if not file.exists() or not code.exists() or code.read_text() != checkout.code_of_worlds():
        began = time.monotonic()
        checkout.run("-m", "side_worlds", "lay", world, str(file))
        code.write_text(checkout.code_of_worlds())
        print(f"{checkout.name}: {world} laid in {time.monotonic() - began:.0f} s", flush=True)
    laid: dict[str, Any] = json.loads(file.read_text())
    return laid


def _command(root: Path, port: int) -> list[str]:
    """The command of the image, on an address of ours."""
    dockerfile = (root / "Dockerfile").read_text()
    words = json.loads(re.findall(r"^CMD (\[.+\])$", dockerfile, re.MULTILINE)[-1])
    kept = [word for word in words if not word.startswith(("--bind=", "--workers="))]
    return [*kept, f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}"]


def _postmaster(checkout: Checkout) -> int:
    command = [
        str(checkout.python), "-c",
        "from config import embedded; print(embedded.data_directory() / 'postmaster.pid')",
    ]  # fmt: skip
    found = subprocess.check_output(
        command, cwd=checkout.root, env=checkout.environment(), text=True
    )
    return int(Path(found.strip()).read_text().split()[0])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
