"""Whatever takes a request draws no paper: between a page and the renderer lies the work of a worker."""

from pathlib import Path

import grimp
import pytest

from tests.architecture import house
from tests.architecture.test_kinds import kind, modules

RENDERER = "weasyprint"
DRAWS = {"cycles.ui.pdf", "cycles.ui.piece", "cycles.ui.long_paper", "festival.report.paper"}
"""The modules that speak to the renderer, or to the one that does."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*house.APPS, include_external_packages=True)


def takes_requests(module: str, path: Path) -> bool:
    """Say whether a module holds pages or addresses, or functions that are given a request."""
    return kind(module) <= 1 or "request: " in path.read_text()


def reaching(graph: grimp.ImportGraph) -> dict[str, tuple[str, ...] | None]:
    """Answer with the way by which each module that takes requests reaches the renderer."""
    taking = [module for module, path in modules().items() if takes_requests(module, path)]
    ways = {
        module: graph.find_shortest_chain(importer=module, imported=RENDERER) for module in taking
    }
    return {module: way for module, way in ways.items() if way is not None}


def test_nothing_that_takes_a_request_reaches_the_renderer(graph):
    assert reaching(graph) == {}


@pytest.mark.parametrize("draws", sorted(DRAWS))
def test_a_page_that_draws_is_found(graph, draws):
    page = "submissions.release.report_views"
    graph.add_import(importer=page, imported=draws)
    try:
        assert page in reaching(graph)
    finally:
        graph.remove_import(importer=page, imported=draws)


def test_only_those_that_draw_speak_to_the_renderer(graph):
    assert graph.find_modules_that_directly_import(RENDERER) <= {
        "cycles.ui.pdf",
        "cycles.ui.piece",
        "config.rehearsal.values",
    }
