"""What the command refuses in a definition."""

import json
from typing import Any

import pytest

from indicators.frameworks.json_document import Malformed
from indicators.frameworks.reader import load
from tests.indicators.frameworks.score_files import DEFINITION, Files

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
