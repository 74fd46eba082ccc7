"""The tree of an agency's scores adds up, whatever is not applicable, not
answered or under review.
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.scoring import nodes, tree
from indicators.scoring.rounding import ROUNDED, decimal
from indicators.scoring.scales import Number
from indicators.scoring.statutory_tree import LineState, ScoreLine, band, total

D = Decimal


def test_the_total_of_the_form_of_1381():
    rows = [("a", 100, 75), ("b", 50, 25), ("c", 50, 50)]

    result = total(
        ScoreLine("specific", "1", code, code, D(w), LineState.SCORED, D(e)) for code, w, e in rows
    )

    assert result.total.points == 150
    assert result.total.ceiling == 200
    assert result.total.percent == 75


def line(axis, measure, ceiling, state=LineState.SCORED, earned=None, kind="general"):
    return ScoreLine(
        kind,
        axis,
        f"{measure}-i",
        measure,
        D(ceiling),
        state,
        None if earned is None else D(earned),
    )


def test_points_that_do_not_apply_are_spread_within_their_axis():
    result = total(
        [
            line("1", "a", 30, earned=15),
            line("1", "b", 10, LineState.NOT_APPLICABLE),
            line("2", "c", 60, earned=60),
        ]
    )

    axis = result.nodes[("general", "1")]
    assert (axis.points, axis.ceiling, axis.applicable_ceiling, axis.percent) == (20, 40, 40, 50)
    assert (result.total.points, result.total.applicable_ceiling, result.total.percent) == (
        80,
        100,
        80,
    )
    assert result.nodes[("general", "1", "b-i", "b")].percent is None


def test_without_spreading_they_leave_the_ceiling():
    lines = [line("1", "a", 30, earned=15), line("1", "b", 10, LineState.NOT_APPLICABLE)]

    result = total(lines, spread=False)

    assert (result.total.points, result.total.ceiling, result.total.applicable_ceiling) == (
        15,
        40,
        30,
    )
    assert result.total.percent == 50


def test_an_axis_that_does_not_apply_at_all_leaves_the_ceiling():
    result = total([line("1", "a", 40, LineState.NOT_APPLICABLE), line("2", "b", 60, earned=30)])

    assert result.nodes[("general", "1")].percent is None
    assert (result.total.points, result.total.ceiling, result.total.applicable_ceiling) == (
        30,
        100,
        60,
    )
    assert result.total.percent == 50


def test_nothing_that_applies_has_no_percent():
    assert total([line("1", "a", 40, LineState.NOT_APPLICABLE)]).total.percent is None
    assert total([]).total.percent is None


def test_what_is_not_answered_counts_zero():
    result = total([line("1", "a", 40, LineState.NOT_ANSWERED), line("1", "b", 60, earned=60)])

    assert (result.total.points, result.total.percent, result.provisional) == (60, 60, False)


def test_what_is_under_review_counts_zero_and_makes_its_branches_provisional():
    result = total([line("1", "a", 40, LineState.UNDER_REVIEW), line("2", "b", 60, earned=60)])

    assert result.provisional
    assert result.nodes[("general", "1")].provisional
    assert not result.nodes[("general", "2")].provisional
    assert result.total.percent == 60


def test_every_node_is_rounded_half_up_to_ten_places():
    result = total(
        [
            line("1", "a", 3, earned=1),
            line("1", "b", 4, LineState.NOT_APPLICABLE),
            line("2", "c", 7, earned="0.5"),
        ]
    )

    assert result.nodes[("general", "1")].points == D("2.3333333333")
    assert result.total.points == D("2.8333333333")


def test_children_are_found_in_the_order_of_their_codes():
    result = total(
        [
            line("2", "b", 1, earned=1),
            line("1", "a", 1, earned=1),
            line("1", "c", 1, earned=0, kind="specific"),
        ]
    )

    assert [node.path for node in result.children()] == [("general",), ("specific",)]
    assert [node.path for node in result.children(("general",))] == [
        ("general", "1"),
        ("general", "2"),
    ]


@pytest.mark.parametrize(
    ("state", "earned"),
    [
        (LineState.SCORED, None),
        (LineState.NOT_ANSWERED, 0),
        (LineState.SCORED, -1),
        (LineState.SCORED, 41),
    ],
)
def test_a_line_that_contradicts_itself_is_refused(state, earned):
    with pytest.raises(ValueError, match="points"):
        line("1", "a", 40, state, earned)


def test_the_same_line_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        total([line("1", "a", 40, earned=1), line("1", "a", 40, earned=1)])


def test_a_line_that_does_not_count_is_scored_and_shown_and_no_more():
    counted = line("1", "a", 40, earned=30)
    pilot = ScoreLine("general", "1", "b-i", "b", D(60), LineState.SCORED, D(60), counts=False)
    reviewed = ScoreLine("general", "2", "c-i", "c", D(60), LineState.UNDER_REVIEW, counts=False)

    result = total([counted, pilot, reviewed])

    assert total([counted]).nodes.items() <= result.nodes.items()
    assert (
        result.total.points,
        result.total.ceiling,
        result.total.percent,
        result.provisional,
    ) == (30, 40, 75, False)
    shown = result.nodes[pilot.path]
    assert (shown.points, shown.ceiling, shown.percent) == (60, 60, 100)
    assert result.nodes[("general", "2")].percent is None


def test_a_line_that_does_not_count_and_does_not_apply_spreads_nothing():
    pilot = ScoreLine("general", "1", "b-i", "b", D(60), LineState.NOT_APPLICABLE, counts=False)

    assert (
        total([line("1", "a", 40, earned=30), pilot]).total
        == total([line("1", "a", 40, earned=30)]).total
    )


def test_lines_stand_at_any_depth_from_two_on():
    lines = [
        ScoreLine("general", "", "", "a", D(10), LineState.SCORED, D(4)),
        ScoreLine("general", "1", "", "b", D(20), LineState.SCORED, D(5)),
        ScoreLine("general", "1", "i", "c", D(30), LineState.NOT_APPLICABLE),
        ScoreLine(
            "general", "1", "i", "d", D(40), LineState.SCORED, D(10), tiers=("deep", "deeper")
        ),
    ]

    result = total(lines)

    assert result.nodes[("general", "1", "i", "deep", "deeper", "d")].points == 10
    assert result.nodes[("general", "1", "i")].applicable_ceiling == 40
    axis = result.nodes[("general", "1")]
    assert (axis.points, axis.ceiling, axis.applicable_ceiling) == (D("22.5"), 90, 90)
    assert (result.total.points, result.total.applicable_ceiling) == (D("26.5"), 100)


def test_a_line_below_a_line_is_refused():
    upper = ScoreLine("general", "1", "", "a", D(10), LineState.SCORED, D(4))
    lower = ScoreLine("general", "1", "a", "b", D(10), LineState.SCORED, D(4))

    with pytest.raises(ValueError, match="lines below it"):
        total([upper, lower])


@st.composite
def line_lists(draw):
    lines = []
    for number in range(draw(st.integers(0, 12))):
        ceiling = draw(st.decimals(min_value=0, max_value=100, places=2))
        state = draw(st.sampled_from(LineState))
        earned = (
            draw(st.decimals(min_value=0, max_value=ceiling, places=10))
            if state == LineState.SCORED
            else None
        )
        kind, axis = draw(st.sampled_from(["general", "specific"])), draw(st.sampled_from("123"))
        counts = draw(st.sampled_from([True, True, False]))
        lines.append(
            ScoreLine(kind, axis, str(number % 2), str(number), ceiling, state, earned, counts)
        )
    return lines


@given(line_lists(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(lines, random):
    shuffled = list(lines)
    random.shuffle(shuffled)

    assert total(shuffled) == total(lines)


@given(line_lists())
def test_spreading_conserves_the_ceiling(lines):
    result = total(lines)

    assert result.total.ceiling == sum(line.ceiling for line in lines if line.counts)
    for path, node in result.nodes.items():
        if len(path) == 2:
            assert node.applicable_ceiling in (0, node.ceiling)
    assert result.total.applicable_ceiling == sum(
        node.applicable_ceiling for path, node in result.nodes.items() if len(path) == 2
    )


@given(line_lists())
def test_full_marks_in_what_applies_are_full_marks_in_every_axis(lines):
    perfect = [
        replace(line, points=line.ceiling) if line.state == LineState.SCORED else line
        for line in lines
        if line.state in (LineState.SCORED, LineState.NOT_APPLICABLE)
    ]

    result = total(perfect)

    for path, node in result.nodes.items():
        if len(path) == 2:
            assert node.points == node.applicable_ceiling
            assert node.percent in (None, 100)


@given(line_lists(), st.integers(0, 11))
def test_more_points_for_a_line_never_make_a_node_less(lines, place):
    better = [
        replace(line, points=line.ceiling)
        if number == place and line.state == LineState.SCORED
        else line
        for number, line in enumerate(lines)
    ]

    before, after = total(lines).nodes, total(better).nodes

    assert all(before[path].points <= after[path].points for path in before)


@given(line_lists())
def test_every_node_is_the_sum_of_its_children_above_the_axis_and_within_bounds(lines):
    result = total(lines)

    assert result.total.points == sum(node.points for node in result.children())
    for node in result.nodes.values():
        assert 0 <= node.points <= node.applicable_ceiling <= node.ceiling
        assert node.percent is None or 0 <= node.percent <= 100


@pytest.mark.parametrize(
    ("percent", "name"),
    [
        ("100", "excellent"),
        ("90", "excellent"),
        ("89.995", "excellent"),
        ("89.994", "good"),
        ("75", "good"),
        ("60", "average"),
        ("59.99", "weak"),
        ("0", "weak"),
    ],
)
def test_a_percent_falls_into_the_band_that_is_shown(percent, name):
    assert band(D(percent)).name == name


EMPTIES = {
    LineState.NOT_APPLICABLE: nodes.State.NOT_APPLICABLE,
    LineState.NOT_ANSWERED: nodes.State.NOT_ANSWERED,
    LineState.UNDER_REVIEW: nodes.State.UNDER_REVIEW,
}


def as_tree(path, lines, *, spread):
    """The nodes of the general engine for these lines, by path: sums all the way up."""
    code = "\n".join(path)
    if path in lines:
        scale = Number(least=Fraction(0), most=Fraction(lines[path].ceiling), step=None, bands=())
        weight = Fraction(1 if lines[path].counts else 0)
        return nodes.Node(code, "", weight, scale=scale, rounding=ROUNDED)
    below = dict.fromkeys(p[: len(path) + 1] for p in lines if p[: len(path)] == path)
    children = tuple(as_tree(child, lines, spread=spread) for child in below)
    return nodes.Node(
        code,
        "",
        Fraction(1 if any(child.weight for child in children) else 0),
        agg="sum",
        children=children,
        missing=nodes.Missing("zero"),
        not_applicable="spread" if spread and len(path) == 2 else "leave",
        under_review="zero",
        rounding=ROUNDED,
    )


@given(line_lists(), st.booleans())
def test_the_sums_are_those_of_the_general_engine(lines, spread):
    lines = [replace(line, ceiling=line.ceiling + 1) for line in lines]
    by_path = {line.path: line for line in lines}
    root = as_tree((), by_path, spread=spread)
    cells = {
        "\n".join(path): EMPTIES[line.state] if line.points is None else Fraction(line.points)
        for path, line in by_path.items()
    }

    result = total(lines, spread=spread)

    outcomes = tree.score_tree(root, cells)
    of_code = {node.code: node for node in root.walk()}
    for path, found in result.nodes.items():
        node, outcome = of_code["\n".join(path)], outcomes["\n".join(path)]
        is_counted = node.scale is not None or node.counted_children
        possible = outcome.possible if is_counted else None
        assert (found.points, found.ceiling, found.applicable_ceiling, found.provisional) == (
            decimal(outcome.score or Fraction(0)),
            decimal(node.full or Fraction(0)),
            decimal(possible or Fraction(0)),
            bool(outcome.waiting),
        )
    assert len(result.nodes) == len(of_code)
