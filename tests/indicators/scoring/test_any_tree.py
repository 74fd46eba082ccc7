"""What holds of any tree."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.frameworks.framework import Framework
from tests.indicators.scoring.trees import F, branch, framework, leaf, weights

shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)

MONOTONE = ("wmean", "sum", "gmean", "points_ratio", "sum_points", "all_required")


def flat(agg: str, given_weights: list[int], factor: int = 1) -> Framework:
    return framework(
        branch(
            "t",
            agg,
            *(leaf(f"n{place}", weight=w * factor) for place, w in enumerate(given_weights)),
        )
    )


def result(tested: Framework, values: Mapping[str, Fraction | None]) -> Fraction | None:
    given_values = {code: value for code, value in values.items() if value is not None}
    return tested.score(given_values)[0].outcome.exact


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[int], dict[str, Fraction]]:
    found = draw(weights)
    return found, {f"n{place}": draw(shares) for place in range(len(found))}


@given(cases(), st.sampled_from(MONOTONE), shares)
def test_more_of_a_child_never_gives_less_nor_leaves_zero_to_the_maximum(
    case: tuple[list[int], dict[str, Fraction]], agg: str, more: Fraction
) -> None:
    tested = flat(agg, case[0])
    better = case[1] | {"n0": max(more, case[1]["n0"])}

    before, after = result(tested, case[1]), result(tested, better)

    assert before is not None
    assert after is not None
    assert 0 <= before <= after + F(1, 10**45)
    assert after <= (tested.root.full or 0)


@given(cases(), st.sampled_from(["wmean", "gmean"]), st.integers(2, 9))
def test_a_mean_does_not_change_when_all_weights_grow_alike(
    case: tuple[list[int], dict[str, Fraction]], agg: str, factor: int
) -> None:
    one, other = result(flat(agg, case[0]), case[1]), result(flat(agg, case[0], factor), case[1])

    assert one is not None
    assert other is not None
    assert one == other


@given(cases(), st.sampled_from(MONOTONE), st.randoms())
def test_the_order_of_children_and_values_is_irrelevant(
    case: tuple[list[int], dict[str, Fraction]], agg: str, random: Any
) -> None:
    tested = flat(agg, case[0])
    root = {
        **branch("t", agg),
        "children": [leaf(f"n{place}", weight=w) for place, w in enumerate(case[0])],
    }
    random.shuffle(root["children"])
    values = list(case[1].items())
    random.shuffle(values)

    one, other = result(tested, case[1]), result(framework(root), dict(values))

    assert one is not None
    assert other is not None
    assert abs(one - other) < F(1, 10**45)


@given(cases(), st.sampled_from(["wmean", "gmean", "sum", "sum_points", "points_ratio"]))
def test_dropping_a_child_leaves_the_whole_to_the_others(
    case: tuple[list[int], dict[str, Fraction]], agg: str
) -> None:
    """Full marks in what applies are full marks in all; equal marks stay what they were."""
    tested = flat(agg, case[0])
    share = case[1]["n0"]
    assume(share > 0)

    everywhere = result(tested, dict.fromkeys(case[1], share))
    without = tested.score(
        {**dict.fromkeys(case[1], share), "n0": tested.read_value("n0", "NA")}  # type: ignore[dict-item]
    )[0].outcome.exact

    assert without is not None
    assert everywhere is not None
    assert abs(without - everywhere) < F(1, 10**45)


@st.composite
def directed(draw: st.DrawFn) -> tuple[dict[str, Any], bool]:
    """A scale and whether more of the value is better."""
    number = st.integers(1, 1000)
    match draw(st.sampled_from(["minmax", "log", "ratio", "interpolate"])):
        case "minmax":
            least, most, down = draw(number), draw(number), draw(st.booleans())
            assume(least != most)
            scale = {
                "type": "minmax",
                "min": least,
                "max": most,
                "direction": "down" if down else "up",
            }
            return scale, (most > least) != down
        case "log":
            least = draw(number)
            return {
                "type": "minmax",
                "min": least,
                "max": least + draw(number),
                "transform": "log",
            }, True
        case "ratio":
            down = draw(st.booleans())
            direction = "down" if down else "up"
            return {
                "type": "ratio",
                "standard": draw(number),
                "direction": direction,
                "cap": 1,
                "floor": 0,
            }, not down
        case _:
            targets = sorted(draw(st.sets(number, min_size=5, max_size=5)))
            falling = draw(st.booleans())
            scale = {"type": "interpolate", "levels": [100, 90, 80, 70, 60]}
            return scale | {"targets": targets[::-1] if falling else targets}, falling


@given(directed(), st.integers(-100, 2000), st.integers(-100, 2000))
def test_a_scale_is_monotone_in_its_direction_and_stays_within_its_bounds(
    scale: tuple[dict[str, Any], bool], one: int, other: int
) -> None:
    tested = framework(branch("t", "none", leaf("a", "s")), {"s": scale[0]}).nodes["a"].scale
    assert tested is not None

    lesser, greater = (tested.score(F(value)) for value in sorted((one, other)))

    assert (lesser <= greater) if scale[1] else (lesser >= greater)
    assert 0 <= lesser <= (tested.full or 0)
