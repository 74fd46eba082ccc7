"""One release of the image: the Dockerfile's steps taken in a root directory."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.image import dockerfile
from tests.image.compose import ROOT, Fault
from tests.image.container import PATH, Container, lay_base
from tests.image.dockerfile import Stage

KEPT = ROOT / "var/image"
"""Packages once installed, as an engine keeps its layers: named by the digest of what they were
installed from.
"""


def base_python() -> str:
    """A Python below /usr, which any user can run, of the version that the Dockerfile names."""
    for path in (
        "/usr/local/bin/python3.11",
        "/usr/bin/python3.11",
        "/usr/local/bin/python3",
        "/usr/bin/python3",
    ):
        code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
        if (
            Path(path).exists()
            and not subprocess.run([path, "-c", code], capture_output=True, check=False).returncode
        ):
            return path
    raise Fault("There is no Python 3.11 below /usr with its venv: apt-get install python3-venv.")


def kept_layer(name: str, of: list[Path], make: Callable[[Path], None]) -> Path:
    """A directory made once from these files; a half made one is made again."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in of)).hexdigest()[:16]
    layer = KEPT / f"{name}-{digest}"
    if not layer.exists():
        for old in KEPT.glob(f"{name}-*"):
            shutil.rmtree(old)
        half = layer.with_suffix(".new")
        half.mkdir(parents=True)
        make(half)
        half.rename(layer)
    return layer


class Release:
    """`root` is what the image would hold; `change` may alter the tree between COPY and the last
    RUN.
    """

    def __init__(self, root: Path, change: Callable[[Path], None] | None = None) -> None:
        *earlier, self.stage = dockerfile.stages()
        self.root, self.change = root, change
        self.workdir = self.stage.said("WORKDIR")[0]
        self.python = KEPT
        lay_base(root)
        self.laid = {stage.name: self._lay_assets(stage) for stage in earlier}
        self._lay()

    def _lay_assets(self, stage: Stage) -> Path:
        """The packages for browsers: npm of this machine takes the steps."""

        def make(folder: Path) -> None:
            for word, rest in stage.steps:
                if word == "COPY":
                    dockerfile.copy(rest, into=folder, workdir=self.workdir, earlier={})
                elif word == "RUN":
                    dockerfile.run_npm(rest, folder)

        return kept_layer(
            "assets", [ROOT / "package-lock.json", ROOT / "package.json", ROOT / "Dockerfile"], make
        )

    def _lay(self) -> None:
        tree = self.root / self.workdir.lstrip("/")
        for word, rest in self.stage.steps:
            if word == "COPY":
                dockerfile.copy(rest, into=tree, workdir=self.workdir, earlier=self.laid)
            elif word == "RUN" and rest.startswith("pip install"):
                self._install(rest)
            elif word == "RUN":
                self._run(rest, tree)

    def _run(self, rest: str, tree: Path) -> None:
        if self.change and "collectstatic" in rest:
            self.change(tree)
        for command in dockerfile.commands(rest):
            if dockerfile.is_of_the_base(command):
                dockerfile.need_packages(command)
            else:
                self.container().run("sh", "-c", command)

    def _install(self, command: str) -> None:
        """Python and its packages, in a folder of their own: what the base
        image has in /usr/local.
        """
        interpreter = base_python()

        def make(folder: Path) -> None:
            self.python = folder
            self.container(python_first=False).run(interpreter, "-m", "venv", "/python")
            settings = {
                name: value
                for name, value in os.environ.items()
                if name.startswith(("PIP_", "SSL_", "http"))
            }
            self.container(**settings).run("sh", "-c", command)

        self.python = kept_layer(
            "python", [ROOT / "requirements/app.txt", Path(interpreter), ROOT / "Dockerfile"], make
        )

    def container(self, *, python_first: bool = True, **environment: str) -> Container:
        """A container of the image as root, for the steps of its making."""
        path = PATH if python_first else PATH.partition(":")[2]
        return Container(
            self.root,
            workdir=self.workdir,
            environment={**self.stage.environment, **environment, "PATH": path},
            binds=[(self.python, "/python", False)],
        )

    def unreadable(self, user: str) -> list[str]:
        """What in the tree this user cannot read, or a folder that cannot be entered."""
        container = self.container()
        container.user = user
        found = container.run(
            "find", self.workdir, "(", "!", "-readable", "-o", "-type", "d", "!", "-executable", ")"
        )
        return found.split("\n")[:-1]
