"""docker-compose.yml as an engine would read it: variables put in, each service with what it is
given.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE, EXAMPLE = ROOT / "docker-compose.yml", ROOT / "deploy/.env.example"
OURS = "assessment-portal"
VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?:(:?[?-])([^}]*))?\})")


class Fault(AssertionError):
    """What would keep the deployment from working, in a sentence."""


def example() -> dict[str, str]:
    """The variables of the example file as it is shipped."""
    return dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), flags=re.M))


def put_in(text: str, variables: Mapping[str, str]) -> str:
    """The text with `${NAME}`, `${NAME:?what is missing}` and `${NAME:-default}` replaced, and `$$`
    a dollar sign.
    """

    def value(found: re.Match[str]) -> str:
        name, sign, rest = found.groups()
        if name is None:
            return "$"
        given = variables.get(name, "")
        if not given and sign and sign.endswith("?"):
            raise Fault(rest or f"{name} is not set.")
        return given or (rest if sign else "")

    return VARIABLE.sub(value, text)


@dataclass(frozen=True)
class Mount:
    """A volume or a path of the host, and where a service finds it."""

    source: str
    target: str
    is_read_only: bool

    @property
    def is_named(self) -> bool:
        return not self.source.startswith((".", "/"))


@dataclass(frozen=True)
class Service:
    name: str
    image: str
    command: list[str]
    environment: dict[str, str]
    networks: list[str]
    mounts: list[Mount]
    tmpfs: list[str]
    check: list[str]
    waits_for: dict[str, str]
    given: Mapping[str, Any] = field(repr=False)

    @property
    def is_ours(self) -> bool:
        return self.image == OURS

    @property
    def runs_once(self) -> bool:
        return self.given.get("restart") == "no"

    @property
    def is_tool(self) -> bool:
        """Whether it is run by name alone, and not brought up with the others."""
        return "profiles" in self.given


def read(variables: Mapping[str, str], text: str = "") -> dict[str, Service]:
    """The services by name; `text` stands for the file, where a test changes it."""
    whole = yaml.safe_load(text or COMPOSE.read_text())
    return {name: _service(name, given, variables) for name, given in whole["services"].items()}


def _service(name: str, given: Mapping[str, Any], variables: Mapping[str, str]) -> Service:
    environment = {}
    for key, value in (given.get("environment") or {}).items():
        if value is not None:
            environment[key] = put_in(str(value), variables)
        elif key in variables:
            environment[key] = variables[key]

    mounts = []
    for volume in given.get("volumes", []):
        source, target, *mode = put_in(volume, variables).split(":")
        mounts.append(Mount(source, target, is_read_only=mode == ["ro"]))

    check = [put_in(word, variables) for word in given.get("healthcheck", {}).get("test", [])]
    if check[:1] == ["CMD-SHELL"]:
        check = ["CMD", "sh", "-c", check[1]]

    return Service(
        name=name,
        image=given["image"],
        command=[put_in(word, variables) for word in given.get("command", [])],
        environment=environment,
        networks=[] if given.get("network_mode") == "none" else given.get("networks", ["default"]),
        mounts=mounts,
        tmpfs=given.get("tmpfs", []),
        check=check[1:],
        waits_for={other: how["condition"] for other, how in given.get("depends_on", {}).items()},
        given=given,
    )


OWNERS = {"migrate", "restore"}
"""The services that make tables, and so are the owner of them."""

READS_SETTINGS = {"migrate", "backup", "restore", "web", "uploads", "worker", "reports", "beat"}

NEEDED_BY = {
    "SECRET_KEY": READS_SETTINGS,
    "SECRET_KEY_FALLBACKS": READS_SETTINGS,
    "POSTGRES_PASSWORD": {"postgres"},
    "DATABASE_OWNER_PASSWORD": {"postgres", *OWNERS},
    "DATABASE_PASSWORD": {"migrate", "backup", "restore", "web", "uploads", "worker", "reports"},
    "REDIS_PASSWORD": {"redis", "web", "uploads", "worker", "reports", "beat"},
    "EMAIL_HOST_PASSWORD": {"worker"},
    "S3_SECRET_KEY": {"backup", "restore", "web", "uploads", "worker", "reports"},
    "METRICS_TOKEN": {"web", "uploads"},
    "OIDC_CLIENT_SECRET": {"web", "uploads"},
    "SENTRY_DSN": {"web", "uploads", "worker", "reports"},
}
"""Each secret of the example, and the services that may hold it."""

SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|_DSN$|PRIVATE")


def faults(text: str = "") -> list[str]:
    """What the compose file gives away, lets in or leaves out, one sentence each."""
    secrets = sorted(name for name in example() if SECRET.search(name))
    marked = (
        example() | dict.fromkeys(example(), "x") | {name: f"secret-{name}" for name in secrets}
    )
    services = read(marked, text)
    return [
        *_secrets_given(services, secrets),
        *(fault for service in services.values() for fault in _loose(service)),
        *_on_wrong_networks(services),
    ]


def _secrets_given(services: Mapping[str, Service], secrets: list[str]) -> list[str]:
    found = []
    for secret in secrets:
        if secret not in NEEDED_BY:
            found.append(f"{secret} is a secret, and no one has said who needs it.")
            continue
        for service in services.values():
            # a name may begin another one's: the mark ends where the value does
            is_given = any(
                re.search(rf"secret-{secret}(?![A-Z_])", v) for v in service.environment.values()
            )
            is_given = is_given or any(f"secret-{secret}" in word for word in service.command)
            if is_given and service.name not in NEEDED_BY[secret]:
                found.append(f"{service.name} is given {secret} and does not need it.")
    for service in services.values():
        if "DATABASE_OWNER_URL" in service.environment and service.name not in OWNERS:
            found.append(f"{service.name} has the owner's address of the database.")
        if "env_file" in service.given:
            found.append(f"{service.name} is given a whole file of variables.")
    return found


def _loose(service: Service) -> list[str]:
    """Where a service could write, rise or grow without bounds, or die
    without anybody seeing it.
    """
    given, found = service.given, []
    if not given.get("read_only"):
        found.append(f"{service.name} may write to its own image.")
    if given.get("cap_drop") != ["ALL"]:
        found.append(f"{service.name} keeps capabilities.")
    if given.get("security_opt") != ["no-new-privileges:true"]:
        found.append(f"{service.name} may gain privileges.")
    for limit in ("mem_limit", "cpus", "pids_limit", "logging"):
        if limit not in given:
            found.append(f"{service.name} has no {limit}.")
    if not service.check and not service.runs_once:
        found.append(f"{service.name} has no health check.")
    for mount in service.mounts:
        if not mount.is_named and not mount.is_read_only:
            found.append(f"{service.name} may write to {mount.source} of the host.")
    return found


APART = (
    ("nginx", "postgres"),
    ("nginx", "redis"),
    ("nginx", "clamav"),
    ("clamav", "postgres"),
    ("clamav", "redis"),
)
"""Pairs that have nothing to say to each other."""


def _on_wrong_networks(services: Mapping[str, Service]) -> list[str]:
    found = []
    for one, other in APART:
        if shared := set(services[one].networks) & set(services[other].networks):
            found.append(f"{one} reaches {other} by the network {shared.pop()}.")
    for service in services.values():
        if service.given.get("ports") and service.name != "nginx":
            found.append(f"{service.name} is open to the host.")
    return found
