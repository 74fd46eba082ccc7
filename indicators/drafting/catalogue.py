"""The catalogue of general indicators that a new portal starts with, as measures."""

import csv
import json
import re
import uuid
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypedDict

DATA = Path(__file__).parents[1] / "data"
CATALOGUE = uuid.UUID("6d1f7a52-9e3c-5b0e-8a53-0d6f0c6a1b11")
"""Names the catalogue, so that a row's lineage follows from its code and is the same in every
cycle.
"""


class CatalogueRow(TypedDict):
    """A general indicator of the catalogue, with the fields of its one measure."""

    code: str
    axis_fa: str
    axis_en: str
    title_fa: str
    title_en: str
    points: Decimal
    measure: dict[str, object]


def general_catalogue() -> list[CatalogueRow]:
    """Read the 60 general indicators with their parameters, as `fill_general_set` takes them.

    Their points and what the other two files (parameters, character) add are composed for this
    portal, not official.
    """
    return [_row(code) for code in _indicators()]


def _row(code: str) -> CatalogueRow:
    row, own = _indicators()[code], _parameters()[code]
    return {
        "code": code,
        "axis_fa": row["axis_fa"],
        "axis_en": row["axis_en"],
        "title_fa": row["title_fa"],
        "title_en": row["title_en"],
        "points": Decimal(row["max_points"]),
        "measure": {
            "lineage": uuid.uuid5(CATALOGUE, code),
            "unit_fa": own["unit_fa"],
            "unit_en": row["unit"],
            "direction": row["direction"],
            "method": row["method"],
            "params": json.loads(own["params_json"] or "{}"),
            "base": _number(own["base"]),
            "floor": _number(own["floor"]),
            "target": _number(own["target"]),
            "evidence_fa": own["evidence_fa"],
            "evidence_en": row["evidence_en"],
            **_legal_basis(own["legal_basis"]),
            "evidence_rule": "none" if row["method"] == "steward" else "required",
            **{
                key: value
                for key, value in _character()[code].items()
                if key not in ("code", "caf_criterion")
            },
            "caf_criterion": int(_character()[code]["caf_criterion"]),
            "is_composed": True,
        },
    }


ACT = re.compile(r"Civil Service Management Act, Arts? (.+)")


def _legal_basis(text: str) -> dict[str, str]:
    """Name the articles of the Act where the text names nothing else, else the text."""
    named = ACT.fullmatch(text)
    return {"law": "csma", "article": named[1]} if named else {"legal_basis": text}


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@cache
def _indicators() -> dict[str, dict[str, str]]:
    return _read("general_indicators.csv")


@cache
def _parameters() -> dict[str, dict[str, str]]:
    return _read("general_parameters.csv")


@cache
def _character() -> dict[str, dict[str, str]]:
    return _read("general_character.csv")


def _read(name: str) -> dict[str, dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def catalogue_lineages() -> set[uuid.UUID]:
    """List the lineages of the catalogue, which a file may name before any set holds them."""
    return {uuid.uuid5(CATALOGUE, code) for code in _indicators()}
