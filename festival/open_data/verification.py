"""Recomputing a publication with the portal's own engine, from nothing but its published files.

`data/verify.py` does the same without any of our code; a test holds the two to the same answer.
"""

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TypedDict

from cycles.models import TieRule
from cycles.spreadsheets.exports import unguard
from festival.open_data.dictionary import ALL
from festival.open_data.rows import csv_text, digest_of
from festival.places import Entrant, Ranking, places
from festival.ranking.standings import LEAST_GROWTH
from indicators.models import Kind
from indicators.scoring.methods import SHOWN_PLACES, half_up, points
from indicators.scoring.statutory_tree import LineState, Result, ScoreLine, band, total

Read = Callable[[str], bytes]
Row = dict[str, str]
ZERO = Decimal(0)
UNFIT = (ArithmeticError, LookupError, TypeError, ValueError)
"""What the reckoning ends with where a file's parameters are none: they come from outside, as does
all that is read.
"""


@dataclass
class Findings:
    """What does not agree, in sentences fit for a log, and how many figures were compared."""

    faults: list[str] = field(default_factory=list)
    figures: int = 0

    def same(self, where: str, published: str, computed: Decimal | None) -> None:
        self.figures += 1
        if (None if published == "" else Decimal(published)) != computed:
            said = "none" if computed is None else csv_text(computed)
            self.faults.append(f"{where}: published {published or 'none'}, computed {said}")


class ManifestFile(TypedDict):
    """A file as the manifest names it."""

    name: str
    sha256: str


class ManifestRules(TypedDict):
    """The rules of a publication by which its sums and places are recomputed."""

    spreads_points: bool
    tie_rule: str


class Manifest(TypedDict):
    """The manifest of a publication, as far as it is needed to recompute it."""

    sha256: str
    files: list[ManifestFile]
    rules: ManifestRules


def verify(read: Read) -> Findings:
    """Check the digests of a publication and recompute every figure; `read` answers with a file by
    name.

    One file is held at a time, and of its lines those of one agency.
    """
    found = Findings()
    manifest = digests(found, read)
    if manifest is None:
        return found
    measures = {(row["set"], row["measure"]): row for row in _rows(read("measures.csv"))}
    sums = _reckon(found, read, measures, spread=manifest["rules"]["spreads_points"])
    _scores(found, _rows(read("scores.csv")), sums)
    _rankings(found, _rows(read("rankings.csv")), sums, tie_rule=manifest["rules"]["tie_rule"])
    return found


def digests(found: Findings, read: Read) -> Manifest | None:
    """Read the manifest, None where it is no JSON, and the files that it names; each that has
    another digest becomes a finding.
    """
    try:
        manifest: Manifest = json.loads(read("manifest.json"))
    except ValueError:
        found.faults.append("manifest.json: it is no JSON; nothing can be recomputed")
        return None
    if manifest.get("sha256") != digest_of(manifest):
        found.faults.append("manifest.json: its SHA-256 is not the one it bears")
    for file in manifest["files"]:
        if hashlib.sha256(read(file["name"])).hexdigest() != file["sha256"]:
            found.faults.append(f"{file['name']}: its SHA-256 is not the one in the manifest")
    return manifest


def _rows(content: bytes) -> Iterator[Row]:
    """Read the rows of a CSV, its texts without the apostrophe that kept a spreadsheet from running
    them.
    """
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    for row in csv.DictReader(text):
        for name, value in row.items():
            if value.startswith("'"):
                row[name] = unguard(value)
        yield row


Measures = Mapping[tuple[str, str], Row]
"""The rows of measures, by set and code."""
Key = tuple[str, str, str, str]
"""Agency, kind or "total", set, axis."""
Sums = dict[Key, tuple[Decimal, Decimal, Decimal]]
"""Points, the ceiling that applies, and percent."""


class OutOfOrderError(Exception):
    """The lines of an agency do not stand together."""


