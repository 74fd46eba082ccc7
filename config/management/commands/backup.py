"""Backs up database and files while the portal runs."""

from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.recovery import actions


class Command(BaseCommand):
    help = (
        "Back up the database as of one moment and every file; what a directory holds already "
        "is not copied again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "directory", type=Path, help="where backups are kept, on another disk than the portal's"
        )

    def handle(self, *args: object, directory: Path, **options: object) -> None:
        made, manifest, unlike = actions.backup(directory, at=datetime.now(UTC))
        size = sum(file["bytes"] for file in manifest["files"])
        seal = manifest["seal"]
        self.stdout.write(
            f"{made}: dump of {manifest['dump']['bytes']} bytes, {len(manifest['files'])} "
            f"files of {size}."
        )
        self.stdout.write(
            f"Newest seal: {seal['number']}, {seal['digest']}" if seal else "Nothing is sealed yet."
        )
        self.stdout.write(f"Keep this digest elsewhere: {manifest['digest']}")
        if unlike:
            named = "; ".join(unlike[: actions.FIRST])
            raise CommandError(
                f"The backup is made, but of the files that rows name {len(unlike)} are not "
                f"so: {named}."
            )
