"""A tree of scores, of any depth: pure functions over frozen nodes, without a database.

    wmean         sum(weight x score) / sum(weight)
    sum           sum(weight x score)
    gmean         exp(sum(weight x ln score) / sum(weight)); zero when one is zero
    sum_points    sum of the points earned; weights do not count
    points_ratio  points earned / points possible; weights do not count
    all_required  1 when every child reaches what it must, else 0
    table         what the first row whose conditions all hold says, else the default
    none          no score: the children stand side by side

Where the common form leaves something open:

- Four empties, each with a policy of the node above. *Not applicable* is dropped and its weight
  spread over the rest (`spread`), or takes what it could have earned out of the ceiling (`leave`).
  *Not answered* follows `missing`: `skip` drops it likewise, `zero` counts it as 0, `null` (also
  when nothing is said) leaves the node without a result, itself not answered; `{"skip_min_count":
  n}` skips and asks for n scored children. *Under review* makes every node above provisional; until
  it ends it is dropped (`drop`) or earns nothing (`zero`), and a table and an all-required node
  have no result (CPA rule "review"). *Zero* is a score. A node none of whose children is scored is
  what they are: under review, else not answered, else not applicable.
- What could have been earned of what applies is `possible`, in the unit of the score: the maximum,
  less what left it below. Under `spread` a node fills up again what left the ceiling of its
  children: a sum grows by everything possible / what those present could have earned, a child of a
  mean by its maximum / what it could have earned.
- A child of weight 0 is shown, and counts for nothing, not even as missing.
- The unit of a node is that of its children: the maximum of a mean of 0-100 is 100. `scale_to`
  multiplies by scale_to / that maximum, by scale_to itself when a scale below sets no maximum.
  `points` then writes the node's score as points, the share of its maximum x points (EFQM: 645 of
  1000); points and sums add the points, means go on with the share.
- Order: arithmetic, `cap_by` (compared as shares of either maximum), `scale_to`, `points`, `round`.
  The rounded score goes up the tree, as PART's published whole section scores do; `exact` is the
  score before its own rounding.
- A value given for an inner node replaces its children in the unit in which its score is written,
  and is rounded like it.
- A leaf with a `fine_tuned` tree (CAF 2020) is scored by it where the leaf has no value and the
  tree has one.
- all_required: `required` of a child, else its maximum, is what it must reach.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from indicators.scoring.exact import ONE, ZERO, parse_fraction, times
from indicators.scoring.nodes import MEANS, SUMS, Node, NodeValue, Outcome, State, aggregate
from indicators.scoring.scales import Unfit

Kids = Sequence[tuple[Node, Outcome]]


def score_tree(root: Node, given: Mapping[str, NodeValue]) -> dict[str, Outcome]:
    """Find the outcome of every node, in the order of the tree, those of unused fine-tuned trees
    left out.
    """
    order = list(root.walk())
    outcomes: dict[str, Outcome] = {}
    for node in reversed(order):  # what a node is made of stands below it
        try:
            outcome = _outcome(node, given, outcomes)
            outcomes[node.code] = replace(
                outcome, possible=_possible(node, outcome, given, outcomes)
            )
        except ValueError as error:
            raise Unfit(f"node {node.code}: {error}") from None
    unused: set[str] = set()
    for node in order:
        if node.fine_tuned and not _is_fine_tuned(node, given):
            unused |= node.fine_codes
    return {node.code: outcomes[node.code] for node in order if node.code not in unused}


def _possible(
    node: Node, outcome: Outcome, given: Mapping[str, NodeValue], outcomes: Mapping[str, Outcome]
) -> Fraction | None:
    if outcome.state == State.NOT_APPLICABLE:
        return ZERO
    if node.full is None or node.scale or node.code in given:
        return node.full
    if node.not_applicable == "leave":
        reach = [
            (child, child.score_in(outcomes[child.code].possible or ZERO, node.agg))
            for child in node.counted_children
        ]
    elif node.agg in MEANS:
        left = [
            child
            for child in node.counted_children
            if outcomes[child.code].state != State.NOT_APPLICABLE
        ]
        reach = [(child, child.unit or ZERO) for child in left]
    else:
        return node.full
    return times(aggregate(node, reach), node.factor)


def _is_fine_tuned(node: Node, given: Mapping[str, NodeValue]) -> bool:
    return node.code not in given and not node.fine_codes.isdisjoint(given)


def _outcome(
    node: Node, given: Mapping[str, NodeValue], outcomes: Mapping[str, Outcome]
) -> Outcome:
    value = given.get(node.code)
    if isinstance(value, State):
        return Outcome(
            value, rules=(value.value,), waiting=(node.code,) if value == State.UNDER_REVIEW else ()
        )
    if node.scale is None:
        return _branch_outcome(node, outcomes) if value is None else _outcome_of_value(node, value)
    if value is not None:
        return _scored_outcome(node, node.scale.score(value))
    if node.fine_tuned and _is_fine_tuned(node, given):
        tuned = outcomes[node.fine_tuned.code]
        if tuned.score is None:
            return tuned
        return replace(
            _scored_outcome(node, tuned.score),
            rules=(f"mean of {node.fine_tuned.code}",),
            waiting=tuned.waiting,
        )
    if node.missing.policy == "zero":
        return replace(_scored_outcome(node, ZERO), rules=("not answered: zero",))
    return Outcome(State.NOT_ANSWERED, rules=(State.NOT_ANSWERED.value,))


def _scored_outcome(node: Node, natural: Fraction) -> Outcome:
    exact = times(natural, node.factor)
    return Outcome(State.SCORED, exact, node.rounding.apply(exact) if node.rounding else exact)


def _outcome_of_value(node: Node, value: Fraction) -> Outcome:
    score = node.rounding.apply(value) if node.rounding else value
    rules = ("value given for this node",) if node.children else ()
    return Outcome(
        State.SCORED, value, score, said=str(value) if node.agg == "table" else "", rules=rules
    )


def _branch_outcome(node: Node, outcomes: Mapping[str, Outcome]) -> Outcome:
    """Find the outcome of a branch from those of its children; `waiting` and its rule are added to
    whatever it is.
    """
    kids = [(child, outcomes[child.code]) for child in node.counted_children]
    waiting = tuple(dict.fromkeys(chain.from_iterable(outcome.waiting for _child, outcome in kids)))
    outcome = _outcome_of_children(node, kids, outcomes, waiting)
    if not waiting:
        return outcome
    words = ", ".join(waiting)
    blocked = outcome.state == State.UNDER_REVIEW
    rule = (
        f"{State.UNDER_REVIEW.value}: {words}" if blocked else f"provisional: {words} under review"
    )
    return replace(outcome, rules=(*outcome.rules, rule), waiting=waiting)


def _outcome_of_children(
    node: Node, kids: Kids, outcomes: Mapping[str, Outcome], waiting: tuple[str, ...]
) -> Outcome:
    if node.agg == "none":
        return Outcome(State.NOT_APPLICABLE)
    if silent := _silent(node, kids):
        return Outcome(
            State.NOT_ANSWERED, rules=(f"{State.NOT_ANSWERED.value}: {', '.join(silent)}",)
        )
    parts = _scored_parts(node, kids)
    reviewed = _zeros(kids, State.UNDER_REVIEW) if node.under_review == "zero" else []
    if not parts and not reviewed:
        return _outcome_without_scores(kids)
    if len(parts) < node.missing.at_least and node.missing.policy == "skip":
        return Outcome(
            State.NOT_ANSWERED,
            rules=(f"{len(parts)} scored, {node.missing.at_least} needed for a result",),
        )
    if node.agg == "table":
        scores = _scores(node, outcomes)
        scores.update((child.code, score) for child, score in parts)
        return _table_outcome(node, scores, waiting)
    if node.agg == "all_required":
        return _all_required_outcome(node, parts, waiting)
    return _arithmetic_outcome(node, kids, parts + reviewed, outcomes)


def _silent(node: Node, kids: Kids) -> list[str]:
    """List the children not answered by which the node has no result either."""
    if node.missing.policy != "null":
        return []
    return [child.code for child, outcome in kids if outcome.state == State.NOT_ANSWERED]


def _scored_parts(node: Node, kids: Kids) -> list[tuple[Node, Fraction]]:
    """List the children with their scores, those not answered as 0 where the node says so."""
    parts = [(child, outcome.score) for child, outcome in kids if outcome.score is not None]
    if node.missing.policy == "zero":
        parts += _zeros(kids, State.NOT_ANSWERED)
    return parts


def _outcome_without_scores(kids: Kids) -> Outcome:
    """Find the outcome of a node without a scored child: the worst state among them."""
    states = {outcome.state for _child, outcome in kids}
    worst = (State.UNDER_REVIEW, State.NOT_ANSWERED, State.NOT_APPLICABLE)
    state = next((state for state in worst if state in states), State.NOT_ANSWERED)
    return Outcome(state, rules=() if state == State.UNDER_REVIEW else (state.value,))


def _arithmetic_outcome(
    node: Node,
    kids: Kids,
    parts: Sequence[tuple[Node, Fraction]],
    outcomes: Mapping[str, Outcome],
) -> Outcome:
    """Aggregate the scores of children by arithmetic, grown and capped as the node says."""
    if node.not_applicable == "leave":
        parts = [*parts, *_zeros(kids, State.NOT_APPLICABLE)]
    natural = aggregate(
        node, [(child, _score_in(node, child, score, outcomes)) for child, score in parts]
    )
    if node.agg in SUMS:
        natural = times(natural, _growth(node, kids, {child.code for child, _score in parts}))
    return _capped_outcome(node, natural, outcomes)


def _zeros(kids: Kids, state: State) -> list[tuple[Node, Fraction]]:
    return [(child, ZERO) for child, outcome in kids if outcome.state == state]


def _score_in(
    node: Node, child: Node, score: Fraction, outcomes: Mapping[str, Outcome]
) -> Fraction:
    """Convert a child's score to what enters; within a mean or a ratio that spreads, what left its
    ceiling is filled up.
    """
    possible, value = outcomes[child.code].possible, child.score_in(score, node.agg)
    if node.not_applicable == "spread" and node.agg not in SUMS and possible and child.full:
        return value * child.full / possible
    return value


def _growth(node: Node, kids: Kids, present: Collection[str]) -> Fraction:
    """Compute what a sum grows by for what is dropped: everything that should count / what those
    present could have earned.
    """
    if node.not_applicable == "leave" and len(present) == len(kids):
        return ONE
    known = all(child.full is not None for child, _outcome in kids)
    whole = reach = ZERO
    for child, outcome in kids:
        weight = child.weight if node.agg == "sum" else ONE
        full, possible = (child.full or ZERO, outcome.possible or ZERO) if known else (ONE, ONE)
        whole += times(weight, full if node.not_applicable == "spread" else possible)
        reach += times(weight, possible) if child.code in present else ZERO
    return whole / reach if reach else ONE


def _capped_outcome(node: Node, natural: Fraction, outcomes: Mapping[str, Outcome]) -> Outcome:
    if node.cap is not None and (score := outcomes[node.cap.code].score) is not None:
        limit = node.cap.score_in(score, "wmean")
        if node.base and node.cap.unit:
            limit *= node.base / node.cap.unit
        if natural > limit:
            return replace(_scored_outcome(node, limit), rules=(f"capped by {node.cap.code}",))
    return _scored_outcome(node, natural)


def _all_required_outcome(
    node: Node, parts: Sequence[tuple[Node, Fraction]], waiting: tuple[str, ...]
) -> Outcome:
    short = [child.code for child, score in parts if score < child.required_score]
    if short:
        return replace(_scored_outcome(node, ZERO), rules=(f"not reached: {', '.join(short)}",))
    return Outcome(State.UNDER_REVIEW) if waiting else _scored_outcome(node, ONE)


def _scores(node: Node, outcomes: Mapping[str, Outcome]) -> dict[str, Fraction]:
    codes: set[str] = set()
    for row in node.rows:
        for condition in row.when:
            codes.update(condition.codes)
    return {code: score for code in codes if (score := outcomes[code].score) is not None}


def _row_that_holds(node: Node, scores: Mapping[str, Fraction]) -> tuple[int, str]:
    """Find the first row whose conditions all hold, with what it says; 0 and the default else."""
    for place, row in enumerate(node.rows, 1):
        if all(condition.holds(scores) for condition in row.when):
            return place, row.then
    return 0, node.default


def _table_outcome(node: Node, scores: Mapping[str, Fraction], waiting: tuple[str, ...]) -> Outcome:
    if waiting:
        return Outcome(State.UNDER_REVIEW)
    place, said = _row_that_holds(node, scores)
    rules = (f"table row {place}" if place else "no row of the table holds",)
    try:
        outcome = _scored_outcome(node, parse_fraction(said))
    except ValueError:
        outcome = Outcome(State.NOT_ANSWERED)
    return replace(outcome, said=said, rules=rules)
