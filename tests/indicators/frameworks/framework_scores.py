"""Values scored on a reference framework."""

import json
from collections.abc import Iterable

from indicators.frameworks.framework import Framework, NodeResult
from indicators.frameworks.reader import FOLDER, read

HDI = ("life_expectancy", "expected_schooling", "mean_schooling", "gni_per_capita_ppp2017")

EGDI = ("osi", "hci", "tii")


def scored(
    framework: Framework, cells: Iterable[tuple[str, str]], rating: str = ""
) -> dict[str, NodeResult]:
    """The lines of one entity by node, from cells as a table of values holds them."""
    given = {
        code: value
        for code, text in cells
        if (value := framework.read_value(code, text)) is not None
    }
    return {line.node.code: line for line in framework.score(given, rating=rating)}


def root(framework: Framework, cells: Iterable[tuple[str, str]], rating: str = "") -> NodeResult:
    return scored(framework, cells, rating)[framework.root.code]


def variant(name: str, **root_changes: object) -> Framework:
    """A bundled definition with another root."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    document["root"] |= root_changes
    return read(json.dumps(document), name)


def egdi_of_2010() -> Framework:
    children = json.loads((FOLDER / "egdi.json").read_text(encoding="utf-8"))["root"]["children"]
    weights = {"osi": 0.34, "hci": 0.33, "tii": 0.33}
    return variant(
        "egdi", children=[{**child, "weight": weights[child["code"]]} for child in children]
    )
