"""The count of a working group's votes: quorum, who must concur, majority, the chair's casting
vote.
"""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.voting_rules import Ballot, Rules, verdict

SIDES = ("authority", "budget", "agency", "expert")
YES, NO = "approve", "return"


def cast(*votes):
    """Ballots from "side:choice", "!" for the chair's."""
    return [Ballot(v.split(":")[0].lstrip("!"), v.split(":")[1], v.startswith("!")) for v in votes]


@pytest.mark.parametrize(
    ("votes", "rules", "approved", "missing", "withheld"),
    [
        ((), Rules(), False, 2, ("authority", "budget")),
        (("authority:approve",), Rules(), False, 1, ("budget",)),
        (("authority:approve", "budget:approve"), Rules(), True, 0, ()),
        (("authority:approve", "budget:return", "expert:approve"), Rules(), False, 0, ("budget",)),
        (("authority:approve", "budget:approve", "budget:reject"), Rules(), False, 0, ("budget",)),
        (("authority:approve", "budget:approve", "expert:return"), Rules(quorum=4), False, 1, ()),
        (("authority:approve", "budget:approve"), Rules(concurring=()), True, 0, ()),
        (("authority:approve", "expert:return"), Rules(concurring=("authority",)), False, 0, ()),
        (("!authority:approve", "expert:return"), Rules(concurring=("authority",)), True, 0, ()),
        (("!authority:return", "expert:approve"), Rules(concurring=()), False, 0, ()),
        (
            ("!authority:approve", "expert:return"),
            Rules(concurring=(), chair_casts=False),
            False,
            0,
            (),
        ),
        (
            ("authority:approve",) * 2 + ("expert:return",),
            Rules(concurring=(), majority=66),
            True,
            0,
            (),
        ),
        (
            ("authority:approve",) * 2 + ("expert:return",),
            Rules(concurring=(), majority=67),
            False,
            0,
            (),
        ),
    ],
)
def test_votes_carry_by_the_rules_of_the_group(votes, rules, approved, missing, withheld):
    found = verdict(cast(*votes), rules)

    assert (found.is_approved, found.missing, found.withheld) == (approved, missing, withheld)


def test_only_the_chair_s_own_approval_breaks_a_tie_and_it_is_said():
    found = verdict(cast("!authority:approve", "expert:reject"), Rules(concurring=()))

    assert found.is_approved
    assert found.by_chair
    assert not verdict(cast("authority:approve", "expert:reject"), Rules(concurring=())).is_approved


ballots = st.lists(
    st.builds(Ballot, st.sampled_from(SIDES), st.sampled_from((YES, NO, "reject")), st.just(False)),
    max_size=5,
)


@given(ballots)
def test_the_order_of_votes_does_not_matter(votes):
    assert len({verdict(order, Rules()) for order in permutations(votes)}) == 1


@given(ballots, st.sampled_from(SIDES))
def test_one_more_approval_never_undoes_one(votes, side):
    before = verdict(votes, Rules())

    assert not before.is_approved or verdict([*votes, Ballot(side, YES)], Rules()).is_approved


@given(ballots)
def test_nothing_is_approved_against_a_side_that_must_concur(votes):
    refuses = any(v.constituency in Rules().concurring and v.choice != YES for v in votes)

    assert not (refuses and verdict(votes, Rules()).is_approved)
