"""What the command writes and what it refuses in values."""

import json
from collections.abc import Callable

import pytest
from django.core.management import call_command

from indicators.frameworks.reader import FOLDER, load
from tests.indicators.frameworks.score_files import DEFINITION, Files

Score = Callable[..., list[dict[str, str]]]


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
