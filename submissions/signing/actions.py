"""Sign a self-assessment, take a version up again, let a deadline pass, open a form again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.statements import Statement, is_among
from cycles import clashes
from cycles.calendar import Phase
from cycles.engine.perform import perform, rows_under_lock, why_closed
from cycles.models import Cycle, Window
from cycles.workflow import Refused, Windows
from indicators.scoring.statutory_tree import LineState
from submissions.answers.actions import begin
from submissions.models import Answer, Score, StewardFigure, Submission, Version
from submissions.release.actions import communicate
from submissions.scoring import totals
from submissions.signing import versions
from submissions.workflow import MOVES, SubmissionState


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
    params: dict[str, object] = {}
    if name == "submit":
        # what is kept is signed
        [submission] = rows_under_lock(MOVES.label).fetch(keys=[submission.pk])
        version = _sign(submission, by=by, at=at)
        params = {"signer": by, "hash": version.sha256, "version": version.number}
    if name == "send_back":
        if not note.strip():
            raise Refused(_("Say in a remark what is to be changed."))
        params = {"remarks": note}
    [submission] = perform(
        MOVES,
        [submission],
        name,
        by=by,
        at=at,
        note=note,
        letter=letter,
        params_by_pk={submission.pk: params},
        seen=seen,
    )
    if name == "submit":
        _score_themselves([submission], by=by, at=at)
    if name == "check":
        submission.checked_at, submission.checked_by = at, by
        submission.save(update_fields=["checked_at", "checked_by"])
    return submission


def _sign(submission: Submission, *, by: User | None, at: datetime) -> Version:
    if why := why_closed(MOVES, submission, "submit", by=by, at=at):
        raise Refused(why)
    role = MOVES["submit"].who.acting_role(by, submission, at)
    return versions.keep(submission, Version.Kind.SIGNED, by=by, at=at, role=role)


LINES_OF_SUBMISSIONS: Statement[Answer] = Statement(
    lambda: (
        Answer.objects.filter(is_among("submission", "keys"))
        .not_stewarded()
        .select_related("measure", "own")
    )
)


def _score_themselves(submissions: Sequence[Submission], *, by: User | None, at: datetime) -> None:
    """Give signed lines the agency's own points; what a steward supplies gets none from it."""
    lines = LINES_OF_SUBMISSIONS.fetch(keys=[s.pk for s in submissions])
    totals.put(
        (
            (a, a.self_state, a.self_points if a.self_state == LineState.SCORED else None, "")
            for a in lines
        ),
        basis=Score.Basis.SELF,
        by=by,
        at=at,
    )


@transaction.atomic
def take_up(version: Version, *, by: User, at: datetime) -> Submission:
    """Take a version up again: the form says what it says; what was there until now is set aside
    as a version of its own.
    """
    [submission] = perform(
        MOVES, [version.submission], "take_up", by=by, at=at, version=version.number
    )
    versions.keep(submission, Version.Kind.SET_ASIDE, by=by, at=at)
    versions.restore(submission, version, at=at)
    return submission


@transaction.atomic
def lapse(cycle: Cycle, *, at: datetime) -> list[Submission]:
    """Close what nobody signed in time: its lines count as not answered, and nothing typed is lost.

    What was signed before, and returned or withdrawn since, stands as it was signed.

    Whoever's deadline a decree has moved past this moment keeps the draft.
    """
    drafts = list(
        Submission.objects.active().filter(cycle=cycle).in_work().select_related("agency", "cycle")
    )
    windows = Window.objects.concerning(drafts)
    if drafts and (why := windows.why_closed(Phase.SCORING, drafts[0], at)):
        raise Refused(why)
    closing = [s for s in drafts if not _may_still_sign(s, windows, at)]
    standing = _let_stand(closing, at=at)
    closing = perform(MOVES, [s for s in closing if s.pk not in standing], "lapse", by=None, at=at)
    lines = Answer.objects.filter(submission__in=closing)
    totals.put(
        ((a, LineState.NOT_ANSWERED, None, "") for a in lines),
        basis=Score.Basis.AGREED,
        by=None,
        at=at,
    )
    return closing


def _let_stand(closing: Sequence[Submission], *, at: datetime) -> set[int]:
    """Let stand as last signed what the headquarters returned and, by the cycle's rule, what its
    head withdrew.

    What was typed since is set aside, to be read. Returns the keys of those that stand.
    """
    signed: dict[int, Version] = {}
    for version in (
        Version.objects.filter(submission__in=closing).signed().select_related("made_by")
    ):
        signed.setdefault(version.submission_id, version)
    standing = [
        s
        for s in closing
        if s.pk in signed and (s.state == SubmissionState.RETURNED or s.cycle.keeps_signature)
    ]
    for s in standing:
        versions.keep(s, Version.Kind.SET_ASIDE, by=None, at=at)
        versions.restore(s, signed[s.pk], at=at)
    params_by_pk = {
        s.pk: {"signer": v.made_by, "signed_at": v.made_at, "hash": v.sha256, "version": v.number}
        for s in standing
        if (v := signed[s.pk])
    }
    standing = perform(MOVES, standing, "stand", by=None, at=at, params_by_pk=params_by_pk)
    _score_themselves(standing, by=None, at=at)
    return set(params_by_pk)


def _may_still_sign(submission: Submission, windows: Windows, at: datetime) -> bool:
    term = windows.of(Phase.SELF_ASSESSMENT, submission)
    return term is not None and term.is_open(at)


@transaction.atomic
def reopen(cycle: Cycle, *, at: datetime) -> list[Submission]:
    """Open again what had lapsed before a decree moved its deadline; what was typed is still there,
    and what stewards have supplied counts again.
    """
    lapsed = list(
        Submission.objects.active()
        .filter(cycle=cycle, state=SubmissionState.LAPSED)
        .select_related("agency")
    )
    windows = Window.objects.concerning(lapsed)
    lapsed = perform(
        MOVES, [s for s in lapsed if _may_still_sign(s, windows, at)], "reopen", by=None, at=at
    )
    Score.objects.filter(answer__submission__in=lapsed, is_current=True).update(is_current=False)
    supplied = StewardFigure.objects.filter(answer__submission__in=lapsed).supplied()
    totals.put(
        ((f.answer, *f.outcome, f.note) for f in supplied),
        basis=Score.Basis.STEWARD,
        by=None,
        at=at,
    )
    return lapsed
