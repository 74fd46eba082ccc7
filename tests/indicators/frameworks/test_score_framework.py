"""`manage.py score_framework`: what it writes, and that a mistake in either file is named and
nothing written.
"""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indicators.frameworks.json_document import Malformed
from indicators.frameworks.reader import FOLDER, load

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

Score = Callable[..., list[dict[str, str]]]


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


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


# --- What it writes -----------------------------------------------------------------------------


def test_there_is_a_row_for_every_entity_and_node_in_the_order_of_the_files(files: Files) -> None:
    files.value(
        "entity,node,value\nبهداشت,b,5\nx,a,7.25\nبهداشت,a,NA\nx,c,N/A\nx,b,REVIEW\nx,t,!Suspended\n"
    )

    rows = files.score()

    assert list(rows[0]) == ["entity", "node", "score", "exact", "band", "rule"]
    assert [(row["entity"], row["node"]) for row in rows] == [
        (e, n) for e in ("بهداشت", "x") for n in "tabc"
    ]
    assert rows[0] == {
        "entity": "بهداشت", "node": "t", "score": "5.0", "exact": "5", "band": "Pass", "rule": "",
    }  # fmt: skip
    assert rows[4] == {
        "entity": "x", "node": "t", "score": "7.3", "exact": "7.25", "band": "Suspended",
        "rule": "provisional: b under review; override: Suspended instead of Pass",
    }  # fmt: skip
    assert [row["rule"] for row in rows[5:]] == ["", "under review", "not applicable"]


def test_columns_in_another_order_a_byte_order_mark_and_more_columns_are_understood(
    files: Files,
) -> None:
    files.value('\ufeffnote,Value,entity,NODE\r\n"two\nlines",4,x,a\r\n\r\n,6,x,b\r\n')

    assert files.score()[0]["score"] == "5.0"


def test_values_read_back_from_a_result_give_the_same_result(files: Files) -> None:
    files.value("entity,node,value\nx,a,7.25\nx,b,3\n")
    first = files.score()

    files.value(
        "entity,node,value\n" + "".join(f"x,{row['node']},{row['exact']}\n" for row in first)
    )
    second = files.score()

    assert [row["exact"] for row in second] == [row["exact"] for row in first]


def test_a_result_that_stands_there_is_replaced_whole(files: Files) -> None:
    files.out.write_text("old\n" * 1000)

    files.score()

    assert "old" not in files.out.read_text()
    assert sorted(path.name for path in files.folder.iterdir()) == ["d.json", "r.csv", "v.csv"]


