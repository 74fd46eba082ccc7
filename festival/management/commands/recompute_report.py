"""Reads every figure of an Article 82 report from the database once more and names those that
differ.
"""

import argparse

from django.core.management.base import BaseCommand, CommandError

from festival.models import Report
from festival.report import facts as report_facts
from festival.report import figures


class Command(BaseCommand):
    help = "Recompute the figures of a finished report, as of the moment it was drawn up."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("uuid", help="the report's key, as in its address")

    def handle(self, *args: object, uuid: str, **options: object) -> None:
        found = (
            Report.objects.select_related("edition__cycle", "edition__run")
            .filter(uuid=uuid)
            .first()
        )
        if found is None or found.finished_at is None:
            raise CommandError("There is no finished report with this key.")
        again = figures.record(report_facts.gather(found.edition, found.finished_at))
        if wrong := figures.differing_figures(found.facts, again):
            raise CommandError("These figures are read otherwise now: " + ", ".join(wrong))
        self.stdout.write(f"{found}: {len(again)} facts read again; none differs.")
