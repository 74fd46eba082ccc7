"""The two sides: this checkout as it stands, and another commit in a folder of its own.

The folder lies below the system's temporary one and is kept, so that a second run finds the virtual
environment and the worlds there; `git worktree remove --force` takes it away.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MOUNTED = Path(__file__).parent / "mounted"
LOCK = "requirements/dev.txt"
LAID_BY = ("config/rehearsal", "tests/bench/", "tests/worlds/")
NOT_BY = ("tests/bench/side/", "tests/bench/growth/")
"""Whose code lays worlds, with the migrations: a world is laid anew when one of these differs."""


@dataclass(frozen=True)
class Checkout:
    """A tree of the portal, the interpreter that runs it, and the bench's own folder in it."""

    name: str
    root: Path
    python: Path

    @property
    def folder(self) -> Path:
        return self.root / "var/side"

    def environment(self, **more: str) -> dict[str, str]:
        """The settings of a production process that is asked on this machine without TLS."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "side_settings",
            "PYTHONPATH": f"{MOUNTED}{os.pathsep}{self.root}",
            "PYTHONWARNINGS": "ignore",
            "DEBUG": "0",
            "SECRET_KEY": "only-for-this-bench-0123456789-abcdefghijklmnopqrstuvwxyz",
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "HTTPS": "0",
            "SECOND_FACTOR": "0",
            "SIDE_STATIC": str(self.folder / "static"),
            **more,
        }

    def run(self, *arguments: str, **more: str) -> None:
        """Run Python in this checkout; what it prints is shown where it fails."""
        done = subprocess.run(
            [str(self.python), *arguments],
            cwd=self.root,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: {' '.join(arguments)} failed:\n{done.stdout[-2000:]}")

    def set_up(self) -> None:
        """Make what a served process needs: translations, static files with their manifest."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.run("manage.py", "compile_translations")
        self.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")

    def code_of_worlds(self) -> str:
        """Digest the files that decide which rows a world has."""
        listed = subprocess.check_output(["git", "ls-files", "*.py"], cwd=self.root, text=True)
        digest = hashlib.sha256()
        own = [self.root / name for name in listed.split() if _lays_worlds(name)]
        for path in [*own, MOUNTED / "side_worlds.py"]:
            digest.update(path.read_bytes() if path.exists() else b"")
        return digest.hexdigest()


def _lays_worlds(name: str) -> bool:
    lays = name.startswith(LAID_BY) and not name.startswith(NOT_BY)
    return lays or "/migrations/" in name


def this_checkout() -> Checkout:
    return Checkout("this", ROOT, Path(sys.executable))


def other_checkout(commit: str) -> Checkout:
    """Check the commit out, with a virtual environment of its own where its lock differs."""
    digest = _git("rev-parse", "--verify", f"{commit}^{{commit}}")
    root = Path(tempfile.gettempdir()) / f"portal-side-{digest[:12]}"
    if not (root / "manage.py").exists():
        _git("worktree", "prune")
        _git("worktree", "add", "--detach", str(root), digest)
    (root / "var").mkdir(exist_ok=True)
    vendor = root / "var/vendor"
    if not vendor.exists():  # no file of it is asked for, its names alone are on the pages
        vendor.symlink_to(ROOT / "var/vendor")
    return Checkout(digest[:7], root, _python_for(root))


def _python_for(root: Path) -> Path:
    lock = root / LOCK
    if lock.read_bytes() == (ROOT / LOCK).read_bytes():
        return Path(sys.executable)
    python, complete = root / ".venv/bin/python", root / ".venv/.python"
    if not complete.exists():
        print(f"Its packages differ: installing {lock} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(root / ".venv")], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command = [*install, "--require-hashes", "-r", str(lock)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        complete.touch()
    return python


def _git(*arguments: str) -> str:
    return subprocess.check_output(["git", *arguments], cwd=ROOT, text=True).strip()
