"""Rules of a year, and consequences drawn by them."""

from datetime import timedelta

from festival.consequences import actions as consequences
from festival.models import Standing

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BAD = {"kind": "warning", "words_fa": "نامهٔ اخطار", "words_en": "A letter of warning"}


def settle_rule(world, on="average", **fields):
    return consequences.settle(
        world.cycle, on=on, **BAD | fields, by=world.administrator, at=world.at
    )


def draw_consequences(world):
    return consequences.draw(world.edition, by=world.administrator, at=world.at)


def set_bands(world, **bands):
    """The frozen results, with these bands by agency's code."""
    for code, band in bands.items():
        Standing.objects.filter(edition=world.edition, participation__agency__code=code).update(
            band=band
        )
