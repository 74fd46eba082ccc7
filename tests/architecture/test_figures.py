"""The house in figures: as its page says, and none worse than it may be."""

import ast

import pytest

from tests.architecture import house


@pytest.fixture(scope="module")
def figures() -> list[house.Figure]:
    return house.figures()


def test_no_figure_is_worse_than_it_may_be(figures):
    assert [figure.row() for figure in figures if not figure.is_allowed] == []


def test_the_page_shows_the_figures_of_the_code(figures):
    text = house.PAGE.read_text()

    assert house.page_with(figures, text) == text


@pytest.mark.parametrize(
    ("code", "ways"),
    [
        ("def f(): pass", 1),
        ("def f(a):\n    if a and a.b:\n        return [x for x in a]\n    return a or None", 5),
        ("def f():\n    def g(a):\n        if a: pass\n    return g", 1),
    ],
)
def test_the_ways_through_a_function_are_counted(code, ways):
    assert house.complexity(ast.parse(code).body[0]) == ways


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("[x for x in y]", []),
        ("a = 1\n[x for x in y for z in x]", [2]),
        ("{k: [v for v in k] for k in y}", [1]),
        ("sorted(f(x) for x in [z for z in y])", [1]),
    ],
)
def test_a_comprehension_inside_another_is_found(code, lines):
    assert house.nested_comprehensions(ast.parse(code)) == lines
