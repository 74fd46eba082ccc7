"""A definition, values and a result as files."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

DEFINITION: dict[str, Any] = {
    "form": "assessment-framework/1",
    "code": "T",
    "title": "Test",
    "scales": {
        "u": {"type": "number", "min": 0, "max": 10},
        "yn": {
            "type": "options",
            "options": [{"code": "Y", "value": 1}, {"code": "N", "value": 0}],
            "na": "N/A",
        },
    },
    "root": {
        "code": "t",
        "title": "Total",
        "weight": 1,
        "agg": "wmean",
        "missing": "skip",
        "children": [
            {"code": "a", "title": "A", "weight": 1, "scale": "u"},
            {"code": "b", "title": "B", "weight": 1, "scale": "u"},
            {"code": "c", "title": "C", "weight": 0, "scale": "yn"},
        ],
        "round": {"digits": 1, "mode": "half_up"},
    },
    "bands": [{"min": 5, "label": "Pass"}, {"min": 0, "label": "Fail"}],
}


class Files:
    """A definition, values and a result in a folder of their own."""

    def __init__(self, folder: Path):
        self.definition, self.values, self.out = (
            folder / "d.json",
            folder / "v.csv",
            folder / "r.csv",
        )
        self.folder = folder
        self.define(json.dumps(DEFINITION, indent=1))
        self.value("entity,node,value\nx,a,4\n")

    def define(self, text: str | bytes) -> None:
        self.definition.write_bytes(text if isinstance(text, bytes) else text.encode())

    def value(self, text: str | bytes) -> None:
        self.values.write_bytes(text if isinstance(text, bytes) else text.encode())

    def score(self) -> list[dict[str, str]]:
        told = io.StringIO()
        call_command(
            "score_framework", self.definition, self.values, out=self.out, stdout=told, stderr=told
        )
        return list(csv.DictReader(io.StringIO(self.out.read_text(encoding="utf-8"))))

    def refusal(self) -> str:
        """What the command says when it refuses; nothing is written then."""
        before = sorted(path.name for path in self.folder.iterdir())
        with pytest.raises(CommandError) as refused:
            self.score()
        assert sorted(path.name for path in self.folder.iterdir()) == before
        return str(refused.value).replace(f"{self.folder}/", "")
