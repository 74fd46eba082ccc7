"""How the house stands in figures: `make house` writes them into docs/development.md, tests/architecture holds them."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("agencies", "cycles", "indicators", "submissions", "appeals", "festival", "config")
PAGE = ROOT / "docs" / "development.md"
BEGIN, END = "<!-- figures: make house -->", "<!-- end of figures -->"

TO_LINTERS = re.compile(r"\s*# (noqa|type: ignore|fmt:).*")
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.Assert,
    ast.comprehension,
)


@dataclass(frozen=True)
class Figure:
    """A figure of the house, its goal, and the most it may be until the goal is reached."""

    name: str
    value: float
    goal: float
    until_then: float | None = None

    @property
    def is_allowed(self) -> bool:
        return self.value <= (self.goal if self.until_then is None else self.until_then)

    def row(self) -> str:
        goal = f"{self.goal:,g}"
        if self.until_then is not None:
            goal += f"; until then no more than {self.until_then:,g}"
        return f"| {self.name} | {self.value:,g} | {goal} |"


def files() -> list[Path]:
    """List our Python files without tests and migrations."""
    found = []
    for app in APPS:
        found += [
            path
            for path in sorted((ROOT / app).rglob("*.py"))
            if "migrations" not in path.relative_to(ROOT).parts
        ]
    return found


def complexity(function: ast.AST) -> int:
    """Count the ways through a function as McCabe does; functions inside it count for themselves."""
    ways = 1
    for node in own_nodes(function):
        if isinstance(node, BRANCHES):
            ways += 1
        elif isinstance(node, ast.BoolOp):
            ways += len(node.values) - 1
        elif isinstance(node, ast.match_case):
            ways += 1
    return ways


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(function):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        yield child
        yield from own_nodes(child)


def complex_functions(tree: ast.AST, limit: int = 12) -> list[str]:
    return [n.name for n in ast.walk(tree) if isinstance(n, FUNCTIONS) and complexity(n) > limit]


def nested_comprehensions(tree: ast.AST) -> list[int]:
    """Answer with the lines on which a comprehension stands inside another, or loops twice."""
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, COMPREHENSIONS):
            continue
        inside = [
            child
            for child in ast.walk(node)
            if child is not node and isinstance(child, COMPREHENSIONS)
        ]
        if inside or len(node.generators) > 1:
            lines.append(node.lineno)
    return lines


def figures() -> list[Figure]:
    paths = files()
    texts = {path: path.read_text() for path in paths}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    lengths = [len(text.splitlines()) for text in texts.values()]
    folders: dict[Path, int] = {}
    for path in paths:
        folders[path.parent] = folders.get(path.parent, 0) + 1
    lines = sum(lengths)
    return [
        Figure("mean lines of a file", round(lines / len(paths)), 120),
        Figure("lines of the longest file", max(lengths), 350),
        Figure("files in the fullest folder", max(folders.values()), 16),
        Figure(
            "lines over 100 characters",
            sum(too_long(path, text) for path, text in texts.items()),
            0,
        ),
        Figure(
            "nested comprehensions",
            sum(len(nested_comprehensions(tree)) for tree in trees.values()),
            0,
        ),
        Figure(
            "functions over complexity 12",
            sum(len(complex_functions(tree)) for tree in trees.values()),
            0,
        ),
        Figure(
            "`Any` in 1,000 lines", round(1000 * occurrences(texts, r"\bAny\b") / lines, 1), 10, 23
        ),
        Figure("`type: ignore`", occurrences(texts, r"# type: ignore"), 15),
    ]


def too_long(path: Path, text: str) -> int:
    """Count lines over 100 characters, without what a line says to the linters.

    A workflow is a table, set by hand.
    """
    if path.stem.endswith("workflow"):
        return 0
    return sum(len(TO_LINTERS.sub("", line)) > 100 for line in text.splitlines())


def occurrences(texts: dict[Path, str], pattern: str) -> int:
    return sum(len(re.findall(pattern, text)) for text in texts.values())


def table(found: list[Figure]) -> str:
    return "\n".join(
        [
            "| figure | now | goal: at most |",
            "| --- | --- | --- |",
            *(figure.row() for figure in found),
        ]
    )


def page_with(found: list[Figure], text: str) -> str:
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n\n{table(found)}\n\n{END}{after}"


if __name__ == "__main__":
    now = figures()
    PAGE.write_text(page_with(now, PAGE.read_text()))
    print(table(now))
    sys.exit(any(not figure.is_allowed for figure in now))
