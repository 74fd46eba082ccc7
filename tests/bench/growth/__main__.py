"""`python -m tests.bench.growth [work ...] [size ...]`: the table of docs/performance.md, and
var/growth.json.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")

from django.conf import settings
from django.db import connection

import config.wsgi  # noqa: F401 -- sets up what a web process is
from tests.bench.growth import measure, works


def main(arguments: list[str]) -> None:
    sizes = [int(word) for word in arguments if word.isdigit()] or list(measure.SIZES)
    names = [word for word in arguments if not word.isdigit()] or list(works.WORKS)
    if unknown := set(names) - set(works.WORKS):
        known = ", ".join(works.WORKS)
        raise SystemExit(f"No such work: {', '.join(sorted(unknown))}. There are: {known}.")
    connection.settings_dict["NAME"] = "postgres"
    table = measure.measure(names, sizes, lambda line: print(line, flush=True))
    Path(settings.VAR, "growth.json").write_text(json.dumps(table, indent=2) + "\n")
    print(measure.table_of(table))


if __name__ == "__main__":
    main(sys.argv[1:])