def test_whoever_scores_is_told_what_is_unconfirmed(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    files.value("entity,node,value\nx,1,80\n")

    call_command("score_framework", FOLDER / "part.json", files.values, out=files.out)

    assert capsys.readouterr().err.count("Unconfirmed in PART: ") == 2


def test_two_hundred_entities_on_hundreds_of_nodes_are_all_scored(files: Files) -> None:
    leaves = [node.code for node in load(FOLDER / "efqm2020.json").root.walk() if node.scale]
    rows = "".join(
        f"e{entity},{code},{entity % 21 * 5}\n" for entity in range(200) for code in leaves
    )
    files.define((FOLDER / "efqm2020.json").read_bytes())
    files.value("entity,node,value\n" + rows)

    scored = files.score()

    assert len(scored) == 200 * 163
    assert [row["score"] for row in scored if row["node"] == "EFQM"][:3] == ["0", "50", "100"]


# --- What it refuses in the values --------------------------------------------------------------

HEAD = "entity,node,value\n"
BAD_VALUES = [
    ("", "v.csv, line 1: the file is empty"),
    (HEAD, "v.csv, line 1: no row below the head"),
    ("entity,value\nx,1\n", "v.csv, line 1: the column “node” is missing"),
    ("entity;node;value\nx;a;1\n", "v.csv, line 1: the column “entity” is missing"),
    ("entity,node,value,node\nx,a,1,b\n", "v.csv, line 1: the column “node” stands there twice"),
    (HEAD + "x,a,1\nx,z,1\n", "v.csv, line 3: x, z: “z” is no node of T"),
    (HEAD + "x,a,1\n\nx,b,ten\n", "v.csv, line 4: x, b: not a number: 'ten'"),
    (HEAD + 'x,a,"1,5"\n', "v.csv, line 2: x, a: not a number: '1,5'"),
    (HEAD + "x,a,11\n", "v.csv, line 2: x, a: 11 is more than 10, the most of the scale"),
    (HEAD + "x,a,-1\n", "v.csv, line 2: x, a: -1 is less than 0, the least of the scale"),
    (HEAD + "x,c,PERHAPS\n", "v.csv, line 2: x, c: “PERHAPS” is none of the options Y, N"),
    (HEAD + "x,t,11\n", "v.csv, line 2: x, t: 11 is more than t can be, which is 10"),
    (HEAD + "x,a,1\ny,a,1\nx,a,2\n", "v.csv, line 4: x, a stands already on line 2"),
    (HEAD + "x,a,!Pass\n", "v.csv, line 2: only the root t has a rating to override"),
    (HEAD + "x,t,!\n", "v.csv, line 2: the override names no rating"),
    (HEAD + ",a,1\n", "v.csv, line 2: the row names no entity"),
    (HEAD + "x,,1\n", "v.csv, line 2: the row names no node"),
    (HEAD + "x,a\n", "v.csv, line 2: 2 cells, where the head has 3"),
    (HEAD + "x,a,1,2\n", "v.csv, line 2: 4 cells, where the head has 3"),
    (HEAD + 'x,a,"1\n', "v.csv, line 2: not CSV: unexpected end of data"),
    (HEAD.encode() + b"x,a,1\n\xe9,a,1\n", "v.csv, line 3: not UTF-8"),
    ((HEAD + "x,a,1\n").encode("utf-16"), "v.csv, line 1: not UTF-8"),
    (
        HEAD + "x,a,x\nx,b,y\n",
        "v.csv, line 2: x, a: not a number: 'x'\nv.csv, line 3: x, b: not a number: 'y'",
    ),
]


@pytest.mark.parametrize(("text", "reason"), BAD_VALUES)
def test_a_bad_value_is_refused_with_file_line_and_reason(
    files: Files, text: str | bytes, reason: str
) -> None:
    files.value(text)

    assert files.refusal() == reason


def test_of_many_faults_the_first_twenty_are_told_and_the_rest_counted(files: Files) -> None:
    files.value(HEAD + "".join(f"e{place},a,bad\n" for place in range(25)))

    lines = files.refusal().splitlines()

    assert (len(lines), lines[-1]) == (21, "and 5 more")


def test_an_arithmetic_that_cannot_take_the_values_names_the_entity_and_the_node(
    files: Files,
) -> None:
    definition = json.loads(json.dumps(DEFINITION))
    definition["scales"]["u"] = {"type": "number"}
    definition["root"]["agg"] = "gmean"
    files.define(json.dumps(definition))
    files.value(HEAD + "x,a,1\ny,a,-1\n")

    assert (
        files.refusal() == "v.csv, line 3: y: node t: the geometric mean takes no value below zero"
    )


def test_a_result_is_not_written_over_what_it_is_made_from_nor_into_no_folder(files: Files) -> None:
    files.out = files.values
    over = files.refusal()
    files.out = files.folder / "nowhere" / "r.csv"
    nowhere = files.refusal()

    assert over == "v.csv: the result would replace what it is made from"
    assert nowhere.startswith("nowhere/r.csv: there is no folder")


def test_a_file_that_is_missing_is_named(files: Files) -> None:
    files.definition.unlink()

    assert files.refusal() == "d.json: No such file or directory"


# --- What it refuses in the definition ----------------------------------------------------------

NODE = ("root", "children", 0)
SCALE = ("scales", "u")
BAD_DEFINITIONS: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("form",), "assessment-framework/2", 'form: must be one of assessment-framework/1, not "assessment-framework/2"'),
    (("root",), None, "“root” is missing"),
    (("code",), " ", "code: must be a text"),
    (("root", "agg"), "mean", "root.agg: must be one of wmean, sum, gmean"),
    (("root", "agg"), None, "root: “agg” is missing"),
    (("root", "children"), {}, "root.children: must be a list"),
    (("root", "missing"), "ignore", "root.missing: must be one of skip, zero, null"),
    (("root", "missing"), {"skip_min_count": 0}, "root.missing: must be"),
    (("root", "round"), {"digits": 1.5, "mode": "half_up"}, "root.round.digits: must be a whole number"),
    (("root", "round"), {"digits": 1, "mode": "nearest"}, "root.round.mode: must be one of half_up"),
    (("root", "round"), {"mode": "half_up"}, "root.round: “digits” is missing"),
    (("root", "scale_to"), 0, "root.scale_to: must be more than zero"),
    (("root", "cap_by"), "z", "root.cap_by: “z” is no node below this one"),
    (("root", "cap_by"), "t", "root.cap_by: “t” is no node below this one"),
    ((*NODE, "scale"), "v", "root.children[0].scale: “v” is none of the scales u, yn"),
    ((*NODE, "scale"), None, "root.children[0]: a node needs “children” or a “scale”"),
    ((*NODE, "children"), [], "root.children[0]: a node has children or a scale, not both"),
    ((*NODE, "code"), "b", "root.children[1].code: “b” is the code of another node, too"),
    ((*NODE, "code"), "a ", "root.children[0].code: must not begin or end with a space"),
    ((*NODE, "code"), None, "root.children[0]: “code” is missing"),
    ((*NODE, "weight"), "1", "root.children[0].weight: must be a number"),
    ((*NODE, "weight"), True, "root.children[0].weight: must be a number"),
    ((*NODE, "weight"), -1, "root.children[0].weight: must not be less than zero"),
    ((*NODE, "weight"), None, "root.children[0]: “weight” is missing, which its brothers have"),
    ((*SCALE, "type"), "stars", "scales.u.type: must be one of options, number"),
    ((*SCALE, "max"), 0, "scales.u: min must be less than max"),
    ((*SCALE, "step"), -1, "scales.u: step must be more than zero"),
    (SCALE, {"type": "minmax", "min": 1}, "root.children[0]: needs min and max, which must differ"),
    (SCALE, {"type": "minmax", "min": 0, "max": 9, "transform": "log"}, "scales.u: min and max must be more than zero"),
    (SCALE, {"type": "minmax", "min": 0, "max": 9, "transform": "root"}, "scales.u.transform: must be one of log"),
    (SCALE, {"type": "ratio", "standard": 0}, "scales.u.standard: must be more than zero"),
    (SCALE, {"type": "ratio"}, "root.children[0]: the leaf or its scale needs “standard”"),
    (SCALE, {"type": "ratio", "standard": 1, "direction": "left"}, "scales.u.direction: must be one of up, down"),
    (SCALE, {"type": "interpolate", "levels": [1, 2]}, "scales.u.levels: must be two numbers or more"),
    (SCALE, {"type": "interpolate", "levels": [2, 1]}, "root.children[0]: the leaf or its scale needs “targets”"),
    (SCALE, {"type": "interpolate", "levels": [2, 1], "targets": [1]}, "scales.u.targets: must be 2, one a level"),
    (SCALE, {"type": "interpolate", "levels": [3, 2, 1], "targets": [1, 9, 3]}, "scales.u.targets: must fall"),
    (("scales", "yn", "options"), [], "scales.yn.options: must hold an option"),
    (("scales", "yn", "options", 0, "value"), None, "scales.yn.options[0]: “value” is missing"),
    (("scales", "yn", "options", 0, "code"), "N", "scales.yn.options[1].code: stands there twice"),
    (("scales", "yn", "options", 0, "code"), "NA", "scales.yn.options[0].code: NA is kept"),
    (("bands", 0, "min"), None, "bands[0]: “min” is missing"),
    (("bands", 0, "min"), 0, "bands[1].min: stands there twice"),
    (("bands", 0, "label"), None, "bands[0]: “label” is missing"),
    (("limits",), [{"when": [], "at_most": "Best"}], "limits[0].at_most: “Best” is no band"),
    (("root", "agg"), "table", "root: “table” is missing"),
]  # fmt: skip


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    document = json.loads(json.dumps(DEFINITION))
    at = document
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "reason"), BAD_DEFINITIONS, ids=[row[2][:60] for row in BAD_DEFINITIONS]
)
def test_a_malformed_definition_is_refused_with_file_line_path_and_reason(
    files: Files, path: tuple[str | int, ...], value: Any, reason: str
) -> None:
    files.define(json.dumps(changed(path, value), indent=1))

    told = files.refusal()

    place, _colon, rest = told.partition(": ")
    assert rest.startswith(reason)
    file, _comma, line = place.partition(", line ")
    assert file == "d.json"
    written = files.definition.read_text().splitlines()[int(line) - 1]
    named = reason.split(": ")[0].split(".")[-1].split("[")[0]
    assert written.strip().startswith((f'"{named}"', "{"))


