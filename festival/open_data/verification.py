"""Recomputing a publication with the portal's own engine, from nothing but its published files.

`data/verify.py` does the same without any of our code; a test holds the two to the same answer.
"""

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
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
Rows = list[dict[str, str]]
ZERO = Decimal(0)
UNFIT = (ArithmeticError, LookupError, TypeError, ValueError)
"""What the reckoning ends with where a file's parameters are none: they come from outside, as does
all that is read.
"""
TABLES = ("measures", "lines", "scores", "rankings")


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
    """
    found = Findings()
    manifest, content = digests(found, read)
    if manifest is None:
        return found
    tables = {name: _rows(content[f"{name}.csv"]) for name in TABLES}
    measures = {(row["set"], row["measure"]): row for row in tables["measures"]}
    _lines(found, tables["lines"], measures)
    sums = _sums(found, tables["lines"], measures, spread=manifest["rules"]["spreads_points"])
    _scores(found, tables["scores"], sums)
    _rankings(found, tables["rankings"], sums, tie_rule=manifest["rules"]["tie_rule"])
    return found


def digests(found: Findings, read: Read) -> tuple[Manifest | None, dict[str, bytes]]:
    """Read the manifest, None where it is no JSON, and the files that it names; each that has
    another digest becomes a finding.
    """
    try:
        manifest: Manifest = json.loads(read("manifest.json"))
    except ValueError:
        found.faults.append("manifest.json: it is no JSON; nothing can be recomputed")
        return None, {}
    if manifest.get("sha256") != digest_of(manifest):
        found.faults.append("manifest.json: its SHA-256 is not the one it bears")
    content = {}
    for file in manifest["files"]:
        body = content[file["name"]] = read(file["name"])
        if hashlib.sha256(body).hexdigest() != file["sha256"]:
            found.faults.append(f"{file['name']}: its SHA-256 is not the one in the manifest")
    return manifest, content


def _rows(content: bytes) -> Rows:
    """Read the rows of a CSV, its texts without the apostrophe that kept a spreadsheet from running
    them.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [dict(zip(row, map(unguard, row.values()), strict=True)) for row in reader]


Key = tuple[str, str, str, str]
"""Agency, kind or "total", set, axis."""
Sums = dict[Key, tuple[Decimal, Decimal, Decimal]]
"""Points, the ceiling that applies, and percent."""


def _lines(found: Findings, lines: Rows, measures: dict[tuple[str, str], dict[str, str]]) -> None:
    for line in lines:
        measure = measures.get((line["set"], line["measure"]))
        where = f"lines.csv, {line['agency']}, {line['set']}, {line['measure']}"
        if measure is None:
            found.faults.append(f"{where}: there is no such measure")
            continue
        computed, ceiling = None, Decimal(measure["points"])
        if line["value"]:
            try:
                params = json.loads(measure["params"] or "{}") | json.loads(line["own"] or "{}")
                computed = points(
                    measure["method"], Decimal(line["value"]), ceiling=ceiling, params=params
                )
            except UNFIT:
                found.faults.append(f"{where}: its method gives no points by these parameters")
                continue
        found.same(f"{where}, computed", line["computed"], computed)
        if (line["points"] != "") != (line["state"] == LineState.SCORED):
            found.faults.append(f"{where}: points are given exactly where the state is scored")
        elif line["points"] and not 0 <= Decimal(line["points"]) <= ceiling:
            found.faults.append(f"{where}, points: they lie outside 0 and the ceiling")


def _sums(
    found: Findings, lines: Rows, measures: dict[tuple[str, str], dict[str, str]], *, spread: bool
) -> Sums:
    """Add up the tree of each agency, by the engine that the portal scores with."""
    of_agency: dict[str, list[ScoreLine]] = defaultdict(list)
    axes: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for line in lines:
        measure = measures.get((line["set"], line["measure"]))
        if measure is None or measure["is_pilot"] == "true":
            continue
        of_agency[line["agency"]].append(_tree_line(line, measure))
        axes[line["agency"]].add((measure["kind"], line["set"], measure["axis"]))
    sums: Sums = {}
    for agency, its in of_agency.items():
        result = total(its, spread=spread)
        for kind, of_set, axis in axes[agency]:
            sums[agency, kind, of_set, axis] = _sum(result, (kind, _axis_of_set(of_set, axis)))
            sums[agency, kind, "", ""] = _sum(result, (kind,))
        sums[agency, "total", "", ""] = _sum(result, ())
    return sums


def _tree_line(line: dict[str, str], measure: dict[str, str]) -> ScoreLine:
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


def _scores(found: Findings, scores: Rows, sums: Sums) -> None:
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


def _rankings(found: Findings, rows: Rows, sums: Sums, *, tie_rule: str) -> None:
    groups: dict[str, Rows] = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row)
        _standing(found, row, sums)
    for group, members in groups.items():
        for by in Ranking:
            _order(found, group, members, by, tie_rule)


def _standing(found: Findings, row: dict[str, str], sums: Sums) -> None:
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


def _order(found: Findings, group: str, members: Rows, by: Ranking, tie_rule: str) -> None:
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


def _entrants(members: Rows, by: Ranking, value: str, tie_rule: str) -> Iterator[Entrant]:
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
