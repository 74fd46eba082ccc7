"""Decide an appeal, line by line."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from agencies.persian import in_locale
from appeals.models import Appeal, Error, Ground
from appeals.workflow import APPEALS, DECISIONS, UPHELD
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.workflow import Refused
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Score, Submission
from submissions.scoring import actions as scoring


@transaction.atomic
def decide(
    appeal: Appeal,
    name: str,
    *,
    reason: str,
    awarded: Decimal | None = None,
    void: bool = False,
    error: str = "",
    letter: str = "",
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Appeal:
    """Decide an appeal with a reason; where the line gets other points, they and the totals follow
    at once.

    `awarded` are those points; upheld in whole they default to the proposed ones. `void`: the line
    does not apply. Whether a score may fall is the cycle's rule. `error` says what the decision
    shows to be wrong for other agencies, too. Before a question has been answered, or its time has
    passed, nothing is decided.
    """
    if name not in DECISIONS:
        raise Refused(_("This is not a decision."))
    if not reason.strip():
        raise Refused(_("A decision needs a reason; the agency will read it."))
    answer = _lock_line(appeal)
    now = answer.scores.get(is_current=True)
    granted = _granted_points(appeal, name, awarded, void=void, answer=answer, now=now)
    if error and (error not in Error or APPEALS[name].target not in UPHELD):
        raise Refused(_("Only an appeal that is upheld shows an error that concerns others."))
    [appeal] = perform(
        APPEALS,
        [appeal],
        name,
        by=by,
        at=at,
        note=reason,
        letter=letter,
        seen=seen,
        reviewer=by,
        reason=reason,
        points=granted,
        void=void,
        error=error,
    )
    if granted is not None or void:
        state = LineState.NOT_APPLICABLE if void else LineState.SCORED
        scoring.rescore(
            answer,
            basis=Score.Basis.APPEAL,
            state=state,
            points=granted,
            reason=reason,
            by=by,
            at=at,
        )
    return appeal


def _lock_line(appeal: Appeal) -> Answer:
    """Read the line of an appeal, and lock its self-assessment."""
    rows = Answer.objects.select_related("measure", "submission__cycle", "submission__agency")
    answer = rows.get(pk=appeal.answer_id)
    submissions = locked(Submission.objects.all())
    list(submissions.filter(pk=answer.submission_id))
    return answer


def _refuse_void(appeal: Appeal, awarded: Decimal | None, *, upheld: bool, now: Score) -> None:
    """Refuse to find that a line does not apply, unless the appeal was upheld for that."""
    if not upheld or appeal.ground != Ground.APPLICABILITY or awarded is not None:
        raise Refused(
            _("A line is found not to apply, without points, where the appeal was upheld for that.")
        )
    if now.state == LineState.NOT_APPLICABLE:
        raise Refused(_("The line does not apply already."))


def _refuse_points(awarded: Decimal, *, ceiling: Decimal, now: Score, may_fall: bool) -> None:
    if not 0 <= awarded <= ceiling:
        sentence = _("Points lie between 0 and %(ceiling)s.")
        raise Refused(sentence % {"ceiling": in_locale(ceiling)})
    if now.points is not None and awarded < now.points and not may_fall:
        raise Refused(_("A score may not fall through an appeal."))


def _granted_points(
    appeal: Appeal, name: str, awarded: Decimal | None, *, void: bool, answer: Answer, now: Score
) -> Decimal | None:
    """Find the points that a decision gives the line, None where it gives none; refuse those that
    it may not give.
    """
    upheld = APPEALS[name].target in UPHELD
    may_fall = answer.submission.cycle.appeal_may_lower
    if void:
        _refuse_void(appeal, awarded, upheld=upheld, now=now)
        return None
    if awarded is None and name == "uphold":
        awarded = appeal.proposed_points
    if awarded is None:
        if upheld:
            raise Refused(_("Please give the points that the line gets."))
        return None
    if not upheld and (name != "dismiss" or not may_fall):
        raise Refused(_("Only an appeal that is upheld gives the line other points."))
    _refuse_points(awarded, ceiling=answer.measure.points, now=now, may_fall=may_fall)
    return awarded
