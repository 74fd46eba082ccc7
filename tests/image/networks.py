"""The compose file's networks: a bridge each, and for every service a line to those it is on."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def processes(namespace: str) -> list[int]:
    """The keys of what runs in a network namespace."""
    listing = ["ip", "netns", "pids", namespace]
    return [
        int(pid) for pid in subprocess.run(listing, capture_output=True, check=True).stdout.split()
    ]


class Networks:
    """All bridges stand in one network namespace, from which a visitor reaches the first of them
    and nothing leaves.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.prefix, self.folder = f"portal-{os.getpid()}", folder
        self.numbers = {name: number for number, name in enumerate(names)}
        self.places: dict[str, dict[str, str]] = {}
        self.made: list[str] = []
        self.visitor = self._namespace("visitor")
        for number in self.numbers.values():
            ip("-n", self.visitor, "link", "add", f"net{number}", "type", "bridge")
            ip("-n", self.visitor, "addr", "add", f"10.88.{number}.1/24", "dev", f"net{number}")
            ip("-n", self.visitor, "link", "set", f"net{number}", "up")

    def _namespace(self, name: str) -> str:
        namespace = f"{self.prefix}-{name}"
        ip("netns", "add", namespace)
        self.made.append(namespace)
        ip("-n", namespace, "link", "set", "lo", "up")
        return namespace

    def join(self, service: str, networks: Sequence[str]) -> str:
        """The namespace of a service, with a line to each of these networks."""
        namespace = self._namespace(service)
        host = 10 + len(self.places)
        self.places[service] = {}
        for network in networks:
            number = self.numbers[network]
            line, address = f"v{number}-{host}", f"10.88.{number}.{host}"
            ip(
                "-n",
                self.visitor,
                "link",
                "add",
                line,
                "type",
                "veth",
                "peer",
                "name",
                f"eth{number}",
                "netns",
                namespace,
            )
            ip("-n", self.visitor, "link", "set", line, "master", f"net{number}", "up")
            ip("-n", namespace, "addr", "add", f"{address}/24", "dev", f"eth{number}")
            ip("-n", namespace, "link", "set", f"eth{number}", "up")
            self.places[service][network] = address
        return namespace

    def address(self, service: str) -> str:
        return next(iter(self.places[service].values()))

    def hosts(self, service: str) -> Path:
        """The names that a service can resolve: those of the services with whom it shares a
        network.
        """
        lines = ["127.0.0.1 localhost"]
        for other, addresses in self.places.items():
            shared = [
                addresses[network] for network in addresses if network in self.places[service]
            ]
            lines += [f"{address} {other}" for address in shared[:1]]
        path = self.folder / f"hosts-{service}"
        path.write_text("\n".join(lines) + "\n")
        return path

    def remove(self) -> None:
        for namespace in reversed(self.made):
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True, check=False)
