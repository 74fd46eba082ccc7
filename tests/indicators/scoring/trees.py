"""Small trees to score."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from indicators.frameworks.framework import Framework, NodeResult
from indicators.frameworks.reader import read

F = Fraction

UNIT = {
    "u": {"type": "number", "min": 0, "max": 1},
    "hundred": {"type": "number", "min": 0, "max": 100},
}


def framework(root: Mapping[str, Any], scales: Mapping[str, Any] = UNIT, **top: Any) -> Framework:
    document = {
        "form": "assessment-framework/1",
        "code": "T",
        "title": "T",
        "scales": scales,
        "root": root,
        **top,
    }
    return read(json.dumps(document), "t.json")


def leaf(code: str, scale: str = "u", **more: Any) -> dict[str, Any]:
    return {"code": code, "title": code, "weight": 1, "scale": scale, **more}


def branch(code: str, agg: str, *children: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": code,
        "weight": 1,
        "agg": agg,
        "children": list(children),
        **more,
    }


def score(tested: Framework, rating: str = "", **cells: str) -> dict[str, NodeResult]:
    found = {
        code: value
        for code, text in cells.items()
        if (value := tested.read_value(code, text)) is not None
    }
    return {line.node.code: line for line in tested.score(found, rating=rating)}


weights = st.lists(st.integers(1, 50), min_size=2, max_size=6)
