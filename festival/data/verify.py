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
import sys
import urllib.request
from collections import defaultdict
from decimal import Context, Decimal
from fractions import Fraction
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
    if where.startswith(("http://", "https://")):
        with urllib.request.urlopen(f"{where.rstrip('/')}/{name}") as answer:  # noqa: S310 -- the reader's address
            return answer.read()
    return Path(where, name).read_bytes()


def rows_of(content):
    """The rows of a CSV, its texts without the apostrophe that kept a spreadsheet from running or
    changing them.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [{name: unguarded(text) for name, text in row.items()} for row in reader]


def unguarded(text):
    bare = text.lstrip("'")
    return text[1:] if bare != text and (RUNS.match(bare) or CHANGES.fullmatch(bare)) else text


def rounded(number, places):
    """Half-up, away from zero: an exact fraction as a decimal."""
    whole, rest = divmod(abs(number.numerator) * 10**places, number.denominator)
    whole += 2 * rest >= number.denominator
    return Fraction(-whole if number < 0 else whole, 10**places)


def shown(number):
    """A figure as the files write it."""
    if number is None:
        return "none"
    decimal = WIDE.divide(Decimal(number.numerator), Decimal(number.denominator))
    return format(decimal.normalize(), "f") if number else "0"


# --- From a value to points ---------------------------------------------------------------------


def exact(value):
    return Fraction(str(value))


def logarithm(number):
    return WIDE.ln(WIDE.divide(Decimal(number.numerator), Decimal(number.denominator)))


def between(value, start, end):
    return (value - start) / (end - start)


def share(method, value, given):
    """The share of the ceiling that a value earns; before it is limited to 0 and 1."""
    less = given.get("direction") == "lower"
    if method == "linear":
        return value / exact(given["target"])
    if method == "inverse_linear":
        return exact(given["target"]) / value if value > 0 else Fraction(1)
    if method == "range":
        return between(value, exact(given["floor"]), exact(given["target"]))
    if method == "growth":
        return between(value, exact(given["base"]), exact(given["target"]))
    if method == "points":
        return value / exact(given["maximum"])
    if method in ("survey", "steward"):
        return value / 100
    if method == "checklist":
        items = given["items"]
        weights = (
            [Fraction(1)] * items
            if isinstance(items, int)
            else [exact(item.get("weight", 1)) for item in items]
        )
        return value / sum(weights)
    if method in ("levels", "options"):
        return exact(given[method][int(value)]["percent"]) / 100
    if method == "bands":
        for limit, percent in given["bands"]:
            if value <= exact(limit) if less else value >= exact(limit):
                return exact(percent) / 100
        return Fraction(0)
    if method == "interpolation":
        targets = [(exact(target), exact(percent) / 100) for target, percent in given["targets"]]
        sign = 1 if targets[0][0] > targets[-1][0] else -1
        if sign * value > sign * targets[0][0]:
            return Fraction(1)
        for (best, most), (worst, least) in pairwise(targets):
            if sign * value >= sign * worst:
                return most + (least - most) * (value - best) / (worst - best)
        return Fraction(0)
    if method == "minmax":
        least, most = exact(given["min"]), exact(given["max"])
        if given.get("log"):
            value = value if value > 0 else min(least, most)
            start = logarithm(least)
            part = WIDE.subtract(logarithm(value), start)
            found = Fraction(KEPT.plus(WIDE.divide(part, WIDE.subtract(logarithm(most), start))))
        else:
            found = between(value, least, most)
        return 1 - found if less else found
    raise ValueError(f"no method {method}")


# --- The checks ---------------------------------------------------------------------------------


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
                f"{where}: published {published or 'none'}, computed {shown(computed)}"
            )

    def lines(self, lines, measures):
        """What the method gives each value, and that points lie within the ceiling exactly where a
        line is scored.
        """
        for line in lines:
            measure = measures.get((line["set"], line["measure"]))
            where = f"lines.csv, {line['agency']}, {line['set']}, {line['measure']}"
            if measure is None:
                self.faults.append(f"{where}: there is no such measure")
                continue
            computed, ceiling = None, Fraction(measure["points"])
            if line["value"]:
                try:
                    given = {
                        **json.loads(measure["params"] or "{}"),
                        **json.loads(line["own"] or "{}"),
                    }
                    earned = ceiling * min(
                        max(share(measure["method"], Fraction(line["value"]), given), 0), 1
                    )
                except UNFIT:
                    self.faults.append(f"{where}: its method gives no points by these parameters")
                    continue
                computed = rounded(Fraction(earned), self.places)
            self.same(f"{where}, computed", line["computed"], computed)
            if (line["points"] != "") != (line["state"] == "scored"):
                self.faults.append(f"{where}: points are given exactly where the state is scored")
            elif line["points"] and not 0 <= Fraction(line["points"]) <= ceiling:
                self.faults.append(f"{where}, points: they lie outside 0 and the ceiling")

    def sums(self, lines, measures):
        """Points, ceiling and percent of every axis, every kind and every whole: {(agency, kind,
        set, axis): …}.
        """
        axes = defaultdict(lambda: [Fraction(0), Fraction(0), Fraction(0)])
        for line in lines:
            measure = measures.get((line["set"], line["measure"]))
            if measure is None or measure["is_pilot"] == "true":
                continue
            axis = axes[line["agency"], measure["kind"], line["set"], measure["axis"]]
            axis[0] += Fraction(line["points"] or 0)
            axis[1] += Fraction(measure["points"])
            axis[2] += 0 if line["state"] == "not_applicable" else Fraction(measure["points"])
        found = defaultdict(lambda: [Fraction(0), Fraction(0)])
        for (agency, kind, of, axis), (points, ceiling, applies) in axes.items():
            if self.rules["spreads_points"] and applies:
                if applies < ceiling:
                    points = rounded(points * ceiling / applies, self.places)
                applies = ceiling
            for key in (
                (agency, kind, of, axis),
                (agency, kind, "", ""),
                (agency, "total", "", ""),
            ):
                found[key][0] += points
                found[key][1] += applies
        return {
            key: (
                points,
                ceiling,
                rounded(points * 100 / ceiling, self.places) if ceiling else Fraction(0),
            )
            for key, (points, ceiling) in found.items()
        }

    def scores(self, scores, sums):
        listed = set()
        for row in scores:
            # a sum over all sets and axes says *, in files of earlier years nothing
            of_set, axis = ("" if row[name] == "*" else row[name] for name in ("set", "axis"))
            key = (row["agency"], row["kind"], of_set, axis)
            where = "scores.csv, " + ", ".join(part for part in key if part)
            listed.add(key)
            if key not in sums:
                self.faults.append(f"{where}: no line adds up to it")
                continue
            for name, computed in zip(("points", "ceiling", "percent"), sums[key], strict=True):
                self.same(f"{where}, {name}", row[name], computed)
        for key in sorted(set(sums) - listed):
            self.faults.append(
                "scores.csv, " + ", ".join(part for part in key if part) + ": it is missing"
            )

    def rankings(self, rows, sums):
        groups = defaultdict(list)
        for row in rows:
            groups[row["group"]].append(row)
            self.standing(row, sums, f"rankings.csv, {row['group']}, {row['agency']}")
        for members in groups.values():
            for kind in ("", *KINDS, "growth"):
                self.order(members, kind)

    def standing(self, row, sums, where):
        """One agency's figures in one group, and its band."""
        agency, submitted = row["agency"], row["submitted"] == "true"
        whole = sums.get((agency, "total", "", "")) if submitted else None
        for kind in KINDS:
            of_kind = sums.get((agency, kind, "", "")) if submitted else None
            percent = rounded(of_kind[2], self.shown) if of_kind and of_kind[1] else None
            self.same(f"{where}, {kind}", row[kind], of_kind[0] if of_kind else Fraction(0))
            self.same(f"{where}, {kind}_percent", row[f"{kind}_percent"], percent)
        percent = rounded(whole[2], self.shown) if whole else Fraction(0)
        self.same(f"{where}, total", row["total"], whole[0] if whole else Fraction(0))
        self.same(f"{where}, ceiling", row["ceiling"], whole[1] if whole else Fraction(0))
        self.same(f"{where}, percent", row["percent"], percent)
        grown = percent - Fraction(row["last_year"]) if row["last_year"] and submitted else None
        self.same(f"{where}, growth", row["growth"], grown)
        bands = self.rules["bands"]
        band = next((name for name, least in bands if percent >= Fraction(least)), bands[-1][0])
        self.figures += 1
        if row["band"] != band:
            self.faults.append(f"{where}, band: published {row['band']}, computed {band}")

    def order(self, members, kind):
        """The places of a group by one ranking; equal figures share a place, and the next is
        skipped.
        """
        value, place = (
            (kind if kind == "growth" else f"{kind}_percent", f"{kind}_place")
            if kind
            else ("percent", "place")
        )
        placed = []
        for row in members:
            submitted = row["submitted"] == "true"
            if kind and (not submitted or row[value] == ""):
                self.same(
                    f"rankings.csv, {row['group']}, {row['agency']}, {place}", row[place], None
                )
                continue
            by = [Fraction(row[value] or 0)]
            if submitted and self.rules["tie_rule"] == "specific":
                by += [Fraction(row[name] or -1000) for name in ("specific_percent", "growth")]
            placed.append((submitted, by, row))
        for submitted, by, row in placed:
            ahead = sum((one, other) > (submitted, by) for one, other, _row in placed)
            self.same(
                f"rankings.csv, {row['group']}, {row['agency']}, {place}",
                row[place],
                Fraction(ahead + 1),
            )


