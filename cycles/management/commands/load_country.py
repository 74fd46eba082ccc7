"""Loads the provinces and agencies that a new portal starts with."""

from typing import Any

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

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load_country(options["units_of"])
        except KeyError as unknown:
            raise CommandError(f"There is no province {unknown}.") from unknown
        self.stdout.write(f"{count} agencies added or changed.")
