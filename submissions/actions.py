"""The acts on self-assessments and on their scores."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from cycles import batches, clashes
from cycles.calendar import Binding, Phase
from cycles.engine.perform import perform, why_closed
from cycles.jobs import actions as jobs
from cycles.models import Cycle, Participation, Window
from cycles.workflow import Refused, Windows
from indicators.models import LAST, Figure, Measure, asked_of
from indicators.scoring.statutory_tree import LineState
from submissions import completeness, obstacles, outliers, totals, versions
from submissions.models import Answer, Score, ScoreRun, StewardFigure, Submission, Version
from submissions.workflow import MOVES, RUNS, SubmissionState

SAID = ("value", "claims_not_applicable", *Answer.TEXTS)
"""What an agency says of a line."""


class Changed(clashes.Changed):
    """Somebody else has changed, meanwhile, what is being saved: `answer` (key) and `fields` name what."""

    def __init__(self, answer: int, fields: Sequence[str]) -> None:
        super().__init__(_("Somebody else has changed this line while you were writing. Choose which text stays."))
        self.answer, self.fields = answer, tuple(fields)


# --- The agency ---------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(participations: Iterable[Participation], *, by: User | None, at: datetime) -> list[Submission]:
    """Open the form of these agencies: a submission each, with a line for every communicated measure that lacks one,
    begun with the value that the last quarter's report holds of it, to be confirmed."""
    keys = [p.pk for p in participations]
    participations = list(Participation.objects.filter(pk__in=keys).select_related("agency").order_by("pk"))
    if any(p.ended_by_id for p in participations):
        raise Refused(_("The agency has ended: it no longer takes part."))
    Submission.objects.bulk_create(
        (Submission(cycle_id=p.cycle_id, agency_id=p.agency_id, participation=p) for p in participations),
        ignore_conflicts=True,
    )
    submissions = list(Submission.objects.filter(participation__in=participations).select_related("agency", "cycle"))
    submissions = perform(MOVES, submissions, "begin", by=by, at=at)
    by_participation = {s.participation_id: s for s in submissions}
    for cycle in {s.cycle_id: s.cycle for s in submissions}.values():
        of_cycle = [p for p in participations if p.cycle_id == cycle.pk]
        asked = asked_of(cycle, of_cycle)
        reported = Figure.objects.reported(of_cycle, LAST)
        measures = Measure.objects.for_list().in_bulk({m for of_one in asked.values() for m in of_one})
        Answer.objects.bulk_create(
            (
                _begun(by_participation[p], measures[m], own, reported.get((p, m)))
                for p, of_one in asked.items()
                for m, own in of_one.items()
            ),
            ignore_conflicts=True,
            batch_size=2000,
        )
    return submissions


def _begun(submission: Submission, measure: Measure, own: int | None, reported: Decimal | None) -> Answer:
    prefilled = {} if reported is None else {"value": reported, "prefilled_from": LAST}
    line: Any = Answer(submission=submission, measure=measure, own_id=own, **prefilled)
    line.evidence_count = line.unproven_count = 0
    line.lacking = completeness.lacks(line, submission.cycle)
    return line  # type: ignore[no-any-return]


@transaction.atomic
def save_answer(
    answer: Answer, *, by: User, at: datetime, seen: Mapping[str, str] | None = None, **said: Any
) -> Answer:
    """Save what the agency says of one line: any of `SAID`; see `save_answers`."""
    lines = save_answers(answer.submission, {answer.pk: said}, by=by, at=at, seen={answer.pk: seen} if seen else None)
    return next(a for a in lines if a.pk == answer.pk)


@transaction.atomic
def save_answers(
    submission: Submission,
    given: Mapping[int, Mapping[str, Any]],
    *,
    by: User,
    at: datetime,
    seen: Mapping[int, Mapping[str, str]] | None = None,
) -> list[Answer]:
    """Save several lines of one submission, by answer key: all, or none when one cannot be.

    Only the fields named are saved. `seen` holds, by answer key and field, the tokens of what the writer had before
    them (`Answer.token`): a field left as it was seen is not touched, and one that somebody else has changed meanwhile
    raises `Changed`. Returns all the submission's lines as they now stand, in the order of the page.
    """
    return enter(submission, given, "answer", by=by, at=at, seen=seen)


