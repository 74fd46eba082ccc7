"""Restores a backup into an empty database and an empty storage."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.recovery import actions, manifest


class Command(BaseCommand):
    help = (
        "Restore a backup, of which every byte is verified first, into an empty database "
        "and storage."
    )
    requires_system_checks = []  # they look at tables that are not there yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "directory", type=Path, help="a backup, or the directory of backups: the newest of them"
        )
        parser.add_argument(
            "--digest", default="", help="the digest that was noted when the backup was made"
        )

    def handle(self, *args: object, directory: Path, digest: str, **options: object) -> None:
        backup = directory if (directory / manifest.NAME).exists() else manifest.newest(directory)
        if backup is None:
            raise CommandError(f"There is no whole backup in {directory}.")
        restored = actions.restore(backup, digest=digest)
        self.stdout.write(
            f"{backup} is restored: {len(restored['files'])} files; the record and its "
            f"newest seal hold."
        )
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        if restored["mark_of_secret_key"] not in {manifest.mark_of_key(key) for key in keys}:
            self.stderr.write(
                "SECRET_KEY is another than where the backup was made: name the old one in "
                "SECRET_KEY_FALLBACKS, "
                "or every second factor must be set up anew."
            )
        changed = [
            name
            for name, value in manifest.settings_that_matter().items()
            if restored["settings"].get(name) != value
        ]
        if changed:
            self.stdout.write(
                f"Settings that were others where the backup was made: {', '.join(changed)}."
            )
