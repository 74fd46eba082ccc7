"""Asks what is known against the locked packages: python requirements/audit.py

Where no service answers, which one package is enough to find out, that is said in one line and is
no fault. An advisory that stands in allowed-advisories.toml, with its reason and until when, is
told and does not fail the run.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = ROOT / "requirements/allowed-advisories.toml"
SECONDS = 240
PYTHON = (
    sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--format", "json",
    "--progress-spinner", "off", "--timeout", "10", "--requirement",
)  # fmt: skip
LOCK = ROOT / "requirements/dev.txt"
FIRST = "django"
"""The package that is asked about to find out whether anybody answers."""
BROWSER = ("npm", "audit", "--json", "--package-lock-only")


class Advisory(NamedTuple):
    package: str
    name: str


def said(command: Sequence[str]) -> Any:
    """What an auditor answers as JSON; None where it could not ask."""
    try:
        told = subprocess.run(  # noqa: S603 -- the auditors named above
            command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return json.loads(told.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def of_python(answer: Any) -> list[Advisory] | None:
    """What pip-audit found; None where it found nobody to ask."""
    if not isinstance(answer, dict) or "dependencies" not in answer:
        return None
    found, asked = (
        [],
        [package for package in answer["dependencies"] if "skip_reason" not in package],
    )
    for package in asked:
        found += [Advisory(package["name"], known["id"]) for known in package["vulns"]]
    return found if asked else None


def of_browser(answer: Any) -> list[Advisory] | None:
    """What npm found; None where it found nobody to ask."""
    if not isinstance(answer, dict) or "vulnerabilities" not in answer:
        return None
    found = []
    for package, known in answer["vulnerabilities"].items():
        for via in known["via"]:
            if isinstance(via, dict):
                found.append(Advisory(package, str(via["url"]).rpartition("/")[2]))
    return found


def python() -> list[Advisory] | None:
    """What is known against Python's packages; one is asked about first, and the others only if
    that is answered.
    """
    [version] = re.findall(rf"^{FIRST}==([^ ;]+)", LOCK.read_text(), flags=re.M)
    with NamedTemporaryFile("w", suffix=".txt") as one:
        one.write(f"{FIRST}=={version}\n")
        one.flush()
        if of_python(said([*PYTHON, one.name])) is None:
            return None
    return of_python(said([*PYTHON, str(LOCK)]))


def allowed(text: str, *, today: date) -> dict[Advisory, str]:
    """The reviewed advisories whose day has not passed, with their reasons."""
    found = {}
    for row in tomllib.loads(text).get("advisory", []):
        if not row["reason"].strip():
            raise ValueError(f"{row['id']}: an advisory is allowed for a reason")
        if row["until"] >= today:
            found[Advisory(row["package"], row["id"])] = row["reason"]
    return found


def judged(
    name: str, found: list[Advisory] | None, reviewed: dict[Advisory, str]
) -> tuple[list[str], bool]:
    """The lines to print of one auditor, and whether anything is against a package that nobody has
    reviewed.
    """
    if found is None:
        return [f"{name}: not asked: no service"], False
    lines, is_wrong = [], False
    for advisory in sorted(set(found)):
        reason = reviewed.get(advisory, "")
        is_wrong = is_wrong or not reason
        lines.append(
            f"{name}: {advisory.package}: {advisory.name}"
            + (f" (allowed: {reason})" if reason else "")
        )
    return lines or [f"{name}: nothing is known against the locked packages"], is_wrong


def main() -> int:
    reviewed = allowed(ALLOWED.read_text(), today=datetime.now(UTC).date())
    failed = False
    for name, found in (("python", python()), ("npm", of_browser(said(BROWSER)))):
        lines, is_wrong = judged(name, found, reviewed)
        failed = failed or is_wrong
        print("\n".join(lines))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
