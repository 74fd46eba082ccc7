"""Recomputes every published score and place of an edition from its published lines: python
verify.py FOLDER-OR-ADDRESS

It needs Python 3.10 or later and nothing else, and shares no code with the portal. The folder, or
the web address, is the one in which manifest.json stands. It says every figure that does not agree,
and ends with 1 if there is any.
"""

import csv
import hashlib
import io
import json
import re
import shutil
import sys
import tempfile
import urllib.request
from collections import defaultdict
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

KINDS = ("general", "specific", "thematic")
RUNS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
CHANGES = re.compile(
    r"\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?|\d{1,4}\.\d{1,2}\.\d{1,4}"
    rf"|{MONTH}[-./ ]?\d{{1,4}}|\d{{1,4}}[-./ ]?{MONTH}"
    r"|\d{1,4}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?"
    r"|-?0?\.000\d+|[+-]?0\d+(?:\.\d*)?|[+-]?\d*\.\d*0|\d+\.|\+\d+(?:\.\d+)?|\(\d+(?:\.\d+)?\)"
    r"|[+-]?\d[\d,]*(?:\.\d+)?e[+-]?\d+|-?(?=[\d.]{12,})\d*\.?\d+",
    re.IGNORECASE,
)
WIDE, KEPT = Context(prec=60), Context(prec=50)
UNFIT = (ArithmeticError, LookupError, TypeError, ValueError)


def get(where, name):
    """Open a file; one from the web is kept on disk while it is read."""
    if not where.startswith(("http://", "https://")):
        return Path(where, name).open("rb")
    kept = tempfile.TemporaryFile()  # noqa: SIM115 -- whoever reads it closes it
    with urllib.request.urlopen(f"{where.rstrip('/')}/{name}") as answer:  # noqa: S310 -- the reader's address
        shutil.copyfileobj(answer, kept)
    kept.seek(0)
    return kept


