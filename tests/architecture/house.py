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

PLACES = {"A field of an answer": 3, "A phase": 4, "A scoring method": 4, "A page": 6}
"""The recipes of the page that have a goal: the most places that each may take."""

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
    """A figure of the house and its goal, the most that it may be."""

    name: str
    value: float
    goal: float

    @property
    def is_allowed(self) -> bool:
        return self.value <= self.goal

    def row(self) -> str:
        return f"| {self.name} | {self.value:,g} | {self.goal:,g} |"


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


def templates() -> list[Path]:
    """List the templates, Django's and the fragments of Jinja."""
    found = []
    for folder in ("templates", "fragments"):
        found += sorted((ROOT / folder).rglob("*.html"))
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
        Figure("`Any` in 1,000 lines", round(1000 * occurrences(texts, r"\bAny\b") / lines, 1), 10),
        Figure("`type: ignore`", occurrences(texts, r"# type: ignore"), 15),
        *places_to_change(PAGE.read_text()),
    ]


def places_to_change(page: str) -> list[Figure]:
    """Count the items of each recipe that has a goal."""
    found = []
    for recipe, goal in PLACES.items():
        text = page.split(f"\n### {recipe}\n", 1)[1].split("\n### ", 1)[0]
        count = len(re.findall(r"^\d+\. ", text, re.M))
        found.append(Figure(f"places to change for {recipe[0].lower()}{recipe[1:]}", count, goal))
    return found


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
