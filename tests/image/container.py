"""What an engine does for one container, by the kernel's own means: a root directory, mounts, a
network, a user.
"""

import ctypes
import os
import pwd
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.image.compose import Fault

BORROWED = ("usr", "opt", "dev", "proc")
"""Folders of this machine that stand in for those of a base image; nothing is written to them."""

FOREIGN = ("postgres", "redis", "clamav")
PATH = "/python/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CLONE_NEWNET = 0x40000000
PATIENCE = 900
"""Seconds after which a command that runs to its end never will, on the busiest machine."""

NEEDS = "This check needs root, and a kernel that gives it namespaces for mounts and networks."


def why_not() -> str:
    """Why containers cannot be made here, "" if they can."""
    if os.getuid():
        return f"{NEEDS} You are an ordinary user: ask for it by sudo."
    tried = ["ip", "netns", "add", f"portal-try-{os.getpid()}"]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        return f"{NEEDS} `ip netns add` (Debian: iproute2) was refused."
    subprocess.run(["ip", "netns", "delete", tried[-1]], check=True)
    shared = ["unshare", "--mount", "--propagation=private", "true"]
    return (
        f"{NEEDS} `unshare --mount` was refused."
        if subprocess.run(shared, check=False).returncode
        else ""
    )


def lay_base(root: Path) -> None:
    """The empty base of a container: this machine's programs by mount, its /etc by copy, and places
    of its own.
    """
    root.mkdir(parents=True)
    root.chmod(0o755)
    shutil.copytree("/etc", root / "etc", symlinks=True)
    for entry in Path("/").iterdir():
        if entry.is_symlink() and entry.name.startswith(("bin", "sbin", "lib")):
            (root / entry.name).symlink_to(entry.readlink())
    for name in (
        *BORROWED,
        "python",
        "pg",
        "portal",
        "run",
        "srv",
        "tmp",
        "data",
        "var/lib",
        "var/log/nginx",
        "var/tmp",
    ):
        (root / name).mkdir(parents=True)
    (root / "var/run").symlink_to("../run")
    with (root / "etc/passwd").open("a") as users, (root / "etc/group").open("a") as groups:
        for number, name in enumerate(FOREIGN, 20001):
            if not any(entry.pw_name == name for entry in pwd.getpwall()):
                users.write(f"{name}:x:{number}:{number}::/:/usr/sbin/nologin\n")
                groups.write(f"{name}:x:{number}:\n")


def owner_of(root: Path, user: str) -> tuple[int, int]:
    """The numbers of a user by the container's own /etc/passwd."""
    for line in (root / "etc/passwd").read_text().splitlines():
        name, _, uid, gid, *_ = line.split(":")
        if name == user:
            return int(uid), int(gid)
    raise Fault(f"The image has no user {user}.")


@dataclass
class Container:
    root: Path
    user: str = "root"
    workdir: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)
    binds: Sequence[tuple[Path, str, bool]] = ()  # what is mounted where, and whether read-only
    tmpfs: Sequence[str] = ()
    is_read_only: bool = False
    capabilities: Sequence[str] = ()
    network: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def given(self) -> dict[str, str]:
        return {"PATH": PATH, "HOME": "/", **self.environment}

    def _mounts(self) -> str:
        root, lines = shlex.quote(str(self.root)), []
        lines.append(f"mount --bind {root} {root}")
        lines += [f"mount --rbind /{name} {root}/{name}" for name in BORROWED]
        for source, target, is_read_only in self.binds:
            place = shlex.quote(f"{self.root}{target}")
            lines.append(f"mount --bind {shlex.quote(str(source))} {place}")
            if is_read_only:
                lines.append(f"mount -o remount,bind,ro {place}")
        for entry in self.tmpfs:
            target, _, options = entry.partition(":")
            lines.append(f"mount -t tmpfs -o {options or 'mode=1777'} tmpfs {root}{target}")
        if self.is_read_only:
            lines.append(f"mount -o remount,bind,ro {root}")
        lines.append(f'exec unshare --root={root} --wd={self.workdir} "$@"')
        return "\n".join(lines)

    def _as_user(self, command: Sequence[str]) -> list[str]:
        uid, gid = owner_of(self.root, self.user)
        kept = "".join(f",+{name.lower()}" for name in self.capabilities)
        given_up = (
            ["--no-new-privs", "--inh-caps=-all", f"--bounding-set=-all{kept}"]
            if self.is_read_only
            else []
        )
        return [
            "setpriv",
            f"--reuid={uid}",
            f"--regid={gid}",
            "--clear-groups",
            *given_up,
            *command,
        ]

    def _make_places(self) -> None:
        for source, target, _ro in self.binds:
            place = self.root / target.lstrip("/")
            if source.is_dir():
                place.mkdir(parents=True, exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
        for entry in self.tmpfs:
            target = os.path.realpath(
                f"/{entry.partition(':')[0]}".replace("//", "/").replace("/var/run", "/run")
            )
            (self.root / target.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def _entered(self, command: Sequence[str]) -> list[str]:
        self._make_places()
        inside = ["ip", "netns", "exec", self.network] if self.network else []
        script = [
            "unshare",
            "--mount",
            "--propagation=private",
            "sh",
            "-eu",
            "-c",
            self._mounts(),
            "sh",
        ]
        return [*inside, *script, *self._as_user(command)]

    def run(self, *command: str, stdin: str = "") -> str:
        """Run a command to its end in a container of its own; what it printed. Raises where it
        failed.
        """
        done = subprocess.run(
            self._entered(command), input=stdin, env=self.given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Fault(f"`{' '.join(command)[:200]}` failed: {done.stdout[-1500:]}")
        return done.stdout

    def start(self, *command: str, log: IO[str]) -> None:
        self.process = subprocess.Popen(
            self._entered(command), env=self.given, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            text=True, start_new_session=True,
        )  # fmt: skip

    def execute(
        self, *command: str, stdin: str = "", timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the container that is running, as `docker compose exec` would."""
        assert self.process is not None
        entered = ["nsenter", f"--target={self.process.pid}", "--mount", "--net", "--root"]
        there = ["env", f"--chdir={self.workdir}"]
        return subprocess.run(
            [*entered, *there, *self._as_user(command)], input=stdin, env=self.given, cwd="/",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def stop(self) -> None:
        if self.process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                if sign == signal.SIGTERM:
                    self.process.send_signal(sign)
                else:
                    os.killpg(self.process.pid, sign)
                self.process.wait(timeout=15)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.process = None


@contextmanager
def inside(network: str) -> Iterator[None]:
    """This thread's new connections go out from a network of the deployment."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{network}") as there:

        def enter(namespace: IO[str]) -> None:
            if libc.setns(namespace.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

        enter(there)
        try:
            yield
        finally:
            enter(home)
