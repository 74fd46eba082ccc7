"""The figures as a table and in var/bench.json."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.bench.side.measure import Comparison

Row = dict[str, object]


def row(found: Comparison, side: str) -> Row:
    """What a page or an act takes here, and as shares of the other side and of the trivial view."""
    this, other = found.this, found.other
    figures: Row = {
        "side": side,
        "cpu_vs_side": _rounded(this.cpu_ms / other.cpu_ms),
        "rps_vs_trivial": _rounded(this.few.per_second / found.trivial.per_second),
        "p95_ms": _rounded(this.few.percentile(95)),
    }
    for name, of in (("", this), ("_side", other)):
        figures |= {
            f"cpu_ms{name}": _rounded(of.cpu_ms),
            f"cpu_database_ms{name}": _rounded(of.database_ms),
            f"alone_p50_ms{name}": _rounded(of.alone.percentile(50)),
            f"alone_p95_ms{name}": _rounded(of.alone.percentile(95)),
            f"rps_8{name}": _rounded(of.few.per_second),
            f"p50_ms_8{name}": _rounded(of.few.percentile(50)),
            f"p95_ms_8{name}": _rounded(of.few.percentile(95)),
        }
        if of.many.each:
            figures |= {
                f"rps_64{name}": _rounded(of.many.per_second),
                f"p95_ms_64{name}": _rounded(of.many.percentile(95)),
            }
        if of.crowd.each:
            figures |= {
                f"rps_200{name}": _rounded(of.crowd.per_second),
                f"p95_ms_200{name}": _rounded(of.crowd.percentile(95)),
            }
        figures |= {f"queries{name}": of.queries, f"bytes{name}": of.size}
    return figures


def _rounded(value: float) -> float:
    return round(value, 3 if value < 10 else 1)


COLUMNS = (
    ("cpu ms", "cpu_ms"),
    ("side", "cpu_ms_side"),
    ("ratio", "cpu_vs_side"),
    ("rps 8", "rps_8"),
    ("side", "rps_8_side"),
    ("of trivial", "rps_vs_trivial"),
    ("rps 64", "rps_64"),
    ("p50 8", "p50_ms_8"),
    ("p95 8", "p95_ms"),
    ("p95 64", "p95_ms_64"),
    ("p95 200", "p95_ms_200"),
    ("queries", "queries"),
    ("side", "queries_side"),
    ("kB", "bytes"),
)


def head() -> str:
    titles = "".join(f" {title} |" for title, _name in COLUMNS)
    return f"| |{titles}\n| --- |" + " ---: |" * len(COLUMNS)


def line(name: str, figures: Mapping[str, object]) -> str:
    cells = [_cell(column, figures.get(column, "")) for _title, column in COLUMNS]
    return f"| {name} | {' | '.join(cells)} |"


def _cell(column: str, value: object) -> str:
    if column == "bytes" and isinstance(value, int):
        return f"{value / 1000:.1f}"
    return str(value)


def keep(file: Path, name: str, figures: Row) -> None:
    """Write the figures beside what the other benches have written under the same name."""
    kept = json.loads(file.read_text()) if file.exists() else {}
    kept[name] = kept.get(name, {}) | {"beside": figures} | _told(figures)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(kept, indent=2) + "\n")


def _told(figures: Row) -> Row:
    return {name: figures[name] for name in ("cpu_vs_side", "rps_vs_trivial", "p95_ms")}
