"""Every write on appeals: drafting, filing, withdrawing, deciding."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.text import localised
from appeals.models import Appeal
from appeals.workflow import APPEALS, DECISIONS, AppealState
from cycles.actions import perform
from cycles.workflow import Refused
from indicators.methods import points
from indicators.scoring import LineState
from submissions import actions as submissions
from submissions.models import Answer, Score


@transaction.atomic
def save_draft(answer: Answer, *, fields: Mapping[str, Any], by: User, at: datetime) -> Appeal:
    """Begin or change the draft of an appeal against a line; the method computes the points of a proposed value."""
    measure, value = answer.measure, fields.get("proposed_value")
    if value is not None and value < 0:
        raise Refused(_("The value may not be negative."))
    if not str(fields.get("argument") or "").strip():
        raise Refused(_("Please say why the score should change."))
    appeal = Appeal.objects.filter(answer=answer).exclude(state=AppealState.WITHDRAWN).first()
    if appeal is None:
        appeal = Appeal.objects.create(
            cycle_id=answer.submission.cycle_id,
            agency_id=answer.submission.agency_id,
            submission=answer.submission,
            answer=answer,
            argument=fields["argument"],
            drafted_by=by,
            drafted_at=at,
        )
    [appeal] = perform(APPEALS, [appeal], "edit", by=by, at=at)
    appeal.ground, appeal.argument, appeal.proposed_value = fields["ground"], fields["argument"], value
    appeal.proposed_points = (
        None
        if value is None or measure.is_stewarded
        else points(measure.method, value, ceiling=measure.points, params=answer.scoring_params)
    )
    appeal.points_before = answer.scores.get(is_current=True).points
    appeal.save(update_fields=["ground", "argument", "proposed_value", "proposed_points", "points_before"])
    return appeal


@transaction.atomic
def file(appeals: Iterable[Appeal], *, by: User, at: datetime) -> list[Appeal]:
    """Sign and file drafted appeals in one sitting."""
    return perform(APPEALS, appeals, "file", by=by, at=at, signer=by)


@transaction.atomic
def move(appeal: Appeal, name: str, *, by: User, at: datetime, note: str = "", letter: str = "") -> Appeal:
    """Make one of the agency's moves."""
    if name in DECISIONS:
        return decide(appeal, name, reason=note, letter=letter, by=by, at=at)
    if name == "file":
        return file([appeal], by=by, at=at)[0]
    [appeal] = perform(APPEALS, [appeal], name, by=by, at=at, note=note)
    return appeal


@transaction.atomic
def decide(
    appeal: Appeal, name: str, *, reason: str, awarded: Decimal | None = None, letter: str = "", by: User, at: datetime
) -> Appeal:
    """Decide an appeal with a reason; upheld in whole or part, the line gets its new points and the totals follow.

    `awarded` defaults to the proposed points when upheld. A score may not fall through an appeal (the cycle's rule).
    """
    if name not in DECISIONS:
        raise Refused(_("This is not a decision."))
    if not reason.strip():
        raise Refused(_("A decision needs a reason; the agency will read it."))
    answer = Answer.objects.select_related("measure", "submission__cycle").get(pk=appeal.answer_id)
    now = answer.scores.get(is_current=True).points
    granted = None
    if name in ("uphold", "uphold_partly"):
        granted = awarded if awarded is not None else appeal.proposed_points if name == "uphold" else None
        if granted is None:
            raise Refused(_("Please give the points that the line gets."))
        if not 0 <= granted <= answer.measure.points:
            raise Refused(_("Points lie between 0 and %(ceiling)s.") % {"ceiling": localised(answer.measure.points)})
        if now is not None and granted < now:
            raise Refused(_("A score may not fall through an appeal."))
    given: dict[str, Any] = {"reviewer": by, "reason": reason, "points": granted}
    [appeal] = perform(APPEALS, [appeal], name, by=by, at=at, note=reason, letter=letter, **given)
    if granted is not None:
        submissions.rescore(
            answer, basis=Score.Basis.APPEAL, state=LineState.SCORED, points=granted, reason=reason, by=by, at=at
        )
    return appeal
