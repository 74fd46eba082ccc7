"""The acts on self-assessments and on their scores."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.actions import perform
from cycles.calendar import Binding, Phase
from cycles.models import Cycle, Participation, Window
from cycles.workflow import Refused, Windows
from indicators.methods import METHODS
from indicators.models import LAST, Figure, asked_of
from indicators.scoring import LineState
from submissions import totals
from submissions.models import Answer, Evidence, Score, ScoreRun, Submission
from submissions.workflow import MOVES, RUNS, SubmissionState

# --- The agency ---------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(participations: Iterable[Participation], *, by: User | None, at: datetime) -> list[Submission]:
    """Open the form of these agencies: a submission each, with a line for every communicated measure that lacks one,
    begun with the value that the last quarter's report holds of it, to be confirmed."""
    keys = [p.pk for p in participations]
    participations = list(Participation.objects.filter(pk__in=keys).select_related("agency").order_by("pk"))
    Submission.objects.bulk_create(
        (Submission(cycle_id=p.cycle_id, agency_id=p.agency_id, participation=p) for p in participations),
        ignore_conflicts=True,
    )
    submissions = list(Submission.objects.filter(participation__in=participations).select_related("agency", "cycle"))
    submissions = perform(MOVES, submissions, "begin", by=by, at=at)
    by_participation = {s.participation_id: s for s in submissions}
    for cycle in {s.cycle_id: s.cycle for s in submissions}.values():
        of_cycle = [p for p in participations if p.cycle_id == cycle.pk]
        reported = Figure.objects.reported(of_cycle, LAST)
        begun = {key: {"value": value, "prefilled_from": LAST} for key, value in reported.items()}
        Answer.objects.bulk_create(
            (
                Answer(submission=by_participation[p], measure_id=m, own_id=own, **begun.get((p, m), {}))
                for p, measures in asked_of(cycle, of_cycle).items()
                for m, own in measures.items()
            ),
            ignore_conflicts=True,
            batch_size=2000,
        )
    return submissions


@transaction.atomic
def save_answer(
    answer: Answer,
    *,
    value: Decimal | None,
    note: str,
    claims_not_applicable: bool = False,
    by: User,
    at: datetime,
) -> Answer:
    """Save what the agency says of one measure: a value, or that it does not apply and why."""
    given = {"value": value, "note": note, "claims_not_applicable": claims_not_applicable}
    return save_answers(answer.submission, {answer.pk: given}, by=by, at=at)[0]


@transaction.atomic
def save_answers(
    submission: Submission, given: Mapping[int, Mapping[str, Any]], *, by: User, at: datetime
) -> list[Answer]:
    """Save several lines of one submission, by answer key: all, or none when one cannot be."""
    perform(MOVES, [submission], "answer", by=by, at=at)
    answers = list(
        Answer.objects.filter(submission=submission, pk__in=given).select_related("measure", "own").order_by("pk")
    )
    if len(answers) != len(given):
        raise Refused(_("One of the lines does not belong to this submission."))
    for answer in answers:
        fields = given[answer.pk]
        answer.value, answer.note = fields.get("value"), str(fields.get("note") or "")
        answer.claims_not_applicable = bool(fields.get("claims_not_applicable"))
        answer.updated_at, answer.updated_by, answer.prefilled_from = at, by, None
        if why := _why_unsound(answer):
            raise Refused(why)
    changed = ["value", "note", "claims_not_applicable", "prefilled_from", "updated_at", "updated_by"]
    Answer.objects.bulk_update(answers, changed, batch_size=500)
    return answers


def _why_unsound(answer: Answer) -> str:
    if answer.measure.is_stewarded:
        return _("The steward supplies this figure; there is nothing to enter.")
    if answer.claims_not_applicable and not answer.note.strip():
        return _("Please say in the note why the measure does not apply.")
    if answer.claims_not_applicable and answer.value is not None:
        return _("Either enter a value or mark the measure as not applicable, not both.")
    if answer.value is not None and answer.value < 0:
        return _("The value may not be negative.")
    if answer.value is None:
        return ""
    return METHODS[answer.measure.method].unfit(answer.value, answer.scoring_params)


@transaction.atomic
def move(
    submission: Submission, name: str, *, by: User | None, at: datetime, note: str = "", letter: str = ""
) -> Submission:
    """Make a move on one submission, with what it does to its lines."""
    if name == "begin":
        return begin([submission.participation], by=by, at=at)[0]
    if name == "communicate" and by is not None:
        return communicate([submission], by=by, at=at, note=note, letter=letter)[0]
    given: dict[str, Any] = {}
    if name == "submit":
        submission = Submission.objects.select_for_update(of=("self",)).get(
            pk=submission.pk
        )  # what is hashed is signed
        given = {"signer": by, "hash": content_hash(submission)}
    [submission] = perform(MOVES, [submission], name, by=by, at=at, note=note, **given)
    if name == "submit":
        lines = Answer.objects.filter(submission=submission).select_related("measure", "own")
        totals.put(
            ((a, a.self_state, a.self_points if a.self_state == LineState.SCORED else None, "") for a in lines),
            basis=Score.Basis.SELF,
            by=by,
            at=at,
        )
    return submission


