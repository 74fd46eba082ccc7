"""The works done at every size, and how they grow."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import row
from tests.bench.growth import works, worlds

SIZES = (200, 2_000, 20_000)
Table = dict[str, dict[int, dict[str, float]]]
"""The figures of each work by the number of agencies."""


def measure(
    names: Iterable[str] = works.WORKS,
    sizes: Iterable[int] = SIZES,
    say: Callable[[str], None] = print,
) -> Table:
    """Measure the works so named at these sizes."""
    table: Table = {name: {} for name in works.WORKS if name in set(names)}
    for size in sizes:
        with worlds.grown(size) as facts, TemporaryDirectory() as folder:
            facts["folder"] = folder
            _measure_all(table, works.MARKED, facts, say)
            if table.keys() & (works.HANDED_IN.keys() | works.PUBLISHED.keys()):
                worlds.hand_in()
                _measure_all(table, works.HANDED_IN, facts, say)
            if table.keys() & works.PUBLISHED.keys():
                facts["edition"] = worlds.publish(facts)
                _measure_all(table, works.PUBLISHED, facts, say)
    return table


def _measure_all(
    table: Table, measured: Iterable[str], facts: dict[str, Any], say: Callable[[str], None]
) -> None:
    for name in measured:
        if name in table:
            figures = _in_process(name, facts)
            table[name][facts["agencies"]] = figures
            say(f"{name:<28}{facts['agencies']:>8}  {figures}")


def _in_process(name: str, facts: dict[str, Any]) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.growth.process"]
    said = subprocess.run(
        [*command, name, json.dumps(facts)], capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise SystemExit(f"{name} at {facts['agencies']} agencies failed:\n{said.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return figures


def growth(by_size: dict[int, dict[str, float]]) -> float:
    """How many times the processor time of the size before the largest takes."""
    *_smaller, before, last = (by_size[size]["cpu_s"] for size in sorted(by_size))
    return round(last / before, 1)


def bench(at: Any) -> dict[str, Any]:
    """Everything at every size: the growth of what grows most; floor: that of the agencies."""
    table = measure(say=lambda line: None)
    last, before = SIZES[-1], SIZES[-2]
    value, name = max((growth(by_size), name) for name, by_size in table.items())
    return row(value, last / before, "lower", "times", 0, f"{name}, {last} agencies") | {
        "works": table
    }


def table_of(table: Table) -> str:
    """The table of docs/performance.md."""
    sizes = sorted(next(iter(table.values())))
    titles = " | ".join(f"{size:,}: s, MB" for size in sizes)
    lines = [f"| | {titles} | grows |", "| --- |" + " ---: |" * (len(sizes) + 1)]
    for name, by_size in table.items():
        cells = [f"{by_size[size]['cpu_s']:.2f}, {by_size[size]['peak_mb']:.0f}" for size in sizes]
        ratio = f"{growth(by_size)}" if len(sizes) > 1 else ""
        lines.append(f"| {name.replace('_', ' ')} | {' | '.join(cells)} | {ratio} |")
    return "\n".join(lines)
