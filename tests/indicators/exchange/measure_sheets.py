"""Sheets of measures, written and taken in."""

import csv
from io import StringIO

from cycles.spreadsheets import dry_run, sheet_files
from cycles.spreadsheets.sheets import read
from indicators.exchange import actions as exchange
from indicators.exchange.columns import MEASURES
from indicators.exchange.measures import MeasureLines
from indicators.models import Axis, Measure


def measures_file(indicator_set, kind="csv"):
    lines = MeasureLines(indicator_set)
    return sheet_files.write_rows(MEASURES, lines.rows(lines.lines()), kind)


def rows_of(content):
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def as_csv(rows):
    file = StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def checked(indicator_set, content, name="a.csv"):
    return dry_run.check(MeasureLines(indicator_set), read(MEASURES, content, name))


def take_in(indicator_set, content, *, by, at):
    lines, sheet = MeasureLines(indicator_set), read(MEASURES, content, "a.csv")
    digest = dry_run.check(MeasureLines(indicator_set), sheet).digest
    return exchange.import_measures(
        indicator_set,
        lambda: lines.contents(dry_run.checked_again(lines, sheet, digest)),
        by=by,
        at=at,
        file_name="a.csv",
        sha256="0" * 64,
    )


def snapshot(indicator_set):
    return list(Measure.objects.of(indicator_set).order_by("pk").values()), list(
        indicator_set.axes.values()
    )


def drafting_total(indicator_set):
    return sum(axis.points for axis in Axis.objects.filter(set=indicator_set))