BAD_TABLES = [
    ([], "root.table: must hold a row"),
    ([{"then": "1"}], "root.table[0]: “when” is missing"),
    ([{"when": []}], "root.table[0]: “then” is missing"),
    ([{"when": [{"at_least": 1}], "then": 1}], "root.table[0].when[0]: a condition is about"),
    (
        [{"when": [{"node": "z", "equals": 1}], "then": 1}],
        "root.table[0].when[0].node: “z” is no node",
    ),
    ([{"when": [{"node": "a"}], "then": 1}], "root.table[0].when[0]: needs a comparison"),
    (
        [{"when": [{"node": "a", "equal": 1}], "then": 1}],
        "root.table[0].when[0].equal: is no condition",
    ),
    (
        [{"when": [{"group": "g", "at_most": 1}], "then": 1}],
        "root.table[0].when[0]: needs a comparison",
    ),
    (
        [{"when": [{"group": "g", "count_below": 1, "at_most": 1}], "then": 1}],
        "root.table[0].when[0].group: “g” is no",
    ),
]


@pytest.mark.parametrize(("table", "reason"), BAD_TABLES)
def test_a_decision_table_that_cannot_be_checked_is_refused(
    files: Files, table: Any, reason: str
) -> None:
    document = changed(("root", "agg"), "table")
    document["root"]["table"] = table
    files.define(json.dumps(document, indent=1))

    assert files.refusal().partition(": ")[2].startswith(reason)


