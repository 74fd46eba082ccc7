"""Pages of the reference frameworks: how they compare, and each with its tree, scales, sources and
doubts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cycles.requests import PortalRequest
from indicators.frameworks.framework import Framework
from indicators.frameworks.reader import bundled_frameworks, scales_of
from indicators.frameworks.wording import (
    AGGREGATIONS,
    Comparison,
    compare,
    node_words,
    rounding_words,
    scale_words,
)
from indicators.scoring.exact import in_digits
from indicators.scoring.nodes import WEIGHTED, Node
from indicators.scoring.scales import Band, Interpolate, Number, Option, Options, Scale

HUNDRED = Fraction(100)
DEEPEST = 5


@dataclass(frozen=True)
class ListedFramework:
    """A framework on the list."""

    slug: str
    framework: Framework

    @property
    def comparison(self) -> Comparison:
        return compare(self.slug, self.framework.document)

    @property
    def title(self) -> str:
        """Take in Persian the title its file gives, where it gives one."""
        persian = (get_language() or "").startswith("fa")
        return str((persian and self.framework.document.get("title_fa")) or self.comparison.name)

    @property
    def scales(self) -> list[str]:
        """List the scales' words, each once."""
        return list(
            dict.fromkeys(scale_words(scale) for scale in scales_of(self.framework).values())
        )

    @property
    def arithmetic(self) -> list[str]:
        """List what its nodes do, from the root down, each once."""
        aggregations = dict.fromkeys(node.agg for node in self.framework.root.walk() if node.agg)
        return [str(AGGREGATIONS[agg][0]) for agg in aggregations]


@dataclass(frozen=True)
class NodeRow:
    """A node as its line of the tree shows it."""

    node: Node
    depth: int
    percent: str
    scale: str
    words: list[str]

    @property
    def weight(self) -> str:
        return in_digits(self.node.weight)


@dataclass(frozen=True)
class NamedScale:
    """A scale as the page shows it."""

    name: str
    scale: Scale

    @property
    def words(self) -> str:
        return scale_words(self.scale)

    @property
    def options(self) -> list[tuple[Option, str]]:
        return (
            [(o, in_digits(o.value)) for o in self.scale.options]
            if isinstance(self.scale, Options)
            else []
        )

    @property
    def bands(self) -> list[tuple[str, str]]:
        if isinstance(self.scale, Number):
            return _bands(self.scale.bands)
        if isinstance(self.scale, Interpolate):
            return [
                (in_digits(level), label)
                for level, label in zip(self.scale.levels, self.scale.labels, strict=False)
            ]
        return []


@require_safe
def framework_list(request: PortalRequest) -> HttpResponse:
    return render(
        request,
        "indicators/frameworks/frameworks.html",
        {"entries": [ListedFramework(*item) for item in bundled_frameworks().items()]},
    )


@require_safe
def framework_detail(request: PortalRequest, slug: str) -> HttpResponse:
    framework = bundled_frameworks().get(slug)
    if framework is None:
        raise Http404
    document = framework.document
    aggregations = dict.fromkeys(node.agg for node in framework.root.walk() if node.agg)
    context = {
        "entry": ListedFramework(slug, framework),
        "framework": framework,
        "document": document,
        "rows": list(_rows(framework.root, document["root"], 0, "")),
        "formulas": [AGGREGATIONS[agg] for agg in aggregations],
        "scales": [NamedScale(name, scale) for name, scale in scales_of(framework).items()],
        "bands": _bands(framework.bands),
        "band_rounding": rounding_words(framework.band_rounding) if framework.band_rounding else "",
        "table": [
            (" · ".join(map(_condition, row["when"])), row["then"])
            for row in document["root"].get("table", ())
        ],
        "groups": document["root"].get("groups", {}),
        "example": _example(document.get("example", {})),
    }
    return render(request, "indicators/frameworks/framework.html", context)


def _rows(node: Node, raw: Mapping[str, Any], depth: int, percent: str) -> Iterator[NodeRow]:
    yield NodeRow(node, min(depth, DEEPEST), percent, str(raw.get("scale", "")), node_words(node))
    whole = sum((child.weight for child in node.children), Fraction(0))
    children = [*zip(node.children, raw.get("children", ()), strict=True)]
    if node.fine_tuned:
        children.append((node.fine_tuned, raw["fine_tuned"]))
    for child, text in children:
        counts = node.agg in WEIGHTED and whole
        yield from _rows(
            child, text, depth + 1, in_digits(child.weight / whole * HUNDRED) if counts else ""
        )


def _bands(bands: tuple[Band, ...]) -> list[tuple[str, str]]:
    return [("" if band.least is None else in_digits(band.least), band.label) for band in bands]


def _condition(raw: Mapping[str, object]) -> str:
    """Write a condition as it stands in the file, without its quotes and braces."""
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in raw.items())


def _example(raw: Mapping[str, Any]) -> list[list[tuple[str, str]]]:
    if not raw:
        return []
    lines = [_pairs(line) for line in raw.get("indicators", ())]
    return [*lines, _pairs({key: value for key, value in raw.items() if key != "indicators"})]


def _pairs(line: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(key.replace("_", " "), _plain(value)) for key, value in line.items()]


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
