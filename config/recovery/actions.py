"""A backup made while the portal runs, and its way back into an empty server."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from psycopg2.sql import SQL, Identifier

from config.database import as_owner, grant
from config.recovery import manifest as manifests
from config.recovery import media, postgres
from config.recovery.manifest import Dump, Manifest, StoredFile
from cycles.record import audit, seals

PIECE = 2**20
"""Bytes of a file that are copied at a time."""
FIRST = 20
"""So many of the things that are wrong are named."""


# --- Backup -------------------------------------------------------------------------------------


def backup(directory: Path, *, at: datetime) -> tuple[Path, Manifest, list[str]]:
    """Back everything up below a directory: the dump of one moment, and the files that it did not
    hold yet.

    Returns the backup, its manifest, and what the rows of that moment name and the storage does not
    hold so.
    """
    with _private():
        directory.mkdir(parents=True, exist_ok=True)
        before = _last_files(directory)
        made = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=directory))
        with _snapshot() as name:
            dump = _dump(made / manifests.DUMP, name)
            seal = seals.newest()
            migrations = MigrationRecorder(connection).applied_migrations()
            named = list(media.named_files())
        entries = (_store_file(directory, name, before) for name in media.stored_names())
        files = [file for file in entries if file]
        manifest: Manifest = {
            "form": manifests.FORM,
            "made_at": at.isoformat(),
            "dump": dump,
            "seal": seals.seal_statement(seal) if seal else None,
            "migrations": sorted(f"{app}.{name}" for app, name in migrations),
            "settings": manifests.settings_that_matter(),
            "secrets_not_in_it": list(manifests.SECRETS),
            "mark_of_secret_key": manifests.mark_of_key(settings.SECRET_KEY),
            "files": files,
            "digest": "",
        }
        manifest["digest"] = manifests.digest_of(manifest)
        _write_whole(
            made / manifests.NAME, json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        )
        finished = directory / at.strftime("%Y%m%dT%H%M%SZ")
        made.rename(finished)
    return finished, manifest, _unlike(named, files)


@contextmanager
def _private() -> Iterator[None]:
    """Let nobody but us read what is written within a `with` block."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _snapshot() -> Iterator[str]:
    """Have this connection read the database as it was at one moment, which others may read by its
    name.
    """
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor.fetchone()[0]
        finally:
            cursor.execute("ROLLBACK")


def _dump(path: Path, snapshot: str) -> Dump:
    server = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major = postgres.major_of(int(cursor.fetchone()[0]))
    program = postgres.program("pg_dump", major=major)
    postgres.run(
        program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
        f"--file={path}",
        server=server,
    )  # fmt: skip
    return {"sha256": manifests.file_digest(path), "bytes": path.stat().st_size, "server": major}


def _last_files(directory: Path) -> dict[str, StoredFile]:
    """Read the files of the newest backup here by name; none where that one cannot be believed."""
    last = manifests.newest(directory)
    try:
        return {file["name"]: file for file in manifests.read(last)["files"]} if last else {}
    except CommandError:
        return {}


def _store_file(directory: Path, name: str, before: dict[str, StoredFile]) -> StoredFile | None:
    """Have the store hold a file, and return its entry of the manifest; None if it has gone in the
    meantime.
    """
    try:
        size, modified = (
            default_storage.size(name),
            default_storage.get_modified_time(name).isoformat(),
        )
        last = before.get(name)
        if last and (last["bytes"], last["modified"]) == (size, modified):
            path = manifests.stored_at(directory, last["sha256"])
            if path.exists() and path.stat().st_size == size:
                return last
        sha256, size = _copy(directory, name)
    except FileNotFoundError:
        return None
    return {"name": name, "bytes": size, "modified": modified, "sha256": sha256}


def _copy(directory: Path, name: str) -> tuple[str, int]:
    """Copy a stored file into the store, under its digest."""
    store, digest, size = directory / manifests.STORE, hashlib.sha256(), 0
    with default_storage.open(name, "rb") as source:
        store.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=store, prefix=".unfinished-", delete=False) as copy:
            for piece in source.chunks(PIECE):
                digest.update(piece)
                size += copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
    path = manifests.stored_at(directory, digest.hexdigest())
    path.parent.mkdir(exist_ok=True)
    Path(copy.name).replace(path)
    return digest.hexdigest(), size


