"""The bench of a whole year: 2,000 agencies from proposals to both reports, and changed digits in
what is published.
"""

import csv
import io
import json
import os
import random
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from django.conf import settings

from festival.open_data import files as open_data_files
from festival.open_data.verification import Findings, digests, verify
from tests.bench import row

AGENCIES, FEW = 2000, 100
FIGURES = {
    "measures.csv": "points",
    "lines.csv": "points",
    "scores.csv": "points",
    "rankings.csv": "total",
}
"""The files from which everything is recomputed, and of each the column in which a digit is
changed.
"""

SAID = re.compile(r"(\d+) acts, \d+ refusals, ([\d.]+) s, (\d+) MB")
VERIFIED = re.compile(r"(\d+) figures recomputed; 0 do not agree, by the engine and by the script")


class Walked(NamedTuple):
    """What a rehearsal says of itself at its end."""

    seconds: float
    acts: int
    figures: int
    memory: int


def rehearsal_2000(_at: Any) -> dict[str, Any]:
    """A rehearsal of 2,000 agencies as a process of its own; floor: one of 100, twenty times.

    The floor is what the year would take if every agency cost as much as in a small one. A ratio
    below 1 is what block acts save and what is the same for any number; one above it means that
    something grows faster than the agencies. Both count from the moment at which the database has
    its tables. Every check of the rehearsal must hold, and a digit that is changed in any published
    file must be named by the engine and by the stand-alone script.
    """
    with TemporaryDirectory() as folder:
        few = walked(FEW, Path(folder, "few"))
        many = walked(AGENCIES, Path(folder, "many"))
        data = Path(folder, "many", "data")
        changed = dict(misprinted(data))
        assert all(changed.values()), f"a changed digit was not named: {changed}"
    done = f"{AGENCIES} agencies, {many.acts} acts, {many.figures} figures verified"
    size = (
        f"{done}, a digit changed and named in each of {len(changed)} files, peak {many.memory} MB"
    )
    return row(many.seconds, few.seconds * AGENCIES / FEW, "lower", "s", 0, size)


def walked(agencies: int, out: Path) -> Walked:
    """Walk a year of so many agencies into a folder; whatever does not hold ends the bench."""
    command = [
        sys.executable,
        "manage.py",
        "rehearse",
        "--agencies",
        str(agencies),
        "--out",
        str(out),
    ]
    run = subprocess.run(
        [*command, "--database", "bench_rehearsal"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DEBUG": "1", "MEDIA_ROOT": str(out / "media")},
        capture_output=True,
        text=True,
        check=False,
    )
    said, figures = SAID.search(run.stdout), VERIFIED.search(run.stdout)
    if run.returncode or not said or not figures:
        raise AssertionError(run.stdout + run.stderr)
    return Walked(float(said[2]), int(said[1]), int(figures[1]), int(said[3]))


# --- One changed digit --------------------------------------------------------------------------


def published(folder: Path) -> list[str]:
    """The names of all files of a publication, the manifest last."""
    said = json.loads((folder / open_data_files.MANIFEST).read_text())
    return [*(file["name"] for file in said["files"]), open_data_files.MANIFEST]


def misprinted(folder: Path) -> Iterator[tuple[str, bool]]:
    """Change a digit in one file after the other: its name, and whether the engine and the script
    both name it.

    Where figures are recomputed from a file, both must name the row as well, though they share no
    code. Of the others only the digests are compared, as both do first.
    """
    script = runpy.run_path(str(folder / open_data_files.VERIFIER))

    def read(name: str) -> bytes:
        return (folder / name).read_bytes()

    for name in published(folder):
        whole, found = read(name), Findings()
        if not re.search(rb"\d", whole):
            continue  # a country without provinces has groups without numbers
        try:
            if column := FIGURES.get(name):
                body, row_of = _with_another_figure(whole, name, column)
                (folder / name).write_bytes(body)
                said = verify(read).faults, script["check"](str(folder))[0]
                yield (
                    name,
                    all(
                        _names(name, faults) and any(row_of in f for f in faults[1:])
                        for faults in said
                    ),
                )
            else:
                (folder / name).write_bytes(_with_another_digit(whole, name))
                digests(found, read)
                yield (
                    name,
                    all(
                        _names(name, faults)
                        for faults in (found.faults, script["digests"](str(folder))[0])
                    ),
                )
        finally:
            (folder / name).write_bytes(whole)


def _names(file: str, faults: list[str]) -> bool:
    return any(fault.startswith(f"{file}: ") for fault in faults)


def _with_another_figure(body: bytes, name: str, column: str) -> tuple[bytes, str]:
    """The last digit of some figure in a column changed; and what names its row: the agency or the
    measure.
    """
    text = io.StringIO(body.decode("utf-8-sig"), newline="")
    rows = list(csv.DictReader(text))
    changed = random.Random(name).choice([r for r in rows if r[column] not in ("", "0")])
    changed[column] = changed[column][:-1] + ("1" if changed[column][-1] == "2" else "2")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig"), changed.get("agency") or changed["measure"]


def _with_another_digit(body: bytes, name: str) -> bytes:
    """One digit changed somewhere in a file as it lies."""
    place = random.Random(name).choice([found.start() for found in re.finditer(rb"\d", body)])
    return body[:place] + (b"1" if body[place : place + 1] == b"2" else b"2") + body[place + 1 :]
