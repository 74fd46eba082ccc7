"""Recomputes the official record: every row, Merkle root and seal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cycles import seals


class Command(BaseCommand):
    help = "Recompute the official record and name the first row or seal that does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = seals.verify()
        if verdict.broken:
            raise CommandError(f"The record does not hold: {verdict.broken}.")
        self.stdout.write(
            f"{verdict.rows} rows and {verdict.seals} seals hold; {verdict.waiting} rows wait for their seal."
        )
