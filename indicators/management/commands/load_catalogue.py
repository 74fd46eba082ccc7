"""Fills a year's general set with the catalogue of general indicators, as the button on the set's
page does.
"""

import argparse

from django.core.management.base import BaseCommand, CommandError

from agencies.models import User
from cycles.clock import now
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.drafting import actions as drafting
from indicators.drafting import contents
from indicators.drafting.catalogue import general_catalogue
from indicators.models import IndicatorSet, Kind, Measure


class Command(BaseCommand):
    help = (
        "Fill the general set of an open cycle with the catalogue; refused when it holds measures."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("year", type=int, help="the year assessed, such as 1406")
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help="the administrator who does so"
        )

    def handle(self, *args: object, year: int, by: str, **options: object) -> None:
        person = User.objects.filter(username__iexact=by).first()
        cycle = Cycle.objects.filter(year=year).first()
        if person is None:
            raise CommandError(f"There is no account {by}.")
        if cycle is None:
            raise CommandError(
                f"There is no cycle of {year}: an administrator plans and opens it first."
            )

        general = IndicatorSet.objects.filter(cycle=cycle, kind=Kind.GENERAL).first()
        if general is not None and (count := Measure.objects.of(general).count()):
            raise CommandError(
                f"The general set of {year} holds {count} measures already; nothing was changed."
            )

        at = now()
        try:
            general = drafting.draft_set(cycle=cycle, kind=Kind.GENERAL, by=person, at=at)
            contents.fill_general_set(general, rows=general_catalogue(), by=person, at=at)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

        count = Measure.objects.of(general).count()
        self.stdout.write(f"The general set of {year} holds the catalogue's {count} measures.")
