"""Every write on self-assessments, marks and scores."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Membership, User, in_reach, with_roles
from agencies.roles import Role, is_assessor
from agencies.text import localised
from cycles import files
from cycles.actions import perform
from cycles.calendar import Binding, Phase
from cycles.models import Cycle, Participation, Window
from cycles.workflow import Refused, Windows
from indicators.methods import METHODS
from indicators.models import LAST, Axis, Figure, asked_of
from indicators.scoring import LineState
from submissions import totals
from submissions.models import Answer, Block, Evidence, Mark, Score, ScoreRun, Submission
from submissions.workflow import BLOCKS, MOVES, RUNS, BlockState, SubmissionState

MAX_EVIDENCE_BYTES = 25 * 2**20
EVIDENCE_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
    "txt": "text/plain",
}
"""Extensions accepted as evidence, and the type each is served with, whatever the browser claimed."""


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
def attach(answer: Answer, *, upload: UploadedFile, by: User, at: datetime) -> Evidence:
    """Keep a file as evidence of an answer."""
    name = files.bare_name(upload, 255)
    content_type = EVIDENCE_TYPES.get(name.rsplit(".", 1)[-1].lower() if "." in name else "")
    if content_type is None:
        raise Refused(
            _("“%(name)s” cannot be accepted. Files may be: %(types)s.")
            % {"name": name, "types": ", ".join(EVIDENCE_TYPES)}
        )
    size = upload.size or 0
    if not 0 < size <= MAX_EVIDENCE_BYTES:
        raise Refused(
            _("“%(name)s” is empty.") % {"name": name}
            if not size
            else _("“%(name)s” is larger than %(limit)s MB.")
            % {"name": name, "limit": localised(MAX_EVIDENCE_BYTES // 2**20)}
        )
    digest = files.sha256(upload)
    perform(MOVES, [answer.submission], "attach", by=by, at=at, note=name, sha256=digest, line=answer.pk)
    answer = Answer.objects.select_related("submission__cycle").get(pk=answer.pk)
    return Evidence.objects.create(
        answer=answer,
        file=upload,
        name=name,
        content_type=content_type,
        size=size,
        sha256=digest,
        uploaded_by=by,
        uploaded_at=at,
    )


@transaction.atomic
def detach(evidence: Evidence, *, by: User, at: datetime) -> Evidence:
    """Withdraw a file; it stays on record."""
    submission = evidence.answer.submission
    perform(MOVES, [submission], "detach", by=by, at=at, note=evidence.name, sha256=evidence.sha256)
    evidence.withdrawn_at = at
    evidence.save(update_fields=["withdrawn_at"])
    return evidence


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
    """SHA-256 of all that the head signs: every answer, and every file by its own hash."""
    answers = Answer.objects.filter(submission=submission).order_by("measure_id")
    rows: list[Any] = [
        [a.measure_id, None if a.value is None else str(a.value.normalize()), a.note, a.claims_not_applicable]
        for a in answers
    ]
    files = Evidence.objects.filter(answer__submission=submission).live().values_list("answer_id", "sha256")
    rows.append([list(row) for row in files])
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


# --- The assessors ------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(submission: Submission, *, axis: Axis, assessor: User, by: User, at: datetime) -> Block:
    """Put one axis of a submission on an assessor's desk, or move it there from another's before it is handed in."""
    _refuse_unfit(submission, assessor, at=at)
    [submission] = perform(MOVES, [submission], "assign", by=by, at=at, axis=axis, assessor=assessor)
    block = Block.objects.select_for_update().filter(submission=submission, axis=axis).first()
    if block is None:
        return Block.objects.create(
            cycle_id=submission.cycle_id,
            agency_id=submission.agency_id,
            submission=submission,
            axis=axis,
            assessor=assessor,
        )
    if block.state != BlockState.OPEN:
        raise Refused(_("These lines have been handed in already."))
    block.assessor = assessor
    block.save(update_fields=["assessor"])
    return block


def _refuse_unfit(submission: Submission, assessor: User, *, at: datetime) -> None:
    if not is_assessor(assessor, submission, at):
        raise Refused(
            _("%(name)s may not mark %(agency)s: the lines are for %(who)s.")
            % {"name": assessor, "agency": submission.agency, "who": is_assessor.label}
        )


@transaction.atomic
def assign_all(cycle: Cycle, *, by: User, at: datetime) -> int:
    """Share out every unassigned axis in the administrator's scope among those who may mark it, least loaded first."""
    # who is no administrator gets no smaller share of the work, but a refusal
    reach = in_reach(by, at, (Role.ADMINISTRATOR,)) if by.holds(Role.ADMINISTRATOR, at=at) else Q()
    submissions = list(
        Submission.objects.filter(reach, cycle=cycle, state__in=(SubmissionState.DRAFT, SubmissionState.SUBMITTED))
        .select_related("agency", "cycle")
        .order_by("pk")
    )
    taken = set(Block.objects.filter(cycle=cycle).values_list("submission_id", "axis_id"))
    lines = (
        Answer.objects.filter(submission__in=submissions)
        .order_by("submission_id", "measure__indicator__axis_id")
        .values_list("submission_id", "measure__indicator__axis_id")
        .distinct()
    )
    axes: dict[int, list[int]] = {}
    for submission_id, axis_id in lines:
        if (submission_id, axis_id) not in taken:
            axes.setdefault(submission_id, []).append(axis_id)
    submissions = [s for s in submissions if s.pk in axes]
    if not submissions:
        return 0
    ids = Membership.objects.filter(role=Role.ASSESSOR).values("user")
    assessors = with_roles(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
    load = Counter({a.pk: 0 for a in assessors})
    load.update(Block.objects.filter(cycle=cycle).values_list("assessor_id", flat=True))
    blocks = []
    for submission in submissions:
        fit = [a for a in assessors if is_assessor(a, submission, at)]
        if not fit:
            raise Refused(_("Nobody may mark %(agency)s.") % {"agency": submission.agency})
        for axis_id in axes[submission.pk]:
            chosen = min(fit, key=lambda a: (load[a.pk], a.pk))
            load[chosen.pk] += 1
            blocks.append(
                Block(
                    cycle_id=submission.cycle_id,
                    agency_id=submission.agency_id,
                    submission=submission,
                    axis_id=axis_id,
                    assessor=chosen,
                )
            )
    perform(MOVES, submissions, "assign", by=by, at=at, each={pk: {"axes": ids} for pk, ids in axes.items()})
    Block.objects.bulk_create(blocks, batch_size=1000)
    return len(blocks)


@transaction.atomic
def save_marks(block: Block, marks: Mapping[int, Mapping[str, Any]], *, by: User, at: datetime) -> list[Mark]:
    """Save marks on lines of a block: by answer key, `points` or `is_not_applicable`, and `reason`.

    Points lie between 0 and the ceiling; a mark that differs from the method's suggestion needs a reason.
    """
    [block] = perform(BLOCKS, [block], "mark", by=by, at=at)
    answers = {a.pk: a for a in _lines_of(block) if a.pk in marks}
    if len(answers) != len(marks):
        raise Refused(_("One of the lines does not belong to this block."))
    rows = [_mark(answers[pk], mark, by=by, at=at) for pk, mark in marks.items()]
    return Mark.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["answer", "assessor"],
        update_fields=["points", "is_not_applicable", "reason", "marked_at"],
    )


