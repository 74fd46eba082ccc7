"""Asks a process of the portal whether it lives; the health checks of docker-compose.yml run this.

`probe.py URL` asks a web process, `probe.py FILE SECONDS` looks when Celery last touched its file.
Neither loads Django, for they run every few seconds.
"""

import os
import sys
import time
import urllib.request
from pathlib import Path


def ask(url: str) -> str:
    """Say what is wrong with the web process at this address, "" for nothing."""
    host = (
        os.environ.get("ALLOWED_HOSTS", "localhost")
        .split(",")[0]
        .strip()
        .lstrip(".")
        .replace("*", "localhost")
    )
    request = urllib.request.Request(  # noqa: S310 -- the address stands in the compose file
        url, headers={"Host": host, "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return "" if answer.status == 200 else f"{url} answered {answer.status}."
    except OSError as error:
        return f"{url} did not answer: {error}."


def look(path: str, seconds: str) -> str:
    """Say what is wrong with the process that touches this file, "" for nothing."""
    try:
        age = time.time() - Path(path).stat().st_mtime
    except FileNotFoundError:
        return f"{path} was never touched."
    return "" if age < float(seconds) else f"{path} was last touched {age:.0f} s ago."


if __name__ == "__main__":
    judge = ask if sys.argv[1].startswith("http") else look
    sys.exit(judge(*sys.argv[1:]) or 0)
