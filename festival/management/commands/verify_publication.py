"""Recomputes a publication of results from its files."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.core.management.base import BaseCommand, CommandError, CommandParser

from festival.open_data.verification import verify


class Command(BaseCommand):
    help = (
        "Recompute every score and place of a publication from its lines and name every figure "
        "that does not agree."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "where",
            metavar="URL-OR-DIR",
            help="where manifest.json stands: a folder or a web address",
        )

    def handle(self, *args: object, where: str, **options: object) -> None:
        is_address = urlsplit(where).scheme in ("http", "https")

        def read(name: str) -> bytes:
            if not is_address:
                return Path(where, name).read_bytes()
            with urlopen(f"{where.rstrip('/')}/{name}") as answer:  # noqa: S310 -- http or https, named by the caller
                return bytes(answer.read())

        try:
            found = verify(read)
        except OSError as error:
            raise CommandError(f"{where}: {error}") from error
        for fault in found.faults:
            self.stdout.write(fault)
        said = f"{found.figures} figures recomputed; {len(found.faults)} do not agree"
        if found.faults:
            raise CommandError(said)
        self.stdout.write(said)
