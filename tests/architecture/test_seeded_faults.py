"""Faults seeded on purpose: each guard of the house catches its kind.

A view that writes and an import of a kind above stand beside their guards (`test_house.py`, `test_kinds.py`).
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from django.urls.resolvers import RegexPattern
from importlinter.contracts.layers import LayersContract

from tests.guard.test_authorization import names, without_row

ROOT = Path(settings.BASE_DIR)
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERED = {each["name"]: each for each in LINTER["contracts"] if each["type"] == "layers"}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(*LINTER["root_packages"], cache_dir=None)


def is_kept(contract: str, graph: grimp.ImportGraph) -> bool:
    options = {}
    for key, value in LAYERED[contract].items():
        if key not in ("name", "type"):
            options[key] = str(value) if isinstance(value, bool) else value
    return LayersContract(contract, LINTER, options).check(graph, verbose=False).kept


@pytest.fixture
def seed(imports: grimp.ImportGraph) -> Iterator[list[dict[str, str]]]:
    """Imports to be added; they are taken out again."""
    added: list[dict[str, str]] = []
    yield added
    for each in added:
        imports.remove_import(**each)


@pytest.mark.parametrize(
    ("contract", "importer", "imported"),
    [
        ("Inside festival", "festival.awards.views", "festival.duties.queries"),
        ("Inside submissions", "submissions.marking.actions", "submissions.answers.forms"),
        ("Inside submissions", "submissions.models.blocks", "submissions.evidence.actions"),
        ("Inside cycles", "cycles.engine.perform", "cycles.people.actions"),
        ("Apps depend one way", "appeals.models.appeals", "festival.models.awards"),
    ],
)
def test_an_import_of_a_sibling_or_upwards_is_caught(imports, seed, contract, importer, imported):
    assert is_kept(contract, imports)

    seed.append({"importer": importer, "imported": imported})
    imports.add_import(**seed[0])

    assert not is_kept(contract, imports)


def test_an_address_without_a_row_is_caught():
    seeded = URLResolver(RegexPattern(r"^"), [path("seeded/", lambda request: None, name="seeded")])

    assert names(seeded) == {"seeded"}
    assert all(isinstance(each, URLPattern) for each in seeded.url_patterns)
    assert without_row(names(seeded)) == {"seeded"}


def lacking_types(text: str) -> list[str]:
    """Name the public functions of a text of which a parameter or the answer has no type."""
    wrong = []
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if node.returns is None or any(each.annotation is None for each in given):
            wrong.append(node.name)
    return wrong


def test_every_act_is_typed():
    wrong = {}
    for app in LINTER["root_packages"]:
        for file in sorted((ROOT / app).rglob("actions.py")):
            if lacking := lacking_types(file.read_text()):
                wrong[str(file.relative_to(ROOT))] = lacking
    assert wrong == {}


def test_an_act_without_types_is_caught():
    assert lacking_types("def grant(award, *, by: User, at: datetime) -> Award: ...") == ["grant"]
    assert lacking_types("def grant(award: Award, *, by: User, at: datetime): ...") == ["grant"]
    assert lacking_types("def grant(award: Award, *, by: User, at: datetime) -> Award: ...") == []
