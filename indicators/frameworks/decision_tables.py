"""Read the decision tables of a framework's document."""

from collections.abc import Iterator

from indicators.frameworks.json_document import DocumentValue
from indicators.scoring.conditions import COMPARISONS, Condition, DecisionRow, Test
from indicators.scoring.nodes import (
    Node,
)

COUNTED = {f"count_{name}": name for name in COMPARISONS}


def rows_of(at: DocumentValue, children: tuple[Node, ...]) -> tuple[DecisionRow, ...]:
    if at.value.get("agg") != "table":
        return ()
    branch = Node(code=at["code"].text(), title="", agg="none", children=children)
    groups = groups_of(at, branch)
    rows = at["table"].elements()
    if not rows:
        at["table"].refuse("must hold a row")
    return tuple(
        DecisionRow(conditions_of(row["when"], branch, groups), said_of(row["then"]))
        for row in rows
    )


def said_of(at: DocumentValue | None) -> str:
    if at is None:
        return ""
    return at.text() if isinstance(at.value, str) else str(at.number())


def groups_of(at: DocumentValue, branch: Node) -> dict[str, tuple[str, ...]]:
    """Find the groups of a node: as it lists them, or as its descendants name theirs."""
    known = {node.code for node in branch.walk()}
    groups: dict[str, tuple[str, ...]] = {}
    if listed := at.find("groups"):
        for name, codes in listed.members().items():
            groups[name] = tuple(code.text() for code in codes.elements())
            for code in codes.elements():
                if code.value not in known:
                    code.refuse(f"“{code.value}” is no node below this one")
    for node in nodes_below(at):
        name = node.value.get("group")
        if isinstance(name, str) and not (listed and name in listed.value):
            groups[name] = (*groups.get(name, ()), node["code"].text())
    return groups


def conditions_of(
    at: DocumentValue, branch: Node, groups: dict[str, tuple[str, ...]]
) -> tuple[Condition, ...]:
    known = {node.code for node in branch.walk()}
    return tuple(_condition(entry, known, groups) for entry in at.elements())


def _condition(at: DocumentValue, known: set[str], groups: dict[str, tuple[str, ...]]) -> Condition:
    node, group = at.find("node"), at.find("group")
    if (node is None) == (group is None):
        at.refuse("a condition is about a “node” or a “group”")
    tests, counted = _tests(at, of_group=group is not None)
    if not tests or (group and len(counted) != 1):
        at.refuse(
            "needs a comparison, and with a group what is counted: {'group': 'L1', 'count_below': "
            "2, 'at_most': 1}"
        )
    if node:
        if node.text() not in known:
            node.refuse(f"“{node.value}” is no node below this one")
        return Condition((node.text(),), tuple(tests))
    assert group is not None
    if group.text() not in groups:
        group.refuse(f"“{group.value}” is no group: {', '.join(groups) or 'none is listed'}")
    return Condition(groups[group.text()], tuple(tests), counted[0], group.text())


def _tests(at: DocumentValue, *, of_group: bool) -> tuple[list[Test], list[Test]]:
    """Read the comparisons of a condition, and what a group's condition counts."""
    tests: list[Test] = []
    counted: list[Test] = []
    for key, value in at.members().items():
        if key in COMPARISONS:
            tests.append(Test(key, value.number()))
        elif of_group and key in COUNTED:
            counted.append(Test(COUNTED[key], value.number()))
        elif key not in ("node", "group"):
            value.refuse("is no condition that can be checked")
    return tests, counted


def nodes_below(at: DocumentValue) -> Iterator[DocumentValue]:
    """List a node and all below it, fine-tuned trees too, as they stand in the document."""
    yield at
    children, tuned = at.find("children"), at.find("fine_tuned")
    for child in [*(children.elements() if children else []), *([tuned] if tuned else [])]:
        yield from nodes_below(child)


def codes_below(at: DocumentValue) -> Iterator[DocumentValue]:
    return (node["code"] for node in nodes_below(at))
