"""The values of a framework's entities, as a table: read and checked cell by cell, and the table of
the result.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cycles.spreadsheets.exports import Verbatim, csv_writer
from indicators.frameworks.framework import Framework, NodeResult
from indicators.scoring.nodes import NodeValue
from indicators.scoring.scales import Unfit

COLUMNS = ("entity", "node", "value")
RESULT_COLUMNS = ("entity", "node", "score", "exact", "band", "rule")
MOST_FAULTS = 20


class BadValues(Exception):
    """A table that cannot be scored: every fault with its line and reason, one a line."""


@dataclass
class Entity:
    """What the table gives for one entity, and the line on which it is first named."""

    name: str
    line: int
    given: dict[str, NodeValue] = field(default_factory=dict)
    rating: str = ""


def read_values(data: bytes, framework: Framework, name: str) -> list[Entity]:
    """Read the entities of a CSV in the order in which they are first named; BadValues with all
    that is wrong.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValues(
            f"{name}, line {data.count(bytes([10]), 0, error.start) + 1}: not UTF-8"
        ) from None
    entities: dict[str, Entity] = {}
    seen: dict[tuple[str, str, bool], int] = {}
    faults: list[str] = []
    rows = _rows(text, name)
    for line, (entity, node, value) in rows:
        try:
            _take(framework, entities, seen, line, entity, node, value)
        except Unfit as error:
            faults.append(f"{name}, line {line}: {error}")
    _refuse(faults)
    if not entities:
        raise BadValues(f"{name}, line 1: no row below the head")
    return list(entities.values())


def score_all(
    entities: Iterable[Entity], framework: Framework, name: str
) -> list[tuple[Entity, list[NodeResult]]]:
    """Score every entity; BadValues when an arithmetic does not take the values of one."""
    results, faults = [], []
    for entity in entities:
        try:
            results.append((entity, framework.score(entity.given, rating=entity.rating)))
        except Unfit as error:
            faults.append(f"{name}, line {entity.line}: {entity.name}: {error}")
    _refuse(faults)
    return results


def result_text(results: Iterable[tuple[Entity, list[NodeResult]]]) -> str:
    """Write the result as a CSV, a row for each entity and node."""
    out = io.StringIO()
    write = csv_writer(out, ends="\n")
    write(RESULT_COLUMNS)
    for entity, lines in results:
        for line in lines:
            # figures stand as they are: they are read by programs, and the trailing zero of 5.0
            # says something
            figures = (Verbatim(line.score), Verbatim(line.exact))
            write((entity.name, line.node.code, *figures, line.band, line.rule))
    return out.getvalue()


def _take(
    framework: Framework,
    entities: dict[str, Entity],
    seen: dict[tuple[str, str, bool], int],
    line: int,
    name: str,
    node: str,
    value: str,
) -> None:
    if not name or not node:
        raise Unfit("the row names no entity" if not name else "the row names no node")
    entity = entities.setdefault(name, Entity(name, line))
    overrides = value.startswith("!")
    first = seen.setdefault((name, node, overrides), line)
    if first != line:
        raise Unfit(f"{name[:60]}, {node[:60]} stands already on line {first}")
    if overrides:
        entity.rating = framework.rating(node, value)
        return
    try:
        given = framework.read_value(node, value)
    except Unfit as error:
        raise Unfit(f"{name[:60]}, {node[:60]}: {error}") from None
    if given is not None:
        entity.given[node] = given


def _rows(text: str, name: str) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Read the three cells of every row with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    places: list[int] = []
    width, before = 0, 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BadValues(f"{name}, line {before + 1}: not CSV: {error}") from None
        line, before = before + 1, reader.line_num
        if row is None:
            if not places:
                raise BadValues(f"{name}, line 1: the file is empty")
            return
        if not any(cell.strip() for cell in row):
            continue
        if not places:
            places, width = _places(row, name, line), len(row)
        elif len(row) != width:
            raise BadValues(f"{name}, line {line}: {len(row)} cells, where the head has {width}")
        else:
            entity, node, value = (row[place].strip() for place in places)
            yield line, (entity, node, value)


def _places(head: list[str], name: str, line: int) -> list[int]:
    titles = [cell.strip().casefold() for cell in head]
    for column in COLUMNS:
        if titles.count(column) != 1:
            fault = "is missing" if column not in titles else "stands there twice"
            raise BadValues(f"{name}, line {line}: the column “{column}” {fault}")
    return [titles.index(column) for column in COLUMNS]


def _refuse(faults: list[str]) -> None:
    if faults:
        more = len(faults) - MOST_FAULTS
        raise BadValues(
            "\n".join(faults[:MOST_FAULTS] + ([f"and {more} more"] if more > 0 else []))
        )