def _lines_of(block: Block) -> list[Answer]:
    of_block = Answer.objects.filter(submission=block.submission_id, measure__indicator__axis=block.axis_id)
    return list(
        of_block.select_related("measure", "own").order_by("measure__indicator__position", "measure__position", "pk")
    )


def _mark(answer: Answer, mark: Mapping[str, Any], *, by: User, at: datetime) -> Mark:
    points, void, reason = mark.get("points"), bool(mark.get("is_not_applicable")), str(mark.get("reason") or "")
    ceiling = answer.measure.points
    if void == (points is not None):
        raise Refused(_("“%(line)s”: give points, or “not applicable”.") % {"line": answer})
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(
            _("“%(line)s”: points lie between 0 and %(ceiling)s.") % {"line": answer, "ceiling": localised(ceiling)}
        )
    agrees = answer.claims_not_applicable if void else points == suggestion(answer)
    if not agrees and not answer.measure.is_stewarded and not reason.strip():
        raise Refused(_("“%(line)s”: a mark other than the method's needs a reason.") % {"line": answer})
    return Mark(answer=answer, assessor=by, points=points, is_not_applicable=void, reason=reason, marked_at=at)


def suggestion(answer: Answer) -> Decimal | None:
    """The points an agreeing assessor gives: the method's for the value, 0 for no answer, none for a steward's line."""
    if answer.measure.is_stewarded or answer.claims_not_applicable:
        return None
    return answer.self_points if answer.value is not None else Decimal(0)


@transaction.atomic
def hand_in(block: Block, *, by: User, at: datetime) -> Block:
    """Hand in a marked block; its marks become the agreed scores and count in its agency's totals at once.

    The last block completes the submission.
    """
    marks = Mark.objects.filter(
        answer__submission=block.submission_id, answer__measure__indicator__axis=block.axis_id, assessor=by
    ).select_related("answer__measure")
    marked = {m.answer_id: m for m in marks}
    lines = _lines_of(block)
    if missing := sum(1 for a in lines if a.pk not in marked):
        raise Refused(_("%(count)s lines are not marked yet.") % {"count": localised(missing)})
    [block] = perform(BLOCKS, [block], "hand_in", by=by, at=at, digest=_marks_digest(marked.values()))
    totals.put(
        ((a, *_outcome(a, marked[a.pk]), marked[a.pk].reason) for a in lines),
        basis=Score.Basis.AGREED,
        by=by,
        at=at,
    )
    totals.compute([block.submission], why=f"hand_in: {block.pk}", by=by, at=at)
    if not Answer.objects.filter(submission=block.submission_id).unscored().exists():
        perform(MOVES, [block.submission], "complete", by=by, at=at)
    return block


def _outcome(answer: Answer, mark: Mark) -> tuple[LineState, Decimal | None]:
    if mark.is_not_applicable:
        return LineState.NOT_APPLICABLE, None
    unanswered = answer.value is None and not answer.claims_not_applicable and not answer.measure.is_stewarded
    if unanswered and mark.points == 0:
        return LineState.NOT_ANSWERED, None
    return LineState.SCORED, mark.points


def _marks_digest(marks: Iterable[Mark]) -> str:
    rows = [
        [m.answer_id, str(m.points), m.is_not_applicable, m.reason] for m in sorted(marks, key=lambda m: m.answer_id)
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


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
