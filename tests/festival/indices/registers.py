"""An index with what was typed and taken over into it."""

from decimal import Decimal
from functools import partial

from festival.indices import actions as indices
from festival.indices import import_check
from festival.indices.merging import EditionFacts
from festival.indices.publisher_files import read
from festival.indices.publishers import PUBLISHERS
from festival.models import IndexValue

FACTS = EditionFacts("2024", "Survey 2024")
FILE = {"file_name": "x.csv", "sha256": "a" * 64}
State = IndexValue.State


def enter(world, followed, year=2024, score="25", rank=150, count=None, label="2024", **facts):
    facts = EditionFacts(label, "Report", country_count=count, **facts)
    score = None if score is None else Decimal(score)
    return indices.enter_edition(
        followed,
        year=year,
        facts=facts,
        score=score,
        rank=rank,
        by=world.administrator,
        at=world.at,
    )


def take_in(world, followed, text, code="table", year=None, facts=FACTS, **said):
    sheet = read(PUBLISHERS[code], text.encode(), "x.csv")
    lines = partial(
        import_check.checked_again, PUBLISHERS[code], followed, sheet, year=year, as_checked=None
    )
    return indices.import_values(
        followed, lines, facts=facts, by=world.administrator, at=world.at, **FILE | said
    )


def check_file(followed, text, code="table", year=None):
    return import_check.check(
        PUBLISHERS[code], followed, read(PUBLISHERS[code], text.encode(), "x.csv"), year=year
    )


def values_in_force(followed, year=2024):
    """What holds of an index in a year, by country."""
    rows = IndexValue.objects.current().filter(edition__index=followed, edition__year=year)
    return {v.country: (v.score, v.rank) for v in rows}


TABLE = "country,year,score,rank\nIRN,2024,25,150\nTUR,2024,36,115\nIRQ,2024,23,157\n"


def write_report(world, followed, by=None, done="سامانه‌ها یکپارچه شد", agency=None):
    return indices.write_report(
        followed, agency or world.power, year=1405, done=done, by=by or world.staff, at=world.at
    )