def _reckon(found: Findings, read: Read, measures: Measures, *, spread: bool) -> Sums:
    """Recompute each line and add up the tree of each agency.

    A file as the portal writes it has the lines of an agency together; one that somebody has sorted
    otherwise is read whole.
    """
    of_lines = Findings()
    try:
        sums = _lines(of_lines, _rows(read("lines.csv")), measures, spread=spread)
    except OutOfOrderError:
        of_lines = Findings()
        lines = sorted(_rows(read("lines.csv")), key=itemgetter("agency"))
        sums = _lines(of_lines, lines, measures, spread=spread)
    found.faults += of_lines.faults
    found.figures += of_lines.figures
    return sums


def _lines(found: Findings, lines: Iterable[Row], measures: Measures, *, spread: bool) -> Sums:
    sums: Sums = {}
    known: set[str] = set()
    for agency, its in groupby(lines, key=itemgetter("agency")):
        if agency in known:
            raise OutOfOrderError
        known.add(agency)
        counted = []
        for line in its:
            measure = measures.get((line["set"], line["measure"]))
            _line(found, line, measure)
            if measure is not None and measure["is_pilot"] != "true":
                counted.append((line, measure))
        if counted:
            sums |= _sums(agency, counted, spread=spread)
    return sums


def _line(found: Findings, line: Row, measure: Row | None) -> None:
    """Recompute what the method gives; points lie within the ceiling exactly where scored."""
    where = f"lines.csv, {line['agency']}, {line['set']}, {line['measure']}"
    if measure is None:
        found.faults.append(f"{where}: there is no such measure")
        return
    computed, ceiling = None, Decimal(measure["points"])
    if line["value"]:
        try:
            params = _params(measure["params"], line["own"])
            computed = points(
                measure["method"], Decimal(line["value"]), ceiling=ceiling, params=params
            )
        except UNFIT:
            found.faults.append(f"{where}: its method gives no points by these parameters")
            return
    found.same(f"{where}, computed", line["computed"], computed)
    if (line["points"] != "") != (line["state"] == LineState.SCORED):
        found.faults.append(f"{where}: points are given exactly where the state is scored")
    elif line["points"] and not 0 <= Decimal(line["points"]) <= ceiling:
        found.faults.append(f"{where}, points: they lie outside 0 and the ceiling")


@lru_cache(maxsize=1000)
def _params(of_measure: str, own: str) -> dict[str, object]:
    """Read the parameters of a method, with an agency's own in place of the measure's."""
    params: dict[str, object] = json.loads(of_measure or "{}")
    params |= json.loads(own or "{}")
    return params


def _sums(agency: str, lines: Iterable[tuple[Row, Row]], *, spread: bool) -> Sums:
    """Add up the tree of an agency, by the engine that the portal scores with."""
    tree, axes = [], set()
    for line, measure in lines:
        tree.append(_tree_line(line, measure))
        axes.add((measure["kind"], line["set"], measure["axis"]))
    result = total(tree, spread=spread)
    sums: Sums = {(agency, "total", "", ""): _sum(result, ())}
    for kind, of_set, axis in axes:
        sums[agency, kind, of_set, axis] = _sum(result, (kind, _axis_of_set(of_set, axis)))
        sums[agency, kind, "", ""] = _sum(result, (kind,))
    return sums


def _tree_line(line: Row, measure: Row) -> ScoreLine:
    """Return a published line as the engine takes it, its points within the ceiling.

    What had to be put right for that stands among the faults of the line already.
    """
    earned = Decimal(line["points"]) if line["points"] else None
    ceiling = Decimal(measure["points"])
    state = LineState(line["state"]) if line["state"] else LineState.UNDER_REVIEW
    if earned is not None and (state != LineState.SCORED or not 0 <= earned <= ceiling):
        state, earned = LineState.SCORED, min(max(earned, ZERO), ceiling)
    elif earned is None and state == LineState.SCORED:
        state = LineState.NOT_ANSWERED
    axis = _axis_of_set(line["set"], measure["axis"])
    return ScoreLine(measure["kind"], axis, "", line["measure"], ceiling, state, earned)


def _axis_of_set(of_set: str, axis: str) -> str:
    """Name an axis for the engine, apart from the same axis of another set."""
    return f"{of_set}\t{axis}"


