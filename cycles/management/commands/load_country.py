"""Loads the provinces and agencies that a new portal starts with."""

from collections.abc import Sequence

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cycles.register.agency_sheets import load_country


class Command(BaseCommand):
    help = "Load provinces and agencies from agencies/data/; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--units-of",
            nargs="*",
            default=[],
            metavar="IR-26",
            help="provinces to give typical units",
        )

    def handle(self, *args: object, units_of: Sequence[str], **options: object) -> None:
        try:
            count = load_country(units_of)
        except KeyError as unknown:
            raise CommandError(f"There is no province {unknown}.") from unknown
        self.stdout.write(f"{count} agencies added or changed.")