@transaction.atomic
def enter(
    submission: Submission,
    given: Mapping[int, Mapping[str, Any]],
    move: str,
    *,
    by: User,
    at: datetime,
    seen: Mapping[int, Mapping[str, str]] | None = None,
    **facts: Any,
) -> list[Answer]:
    """Save lines through one of the moves that may; see `save_answers`."""
    [submission] = perform(MOVES, [submission], move, by=by, at=at, **facts)
    lines = list(submission.answers.for_page().with_counts())
    wanted = [a for a in lines if a.pk in given]
    if len(wanted) != len(given):
        raise Refused(_("One of the lines does not belong to this submission."))
    seen = seen or {}
    wanted = [a for a in wanted if _change(a, given[a.pk], seen.get(a.pk, {})) or a.prefilled_from]
    for answer in wanted:
        answer.updated_at, answer.updated_by, answer.prefilled_from, answer.ready_at = at, by, None, None
        if why := why_unsound(answer):
            raise Refused({answer: why})
    outliers.standing_out(submission, wanted)
    for answer in wanted:
        answer.lacking = completeness.lacks(answer, submission.cycle)
    changed = [*SAID, "outliers", "lacking", "prefilled_from", "ready_at", "updated_at", "updated_by"]
    if len(wanted) == 1:
        wanted[0].save(update_fields=changed)
    else:
        batches.write(wanted, changed)
    return lines


def _change(answer: Answer, said: Mapping[str, Any], seen: Mapping[str, str]) -> bool:
    """Take over what was said, unless somebody else said something else meanwhile; whether that changes the line."""
    before, clashes = [getattr(answer, name) for name in said], []
    for name, new in said.items():
        held, token = answer.token(name), seen.get(name)
        if token is not None and Answer.token_of(new) == token:
            continue  # left as it was seen, whatever it is by now
        if token is not None and held not in (token, Answer.token_of(new)):
            clashes.append(name)
        setattr(answer, name, new)
    if clashes:
        raise Changed(answer.pk, clashes)
    return before != [getattr(answer, name) for name in said]


def why_unsound(answer: Answer) -> str:
    """Why a line may not say what it says, in a sentence, or ""."""
    if answer.measure.is_stewarded:
        return _("The steward supplies this figure; there is nothing to enter.")
    if answer.claims_not_applicable and not answer.note.strip():
        return _("Please say in the note why the measure does not apply.")
    if answer.claims_not_applicable and answer.value is not None:
        return _("Either enter a value or mark the measure as not applicable, not both.")
    return "" if answer.value is None else answer.why_unfit(answer.value)


@transaction.atomic
def move(
    submission: Submission,
    name: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    letter: str = "",
    seen: clashes.Seen | None = None,
) -> Submission:
    """Make a move on one submission, with what it does to its lines."""
    if name == "begin":
        return begin([submission.participation], by=by, at=at)[0]
    if name == "communicate" and by is not None:
        return communicate([submission], by=by, at=at, note=note, letter=letter)[0]
    given: dict[str, Any] = {}
    if name == "submit":
        submission = _locked(submission)  # what is kept is signed
        version = _sign(submission, by=by, at=at)
        given = {"signer": by, "hash": version.sha256, "version": version.number}
    if name == "send_back":
        if not note.strip():
            raise Refused(_("Say in a remark what is to be changed."))
        given = {"remarks": note}
    [submission] = perform(MOVES, [submission], name, by=by, at=at, note=note, letter=letter, seen=seen, **given)
    if name == "submit":
        _score_themselves([submission], by=by, at=at)
    if name == "check":
        submission.checked_at, submission.checked_by = at, by
        submission.save(update_fields=["checked_at", "checked_by"])
    return submission


def _locked(submission: Submission) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("agency", "cycle").get(pk=submission.pk)


def _sign(submission: Submission, *, by: User | None, at: datetime) -> Version:
    if why := why_closed(MOVES, submission, "submit", by=by, at=at):  # type: ignore[arg-type]
        raise Refused(why)
    role = MOVES["submit"].who.acting(by, submission, at)
    return versions.keep(submission, Version.Kind.SIGNED, by=by, at=at, role=role)


def _score_themselves(submissions: Sequence[Submission], *, by: User | None, at: datetime) -> None:
    """The agency's own points of what is signed; of what a steward supplies it says nothing."""
    lines = Answer.objects.filter(submission__in=submissions).not_stewarded().select_related("measure", "own")
    totals.put(
        ((a, a.self_state, a.self_points if a.self_state == LineState.SCORED else None, "") for a in lines),
        basis=Score.Basis.SELF,
        by=by,
        at=at,
    )


@transaction.atomic
def take_up(version: Version, *, by: User, at: datetime) -> Submission:
    """Let the form say again what a version says; what it said until now is set aside as a version of its own."""
    submission = _locked(version.submission)
    [submission] = perform(MOVES, [submission], "take_up", by=by, at=at, version=version.number)
    versions.keep(submission, Version.Kind.SET_ASIDE, by=by, at=at)
    versions.restore(submission, version, at=at)
    return submission


