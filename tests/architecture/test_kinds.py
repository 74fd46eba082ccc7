"""What kind a file is says its name, and files of a kind import only what
stands below that kind.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture import house

KINDS = (
    ("addresses", r"urls"),
    ("pages", r"views|\w+_views"),
    ("background work", r"tasks"),
    (
        "what is typed, listed and printed",
        r"forms|\w+_forms|tables|filters|papers?|exports|sheets|sheet_columns",
    ),
    ("acts", r"actions"),
    ("questions", r"queries"),
    ("rows", r"models"),
    ("moves", r"\w*workflow"),
)
"""From the top; a file of another name is a rule of its domain, which may import anything but
addresses and pages.
"""

RULE = len(KINDS)


def kind(module: str) -> int:
    *packages, name = module.split(".")
    if "models" in packages:
        name = "models"
    for place, (_, pattern) in enumerate(KINDS):
        if re.fullmatch(pattern, name):
            return place
    return RULE


def modules() -> dict[str, Path]:
    found = {}
    for path in house.files():
        parts = path.relative_to(house.ROOT).with_suffix("").parts
        if "management" not in parts:
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imported(text: str, known: dict[str, Path]) -> list[tuple[int, str]]:
    """Answer with the line and the name of each of our modules that a text imports."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.append((node.lineno, whole if whole in known else node.module))
    return [(line, name) for line, name in found if name in known]


def upwards(module: str, text: str, known: dict[str, Path]) -> list[str]:
    """Name the imports by which a file reaches a kind above its own."""
    own = kind(module)
    wrong = []
    for line, name in imported(text, known):
        other = kind(name)
        into_pages = other <= 1 and own > 1
        if into_pages or (own != RULE and other < own):
            wrong.append(f"{module}:{line} imports {name}")
    return wrong


def test_files_import_only_kinds_below_their_own():
    known = modules()
    wrong = []
    for module, path in known.items():
        wrong += upwards(module, path.read_text(), known)
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("festival.awards.actions", "from festival.awards import views"),
        ("festival.awards.candidates", "from festival.awards.public_views import awards"),
        ("submissions.progress.queries", "from submissions.marking import actions"),
        ("cycles.workflow", "from cycles.models import Cycle"),
        ("appeals.drafting.forms", "from appeals.drafting.views import edit"),
    ],
)
def test_an_import_upwards_is_caught(module: str, line: str):
    assert upwards(module, line, modules()) != []


def test_no_folder_holds_more_than_sixteen_files():
    folders: dict[str, int] = {}
    for app in (*house.APPS, "tests"):
        for path in (house.ROOT / app).rglob("*.py"):
            folder = str(path.parent.relative_to(house.ROOT))
            folders[folder] = folders.get(folder, 0) + 1
    assert {folder: count for folder, count in folders.items() if count > 16} == {}
