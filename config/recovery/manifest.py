"""What a backup holds, with the digest of every part and of the whole; none of it is secret."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.crypto import salted_hmac

from agencies.json_values import JsonValue

NAME, DUMP, STORE = "manifest.json", "portal.dump", "files"
FORM = 1

SETTINGS = (
    "ALLOWED_HOSTS",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
    "CLAMD_ADDRESS",
    "CSRF_TRUSTED_ORIGINS",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "LANGUAGE_CODE",
    "MAX_UPLOAD_BYTES",
    "MEDIA_ROOT",
    "PORTAL_URL",
    "S3_BUCKET",
    "SEALED_WITHIN_MINUTES",
    "SECOND_FACTOR",
    "SMS_BACKEND",
    "TIME_ZONE",
)
"""What must be set alike where the backup is restored; no secret is among them."""

Setting = bool | int | str | list[str]

SECRETS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_HOST_PASSWORD",
)
"""Variables that must be brought along another way."""


class StoredFile(TypedDict):
    """A file as a backup holds it, below its digest."""

    name: str
    bytes: int
    modified: str
    sha256: str


class Dump(TypedDict):
    """The dump of the database, and the major version of the server that it was made of."""

    sha256: str
    bytes: int
    server: int


class Manifest(TypedDict):
    form: int
    made_at: str
    dump: Dump
    seal: dict[str, JsonValue] | None
    migrations: list[str]
    settings: dict[str, Setting]
    secrets_not_in_it: list[str]
    mark_of_secret_key: str
    files: list[StoredFile]
    digest: str


def settings_that_matter() -> dict[str, Setting]:
    """Read the settings by name, as JSON holds them."""
    return {name: _plain(getattr(settings, name)) for name in SETTINGS}


def _plain(value: object) -> Setting:
    return value if isinstance(value, bool | int | str | list) else str(value)


def mark_of_key(key: str) -> str:
    """Derive a mark by which a secret key is known again, and from which it cannot be found."""
    return salted_hmac("config.recovery", "which key", secret=key, algorithm="sha256").hexdigest()[
        :16
    ]


def digest_of(manifest: Mapping[str, object]) -> str:
    """Compute the SHA-256 of all of a manifest but its digest, as JSON with sorted names."""
    covered = {name: value for name, value in manifest.items() if name != "digest"}
    return hashlib.sha256(
        json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored_at(directory: Path, sha256: str) -> Path:
    """Name the place where the store keeps the file of a digest."""
    return directory / STORE / sha256[:2] / sha256


def newest(directory: Path) -> Path | None:
    """Find the newest whole backup below a directory."""
    whole = sorted(path.parent for path in directory.glob(f"*/{NAME}"))
    return whole[-1] if whole else None


def read(backup: Path) -> Manifest:
    """Read the manifest of a backup; refuse one that was changed."""
    try:
        manifest: Manifest = json.loads((backup / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CommandError(f"{backup} holds no {NAME}: it is no whole backup.") from None
    except ValueError:
        raise CommandError(f"{backup / NAME} was changed: it cannot be read.") from None
    if manifest.get("digest") != digest_of(manifest):
        raise CommandError(f"{backup / NAME} was changed: its digest is another.")
    return manifest


def faults(backup: Path, manifest: Manifest) -> list[str]:
    """List what of a backup is missing or was changed, each by name."""
    found = []
    dump = backup / DUMP
    if not dump.exists():
        found.append(f"{dump} is missing")
    elif file_digest(dump) != manifest["dump"]["sha256"]:
        found.append(f"{dump} was changed")
    for file in manifest["files"]:
        path = stored_at(backup.parent, file["sha256"])
        if not path.exists():
            found.append(f"{path} ({file['name']}) is missing")
        elif file_digest(path) != file["sha256"]:
            found.append(f"{path} ({file['name']}) was changed")
    return found
