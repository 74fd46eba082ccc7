"""Reference frameworks in the common form "assessment-framework/1": what their values mean, their
rating, their result.

`indicators/scoring/scales.py` says how a value becomes a score, `indicators/scoring/tree.py` how
scores add up, `indicators/frameworks/reader.py` reads and checks the files.

Where the common form leaves something open:

- Keys that the form does not know are kept and shown, never refused; whatever it knows must be
  well-formed.
- Children weigh alike when none of them has a `weight`; when some have one, all must.
- The rating is the highest band that the root's score reaches, rounded by `band_rounding`; "none"
  takes the exact score, and without `band_rounding` the score counts as it is written. A table
  names its band by code. An all-required root with bands without limits is rated "MET" or "NOT" by
  code (DSPT).
- `!LABEL` names the label or code of an override or band. A definition without `overrides` takes
  any label.
- `limits` beside `bands`, as the CPA's limiting rules: [{"id", "words", "when": conditions as in a
  table, "at_most": label or code}]: while the conditions hold, the rating is not better than that
  band, better being what stands higher on the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from indicators.scoring.conditions import Condition
from indicators.scoring.exact import Rounding, figure_text, parse_fraction
from indicators.scoring.nodes import Node, NodeValue, Outcome, State
from indicators.scoring.scales import NOT_APPLICABLE, UNDER_REVIEW, Band, Options, Unfit, band_label
from indicators.scoring.tree import score_tree


@dataclass(frozen=True)
class Limit:
    """While its conditions hold, the rating is not better than this label."""

    code: str
    when: tuple[Condition, ...]
    at_most: str


@dataclass(frozen=True)
class NodeResult:
    """One row of a result."""

    node: Node
    outcome: Outcome
    score: str
    exact: str
    band: str
    rule: str


@dataclass(frozen=True)
class Framework:
    """A definition, ready to score. `document` is the whole of it, with what does not concern the
    arithmetic.
    """

    code: str
    title: str
    root: Node
    bands: tuple[Band, ...]
    band_rounding: Rounding | None
    band_on_exact: bool
    overrides: Mapping[str, str]
    limits: tuple[Limit, ...]
    document: Mapping[str, Any]

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Find every node by its code, in the order of the tree."""
        return {node.code: node for node in self.root.walk()}

    @property
    def unconfirmed_points(self) -> list[str]:
        """List in words what the framework's author could not confirm."""
        return [str(point) for point in self.document.get("unverified") or ()]

    def read_value(self, code: str, text: str) -> NodeValue | None:
        """Read what a cell gives for a node, None when it is empty; Unfit when it cannot be."""
        node = self.nodes.get(code)
        if node is None:
            raise Unfit(f"“{code[:60]}” is no node of {self.code}")
        if not text:
            return None
        if text == UNDER_REVIEW:
            return State.UNDER_REVIEW
        if text == NOT_APPLICABLE or (
            isinstance(node.scale, Options) and text in node.scale.not_applicable
        ):
            return State.NOT_APPLICABLE
        if node.scale is not None:
            return node.scale.read(text)
        return _for_branch(node, text)

    def rating(self, code: str, text: str) -> str:
        """Read the rating that an override like `!LABEL` sets; Unfit when it cannot be."""
        label = text.removeprefix("!").strip()
        if code != self.root.code:
            raise Unfit(f"only the root {self.root.code} has a rating to override")
        known = {**{band.code: band.label for band in self.bands if band.code}, **self.overrides}
        labels = {*known.values(), *(band.label for band in self.bands)}
        if not label:
            raise Unfit("the override names no rating")
        if self.overrides and label not in known and label not in labels:
            raise Unfit(f"“{label[:60]}” is no rating of {self.code}: {', '.join(sorted(labels))}")
        return label if label in labels else known.get(label, label)

    def score(self, given: Mapping[str, NodeValue], *, rating: str = "") -> list[NodeResult]:
        """Score every node, the root first. Unfit when an arithmetic does not take these values."""
        outcomes = score_tree(self.root, given)
        return [
            self._line(self.nodes[code], outcome, outcomes, rating)
            for code, outcome in outcomes.items()
        ]

    def _line(
        self, node: Node, outcome: Outcome, outcomes: Mapping[str, Outcome], rating: str
    ) -> NodeResult:
        rules = list(outcome.rules)
        band = (
            node.scale.label(outcome.exact / node.factor)
            if node.scale and outcome.exact is not None
            else ""
        )
        if node is self.root:
            band = self._apply_limits(self._band(outcome), outcomes, rules)
            if rating:
                rules.append(f"override: {rating}" + (f" instead of {band}" if band else ""))
                band = rating
        return NodeResult(
            node, outcome, _score_text(node, outcome), _text(outcome.exact), band, "; ".join(rules)
        )

    def _band(self, outcome: Outcome) -> str:
        said = outcome.said
        if outcome.exact is not None and self.root.agg == "all_required":
            said = "MET" if outcome.exact else "NOT"
        if said and (label := self._label_of(said)):
            return label
        if outcome.exact is None or outcome.score is None:
            return said
        value = outcome.score
        if self.band_rounding:
            value = self.band_rounding.apply(outcome.exact)
        elif self.band_on_exact:
            value = outcome.exact
        return band_label(self.bands, value) or (said if self.root.agg == "table" else "")

    def _label_of(self, code: str) -> str:
        """Answer with the label of the band that has a code, "" where none has."""
        return next((band.label for band in self.bands if band.code == code), "")

    def _apply_limits(self, band: str, outcomes: Mapping[str, Outcome], rules: list[str]) -> str:
        order = [found.label for found in self.bands]
        scores = {
            code: outcome.score for code, outcome in outcomes.items() if outcome.score is not None
        }
        for limit in self.limits:
            better = band in order and order.index(band) < order.index(limit.at_most)
            if better and all(condition.holds(scores) for condition in limit.when):
                rules.append(f"limit {limit.code}: {limit.at_most} instead of {band}")
                band = limit.at_most
        return band


def _for_branch(node: Node, text: str) -> Fraction:
    if node.agg == "none":
        raise Unfit(f"{node.code} has no score: its children stand side by side")
    value = _number(text)
    for limit, word in ((node.low, "less"), (node.high, "more")):
        if limit is not None and (value < limit if word == "less" else value > limit):
            raise Unfit(f"{text} is {word} than {node.code} can be, which is {figure_text(limit)}")
    return value


def _number(text: str) -> Fraction:
    try:
        return parse_fraction(text)
    except ValueError as error:
        raise Unfit(str(error)) from None


def _text(value: Fraction | None) -> str:
    return "" if value is None else figure_text(value)


def _score_text(node: Node, outcome: Outcome) -> str:
    if outcome.score is None or outcome.exact is None:
        return ""
    return node.rounding.figure_text(outcome.exact) if node.rounding else figure_text(outcome.score)
