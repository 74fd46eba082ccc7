"""Reconciling: two assessors whose marks lie apart agree on one value, or an administrator decides between them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.text import localised
from cycles.actions import perform
from cycles.workflow import Refused
from submissions import actions, lowering, totals
from submissions.models import Answer, Reconciliation, Score
from submissions.readings import outcome
from submissions.workflow import RECONCILIATIONS


@transaction.atomic
def propose(apart: Reconciliation, *, by: User, at: datetime, **said: Any) -> Reconciliation:
    """Propose one value to the other assessor, with a reason: `points` or `is_not_applicable`, and `reason`."""
    [apart] = perform(RECONCILIATIONS, [apart], "propose", by=by, at=at, reader=by, **_checked(apart, said))
    return apart


@transaction.atomic
def agree(apart: Reconciliation, *, by: User, at: datetime) -> Reconciliation:
    """Agree to what the other assessor proposes; it becomes the line's score."""
    [apart] = perform(RECONCILIATIONS, [apart], "agree", by=by, at=at, reader=by)
    return _score(apart, by=by, at=at)


@transaction.atomic
def settle(apart: Reconciliation, *, by: User, at: datetime, **said: Any) -> Reconciliation:
    """Decide between two assessors who do not come together, with a reason."""
    [apart] = perform(RECONCILIATIONS, [apart], "settle", by=by, at=at, reader=by, **_checked(apart, said))
    return _score(apart, by=by, at=at)


def _checked(apart: Reconciliation, said: Mapping[str, Any]) -> dict[str, Any]:
    points, void, reason = said.get("points"), bool(said.get("is_not_applicable")), str(said.get("reason") or "")
    ceiling = apart.line.measure.points
    if void == (points is not None):
        raise Refused(_("Give points, or “not applicable”."))
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(_("Points lie between 0 and %(ceiling)s.") % {"ceiling": localised(ceiling)})
    if not reason.strip():
        raise Refused(_("A value between two marks needs a reason; the agency will read it."))
    return {"points": points, "void": void, "reason": reason}


def _score(apart: Reconciliation, *, by: User, at: datetime) -> Reconciliation:
    answer = Answer.objects.select_related("measure").get(pk=apart.line_id)
    state, points = outcome(answer, apart.points, is_not_applicable=apart.is_not_applicable)
    totals.put([(answer, state, points, apart.reason)], basis=Score.Basis.AGREED, by=by, at=at)
    lowering.lower(apart.submission, [answer.pk], at=at)
    totals.compute([apart.submission], why=f"reconcile: {apart.pk}", by=by, at=at)
    actions.complete([apart.submission], by=None, at=at)
    return apart