def digest_of(manifest):
    """The SHA-256 of what the manifest says, but for the digest that it bears."""
    said = {name: value for name, value in manifest.items() if name != "sha256"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digests(where):
    """(faults, manifest, content of the files by name); no manifest where it cannot be read."""
    try:
        manifest = json.loads(get(where, "manifest.json"))
    except ValueError:
        return ["manifest.json: it is no JSON; nothing can be recomputed"], {}, {}
    faults, content = [], {}
    if manifest.get("sha256") != digest_of(manifest):
        faults.append("manifest.json: its SHA-256 is not the one it bears")
    for file in manifest["files"]:
        body = get(where, file["name"])
        if hashlib.sha256(body).hexdigest() != file["sha256"]:
            faults.append(f"{file['name']}: its SHA-256 is not the one in the manifest")
        content[file["name"]] = body
    return faults, manifest, content


def check(where):
    """(faults, figures compared) of the publication in a folder or at an address."""
    faults, manifest, content = digests(where)
    if not manifest:
        return faults, 0
    tables = {
        name: rows_of(content[f"{name}.csv"])
        for name in ("measures", "lines", "scores", "rankings")
    }
    measures = {(row["set"], row["measure"]): row for row in tables["measures"]}
    checked = Check(manifest)
    checked.lines(tables["lines"], measures)
    sums = checked.sums(tables["lines"], measures)
    checked.scores(tables["scores"], sums)
    checked.rankings(tables["rankings"], sums)
    return faults + checked.faults, checked.figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong, figures = check(sys.argv[1])
    for fault in wrong:
        print(fault)
    print(f"{figures} figures recomputed; {len(wrong)} do not agree")
    sys.exit(bool(wrong))
