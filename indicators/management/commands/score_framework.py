"""Scores any set of values on any framework in the common form; a mistake in either file leaves
nothing written.
"""

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.frameworks.json_document import Malformed
from indicators.frameworks.reader import load
from indicators.frameworks.values import BadValues, read_values, result_text, score_all


class Command(BaseCommand):
    help = (
        "Score VALUES (entity, node, value) on DEFINITION and write the RESULT; "
        "docs/frameworks.md has the form."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("definition", type=Path, metavar="DEFINITION.json")
        parser.add_argument("values", type=Path, metavar="VALUES.csv")
        parser.add_argument("--out", type=Path, required=True, metavar="RESULT.csv")

    def handle(
        self, *args: object, definition: Path, values: Path, out: Path, **options: object
    ) -> None:
        if out.resolve() in (definition.resolve(), values.resolve()):
            raise CommandError(f"{out}: the result would replace what it is made from")
        if not out.parent.is_dir():
            raise CommandError(f"{out}: there is no folder {out.parent}")
        try:
            framework = load(definition)
            entities = read_values(values.read_bytes(), framework, str(values))
            text = result_text(score_all(entities, framework, str(values)))
            _write(out, text)
        except OSError as error:
            raise CommandError(f"{error.filename or out}: {error.strerror}") from None
        except (Malformed, BadValues) as error:
            raise CommandError(str(error)) from None
        for point in framework.unconfirmed_points:
            self.stderr.write(f"Unconfirmed in {framework.code}: {point}")
        rows = text.count("\n") - 1
        self.stdout.write(f"{framework.code}: {len(entities)} entities, {rows} rows in {out}")


def _write(out: Path, text: str) -> None:
    """Write the whole file or none: a reader never meets half of it."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