def rows_of(where, table):
    """Read the rows of a CSV one by one, its texts without the apostrophe that kept a spreadsheet
    from running or changing them.
    """
    with io.TextIOWrapper(get(where, f"{table}.csv"), "utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            yield dict(zip(row, map(without_guard, row.values()), strict=True))


def without_guard(text):
    bare = text.lstrip("'")
    return text[1:] if bare != text and (RUNS.match(bare) or CHANGES.fullmatch(bare)) else text


def rounded(number, places):
    """Half-up, away from zero: an exact fraction as a decimal."""
    whole, rest = divmod(abs(number.numerator) * 10**places, number.denominator)
    whole += 2 * rest >= number.denominator
    return Fraction(-whole if number < 0 else whole, 10**places)


def figure_text(number):
    if number is None:
        return "none"
    decimal = WIDE.divide(Decimal(number.numerator), Decimal(number.denominator))
    return format(decimal.normalize(), "f") if number else "0"


@lru_cache(maxsize=1000, typed=True)
def exact(value):
    return Fraction(str(value))


@lru_cache(maxsize=1000)
def parameters(of_measure, own):
    return json.loads(of_measure or "{}") | json.loads(own or "{}")


def logarithm(number):
    return WIDE.ln(WIDE.divide(Decimal(number.numerator), Decimal(number.denominator)))


def between(value, start, end):
    return (value - start) / (end - start)


def of_checklist(value, given):
    items = given["items"]
    if isinstance(items, int):
        return value / items
    return value / sum(exact(item.get("weight", 1)) for item in items)


def of_bands(value, given):
    for limit, percent in given["bands"]:
        is_lower = given.get("direction") == "lower"
        if value <= exact(limit) if is_lower else value >= exact(limit):
            return exact(percent) / 100
    return Fraction(0)


def of_interpolation(value, given):
    targets = [(exact(target), exact(percent) / 100) for target, percent in given["targets"]]
    sign = 1 if targets[0][0] > targets[-1][0] else -1
    if sign * value > sign * targets[0][0]:
        return Fraction(1)
    for (best, most), (worst, least) in pairwise(targets):
        if sign * value >= sign * worst:
            return most + (least - most) * (value - best) / (worst - best)
    return Fraction(0)


def of_minmax(value, given):
    least, most = exact(given["min"]), exact(given["max"])
    if given.get("log"):
        value = value if value > 0 else min(least, most)
        start = logarithm(least)
        part = WIDE.subtract(logarithm(value), start)
        found = Fraction(KEPT.plus(WIDE.divide(part, WIDE.subtract(logarithm(most), start))))
    else:
        found = between(value, least, most)
    return 1 - found if given.get("direction") == "lower" else found


METHODS = {
    "linear": lambda value, given: value / exact(given["target"]),
    "inverse_linear": lambda value, given: (
        exact(given["target"]) / value if value > 0 else Fraction(1)
    ),
    "range": lambda value, given: between(value, exact(given["floor"]), exact(given["target"])),
    "growth": lambda value, given: between(value, exact(given["base"]), exact(given["target"])),
    "points": lambda value, given: value / exact(given["maximum"]),
    "survey": lambda value, given: value / 100,
    "steward": lambda value, given: value / 100,
    "checklist": of_checklist,
    "levels": lambda value, given: exact(given["levels"][int(value)]["percent"]) / 100,
    "options": lambda value, given: exact(given["options"][int(value)]["percent"]) / 100,
    "bands": of_bands,
    "interpolation": of_interpolation,
    "minmax": of_minmax,
}
"""The share of the ceiling that a value earns by each method; before it is limited to 0 and 1."""


class Check:
    """Everything that does not agree, each said once, in the order of the files."""

    def __init__(self, manifest):
        self.rules = manifest["rules"]
        self.places, self.shown = self.rules["places"], self.rules["shown_places"]
        self.faults, self.figures = [], 0

    def same(self, where, published, computed):
        """Compare one figure; both empty is agreement."""
        self.figures += 1
        given = None if published == "" else Fraction(published)
        if given != computed:
            self.faults.append(
                f"{where}: published {published or 'none'}, computed {figure_text(computed)}"
            )

    def lines(self, lines, measures):
        """Recompute each line; {(agency, kind, set, axis): (points, ceiling, what applies)}."""
        axes: dict = defaultdict(lambda: [Fraction(0)] * 3)
        for line in lines:
            measure = measures.get((line["set"], line["measure"]))
            self.line(line, measure)
            if measure is None or measure["is_pilot"] == "true":
                continue
            axis = axes[line["agency"], measure["kind"], line["set"], measure["axis"]]
            axis[0] += exact(line["points"] or "0")
            axis[1] += exact(measure["points"])
            axis[2] += 0 if line["state"] == "not_applicable" else exact(measure["points"])
        return axes

    def line(self, line, measure):
        """Compare what the method gives; points lie within the ceiling exactly where scored."""
        where = f"lines.csv, {line['agency']}, {line['set']}, {line['measure']}"
        if measure is None:
            self.faults.append(f"{where}: there is no such measure")
            return
        computed, ceiling = None, exact(measure["points"])
        if line["value"]:
            try:
                given = parameters(measure["params"], line["own"])
                share = METHODS[measure["method"]](Fraction(line["value"]), given)
            except UNFIT:
                self.faults.append(f"{where}: its method gives no points by these parameters")
                return
            computed = rounded(Fraction(ceiling * min(max(share, 0), 1)), self.places)
        self.same(f"{where}, computed", line["computed"], computed)
        if (line["points"] != "") != (line["state"] == "scored"):
            self.faults.append(f"{where}: points are given exactly where the state is scored")
        elif line["points"] and not 0 <= Fraction(line["points"]) <= ceiling:
            self.faults.append(f"{where}, points: they lie outside 0 and the ceiling")

    def sums(self, axes):
        """{(agency, kind, set, axis): (points, ceiling, percent)}, also of kinds and the whole."""
        sums: dict = defaultdict(lambda: (Fraction(0), Fraction(0)))
        for (agency, kind, of, axis), figures in axes.items():
            points, applies = self.spread(*figures)
            whole = ((agency, kind, "", ""), (agency, "total", "", ""))
            for key in ((agency, kind, of, axis), *whole):
                sums[key] = (sums[key][0] + points, sums[key][1] + applies)
        return {key: (*pair, self.percent(*pair)) for key, pair in sums.items()}

    def spread(self, points, ceiling, applies):
        """Points of an axis and the ceiling that applies, as the year's rule spreads them."""
        if not (self.rules["spreads_points"] and applies):
            return points, applies
        if applies < ceiling:
            points = rounded(points * ceiling / applies, self.places)
        return points, ceiling

    def percent(self, points, ceiling):
        return rounded(points * 100 / ceiling, self.places) if ceiling else Fraction(0)

    def scores(self, scores, sums):
        listed = set()
        for row in scores:
            # a sum over all sets and axes says *, in files of earlier years nothing
            of_set, axis = ("" if row[name] == "*" else row[name] for name in ("set", "axis"))
            key = (row["agency"], row["kind"], of_set, axis)
            where = self.place_in_file(key)
            listed.add(key)
            if key not in sums:
                self.faults.append(f"{where}: no line adds up to it")
                continue
            for name, computed in zip(("points", "ceiling", "percent"), sums[key], strict=True):
                self.same(f"{where}, {name}", row[name], computed)
        for key in sorted(set(sums) - listed):
            self.faults.append(f"{self.place_in_file(key)}: it is missing")

    def place_in_file(self, key):
        return ", ".join(("scores.csv", *(part for part in key if part)))

    def rankings(self, rows, sums):
        groups = defaultdict(list)
        for row in rows:
            groups[row["group"]].append(row)
            self.standing(row, sums, f"rankings.csv, {row['group']}, {row['agency']}")
        for members in groups.values():
            for kind in ("", *KINDS, "growth"):
                self.order(members, kind)

    def standing(self, row, sums, where):
        """Recompute one agency's figures in one group, and its band."""
        submitted = row["submitted"] == "true"
        for kind in KINDS:
            points, ceiling, percent = self.sums_if_submitted(row, sums, kind)
            self.same(f"{where}, {kind}", row[kind], points)
            rounded_percent = rounded(percent, self.shown) if ceiling else None
            self.same(f"{where}, {kind}_percent", row[f"{kind}_percent"], rounded_percent)
        points, ceiling, percent = self.sums_if_submitted(row, sums, "total")
        percent = rounded(percent, self.shown)
        for name, computed in (("total", points), ("ceiling", ceiling), ("percent", percent)):
            self.same(f"{where}, {name}", row[name], computed)
        grown = percent - Fraction(row["last_year"]) if row["last_year"] and submitted else None
        self.same(f"{where}, growth", row["growth"], grown)
        bands = self.rules["bands"]
        band = next((name for name, least in bands if percent >= Fraction(least)), bands[-1][0])
        self.figures += 1
        if row["band"] != band:
            self.faults.append(f"{where}, band: published {row['band']}, computed {band}")

    def sums_if_submitted(self, row, sums, kind):
        """Return the sums of an agency that submitted; of one that did not, nothing counts."""
        nothing = (Fraction(0), Fraction(0), Fraction(0))
        submitted = row["submitted"] == "true"
        return sums.get((row["agency"], kind, "", ""), nothing) if submitted else nothing

    def order(self, members, kind):
        """Recompute the places of a group by one ranking; equal figures share a place, and the
        next is skipped.
        """
        value = kind if kind == "growth" else f"{kind}_percent" if kind else "percent"
        place = f"{kind}_place" if kind else "place"
        figures = [self.figures_of(row, kind, value) for row in members]
        for row, own in zip(members, figures, strict=True):
            ahead = sum(other > own for other in figures if other and own)
            where = f"rankings.csv, {row['group']}, {row['agency']}, {place}"
            self.same(where, row[place], Fraction(ahead + 1) if own else None)

    def figures_of(self, row, kind, value):
        """Return the figures that place an agency in a ranking, the larger first; None without."""
        submitted = row["submitted"] == "true"
        if kind and (not submitted or row[value] == ""):
            return None
        figures = [Fraction(row[value] or 0)]
        if submitted and self.rules["tie_rule"] == "specific":
            figures += [Fraction(row[name] or -1000) for name in ("specific_percent", "growth")]
        return submitted, figures


def digest_of(manifest):
    """Return the SHA-256 of a manifest but for the digest that it bears."""
    said = {name: value for name, value in manifest.items() if name != "sha256"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digests(where):
    """Return faults and the manifest, {} where it cannot be read."""
    try:
        with get(where, "manifest.json") as file:
            manifest = json.loads(file.read())
    except ValueError:
        return ["manifest.json: it is no JSON; nothing can be recomputed"], {}
    faults = []
    if manifest.get("sha256") != digest_of(manifest):
        faults.append("manifest.json: its SHA-256 is not the one it bears")
    for named in manifest["files"]:
        digest = hashlib.sha256()
        with get(where, named["name"]) as file:
            while part := file.read(1 << 20):
                digest.update(part)
        if digest.hexdigest() != named["sha256"]:
            faults.append(f"{named['name']}: its SHA-256 is not the one in the manifest")
    return faults, manifest


def check(where):
    """Check the publication in a folder or at an address: faults, and figures compared."""
    faults, manifest = digests(where)
    if not manifest:
        return faults, 0
    measures = {(row["set"], row["measure"]): row for row in rows_of(where, "measures")}
    checked = Check(manifest)
    sums = checked.sums(checked.lines(rows_of(where, "lines"), measures))
    checked.scores(rows_of(where, "scores"), sums)
    checked.rankings(rows_of(where, "rankings"), sums)
    return faults + checked.faults, checked.figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong, figures = check(sys.argv[1])
    print(*wrong, f"{figures} figures recomputed; {len(wrong)} do not agree", sep="\n")
    sys.exit(bool(wrong))
