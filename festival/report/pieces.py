"""How the Article 82 report is cut into pieces that are set apart: its chapters with the first
groups of the annex, then so many rows of the annex each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from festival.report.contents import GroupResult

ROWS = 600
"""Rows of the annex in a piece, at most, but for a group that has more: some 400 MB to set."""


@dataclass(frozen=True)
class Piece:
    """The groups whose rows stand in this piece; the first has all chapters before the annex, the
    last what comes after it.
    """

    groups: Sequence[GroupResult]
    is_first: bool
    is_last: bool

    @property
    def is_whole(self) -> bool:
        return self.is_first and self.is_last


def cut(groups: Sequence[GroupResult], *, rows: int = ROWS) -> list[Piece]:
    """Cut the annex between groups, into pieces of about as many rows."""
    total = sum(len(group.annex) for group in groups)
    count = max(1, -(-total // rows))
    cuts: list[list[GroupResult]] = [[] for _piece in range(count)]
    so_far = 0
    for group in groups:
        cuts[min(so_far * count // max(total, 1), count - 1)].append(group)
        so_far += len(group.annex)
    filled = [cut for cut in cuts if cut] or [[]]
    last = len(filled) - 1
    return [Piece(cut, n == 0, n == last) for n, cut in enumerate(filled)]
