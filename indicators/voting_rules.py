"""How a working group's votes are counted by its rules. Pure, without a database."""

from collections.abc import Iterable
from dataclasses import dataclass

APPROVE = "approve"


@dataclass(frozen=True)
class Rules:
    """`quorum` votes at least; of the `concurring` constituencies every vote, and at least one,
    approves; approvals are more than `majority` percent of the votes; a tie is broken by the
    chair's own vote where `chair_casts`.
    """

    quorum: int = 2
    concurring: tuple[str, ...] = ("authority", "budget")
    majority: int = 50
    chair_casts: bool = True


@dataclass(frozen=True)
class Ballot:
    """One vote: for which constituency it was cast, how, and whether by the chair."""

    constituency: str
    choice: str
    is_chair: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the votes come to. `withheld` are the concurring constituencies that have not all
    approved.
    """

    cast: int
    approvals: int
    missing: int
    withheld: tuple[str, ...]
    is_carried: bool
    by_chair: bool = False

    @property
    def is_approved(self) -> bool:
        return not self.missing and not self.withheld and self.is_carried


def _concurs(constituency: str, ballots: Iterable[Ballot]) -> bool:
    """Tell whether a constituency has voted, and all of it has approved."""
    choices = {ballot.choice for ballot in ballots if ballot.constituency == constituency}
    return choices == {APPROVE}


def verdict(ballots: Iterable[Ballot], rules: Rules) -> Verdict:
    """Count ballots, one a member, by a group's rules; the order does not matter."""
    ballots = list(ballots)
    cast, approvals = len(ballots), sum(b.choice == APPROVE for b in ballots)
    carried = approvals * 100 > rules.majority * cast
    tied = cast > 0 and approvals * 2 == cast
    chair_approves = any(b.is_chair and b.choice == APPROVE for b in ballots)
    by_chair = not carried and tied and rules.chair_casts and chair_approves
    return Verdict(
        cast=cast,
        approvals=approvals,
        missing=max(rules.quorum - cast, 0),
        withheld=tuple(side for side in rules.concurring if not _concurs(side, ballots)),
        is_carried=carried or by_chair,
        by_chair=by_chair,
    )