def _write_whole(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unlike(named: list[media.NamedFile], files: list[StoredFile]) -> list[str]:
    """List what rows name and the backup does not hold as they say."""
    there = {file["name"]: file["sha256"] for file in files}
    missing = [f"{file.name} ({file.row}) is missing" for file in named if file.name not in there]
    held = (file for file in named if file.sha256 and file.name in there)
    return missing + [
        f"{file.name} ({file.row}) was changed" for file in held if there[file.name] != file.sha256
    ]


# --- Restore ------------------------------------------------------------------------------------


def restore(backup: Path, *, digest: str = "") -> Manifest:
    """Bring a backup into the empty database and storage that the settings name; returns its
    manifest.

    All of it is verified before anything is written, and the record, its newest seal and the files
    afterwards. One that was killed in the middle may be run again: the database comes last, and
    whole or not at all.
    """
    manifest = manifests.read(backup)
    if digest and manifest["digest"] != digest:
        raise CommandError(
            f"This is another backup than the one you name: its digest is {manifest['digest']}."
        )
    _refuse(f"{backup} is not what it was", manifests.faults(backup, manifest))
    with as_owner() as owned:
        _refuse_filled(owned)
        _refuse("The storage holds other files", _strangers(manifest["files"]))
        _restore_files(backup, manifest["files"])
        program = postgres.program("pg_restore", major=manifest["dump"]["server"])
        server = {**owned.settings_dict}
        owned.close()
        postgres.run(
            program, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
            f"--dbname={server['NAME']}", str(backup / manifests.DUMP), server=server,
        )  # fmt: skip
        grant(owned)
        with owned.cursor() as cursor:
            cursor.execute("ANALYZE")
    _refuse("The backup is restored, but", _unproven(manifest))
    return manifest


def _refuse(sentence: str, wrong: list[str]) -> None:
    if wrong:
        more = f"; and {len(wrong) - FIRST} more" if len(wrong) > FIRST else ""
        raise CommandError(f"{sentence}: {'; '.join(wrong[:FIRST])}{more}.")


def _refuse_filled(owned: BaseDatabaseWrapper) -> None:
    """Refuse a database in which there is something; make it if there is none."""
    name = owned.settings_dict["NAME"]
    try:
        owned.ensure_connection()
    except OperationalError as error:
        if "does not exist" not in str(error):
            raise
        owned.settings_dict["NAME"] = "postgres"
        with owned.cursor() as cursor:
            cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        owned.close()
        owned.settings_dict["NAME"] = name
    with owned.cursor() as cursor:
        tables = owned.introspection.table_names(cursor)
    if tables:
        raise CommandError(
            f"The database {name} is not empty: it has {len(tables)} tables. Nothing was changed."
        )


def _strangers(files: list[StoredFile]) -> list[str]:
    """List stored files that are not the backup's; those that an earlier try has restored are."""
    ours = {file["name"]: file for file in files}
    return [
        name
        for name in media.stored_names()
        if name not in ours or media.digest_of(name) != ours[name]["sha256"]
    ]


def _restore_files(backup: Path, files: list[StoredFile]) -> None:
    for file in files:
        if not default_storage.exists(file["name"]):
            with manifests.stored_at(backup.parent, file["sha256"]).open("rb") as content:
                default_storage.save(file["name"], File(content))


def _unproven(manifest: Manifest) -> list[str]:
    """List what does not hold of a restored portal."""
    wrong = []
    verdict, newest = audit.verify(), seals.newest()
    if verdict.broken:
        wrong.append(f"the record does not hold: {verdict.broken}")
    if (seals.seal_statement(newest) if newest else None) != manifest["seal"]:
        wrong.append("its newest seal is not the one of the manifest")
    check = media.check_files()
    wrong += [f"{name} is missing" for name in check.missing]
    return wrong + [f"{name} was changed" for name in check.changed]