@transaction.atomic
def lapse(cycle: Cycle, *, at: datetime) -> list[Submission]:
    """Close what nobody signed in time: its lines count as not answered, and nothing typed is lost.

    What was signed before, and returned or withdrawn since, stands as it was signed.

    Whoever's deadline a decree has moved past this moment keeps the draft.
    """
    drafts = list(Submission.objects.active().filter(cycle=cycle).in_work().select_related("agency", "cycle"))
    windows = Window.objects.concerning(drafts)
    if drafts and (why := windows.why_closed(Phase.SCORING, drafts[0], at)):
        raise Refused(why)
    closing = [s for s in drafts if not _may_still_sign(s, windows, at)]
    standing = _let_stand(closing, at=at)
    closing = perform(MOVES, [s for s in closing if s.pk not in standing], "lapse", by=None, at=at)
    lines = Answer.objects.filter(submission__in=closing)
    totals.put(((a, LineState.NOT_ANSWERED, None, "") for a in lines), basis=Score.Basis.AGREED, by=None, at=at)
    return closing


def _let_stand(closing: Sequence[Submission], *, at: datetime) -> set[int]:
    """Let stand as last signed what the headquarters returned and, by the cycle's rule, what its head withdrew.

    What was typed since is set aside, to be read. Returns the keys of those that stand.
    """
    signed: dict[int, Version] = {}
    for version in Version.objects.filter(submission__in=closing).signed().select_related("made_by"):
        signed.setdefault(version.submission_id, version)
    standing = [
        s for s in closing if s.pk in signed and (s.state == SubmissionState.RETURNED or s.cycle.keeps_signature)
    ]
    for s in standing:
        versions.keep(s, Version.Kind.SET_ASIDE, by=None, at=at)
        versions.restore(s, signed[s.pk], at=at)
    each = {
        s.pk: {"signer": v.made_by, "signed_at": v.made_at, "hash": v.sha256, "version": v.number}
        for s in standing
        if (v := signed[s.pk])
    }
    standing = perform(MOVES, standing, "stand", by=None, at=at, each=each)
    _score_themselves(standing, by=None, at=at)
    return set(each)


def _may_still_sign(submission: Submission, windows: Windows, at: datetime) -> bool:
    term = windows.of(Phase.SELF_ASSESSMENT, submission)
    return term is not None and term.is_open(at)


@transaction.atomic
def reopen(cycle: Cycle, *, at: datetime) -> list[Submission]:
    """Open again what had lapsed before a decree moved its deadline; what was typed is still there, and what stewards
    have supplied counts again."""
    lapsed = list(
        Submission.objects.active().filter(cycle=cycle, state=SubmissionState.LAPSED).select_related("agency")
    )
    windows = Window.objects.concerning(lapsed)
    lapsed = perform(MOVES, [s for s in lapsed if _may_still_sign(s, windows, at)], "reopen", by=None, at=at)
    Score.objects.filter(answer__submission__in=lapsed, is_current=True).update(is_current=False)
    supplied = StewardFigure.objects.filter(answer__submission__in=lapsed).supplied()
    totals.put(((f.answer, *f.outcome, f.note) for f in supplied), basis=Score.Basis.STEWARD, by=None, at=at)
    return lapsed


# --- Scores -------------------------------------------------------------------------------------------------------


@transaction.atomic
def complete(submissions: Iterable[Submission], *, by: User | None, at: datetime) -> list[Submission]:
    """Those of these that are signed and have every line scored become marked.

    Called by whoever has just scored lines and added them up, which holds the submissions: of two who do so at once
    the later sees what the earlier scored.
    """
    keys = [s.pk for s in submissions]
    waiting = Answer.objects.filter(submission__in=keys).unscored().values("submission")
    done = Submission.objects.filter(pk__in=keys, state=SubmissionState.SUBMITTED).exclude(pk__in=waiting)
    return perform(MOVES, found, "complete", by=by, at=at) if (found := list(done)) else []


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
    run = totals.request_run(cycle, why=totals.ORDERED, by=by, at=at)
    jobs.order("scores", run, by=by, at=at)
    return run


@transaction.atomic
def communicate(
    submissions: Sequence[Submission], *, by: User, at: datetime, note: str = "", letter: str = ""
) -> list[Submission]:
    """Communicate scores: each agency's 14 days to appeal start now, the reviewers' next 14 days after them.

    Refused while anything stands in the way of one of them (`obstacles`). The totals computed now stay with each as its
    provisional ones; the record names their run and the digest of what it added up. As many queries for two thousand
    agencies as for one, but for the batches in which rows are written.
    """
    if not submissions:
        return []
    if met := obstacles.found(submissions, at):
        raise Refused({s: obstacles.sentence(s, met[s.pk]) for s in submissions if s.pk in met})
    run = totals.compute(submissions, why=totals.COMMUNICATED, by=by, at=at)
    frozen: dict[str, Any] = {"run": run.pk, "digest": run.input_digest}
    submissions = perform(MOVES, submissions, "communicate", by=by, at=at, note=note, letter=letter, **frozen)
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
