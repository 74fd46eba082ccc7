"""Recomputes the official record: every row, Merkle root and seal."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cycles.clock import now
from cycles.record import audit, faults


class Command(BaseCommand):
    help = "Recompute the official record and name the first row or seal that does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--mend",
            action="store_true",
            help="have rows that are in no seal and wait for none sealed; on record",
        )

    def handle(self, *args: object, mend: bool, **options: object) -> None:
        if mend:
            count = faults.mend_record(at=now())
            self.stdout.write(
                f"{count} rows without a seal were put into the queue for the next one."
            )
        verdict = audit.verify()
        if verdict.broken:
            raise CommandError(f"The record does not hold: {verdict.broken}.")
        self.stdout.write(
            f"{verdict.rows} rows and {verdict.seals} seals hold; {verdict.waiting} rows wait for "
            f"their seal."
        )