def _sum(result: Result, path: tuple[str, ...]) -> tuple[Decimal, Decimal, Decimal]:
    node = result.nodes[path]
    return node.points, node.applicable_ceiling, node.percent or ZERO


def _scores(found: Findings, scores: Iterable[Row], sums: Sums) -> None:
    listed = set()
    for row in scores:
        of_set, axis = (
            "" if row[name] == ALL else row[name] for name in ("set", "axis")
        )  # "" in older files
        key = (row["agency"], row["kind"], of_set, axis)
        where = _place_in_file("scores.csv", key)
        listed.add(key)
        if key not in sums:
            found.faults.append(f"{where}: no line adds up to it")
            continue
        for name, computed in zip(("points", "ceiling", "percent"), sums[key], strict=True):
            found.same(f"{where}, {name}", row[name], computed)
    found.faults += [
        f"{_place_in_file('scores.csv', key)}: it is missing" for key in sorted(set(sums) - listed)
    ]


def _place_in_file(file: str, key: Key) -> str:
    return ", ".join((file, *(part for part in key if part)))


def _rankings(found: Findings, rows: Iterable[Row], sums: Sums, *, tie_rule: str) -> None:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row)
        _standing(found, row, sums)
    for group, members in groups.items():
        for by in Ranking:
            _order(found, group, members, by, tie_rule)


def _standing(found: Findings, row: Row, sums: Sums) -> None:
    where, agency = f"rankings.csv, {row['group']}, {row['agency']}", row["agency"]
    submitted = row["submitted"] == "true"
    reached = dict.fromkeys((*Kind.values, "total"), (ZERO, ZERO, ZERO))
    if submitted:  # of who did not nothing counts
        for kind in reached:
            reached[kind] = sums.get((agency, kind, "", ""), (ZERO, ZERO, ZERO))

    for kind in Kind.values:
        earned, ceiling, exact = reached[kind]
        of_kind = half_up(exact, SHOWN_PLACES) if ceiling else None
        found.same(f"{where}, {kind}", row[kind], earned)
        found.same(f"{where}, {kind}_percent", row[f"{kind}_percent"], of_kind)

    total_points, total_ceiling, exact = reached["total"]
    percent = half_up(exact, SHOWN_PLACES)
    found.same(f"{where}, total", row["total"], total_points)
    found.same(f"{where}, ceiling", row["ceiling"], total_ceiling)
    found.same(f"{where}, percent", row["percent"], percent)
    grown = percent - Decimal(row["last_year"]) if row["last_year"] and submitted else None
    found.same(f"{where}, growth", row["growth"], grown)
    found.figures += 1
    if row["band"] != band(percent).name:
        found.faults.append(
            f"{where}, band: published {row['band']}, computed {band(percent).name}"
        )


def _order(found: Findings, group: str, members: list[Row], by: Ranking, tie_rule: str) -> None:
    """Recompute the places of a group by one ranking, from the published percents."""
    value = {Ranking.TOTAL: "percent", Ranking.GROWTH: "growth"}.get(by, f"{by}_percent")
    place = "place" if by == Ranking.TOTAL else f"{by}_place"
    computed: dict[int, int] = {}
    for each in places(_entrants(members, by, value, tie_rule)):
        computed[each.key] = each.place
    for number, row in enumerate(members):
        right = computed.get(number)
        where = f"rankings.csv, {group}, {row['agency']}, {place}"
        found.same(where, row[place], None if right is None else Decimal(right))


def _entrants(members: list[Row], by: Ranking, value: str, tie_rule: str) -> Iterator[Entrant]:
    for number, row in enumerate(members):
        submitted = row["submitted"] == "true"
        if by != Ranking.TOTAL and (not submitted or row[value] == ""):
            continue
        then: Iterable[Decimal] = ()
        if submitted and tie_rule == TieRule.SPECIFIC:
            then = (
                Decimal(row[name]) if row[name] else LEAST_GROWTH
                for name in ("specific_percent", "growth")
            )
        yield Entrant(number, 0, Decimal(row[value] or 0), submitted, tuple(then))