def test_points_ask_for_something_possible(files: Files) -> None:
    document = changed(("root", "agg"), "points_ratio")
    document["scales"]["u"] = {"type": "number", "min": 0}
    files.define(json.dumps(document))

    assert (
        files.refusal()
        == "d.json, line 1: root: a needs “points”, or a scale with a maximum above zero"
    )


def test_weights_that_are_all_zero_are_refused(files: Files) -> None:
    document = changed(("root", "agg"), "wmean")
    for child in document["root"]["children"]:
        child["weight"] = 0
    files.define(json.dumps(document))

    assert files.refusal().endswith("root: every child has the weight 0")


NOT_JSON = [
    ('{"form": "assessment-framework/1",\n "code": }', "line 2: not JSON: Expecting value"),
    ('{"form": "assessment-framework/1", "code": NaN}', "line 1: not JSON: NaN is no number"),
    (
        '{"form": "assessment-framework/1",\n "code": "T",\n "code": "U"}',
        "line 3: “code” stands there twice",
    ),
    ("[" * 100000, "line 1: nested too deeply"),
    ("[]", "line 1: must be an object"),
    ("", "line 1: not JSON: Expecting value"),
    (b'{\n"code": "\xff"}', "line 2: not UTF-8"),
]


@pytest.mark.parametrize(("text", "reason"), NOT_JSON, ids=[row[1] for row in NOT_JSON])
def test_what_is_no_document_is_refused(files: Files, text: str | bytes, reason: str) -> None:
    files.define(text)

    assert files.refusal() == f"d.json, {reason}"


def test_a_number_beyond_any_measure_is_refused_and_takes_no_memory(files: Files) -> None:
    files.define(json.dumps(DEFINITION).replace('"max": 10', '"max": 1e999999'))

    with pytest.raises(Malformed, match=r"scales\.u\.max: is beyond any measure"):
        load(files.definition)
