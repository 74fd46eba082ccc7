"""Writing the open data of an edition: each table as CSV, JSON and XLSX, the dictionary, and the
manifest over all.

`descriptions.py` says what the tables are to programs that know data packages and CSV on the Web.
The manifest names every file with its digest, the rules by which everything can be recomputed, and
the newest seal of the record. It bears a digest of what it says; its own as a file is put on
record. `data/verify.py` recomputes it all with Python's standard library alone.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from io import BufferedRandom, BufferedReader, BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation

from agencies.locks import locked
from agencies.models import User
from cycles.engine.ledger import as_json, plain
from cycles.engine.perform import perform
from cycles.record import seals
from cycles.spreadsheets import exports as spreadsheets_exports
from cycles.spreadsheets.long_sheets import LongSheet
from cycles.spreadsheets.sheets import CONTENT_TYPES
from cycles.ui.files import all_or_none
from festival.models import DataFile, Edition, data_path
from festival.open_data import descriptions
from festival.open_data.dictionary import TABLES, Table
from festival.open_data.rows import ROWS, TableRow, csv_text, digest_of
from festival.open_data.schemas import JsonObject
from festival.workflow import EDITIONS
from indicators.scoring.methods import PLACES, SHOWN_PLACES
from indicators.scoring.statutory_tree import BANDS, ENGINE

FORM = "assessment-results/1"
MANIFEST, DICTIONARY, LICENCE, VERIFIER = (
    "manifest.json",
    "dictionary.csv",
    "licence.txt",
    "verify.py",
)
DATA = Path(__file__).parents[1] / "data"
TYPES = {
    ".csv": CONTENT_TYPES["csv"],
    ".json": "application/json",
    ".xlsx": CONTENT_TYPES["xlsx"],
    ".txt": "text/plain; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
}


class WrittenFile(NamedTuple):
    """A file that was written, on disk until it is kept."""

    name: str
    content: BufferedRandom | BufferedReader | BytesIO
    rows: int | None


def write(edition: Edition, *, by: User | None = None, at: datetime) -> list[DataFile]:
    """Write the open data of an edition, unless it stands already; answers with its files, the
    manifest last.

    Rows are read and written one by one, so that memory does not grow with them.
    """
    if kept := list(DataFile.objects.filter(edition=edition).order_by("pk")):
        return kept
    with ExitStack() as stack:
        written: list[WrittenFile] = []
        for table in TABLES:
            written += _table(table, ROWS[table.name](edition), stack)
        written += [
            WrittenFile(DICTIONARY, _dictionary(stack), None),
            WrittenFile(LICENCE, stack.enter_context(open(DATA / LICENCE, "rb")), None),
            WrittenFile(VERIFIER, stack.enter_context(open(DATA / VERIFIER, "rb")), None),
        ]
        described = descriptions.of(edition, {file.name: _facts(file) for file in written})
        written += [
            WrittenFile(name, _as_file(said, stack), None) for name, said in described.items()
        ]
        return _store(edition, written, by=by, at=at)


def _facts(file: WrittenFile) -> descriptions.FileFacts:
    """Digest and size of a file that was written."""
    file.content.seek(0)
    digest = hashlib.file_digest(file.content, "sha256").hexdigest()
    return descriptions.FileFacts(sha256=digest, size=file.content.tell())


def _as_file(said: JsonObject, stack: ExitStack) -> BufferedRandom:
    file = _file(stack)
    file.write((json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())
    return file


@transaction.atomic
def _store(
    edition: Edition, written: list[WrittenFile], *, by: User | None, at: datetime
) -> list[DataFile]:
    edition = locked(Edition.objects.select_related("cycle", "run")).get(pk=edition.pk)
    if kept := list(DataFile.objects.filter(edition=edition).order_by("pk")):
        return kept
    names = [*(file.name for file in written), MANIFEST]
    paths = [data_path(DataFile(edition=edition, name=name), name) for name in names]
    with all_or_none(default_storage, paths):
        files = [_store_file(edition, file) for file in written]
        said = manifest(edition, files, at=at)
        said["sha256"] = digest_of(said)
        body = BytesIO((json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())
        files.append(_store_file(edition, WrittenFile(MANIFEST, body, None)))
    perform(
        EDITIONS, [edition], "write_data", by=by, at=at, manifest=files[-1].sha256, files=len(files)
    )
    return files


def _store_file(edition: Edition, written: WrittenFile) -> DataFile:
    written.content.seek(0)
    digest = hashlib.file_digest(written.content, "sha256").hexdigest()
    size = written.content.tell()
    written.content.seek(0)
    row = DataFile(edition=edition, name=written.name, sha256=digest, size=size, rows=written.rows)
    row.file.save(written.name, File(written.content), save=False)
    row.save()
    return row


def manifest(edition: Edition, files: Iterable[DataFile], *, at: datetime) -> JsonObject:
    """Name every file and what the publication rests on."""
    cycle, seal = edition.cycle, seals.newest()
    return {
        "form": FORM,
        "year": cycle.year,
        "edition": edition.number,
        "reason": edition.reason,
        "ranked_at": plain(edition.ranked_at),
        "written_at": plain(at),
        "digest": edition.digest,
        "lines_digest": edition.run.input_digest,
        "engine": ENGINE,
        "rules": {
            "places": PLACES,
            "shown_places": SHOWN_PLACES,
            "rounding": "half-up",
            "spreads_points": cycle.spreads_points,
            "tie_rule": cycle.tie_rule,
            "minimum_to_win": cycle.minimum_to_win,
            "bands": [[band.name, csv_text(band.at_least)] for band in BANDS],
        },
        "seal": {"number": seal.pk, "sha256": seal.digest} if seal else None,
        "files": [
            {"name": f.name, "sha256": f.sha256, "bytes": f.size}
            | ({} if f.rows is None else {"rows": f.rows})
            for f in files
        ],
    }


ATTACHED = ("rankings.csv", "scores.csv", "lines.csv", "measures.csv", MANIFEST)
"""What goes with the report of the year: everything from which it can be recomputed."""


def attachments(files: Iterable[DataFile]) -> list[tuple[str, bytes]]:
    """Read the files that are attached to the report."""
    found = []
    for file in files:
        if file.name in ATTACHED:
            with file.file.open("rb") as content:
                found.append((file.name, content.read()))
    return found


class WrittenRow(NamedTuple):
    """A row with the texts of its values, which all formats share."""

    values: TableRow
    texts: Sequence[str]


Writer = Generator[None, WrittenRow, None]
"""Takes the rows of a table one by one and writes them."""


# --- The files of a table -----------------------------------------------------------------------


def _table(table: Table, rows: Iterator[TableRow], stack: ExitStack) -> Iterator[WrittenFile]:
    """Write the three files of a table, in one pass over its rows."""
    kinds = {kind: _file(stack) for kind in _WRITERS}
    writers = [_WRITERS[kind](table, file) for kind, file in kinds.items()]
    for writer in writers:
        stack.callback(writer.close)  # before its file, also where reading fails
        next(writer)
    count = 0
    for values in rows:
        count += 1
        row = WrittenRow(values, [csv_text(value) for value in values])
        for writer in writers:
            writer.send(row)
    for writer in writers:
        writer.close()
    for kind, file in kinds.items():
        yield WrittenFile(f"{table.name}.{kind}", file, count)


def _file(stack: ExitStack) -> BufferedRandom:
    """Open a nameless file that is gone when the stack ends."""
    return stack.enter_context(TemporaryFile())


def _csv(table: Table, file: BufferedRandom) -> Writer:
    """Write UTF-8 with the mark by which spreadsheet programs know it; numbers in full, texts
    guarded.
    """
    text = TextIOWrapper(file, "utf-8-sig", newline="")
    write = spreadsheets_exports.csv_writer(text)
    write(column.name for column in table.columns)
    kinds = [
        str if column.type == "text" else spreadsheets_exports.Verbatim for column in table.columns
    ]
    try:
        while True:
            row = yield
            write(kind(text) for kind, text in zip(kinds, row.texts, strict=True))
    finally:
        text.flush()
        text.detach()


def _json(table: Table, file: BufferedRandom) -> Writer:
    """Write {"table": …, "columns": […], "rows": [[…], …]}: decimals as text, so that none of their
    places is lost.

    What is JSON itself stands as that, not as a text of it.
    """
    columns = [column.name for column in table.columns]
    are_json = [column.type == "json" for column in table.columns]
    file.write(
        f'{{"table":{json.dumps(table.name)},"columns":{json.dumps(columns)},"rows":['.encode()
    )
    comma = "\n"
    try:
        while True:
            row = yield
            values = [
                _json_value(value, text, is_json=holds_json)
                for holds_json, value, text in zip(are_json, row.values, row.texts, strict=True)
            ]
            file.write(f"{comma}{as_json(values)}".encode())
            comma = ",\n"
    finally:
        file.write(b"\n]}\n")
        file.flush()


def _json_value(value: object, text: str, *, is_json: bool) -> object:
    if is_json and isinstance(value, str) and value:
        return json.loads(value)
    return value if value is None or isinstance(value, (bool, int)) else text


def _xlsx(table: Table, file: BufferedRandom) -> Writer:
    """Write decimals as numbers, of which a spreadsheet keeps 15 digits; the CSV has them all."""
    sheet = LongSheet(file, table.name, [column.name for column in table.columns])
    numbers = [column.type in ("decimal", "integer") for column in table.columns]
    try:
        while True:
            row = yield
            sheet.write(
                value if is_number or value is None or isinstance(value, bool) else text
                for is_number, value, text in zip(numbers, row.values, row.texts, strict=True)
            )
    finally:
        sheet.close()


_WRITERS: dict[str, Callable[[Table, BufferedRandom], Writer]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
}


def _dictionary(stack: ExitStack) -> BufferedRandom:
    """Write every column of every table with its meaning in both languages."""
    file = _file(stack)
    text = TextIOWrapper(file, "utf-8-sig", newline="")
    write = spreadsheets_exports.csv_writer(text)
    write(("table", "column", "type", "meaning_fa", "meaning_en"))
    for table in TABLES:
        for column in table.columns:
            meanings = []
            for language in ("fa", "en"):
                with translation.override(language):
                    meanings.append(str(column.meaning))
            write((table.name, column.name, column.type, *meanings))
    text.flush()
    text.detach()
    return file