def content_hash(submission: Submission) -> str:
    """SHA-256 of all that the head signs: every answer, and every file by its own hash with the place in it."""
    answers = Answer.objects.filter(submission=submission).order_by("measure_id")
    rows: list[Any] = [
        [a.measure_id, None if a.value is None else str(a.value.normalize()), a.note, a.claims_not_applicable]
        for a in answers
    ]
    rows.append(Evidence.objects.facts(submission))
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def lapse(cycle: Cycle, *, at: datetime) -> list[Submission]:
    """Close what nobody signed in time: its lines count as not answered, and nothing typed is lost.

    Whoever's deadline a decree has moved past this moment keeps the draft.
    """
    drafts = list(Submission.objects.filter(cycle=cycle, state=SubmissionState.DRAFT).select_related("agency", "cycle"))
    windows = Window.objects.concerning(drafts)
    if drafts and (why := windows.why_closed(Phase.SCORING, drafts[0], at)):
        raise Refused(why)
    drafts = perform(MOVES, [s for s in drafts if not _may_still_sign(s, windows, at)], "lapse", by=None, at=at)
    lines = Answer.objects.filter(submission__in=drafts)
    totals.put(((a, LineState.NOT_ANSWERED, None, "") for a in lines), basis=Score.Basis.AGREED, by=None, at=at)
    return drafts


def _may_still_sign(submission: Submission, windows: Windows, at: datetime) -> bool:
    term = windows.of(Phase.SELF_ASSESSMENT, submission)
    return term is not None and term.is_open(at)


@transaction.atomic
def reopen(cycle: Cycle, *, at: datetime) -> list[Submission]:
    """Open again what had lapsed before a decree moved its deadline; what was typed is still there."""
    lapsed = list(Submission.objects.filter(cycle=cycle, state=SubmissionState.LAPSED).select_related("agency"))
    windows = Window.objects.concerning(lapsed)
    lapsed = perform(MOVES, [s for s in lapsed if _may_still_sign(s, windows, at)], "reopen", by=None, at=at)
    Score.objects.filter(answer__submission__in=lapsed, is_current=True).update(is_current=False)
    return lapsed


# --- Scores -------------------------------------------------------------------------------------------------------


@transaction.atomic
def rescore(
    answer: Answer, *, basis: str, state: LineState, points: Decimal | None, reason: str, by: User, at: datetime
) -> ScoreRun:
    """Give one line new points (an appeal, a correction) and add its agency up again; called by who decided."""
    perform(
        MOVES, [answer.submission], "rescore", by=by, at=at, note=reason, line=answer.pk, basis=basis, points=points
    )
    totals.put([(answer, state, points, reason)], basis=basis, by=by, at=at)
    return totals.compute([answer.submission], why=f"{basis}: {answer.pk}", by=by, at=at)


@transaction.atomic
def order_run(cycle: Cycle, *, by: User, at: datetime) -> ScoreRun:
    """Ask for the totals of a whole cycle to be computed, as an official act."""
    perform(RUNS, [cycle], "compute", by=by, at=at)
    return totals.request_run(cycle, why=totals.ORDERED, by=by, at=at)


@transaction.atomic
def communicate(
    submissions: Sequence[Submission], *, by: User, at: datetime, note: str = "", letter: str = ""
) -> list[Submission]:
    """Communicate scores: each agency's 14 days to appeal start now, the reviewers' next 14 days after them."""
    submissions = perform(MOVES, submissions, "communicate", by=by, at=at, note=note, letter=letter)
    if submissions:
        totals.compute(submissions, why=totals.COMMUNICATED, by=by, at=at)
    windows = []
    for s in submissions:
        closes = at + timedelta(hours=24 * s.cycle.appeal_days)
        ends = closes + timedelta(hours=24 * s.cycle.review_days)
        rows = ((Phase.APPEAL, at, closes, Binding.HARD), (Phase.APPEAL_REVIEW, closes, ends, Binding.DUTY))
        windows += [
            Window(cycle_id=s.cycle_id, agency_id=s.agency_id, phase=p, opens_at=o, closes_at=c, binding=b)
            for p, o, c, b in rows
        ]
    Window.objects.bulk_create(windows, batch_size=1000)
    return submissions
