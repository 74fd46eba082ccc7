"""`python -m tests.bench.growth.process WORK FACTS`: does one work in a database that is there, and
prints its seconds of processor time, its seconds, and its memory at most in MB.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")

from django.conf import settings
from django.db import connection

import config.wsgi  # noqa: F401 -- sets up what a web process is
from tests.bench import peak
from tests.bench.growth import works
from tests.bench.side.processor import milliseconds


def main(name: str, text: str) -> None:
    facts = works.facts_of(text)
    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["testserver"]
    settings.CLOCK_OFFSET = datetime.fromisoformat(facts["at"]) - datetime.now(UTC)
    connection.settings_dict["NAME"] = facts["database"]
    work = works.WORKS[name](facts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    before = time.process_time() + works.children_seconds(), milliseconds(backend)
    began = time.perf_counter()
    answer = work()
    seconds = time.perf_counter() - began
    own = time.process_time() + works.children_seconds() - before[0]
    database = (milliseconds(backend) - before[1]) / 1000
    most = answer if name == "open_data_script" else peak()
    figures = {"cpu_s": own + database, "database_s": database, "seconds": seconds}
    print(json.dumps({key: round(value, 3) for key, value in figures.items()} | {"peak_mb": most}))


if __name__ == "__main__":
    main(*sys.argv[1:])
