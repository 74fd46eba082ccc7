"""Which lines are verified at the source, and by whom."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User, in_reach
from agencies.roles import Role
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Cycle
from cycles.workflow import Refused
from submissions.models import (
    Answer,
    Block,
    Score,
    Submission,
    Verification,
)
from submissions.permissions import is_assessor, is_verifier
from submissions.sampling import Candidate, sample
from submissions.workflow import MOVES, SIGNED, VERIFICATIONS, SubmissionState
from submissions.workload import Pool

Places = dict[int, tuple[int, int]]
"""Of which submission and axis a line is."""


class DrawCount(NamedTuple):
    """How many lines a draw added, and how many it left because nobody else may verify them."""

    lines: int
    unfit: int


@transaction.atomic
def draw(cycle: Cycle, *, by: User, at: datetime) -> DrawCount:
    """Draw the lines of the signed self-assessments in the administrator's scope that are verified,
    and share them out.

    What was drawn stays; a later draw adds what qualifies since. The seed and the reasons stand in
    the record.
    """
    # who is no administrator gets no smaller sample, but a refusal
    reach = in_reach(by, at, (Role.ADMINISTRATOR,)) if by.holds(Role.ADMINISTRATOR, at=at) else Q()
    signed = Submission.objects.filter(reach, cycle=cycle, state__in=SIGNED).select_related(
        "agency", "cycle"
    )
    submissions = {s.pk: s for s in signed.order_by("pk")}
    cycle = locked(Cycle.objects.all()).get(
        pk=cycle.pk
    )  # of two who draw at once, one after another
    if not cycle.verification_percent:
        raise Refused(_("By the rules of this year no line is verified at the source."))
    cycle.draw_seed = cycle.draw_seed or secrets.token_hex(16)
    candidates, places = _candidates(cycle, submissions.values())
    drawn = sample(candidates, percent=cycle.verification_percent, seed=cycle.draw_seed)
    desks = _Desks(cycle, at)
    made, unfit = [], 0
    codes_by_submission: dict[int, dict[int, list[str]]] = {}
    for line, why in drawn.items():
        if line in desks.drawn:
            continue
        submission = submissions[places[line][0]]
        assessor = desks.next_for(submission, places[line][1])
        if assessor is None:
            unfit += 1
            continue
        codes = [code.value for code in why]
        verification = Verification(
            cycle=cycle,
            agency_id=submission.agency_id,
            submission=submission,
            line_id=line,
            why=codes,
            assessor=assessor,
            drawn_at=at,
        )
        made.append(verification)
        codes_by_submission.setdefault(submission.pk, {})[line] = codes
    if made:
        sampled = [s for s in submissions.values() if s.pk in codes_by_submission]
        params = {pk: {"lines": lines} for pk, lines in codes_by_submission.items()}
        perform(MOVES, sampled, "sample", by=by, at=at, params_by_pk=params, seed=cycle.draw_seed)
        cycle.save(update_fields=["draw_seed"])
        Verification.objects.bulk_create(made, batch_size=1000)
    return DrawCount(len(made), unfit)


def _candidates(cycle: Cycle, submissions: Iterable[Submission]) -> tuple[list[Candidate], Places]:
    """Find the lines that can be held against a source: signed, with a value, counted, not a
    steward's; three queries.
    """
    keys = {s.pk: s.agency_id for s in submissions}
    fields = (
        "pk",
        "submission_id",
        "measure__indicator__axis_id",
        "measure__lineage",
        "measure__points",
    )
    also = ("measure__method", "measure__is_pilot", "value", "outliers")
    lines = list(
        Answer.objects.filter(submission__in=keys).order_by("pk").values_list(*fields, *also)
    )
    own = dict(
        Score.objects.filter(answer__submission__in=keys, basis=Score.Basis.SELF)
        .order_by("pk")
        .values_list("answer_id", "points")
    )
    before = _last_year(cycle, set(keys.values()))
    whole: Counter[int] = Counter()
    for _pk, submission, _axis, _lineage, ceiling, _method, is_pilot, *_said in lines:
        if not is_pilot:
            whole[submission] += ceiling
    found, places = [], Places()
    for pk, submission, axis, lineage, ceiling, method, is_pilot, value, outliers in lines:
        if value is None or is_pilot or method == "steward":
            continue
        places[pk] = (submission, axis)
        past, claimed = before.get((keys[submission], lineage)), own.get(pk)
        gain = None
        if past is not None and past.share is not None and claimed is not None:
            gain = Fraction(claimed) / Fraction(ceiling) - past.share
        found.append(
            Candidate(
                key=pk,
                weight=Fraction(ceiling) / Fraction(whole[submission]),
                gain=gain,
                stands_out=bool(outliers),
                was_corrected=past is not None and past.was_corrected,
            )
        )
    return found, places


class _Past(NamedTuple):
    """The same measure of the same agency a year ago: its share of the ceiling, and whether it
    stands as corrected.
    """

    share: Fraction | None
    was_corrected: bool


CORRECTED = (Score.Basis.VERIFICATION, Score.Basis.CORRECTION)


def _last_year(cycle: Cycle, agencies: set[int]) -> dict[tuple[int, UUID], _Past]:
    rows = (
        Answer.objects.filter(
            submission__cycle__year=cycle.year - 1,
            submission__state=SubmissionState.COMMUNICATED,
            submission__agency__in=agencies,
        )
        .annotate(current=FilteredRelation("scores", condition=Q(scores__is_current=True)))
        .order_by("pk")
        .values_list(
            "submission__agency_id",
            "measure__lineage",
            "current__points",
            "current__basis",
            "measure__points",
        )
    )
    return {
        (agency, lineage): _Past(
            None if had is None else Fraction(had) / Fraction(ceiling), basis in CORRECTED
        )
        for agency, lineage, had, basis, ceiling in rows
    }


class _Desks:
    """Who verifies what: impartial, in scope, never who marks the line, and as few lines as may be
    on every desk.

    The lines of one axis of an agency are on one desk: one visit, and the others may still be given
    the axis to mark.
    """

    def __init__(self, cycle: Cycle, at: datetime) -> None:
        self.pool = Pool(at)
        self.marking = set(
            Block.objects.filter(cycle=cycle).values_list("submission_id", "axis_id", "assessor_id")
        )
        fields = ("line_id", "submission_id", "line__measure__indicator__axis_id", "assessor_id")
        held = list(Verification.objects.filter(cycle=cycle).order_by("pk").values_list(*fields))
        self.drawn = {line for line, *_place in held}
        self.pool.load = Counter(assessor for *_place, assessor in held)
        self.visiting = {(submission, axis): assessor for _line, submission, axis, assessor in held}

    def fit(self, submission: Submission, axis: int) -> list[User]:
        """Find who may verify lines of the axis: whoever marks it does not."""
        return [
            a for a in self.pool.fit(submission) if (submission.pk, axis, a.pk) not in self.marking
        ]

    def next_for(self, submission: Submission, axis: int) -> User | None:
        """Choose whoever verifies lines of this axis already, else the least loaded of those who
        may.
        """
        fit = self.fit(submission, axis)
        visits = self.visiting.get((submission.pk, axis))
        fit = [a for a in fit if a.pk == visits] or fit
        if not fit:
            return None
        chosen = self.pool.take(fit, 1)
        self.visiting[submission.pk, axis] = chosen.pk
        return chosen


@transaction.atomic
def hand_over(
    verification: Verification, *, assessor: User, by: User, at: datetime, seen: Seen | None = None
) -> Verification:
    """Give a line to another assessor to verify, with the files shown so far."""
    [verification] = perform(
        VERIFICATIONS, [verification], "hand_over", by=by, at=at, seen=seen, assessor=assessor
    )
    verification.assessor = assessor
    if not is_assessor(assessor, verification, at) or verification.is_marked_by(assessor):
        raise Refused(
            _("%(name)s may not verify %(agency)s: the line is for %(who)s.")
            % {"name": assessor, "agency": verification.agency, "who": is_verifier.label}
        )
    verification.save(update_fields=["assessor"])
    return verification


def fit_for(verification: Verification, at: datetime) -> Sequence[User]:
    """Find who may verify the line instead: impartial assessors in scope who do not mark it."""
    axis = verification.line.measure.indicator.axis_id
    return _Desks(verification.cycle, at).fit(verification.submission, axis)
