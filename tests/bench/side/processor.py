"""Processor time of a server: of gunicorn with all its children, and of the database's backends."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Processor:
    """Milliseconds of processor time, of the web server's processes and of the database's."""

    web: float = 0.0
    database: float = 0.0

    def __add__(self, other: "Processor") -> "Processor":
        return Processor(self.web + other.web, self.database + other.database)


@dataclass(frozen=True)
class Reading:
    """Milliseconds that each process has used since it began."""

    web: dict[int, float]
    database: dict[int, float]

    def since(self, before: "Reading") -> Processor:
        """A backend that ended meanwhile, as every minute some do, is left out with all it did."""
        return Processor(_grown(self.web, before.web), _grown(self.database, before.database))


def _grown(after: dict[int, float], before: dict[int, float]) -> float:
    return sum(used - before.get(pid, 0.0) for pid, used in after.items())


def read(master: int, postmaster: int, database: str) -> Reading:
    """Read all processes of a server; backends are known by the database in their title."""
    children = _children()
    backends = [pid for pid in children.get(postmaster, []) if f" {database} " in _title(pid)]
    return Reading(
        {pid: milliseconds(pid) for pid in _tree(master, children)},
        {pid: milliseconds(pid) for pid in backends},
    )


def _children() -> dict[int, list[int]]:
    """Every process by its parent."""
    found: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            rest = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        found.setdefault(int(rest[1]), []).append(int(folder.name))
    return found


def _tree(root: int, children: dict[int, list[int]]) -> Iterator[int]:
    yield root
    for child in children.get(root, []):
        yield from _tree(child, children)


def _title(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def milliseconds(pid: int) -> float:
    """User and system time of all threads, by the scheduler's own count in nanoseconds."""
    total = 0
    for thread in (PROC / str(pid) / "task").glob("*/schedstat"):
        try:
            total += int(thread.read_text().split()[0])
        except OSError:
            continue
    return total / 1e6
