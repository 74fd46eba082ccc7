"""The virus scanner: what its daemon says of a file, and whether it is there at all."""

from typing import IO, BinaryIO, NamedTuple, cast

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.core.files import File

SECONDS = 300
"""How long the daemon may be silent."""

UNREADABLE = ("Heuristics.Encrypted", "Heuristics.Limits")
"""What the daemon calls files that it could not look into."""


class Verdict(NamedTuple):
    """What became of a file: "clean", "infected", "unscannable" or, where there is no scanner,
    "unscanned".
    """

    outcome: str
    finding: str = ""


def scan(file: IO[bytes] | File) -> Verdict | None:
    """Ask for the verdict on a content; None: the daemon cannot be reached, so nothing is known and
    it must be asked again.

    Only a plain "OK" is clean. Whatever goes wrong while the daemon itself is well is a file that
    it cannot scan.
    """
    if not settings.CLAMD_ADDRESS:
        return Verdict("unscanned")
    daemon = _daemon()
    if not _is_well(daemon):
        return None
    try:
        report = daemon.instream(cast("BinaryIO", file))
    except (ClamdError, OSError) as error:
        return Verdict("unscannable", str(error)) if _is_well(daemon) else None
    status, finding = report.get("stream") or ("ERROR", "")
    finding = finding or ""
    if status == "OK":
        return Verdict("clean")
    if status == "FOUND" and not finding.startswith(UNREADABLE):
        return Verdict("infected", finding)
    return Verdict("unscannable", finding)


def _daemon() -> ClamdNetworkSocket:
    address = settings.CLAMD_ADDRESS
    if address.startswith(("unix:", "/")):
        return ClamdUnixSocket("/" + address.removeprefix("unix:").lstrip("/"), timeout=SECONDS)
    host, _colon, port = address.rpartition(":")
    return ClamdNetworkSocket(host, int(port), timeout=SECONDS)


def _is_well(daemon: ClamdNetworkSocket) -> bool:
    try:
        return str(daemon.ping()) == "PONG"
    except (ClamdError, OSError):
        daemon.clamd_socket.close()  # the library leaves it open where the daemon did not answer
        return False
