"""Double marking: which lines another assessor marks as well, and how two marks become one score.

A line is sampled by lot, or because it is among the heaviest of its self-assessment; neither
assessor knows the other's mark before both have handed in. Two marks no further apart than the
cycle's percent of the ceiling give their mean, half up to 10 places; others are reconciled by the
two, or settled between them by an administrator.
"""

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from agencies.statements import Statement, keys_slot
from cycles.models import Cycle
from indicators.scoring.methods import PLACES, half_up
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Block, Mark, Reconciliation
from submissions.models.answers import AnswerQuerySet
from submissions.scoring.totals import LineScore

HUNDRED = Decimal(100)

Keys = Sequence[int] | RawSQL
"""Keys of rows, or the place of a statement in which they will stand."""


# --- The sample ---------------------------------------------------------------------------------


def sampled_lines(cycle: Cycle, lines: Iterable[tuple[int, int, Decimal]]) -> set[int]:
    """Sample the lines that two assessors mark, by key, of (key, submission, ceiling).

    By lot: SHA-256 of "seed:key", its first 8 hexadecimal digits as a share of 16 to the 8th, below
    the cycle's percent; whoever knows the seed can draw again. The heaviest: the largest ceilings,
    of equals the lower key.
    """
    lines = list(lines)
    found = {
        key
        for key, _submission, _ceiling in lines
        if _lot(cycle.draw_seed, key) < cycle.second_percent / HUNDRED
    }
    by_submission: dict[int, list[tuple[Decimal, int]]] = {}
    for key, submission, ceiling in lines:
        by_submission.setdefault(submission, []).append((-ceiling, key))
    for weighed in by_submission.values():
        found.update(key for _weight, key in sorted(weighed)[: cycle.second_heaviest])
    return found


def _lot(seed: str, key: int) -> Decimal:
    return Decimal(int(hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:8], 16)) / 16**8


def on_desks(blocks: Sequence[Block]) -> AnswerQuerySet:
    """Find the lines of several blocks, of first and second markings, as `on_desk` does of one."""
    return _on_desks(**desk_keys(blocks))


def lines_on_desks(blocks: Sequence[Block]) -> list[Answer]:
    """Read the lines of several blocks with what marking asks of them, in the order of the page."""
    return LINES_ON_DESKS.fetch(**desk_keys(blocks))


def desk_keys(blocks: Sequence[Block]) -> dict[str, list[int]]:
    """Collect the keys by which the lines of blocks are found."""
    second: set[int] = set()
    for block in blocks:
        if block.is_second:
            second.update(block.drawn)
    return {
        "firsts": [b.pk for b in blocks if not b.is_second],
        "seconds": sorted(second),
        "submissions": sorted({b.submission_id for b in blocks}),
    }


def _on_desks(*, firsts: Keys, seconds: Keys, submissions: Keys) -> AnswerQuerySet:
    of_axis = Block.objects.filter(
        pk__in=firsts, submission=OuterRef("submission"), axis=OuterRef("measure__indicator__axis")
    )
    of_agencies = Answer.objects.filter(submission__in=submissions)
    return of_agencies.filter(Exists(of_axis) | Q(pk__in=seconds)).not_stewarded()


def _lines_on_desks() -> AnswerQuerySet:
    lines = _on_desks(
        firsts=keys_slot("firsts"),
        seconds=keys_slot("seconds"),
        submissions=keys_slot("submissions"),
    )
    lines = lines.select_related("measure__indicator", "own", "submission")
    return lines.order_by("measure__indicator__position", "measure__position", "pk")


LINES_ON_DESKS: Statement[Answer] = Statement(_lines_on_desks)


# --- Two marks become one score -----------------------------------------------------------------


def differs_too_much(one: Mark, other: Mark, ceiling: Decimal, percent: int) -> bool:
    """Say whether two marks lie too far apart to be taken together."""
    if one.points is None or other.points is None:
        return one.is_not_applicable != other.is_not_applicable
    return abs(one.points - other.points) * HUNDRED > percent * ceiling


def outcome(
    answer: Answer, points: Decimal | None, *, is_not_applicable: bool
) -> tuple[LineState, Decimal | None]:
    """Work out the state and the points of a line that is marked so: no answer and no points is
    not answered, not zero.
    """
    if is_not_applicable:
        return LineState.NOT_APPLICABLE, None
    if answer.value is None and not answer.claims_not_applicable and points == 0:
        return LineState.NOT_ANSWERED, None
    return LineState.SCORED, points


def mean_score(answer: Answer, one: Mark, other: Mark) -> LineScore:
    """Make one score of two marks that lie together, with the reasons of both."""
    points = None
    if one.points is not None and other.points is not None:
        points = half_up((one.points + other.points) / 2, PLACES)
    reasons = dict.fromkeys(mark.reason.strip() for mark in (one, other))
    reason = "\n".join(reason for reason in reasons if reason)
    state, points = outcome(answer, points, is_not_applicable=one.is_not_applicable)
    return LineScore(answer, state, points, reason)


def compare(
    pairs: Iterable[tuple[Answer, Mark, Mark]], cycle: Cycle
) -> tuple[list[LineScore], list[Reconciliation]]:
    """Score the lines on which two marks lie together, and say, unsaved, what is to be reconciled
    on the others.
    """
    scores, apart = [], []
    for answer, one, other in pairs:
        if not differs_too_much(one, other, answer.measure.points, cycle.agreement_percent):
            scores.append(mean_score(answer, one, other))
            continue
        reconciliation = Reconciliation(
            cycle=cycle,
            agency_id=answer.submission.agency_id,
            submission_id=answer.submission_id,
            line=answer,
            first=one,
            second=other,
        )
        apart.append(reconciliation)
    return scores, apart
