"""Benches of spreadsheets: two thousand lines taken in from a workbook, and a million empty rows
below them.
"""

import statistics
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.db import connection, transaction

from agencies.models import Membership, User
from agencies.roles import Role
from cycles.spreadsheets import dry_run, sheet_files
from cycles.spreadsheets import sheets as spreadsheets_sheets
from indicators.models import Measure
from submissions.answers import sheets as answers_sheets
from submissions.answers.sheet_columns import VALUES, AnswerLines
from submissions.models import Answer, Submission
from tests.bench import queries_of, row, seconds

LINES = 2_000
EMPTY_ROWS = 1_000_000
RUNS = 3
SHEET = "xl/worksheets/sheet1.xml"


def sheet_in(at: Any) -> dict[str, Any]:
    """`values/1` as XLSX, checked, checked again and written; floor: a bare
    COPY of the same rows.
    """
    with _lines() as (submission, staff):
        content = _workbook(submission)

        def take_in() -> None:
            with transaction.atomic():
                found = _checked(submission, content)
                resource = AnswerLines(submission)
                again = spreadsheets_sheets.read(VALUES, content, "values.xlsx")
                written = answers_sheets.import_answers(
                    submission,
                    lambda: resource.changed_values(
                        dry_run.checked_again(resource, again, found.digest)
                    ),
                    by=staff,
                    at=at,
                    file_name="values.xlsx",
                    sha256="0" * 64,
                )
                assert len(written) == LINES
                transaction.set_rollback(True)

        queries = queries_of(take_in)
        times = [(seconds(take_in), seconds(lambda: _copy(submission))) for _run in range(RUNS)]
    value, floor = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    return row(value, floor, "lower", "ms", queries, f"{LINES} lines")


def sheet_empty_rows(at: Any) -> dict[str, Any]:
    """The same workbook checked with a million empty rows below its lines; floor: without them."""
    with _lines() as (submission, _staff):
        content = _workbook(submission)
        trailed = _with_empty_rows(content)
        queries = queries_of(lambda: _checked(submission, trailed))
        times = [
            (
                seconds(lambda: _checked(submission, trailed)),
                seconds(lambda: _checked(submission, content)),
            )
            for _run in range(RUNS)
        ]
    value, floor = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    return row(value, floor, "lower", "ms", queries, f"{LINES} lines, {EMPTY_ROWS} empty rows")


@contextmanager
def _lines() -> Iterator[tuple[Submission, User]]:
    """A self-assessment in work with so many lines, and one of its staff; taken back afterwards."""
    with transaction.atomic():
        submission = (
            Submission.objects.in_work().select_related("agency", "cycle").order_by("pk")[0]
        )
        staff = (
            Membership.objects.filter(agency=submission.agency_id, role=Role.STAFF)
            .select_related("user")[0]
            .user
        )
        own = [a for a in submission.answers.for_page() if not a.measure.is_stewarded]
        model = next(a.measure for a in own if a.measure.method == "linear")
        measures = []
        for number in range(LINES - len(own)):
            measure = Measure.objects.get(pk=model.pk)
            measure.pk, measure.code, measure.position = None, f"X-{number}", number
            measure.lineage = Measure._meta.get_field("lineage").get_default()
            measures.append(measure)
        made = Measure.objects.bulk_create(measures)
        Answer.objects.bulk_create(
            Answer(submission=submission, measure=m, lacking=["value"]) for m in made
        )
        yield submission, staff
        transaction.set_rollback(True)


def _workbook(submission: Submission) -> bytes:
    """The export with another value in every line."""
    lines = AnswerLines(submission).lines()
    for number, line in enumerate(lines):
        line.value, line.not_applicable, line.note = (
            Decimal(number % 2),
            False,
            f"بر پایهٔ سند {number}",
        )
    return sheet_files.write_rows(VALUES, AnswerLines(submission).rows(lines), "xlsx")


def _checked(submission: Submission, content: bytes) -> dry_run.Check:
    found = dry_run.check(
        AnswerLines(submission), spreadsheets_sheets.read(VALUES, content, "values.xlsx")
    )
    assert (len(found.changed), found.errors) == (LINES, [])
    return found


def _copy(submission: Submission) -> None:
    """The same rows into a table that checks nothing."""
    text = StringIO(
        "".join(f"{number}\t{number % 2}\tبر پایهٔ سند {number}\n" for number in range(LINES))
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bare (answer bigint, value numeric(28, 8), note text) ON "
            "COMMIT DROP"
        )
        cursor.cursor.copy_expert("COPY bare FROM STDIN", text)
        transaction.set_rollback(True)


def _with_empty_rows(content: bytes) -> bytes:
    """The same archive, with rows below the table that have a height and no cells."""
    first = LINES + 10
    empty = "".join(
        f'<row r="{first + n}" ht="15" customHeight="1"/>' for n in range(EMPTY_ROWS)
    ).encode()
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(
                name,
                data.replace(b"</sheetData>", empty + b"</sheetData>") if name == SHEET else data,
            )
    return file.getvalue()
