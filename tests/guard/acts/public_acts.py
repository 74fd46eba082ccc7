"""The public acts of the apps, found by the door through which they go."""

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

from django.conf import settings

from cycles.engine import perform
from indicators.drafting import contents, tiers
from submissions.answers import headquarters
from submissions.answers import sheets as answers_sheets

APPS = ("cycles", "indicators", "submissions", "appeals", "festival")
DOOR = re.compile(r"^from cycles\.engine\.perform import [^\n]*\b(perform|administer)\b", re.M)
"""A file that goes through the door holds acts, whatever it is called."""

OF_PAGES = {"pages", "lookups"}
"""These show beforehand whether the door would open, and act nowhere."""

BEHIND_ACTS = {
    "cycles": [perform],
    "indicators": [contents, tiers],
    "submissions": [headquarters, answers_sheets],
}
"""The door itself, and files whose acts go through it by way of another act."""


def act_modules(app: str) -> list[ModuleType]:
    """Import every file of an app that holds acts: those called `actions`, and those that go through the door."""
    found = []
    for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
        name = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        reads = path.stem.endswith("views") or path.stem in OF_PAGES
        if not reads and (path.stem == "actions" or DOOR.search(path.read_text())):
            found.append(importlib.import_module(name))
    return found + BEHIND_ACTS.get(app, [])


def public_actions() -> set[str]:
    found = set()
    for app in APPS:
        found |= {
            f"{app}.{name}"
            for module in act_modules(app)
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == module.__name__ and not name.startswith("_")
        }
    return found
